// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/snapshot.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "engine/matching/index/index_writer.h"
#include "engine/matching/index/row_codec.h"
#include "engine/matching/index/snapshot_format.h"

namespace noren::matching {
namespace {

template <typename T>
ByteSpan BytesOf(std::span<const T> array) {
  return {reinterpret_cast<const std::uint8_t*>(array.data()), array.size_bytes()};
}

std::uint8_t FlagsOf(const BlockShape& shape) {
  return static_cast<std::uint8_t>((shape.amounts ? kHasAmounts : 0) | (shape.days ? kHasDays : 0) |
                                   (shape.weights ? kHasWeights : 0));
}

template <typename Path>
bool HasLeaf(const std::vector<Path>& paths, Token leaf) {
  return std::ranges::any_of(paths, [leaf](const Path& path) {
    const std::size_t depth = path.depth();
    return depth > 0 && path.levels[depth - 1] == leaf;
  });
}

}  // namespace

// Big-endian fields and raw bytes; after the first error nothing is written any more.
class IndexImage::Output {
 public:
  explicit Output(ImageSink& sink) : sink_(sink) {}
  void Raw(ByteSpan bytes) {
    if (status_.ok() && !bytes.empty()) status_ = sink_.Write(bytes);
  }
  void Fields(const RecordWriter& writer) { Raw(writer.bytes()); }
  void Begin(ImageSection section, std::size_t count) {
    Fields(RecordWriter()
               .U32(static_cast<std::uint32_t>(section))
               .U32(static_cast<std::uint32_t>(count)));
  }
  const Status& status() const { return status_; }

 private:
  ImageSink& sink_;
  Status status_;
};

IndexImage::IndexImage(SeekerIndex& index) : index_(index), view_(index.Read()) {
  index_.images_.fetch_add(1);
  const SeekerIndex::Writer& writer = *index.writer_;
  clusters_ = writer.cluster_of_block;
  popularity_ = writer.popularity.counts();
  for (const auto& [cluster, people] : writer.strays) strays_.push_back({cluster, people});
  std::ranges::sort(strays_, {}, &StraysOfCluster::cluster);
  for (const SeekerIndex::MovedPerson& one : writer.moved) left_.push_back(one.from);
  std::ranges::sort(left_);
}

IndexImage::~IndexImage() { index_.images_.fetch_sub(1); }

Status IndexImage::WriteTo(ImageSink& sink) const {
  Output out(sink);
  out.Raw(AsBytes(kImageMagic));
  out.Fields(RecordWriter().U32(index_.currencies_.load()));
  out.Begin(ImageSection::kBlocks, view_.block_count());
  Versions versions;
  versions.reserve(std::size_t{view_.block_count()} * kLanes);
  for (std::uint32_t b = 0; b < view_.block_count() && out.status().ok(); ++b)
    WriteBlock(out, b, versions);
  // Bounds and lists only grow while blocks are being written, so they cover what was written.
  WriteBounds(out);
  WriteLists(out, versions);
  // Terms only grow, too: last, so that whatever was written is known.
  WriteTerms(out);
  WriteClusters(out);
  out.Begin(ImageSection::kEnd, 0);
  return out.status();
}

void IndexImage::WriteBlock(Output& out, std::uint32_t b, Versions& versions) const {
  const Block* block = &view_.block(b);
  std::unique_ptr<Block> cleared;
  auto left = std::ranges::lower_bound(left_, static_cast<Slot>(b * kLanes));
  for (; left != left_.end() && BlockOf(*left) == b; ++left) {
    if (cleared == nullptr) cleared = block->CopyWith(block->shape());
    ClearLane(*cleared, LaneOf(*left));
  }
  if (cleared != nullptr) block = cleared.get();
  const BlockShape& shape = block->shape();
  RecordWriter fields;
  fields.U8(shape.occupations).U8(shape.regions).U8(shape.licences).U8(shape.languages);
  fields.U8(shape.skills).U8(FlagsOf(shape)).U32(clusters_[b]);
  fields.U64(block->live()).U64(block->wide());
  out.Fields(fields);
  out.Raw(block->columns());
  ForEachLane(block->wide(), [&](std::size_t lane) {
    out.Fields(RecordWriter().Field(EncodeRow(block->WideRowOf(lane))));
  });
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const bool live = (block->live() >> lane & 1) != 0;
    versions.push_back(live ? block->skills(lane).version : kEmptyLane);
  }
}

