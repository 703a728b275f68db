// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/index/snapshot.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "crypto/base/encoding.h"
#include "engine/matching/index/index_writer.h"
#include "engine/matching/index/row_codec.h"

namespace noren::matching {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie");

constexpr std::string_view kMagic = "NORENIX1";
constexpr std::uint32_t kMaxBlocks = SeekerIndex::kMaxSegments * kSegmentBlocks;
constexpr std::uint32_t kMaxWideRowBytes = 1 << 16;
constexpr std::uint32_t kMaxTerms = 1 << 19;

// One word before every section: a reader that lost its way stops there.
enum class Section : std::uint32_t {
  kBlocks = 0x424C4F43,
  kBounds = 0x424E4453,
  kLists = 0x4C495354,
  kTerms = 0x5445524D,
  kClusters = 0x434C5553,
  kEnd = 0x454E4421
};

template <typename T>
ByteSpan BytesOf(std::span<const T> array) {
  return {reinterpret_cast<const std::uint8_t*>(array.data()), array.size_bytes()};
}

std::uint8_t FlagsOf(const BlockShape& shape) {
  return static_cast<std::uint8_t>((shape.amounts ? 1 : 0) | (shape.days ? 2 : 0) |
                                   (shape.weights ? 4 : 0));
}

bool Within(const BlockShape& shape) {
  return shape.occupations <= kMaxShape.occupations && shape.regions <= kMaxShape.regions &&
         shape.licences <= kMaxShape.licences && shape.languages <= kMaxShape.languages &&
         shape.skills <= kMaxShape.skills && shape.skills % 2 == 0;
}

template <typename Use>
void ForEachLane(std::uint64_t lanes, Use use) {
  for (; lanes != 0; lanes &= lanes - 1) use(static_cast<std::size_t>(std::countr_zero(lanes)));
}

bool ListsAreKnown(const Block& block, std::size_t lane, const Terms& terms) {
  const BlockShape& shape = block.shape();
  for (std::size_t s = 0; s < shape.occupations; ++s) {
    const NodeCode code{block.occupation_group(s)[lane], block.occupation_minor(s)[lane],
                        block.occupation_unit(s)[lane]};
    if (code.group == 0) break;
    if (!terms.HasOccupation(code)) return false;
  }
  for (std::size_t s = 0; s < shape.regions && block.province(s)[lane] != 0; ++s) {
    if (!terms.HasRegion({block.province(s)[lane], 0, block.place(s)[lane]})) return false;
  }
  for (std::size_t s = 0; s < shape.licences && block.licence(s)[lane] != 0; ++s) {
    if (!terms.Has(TermKind::kLicence, block.licence(s)[lane])) return false;
  }
  for (std::size_t s = 0; s < shape.languages && block.language(s)[lane] != 0; ++s) {
    const auto number =
        static_cast<std::uint16_t>(block.language(s)[lane] & Terms::kMaxLanguageNumber);
    if (!terms.Has(TermKind::kLanguage, number)) return false;
  }
  return true;
}

// Whatever can be looked up about the lane is there to be found.
bool LaneIsReadable(const Block& block, std::size_t lane, const Terms& terms) {
  constexpr std::uint8_t kMaxEducation = 15;
  const SkillRecord& record = block.skills(lane);
  if (record.wide != 0) return (block.wide() >> lane & 1) != 0;
  if ((block.wide() >> lane & 1) != 0 || record.count > block.shape().skills) return false;
  for (std::size_t i = 0; i < record.count; ++i) {
    if (!terms.Has(TermKind::kSkill, record.skill[i])) return false;
  }
  return block.education()[lane] <= kMaxEducation && ListsAreKnown(block, lane, terms);
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
  void Begin(Section section, std::size_t count) {
    Fields(RecordWriter()
               .U32(static_cast<std::uint32_t>(section))
               .U32(static_cast<std::uint32_t>(count)));
  }
  const Status& status() const { return status_; }

 private:
  ImageSink& sink_;
  Status status_;
};

// After the first error every read gives zeros.
class IndexImage::Input {
 public:
  explicit Input(ImageSource& source) : source_(source) {}
  void Raw(MutableByteSpan out) {
    if (status_.ok() && !out.empty()) status_ = source_.Read(out);
    if (!status_.ok()) std::ranges::fill(out, std::uint8_t{0});
  }
  template <typename T>
  void Array(std::vector<T>& array) {
    Raw({reinterpret_cast<std::uint8_t*>(array.data()), array.size() * sizeof(T)});
  }
  std::uint8_t U8() { return Number<1>().U8(); }
  std::uint16_t U16() { return Number<2>().U16(); }
  std::uint32_t U32() { return Number<4>().U32(); }
  std::uint64_t U64() { return Number<8>().U64(); }
  // A number of things to follow, at most `most`.
  std::uint32_t Count(std::uint64_t most) {
    const std::uint32_t count = U32();
    Require(count <= most);
    return ok() ? count : 0;
  }
  // Its number of parts.
  std::uint32_t Begin(Section section, std::uint64_t most) {
    Require(U32() == static_cast<std::uint32_t>(section));
    return Count(most);
  }
  void Require(bool holds) {
    if (ok() && !holds) status_ = DataLoss("index image: malformed");
  }
  bool ok() const { return status_.ok(); }
  const Status& status() const { return status_; }

