// Reading an index image back. Nothing in it is trusted: what could make a later look-up fall is
// checked.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>

#include "crypto/base/encoding.h"
#include "engine/matching/index/index_writer.h"
#include "engine/matching/index/row_codec.h"
#include "engine/matching/index/snapshot.h"
#include "engine/matching/index/snapshot_format.h"

namespace noren::matching {
namespace {

constexpr std::uint32_t kMaxBlocks = SeekerIndex::kMaxSegments * kSegmentBlocks;
constexpr std::uint32_t kMaxWideRowBytes = 1 << 16;
constexpr std::uint32_t kMaxTerms = 1 << 19;

bool Within(const BlockShape& shape) {
  return shape.occupations <= kMaxShape.occupations && shape.regions <= kMaxShape.regions &&
         shape.licences <= kMaxShape.licences && shape.languages <= kMaxShape.languages &&
         shape.skills <= kMaxShape.skills && shape.skills % 2 == 0;
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
  if ((block.wide() >> lane & 1) != 0 || record.count() > block.shape().skills) return false;
  for (std::size_t i = 0; i < record.count(); ++i) {
    if (!terms.Has(TermKind::kSkill, record.skill[i])) return false;
  }
  return block.education()[lane] <= kMaxEducation && ListsAreKnown(block, lane, terms);
}

}  // namespace

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
  std::uint32_t Begin(ImageSection section, std::uint64_t most) {
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

Status IndexImage::Read(ImageSource& source, SeekerIndex& index) {
  Input in(source);
  std::uint8_t magic[kImageMagic.size()] = {};
  in.Raw(magic);
  in.Require(AsText(magic) == kImageMagic && index.block_count_.load() == 0);
  index.currencies_.store(in.U32());
  const std::uint32_t blocks = in.Begin(ImageSection::kBlocks, kMaxBlocks);
  for (std::uint32_t b = 0; b < blocks && in.ok(); ++b) ReadBlock(in, index);
  ReadBounds(in, index);
  ReadLists(in, index);
  ReadTerms(in, index);
  TakePeople(in, index);
  ReadClusters(in, index);
  in.Begin(ImageSection::kEnd, 0);
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
  shape.amounts = (flags & kHasAmounts) != 0;
  shape.days = (flags & kHasDays) != 0;
  shape.weights = (flags & kHasWeights) != 0;
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
  const std::uint32_t segments = in.Begin(ImageSection::kBounds, SeekerIndex::kMaxSegments);
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
  const std::uint32_t lists = in.Begin(ImageSection::kLists, 0xFFFFFFFF);
  std::vector<std::uint32_t> who;
  std::vector<std::uint32_t> packed;
  std::vector<PairEntry> entries;
  for (std::uint32_t i = 0; i < lists && in.ok(); ++i) {
    const TermId occupation = in.U32();
    const TermId region = in.U32();
    who.resize(in.Count(slots_end));
    packed.resize(who.size());
    in.Array(who);
    in.Array(packed);
    in.Require(occupation < kMaxTerms && region < kMaxTerms);
    entries.clear();
    for (std::size_t e = 0; e < who.size(); ++e) {
      in.Require(PairWho::SlotOf(who[e]) < slots_end);
      entries.push_back({who[e], packed[e]});
    }
    if (in.ok() && !entries.empty())
      index.pairs_.Replace(occupation, region, entries, index.epochs_);
  }
}

void IndexImage::ReadTerms(Input& in, SeekerIndex& index) {
  const std::uint32_t terms = in.Begin(ImageSection::kTerms, kMaxTerms);
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
  const auto block_at = [&index](std::uint32_t b) -> const Block& {
    return *index.CellOf(b).load();
  };
  std::size_t people = 0;
  for (std::uint32_t b = 0; b < block_count; ++b)
    people += static_cast<std::size_t>(std::popcount(block_at(b).live()));
  index.slots_.Reserve(people, index.epochs_);
  const auto id_of = [&](Slot at) { return block_at(BlockOf(at)).id(LaneOf(at)); };
  // Whoever left and came back elsewhere while the image was written is in it twice, and is brought
  // up to date by whoever reads it: one place is enough.
  std::vector<Slot> doubled;
  for (std::uint32_t b = 0; b < block_count && in.ok(); ++b) {
    const Block& block = block_at(b);
    ForEachLane(block.live(), [&](std::size_t lane) {
      in.Require(LaneIsReadable(block, lane, index.terms_));
      const auto slot = static_cast<Slot>(b * kLanes + lane);
      if (index.SlotOf(block.id(lane))) {
        doubled.push_back(slot);
      } else {
        index.slots_.Insert(block.id(lane), slot, id_of, index.epochs_);
      }
    });
  }
  if (!in.ok()) return;
  index.ClearSlots(doubled);
  index.people_.store(people - doubled.size());
  for (std::uint32_t b = 0; b < block_count; ++b) {
    const std::uint64_t empty = ~block_at(b).live();
    if (empty == 0) continue;
    std::vector<Slot>& free = index.writer_->free_lanes[index.writer_->cluster_of_block[b]];
    ForEachLane(empty,
                [&](std::size_t lane) { free.push_back(static_cast<Slot>(b * kLanes + lane)); });
  }
}

void IndexImage::ReadClusters(Input& in, SeekerIndex& index) {
  std::vector<std::uint32_t> popularity(in.Begin(ImageSection::kClusters, index.terms_.size()));
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