void IndexImage::WriteBounds(Output& out) const {
  const auto terms = static_cast<TermId>(view_.terms().size());
  out.Begin(ImageSection::kBounds, view_.segment_count());
  std::vector<std::uint16_t> blocks;
  std::vector<std::uint8_t> most;
  for (std::uint32_t segment = 0; segment < view_.segment_count(); ++segment) {
    for (TermId term = 0; term < terms && out.status().ok(); ++term) {
      const BoundChunk* chunk = view_.bounds(segment, term);
      if (chunk == nullptr) continue;
      blocks.clear();
      most.clear();
      for (std::uint16_t b = 0; chunk->dense() != nullptr && b < kSegmentBlocks; ++b) {
        if (chunk->dense()[b] == 0) continue;
        blocks.push_back(b);
        most.push_back(chunk->dense()[b]);
      }
      if (chunk->dense() == nullptr) {
        blocks.assign(chunk->blocks().begin(), chunk->blocks().end());
        most.assign(chunk->most().begin(), chunk->most().end());
      }
      out.Fields(RecordWriter().U32(term).U16(static_cast<std::uint16_t>(blocks.size())));
      out.Raw(BytesOf(std::span<const std::uint16_t>(blocks)));
      out.Raw(most);
    }
    out.Fields(RecordWriter().U32(kNoTerm).U16(0));
  }
}

// An entry is written when it holds for the block that was written; an entry that came later, or
// has gone stale, could be taken for current once versions are given out anew.
bool IndexImage::IsCurrent(const PairView& list, std::size_t i, const Versions& versions,
                           const std::pair<Token, Token>& wish) const {
  const PairEntry entry = list[i];
  const Slot slot = PairWho::SlotOf(entry.who);
  if (slot >= versions.size() || versions[slot] != entry.packed >> PairPacking::kVersionShift)
    return false;
  if (versions[slot] < PairPacking::kMaxVersion) return true;
  // Versions ran out: the row says whether the entry holds. It may be newer than what was written;
  // then its person is brought up to date after reading.
  const SeekerRow row = view_.RowAt(slot);
  return HasLeaf(row.occupations, wish.first) && HasLeaf(row.regions, wish.second) &&
         EntryOfLane(view_.block(BlockOf(slot)), slot) == entry;
}

void IndexImage::WriteLists(Output& out, const Versions& versions) const {
  const auto keys = index_.pairs_.Keys();
  out.Begin(ImageSection::kLists, keys.size());
  std::vector<std::uint32_t> who;
  std::vector<std::uint32_t> packed;
  for (const auto& [occupation, region] : keys) {
    if (!out.status().ok()) return;
    const PairView list = view_.pairs(occupation, region);
    const std::pair wish(view_.terms().At(occupation).token, view_.terms().At(region).token);
    who.clear();
    packed.clear();
    for (std::size_t i = 0; i < list.size; ++i) {
      if (!IsCurrent(list, i, versions, wish)) continue;
      who.push_back(list.who[i]);
      packed.push_back(list.packed[i]);
    }
    out.Fields(
        RecordWriter().U32(occupation).U32(region).U32(static_cast<std::uint32_t>(who.size())));
    out.Raw(BytesOf(std::span<const std::uint32_t>(who)));
    out.Raw(BytesOf(std::span<const std::uint32_t>(packed)));
  }
}

void IndexImage::WriteTerms(Output& out) const {
  const std::vector<Terms::Origin> origins = view_.terms().Origins();
  out.Begin(ImageSection::kTerms, origins.size());
  out.Fields(RecordWriter().U8(view_.terms().has_conflicts() ? 1 : 0));
  for (const Terms::Origin& origin : origins) {
    out.Fields(RecordWriter()
                   .U8(static_cast<std::uint8_t>(origin.kind))
                   .U8(origin.depth)
                   .U64(origin.token.value)
                   .U32(origin.parent));
  }
}

void IndexImage::WriteClusters(Output& out) const {
  out.Begin(ImageSection::kClusters, popularity_.size());
  out.Raw(BytesOf(std::span<const std::uint32_t>(popularity_)));
  out.Fields(RecordWriter().U32(static_cast<std::uint32_t>(strays_.size())));
  for (const StraysOfCluster& strays : strays_) {
    RecordWriter people;
    std::uint32_t count = 0;
    for (const SeekerRowId id : strays.people) {
      if (!view_.Find(id)) continue;
      people.U64(id.value);
      ++count;
    }
    out.Fields(RecordWriter().U32(strays.cluster).U32(count));
    out.Fields(people);
  }
}

}  // namespace noren::matching