 private:
  template <std::size_t kSize>
  RecordReader Number() {
    Raw({buffer_, kSize});
    return RecordReader({buffer_, kSize});
  }
  ImageSource& source_;
  Status status_;
  std::uint8_t buffer_[8] = {};
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
  out.Raw(AsBytes(kMagic));
  out.Fields(RecordWriter().U32(index_.currencies_.load()));
  out.Begin(Section::kBlocks, view_.block_count());
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
  out.Begin(Section::kEnd, 0);
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
  out.Begin(Section::kBounds, view_.segment_count());
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
  const Slot slot = list.slots[i];
  const std::uint32_t packed = list.packed[i];
  if (slot >= versions.size() || versions[slot] != packed >> PairPacking::kVersionShift)
    return false;
  if (versions[slot] < PairPacking::kMaxVersion) return true;
  // Versions ran out: the row says whether the entry holds. It may be newer than what was written;
  // then its person is brought up to date after reading.
  const SeekerRow row = view_.RowAt(slot);
  const Block& block = view_.block(BlockOf(slot));
  const std::size_t lane = LaneOf(slot);
  const PairColumns columns{block.wage()[lane], block.employment()[lane],
                            block.experience()[lane], block.education()[lane], versions[slot]};
  return HasLeaf(row.occupations, wish.first) && HasLeaf(row.regions, wish.second) &&
         columns.Packed() == packed;
}

void IndexImage::WriteLists(Output& out, const Versions& versions) const {
  const auto keys = index_.pairs_.Keys();
  out.Begin(Section::kLists, keys.size());
  std::vector<Slot> slots;
  std::vector<std::uint32_t> packed;
  for (const auto& [occupation, region] : keys) {
    if (!out.status().ok()) return;
    const PairView list = view_.pairs(occupation, region);
    const std::pair wish(view_.terms().At(occupation).token, view_.terms().At(region).token);
    slots.clear();
    packed.clear();
    for (std::size_t i = 0; i < list.size; ++i) {
      if (!IsCurrent(list, i, versions, wish)) continue;
      slots.push_back(list.slots[i]);
      packed.push_back(list.packed[i]);
    }
    out.Fields(RecordWriter().U32(occupation).U32(region).U32(
        static_cast<std::uint32_t>(slots.size())));
    out.Raw(BytesOf(std::span<const Slot>(slots)));
    out.Raw(BytesOf(std::span<const std::uint32_t>(packed)));
  }
}

void IndexImage::WriteTerms(Output& out) const {
  const std::vector<Terms::Origin> origins = view_.terms().Origins();
  out.Begin(Section::kTerms, origins.size());
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
  out.Begin(Section::kClusters, popularity_.size());
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

Status IndexImage::Read(ImageSource& source, SeekerIndex& index) {
  Input in(source);
  std::uint8_t magic[kMagic.size()] = {};
  in.Raw(magic);
  in.Require(AsText(magic) == kMagic && index.block_count_.load() == 0);
  index.currencies_.store(in.U32());
  const std::uint32_t blocks = in.Begin(Section::kBlocks, kMaxBlocks);
  for (std::uint32_t b = 0; b < blocks && in.ok(); ++b) ReadBlock(in, index);
  ReadBounds(in, index);
  ReadLists(in, index);
  ReadTerms(in, index);
  TakePeople(in, index);
  ReadClusters(in, index);
  in.Begin(Section::kEnd, 0);
  return in.status();
}

void IndexImage::ReadBlock(Input& in, SeekerIndex& index) {
  BlockShape shape;
  shape.occupations = in.U8();
  shape.regions = in.U8();
  shape.licences = in.U8();
  shape.languages = in.U8();
  shape.skills = in.U8();
  const std::uint8_t flags = in.U8();
  shape.amounts = (flags & 1) != 0;
  shape.days = (flags & 2) != 0;
  shape.weights = (flags & 4) != 0;
  const std::uint32_t cluster = in.U32();
  const std::uint64_t live = in.U64();
  const std::uint64_t wide = in.U64();
  in.Require(Within(shape) && flags < 8 && (wide & ~live) == 0);
  if (!in.ok()) return;
  std::unique_ptr<Block> block = Block::Make(shape);
  in.Raw(block->MutableColumns());
  ForEachLane(live, [&](std::size_t lane) { block->SetLive(lane, true); });
  ForEachLane(wide, [&](std::size_t lane) {
    Bytes encoded(in.Count(kMaxWideRowBytes));
    in.Raw(encoded);
    const std::optional<SeekerRow> row = DecodeRow(encoded);
    in.Require(row && row->id == block->id(lane));
    if (in.ok()) block->SetWide(lane, &*row);
  });
  if (!in.ok()) return;
  const std::uint32_t b = index.AddBlock(std::move(block), cluster);
  index.block_count_.store(b + 1);
}

void IndexImage::ReadBounds(Input& in, SeekerIndex& index) {
  const std::uint32_t block_count = index.block_count_.load();
  const std::uint32_t segments = in.Begin(Section::kBounds, SeekerIndex::kMaxSegments);
  in.Require(segments == (block_count + kSegmentBlocks - 1) / kSegmentBlocks);
  std::vector<std::uint16_t> blocks;
  std::vector<std::uint8_t> most;
  for (std::uint32_t segment = 0; segment < segments; ++segment) {
    SegmentBounds* bounds = in.ok() ? &index.segments_[segment].load()->bounds : nullptr;
    while (in.ok()) {
      const TermId term = in.U32();
      const std::uint16_t count = in.U16();
      if (!in.ok() || term == kNoTerm) break;
      in.Require(term < kMaxTerms && count > 0 && count <= kSegmentBlocks);
      blocks.resize(in.ok() ? count : 0);
      most.resize(blocks.size());
      in.Array(blocks);
      in.Array(most);
      in.Require(std::ranges::adjacent_find(blocks, std::greater_equal()) == blocks.end() &&
                 !blocks.empty() && blocks.back() < kSegmentBlocks &&
                 bounds->Find(term) == nullptr);
      if (in.ok()) bounds->Put(term, BoundChunk::Make(blocks, most));
    }
  }
}

void IndexImage::ReadLists(Input& in, SeekerIndex& index) {
  const std::uint64_t slots_end = std::uint64_t{index.block_count_.load()} * kLanes;
  const std::uint32_t lists = in.Begin(Section::kLists, 0xFFFFFFFF);
  std::vector<Slot> slots;
  std::vector<std::uint32_t> packed;
  std::vector<std::pair<Slot, std::uint32_t>> entries;
  for (std::uint32_t i = 0; i < lists && in.ok(); ++i) {
    const TermId occupation = in.U32();
    const TermId region = in.U32();
    slots.resize(in.Count(slots_end));
    packed.resize(slots.size());
    in.Array(slots);
    in.Array(packed);
    in.Require(occupation < kMaxTerms && region < kMaxTerms);
    entries.clear();
    for (std::size_t e = 0; e < slots.size(); ++e) {
      in.Require(slots[e] < slots_end);
      entries.emplace_back(slots[e], packed[e]);
    }
    if (in.ok() && !entries.empty())
      index.pairs_.Replace(occupation, region, entries, index.epochs_);
  }
}

void IndexImage::ReadTerms(Input& in, SeekerIndex& index) {
  const std::uint32_t terms = in.Begin(Section::kTerms, kMaxTerms);
  index.terms_.RestoreConflicts(in.U8() != 0);
  for (std::uint32_t i = 0; i < terms && in.ok(); ++i) {
    Terms::Origin origin;
    const std::uint8_t kind = in.U8();
    origin.kind = static_cast<TermKind>(kind);
    origin.depth = in.U8();
    origin.token = {in.U64()};
    origin.parent = in.U32();
    in.Require(kind <= static_cast<std::uint8_t>(TermKind::kLanguage) &&
               index.terms_.Restore(origin));
  }
}

// What follows from the blocks: where everybody is, and where there is room.
void IndexImage::TakePeople(Input& in, SeekerIndex& index) {
  if (!in.ok()) return;
  const std::uint32_t block_count = index.block_count_.load();
  std::size_t people = 0;
  for (std::uint32_t b = 0; b < block_count; ++b)
    people += static_cast<std::size_t>(std::popcount(index.CellOf(b).load()->live()));
  index.slots_.Reserve(people, index.epochs_);
  index.people_.store(people);
  const auto id_of = [&index](Slot at) {
    return index.CellOf(BlockOf(at)).load()->id(LaneOf(at));
  };
  for (std::uint32_t b = 0; b < block_count && in.ok(); ++b) {
    const Block& block = *index.CellOf(b).load();
    const std::uint32_t cluster = index.writer_->cluster_of_block[b];
    ForEachLane(block.live(), [&](std::size_t lane) {
      in.Require(LaneIsReadable(block, lane, index.terms_));
      const auto slot = static_cast<Slot>(b * kLanes + lane);
      index.slots_.Insert(block.id(lane), slot, id_of, index.epochs_);
    });
    if (~block.live() == 0) continue;
    std::vector<Slot>& free = index.writer_->free_lanes[cluster];
    ForEachLane(~block.live(), [&](std::size_t lane) {
      free.push_back(static_cast<Slot>(b * kLanes + lane));
    });
  }
}

void IndexImage::ReadClusters(Input& in, SeekerIndex& index) {
  std::vector<std::uint32_t> popularity(in.Begin(Section::kClusters, index.terms_.size()));
  in.Array(popularity);
  index.writer_->popularity = Popularity(std::move(popularity));
  const std::uint32_t clusters = in.U32();
  for (std::uint32_t i = 0; i < clusters && in.ok(); ++i) {
    const std::uint32_t cluster = in.U32();
    const std::uint32_t count = in.Count(0xFFFFFFFF);
    for (std::uint32_t n = 0; n < count && in.ok(); ++n) index.NoteStray({in.U64()}, cluster);
  }
}

}  // namespace noren::matching
