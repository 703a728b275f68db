// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/kept_leaves.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/media_record.h"
#include "engine/operations/people.h"
#include "engine/operations/scan.h"
#include "engine/operations/stored_items.h"
#include "engine/operations/token_keys.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using personal_data::LeafIndex;

constexpr std::uint8_t kFormat = 1;
constexpr std::string_view kName = "kept-leaves";
constexpr std::uint32_t kMaxRanges = 4096;
constexpr std::size_t kLeavesPerPage = 4096;

storage::Mutation SealRanges(ServiceContext& context, const std::vector<LeafRange>& kept) {
  RecordWriter writer;
  writer.U8(kFormat).U32(static_cast<std::uint32_t>(kept.size()));
  for (const LeafRange& range : kept) writer.U32(range.begin).U32(range.end);
  const std::string key = keyspaces::StateKey(kName);
  return {key, storage::SealValue(context.keys.store_seal(), {keyspaces::kState, key}, 1,
                                  writer.bytes(), context.random)};
}

// Calls `visit` with the leaves of [begin, end) that exist, until it returns false.
template <typename Visit>
Status ForEachLeaf(ServiceContext& context, LeafRange range, const Visit& visit) {
  std::optional<LeafIndex> after;
  if (range.begin > 0) after = range.begin - 1;
  while (true) {
    NOREN_ASSIGN_OR_RETURN(const auto page, context.keyring.ListLeaves(after, kLeavesPerPage));
    for (const LeafIndex leaf : page) {
      if (leaf >= range.end || !visit(leaf)) return OkStatus();
    }
    if (page.size() < kLeavesPerPage) return OkStatus();
    after = page.back();
  }
}

// `added` begins behind every range that is used by now; those may reach into it.
std::vector<LeafRange> WithRange(std::vector<LeafRange> kept, LeafRange added) {
  while (!kept.empty() && kept.back().end >= added.begin) {
    added.begin = std::min(added.begin, kept.back().begin);
    added.end = std::max(added.end, kept.back().end);
    kept.pop_back();
  }
  kept.push_back(added);
  return kept;
}

}  // namespace

void LeafSet::insert(LeafIndex leaf) {
  if (leaf >= bits_.size() || bits_[leaf]) return;
  bits_[leaf] = true;
  ++size_;
  if (!last_ || *last_ < leaf) last_ = leaf;
}

StatusOr<LeafSet> UsedLeaves(ServiceContext& context) {
  LeafSet used;
  const auto use = [&used](LeafIndex leaf) { used.insert(leaf); };
  NOREN_RETURN_IF_ERROR(
      VisitAll(context, keyspaces::kPerson, [&](const storage::KeyValue& item) -> Status {
        NOREN_ASSIGN_OR_RETURN(const auto person, keyspaces::IdOfKey<model::PersonId>(item.key, 0));
        NOREN_ASSIGN_OR_RETURN(const auto address,
                               personal_data::OpenPersonAddress(person, item.value, context.keys));
        use(address.leaf);
        return OkStatus();
      }));
  NOREN_RETURN_IF_ERROR(VisitLeavesOfItems(context, use));
  NOREN_RETURN_IF_ERROR(VisitLeavesOfHolds(context, use));
  NOREN_RETURN_IF_ERROR(VisitLeavesOfMedia(context, use));
  NOREN_RETURN_IF_ERROR(VisitLeavesOfTokenKeys(context, use));
  return used;
}

StatusOr<std::vector<LeafRange>> ReadKeptLeaves(ServiceContext& context) {
  const std::string key = keyspaces::StateKey(kName);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  std::vector<LeafRange> kept;
  if (!stored) return kept;
  NOREN_ASSIGN_OR_RETURN(
      const Bytes plain,
      storage::OpenValueAt(context.keys.store_seal(), {keyspaces::kState, key}, 1, *stored));
  RecordReader reader(plain);
  const std::uint8_t format = reader.U8();
  const std::uint32_t count = reader.U32();
  bool ordered = format == kFormat && count <= kMaxRanges;
  for (std::uint32_t i = 0; ordered && reader.ok() && i < count; ++i) {
    const LeafRange range{reader.U32(), reader.U32()};
    ordered = range.begin < range.end && (kept.empty() || kept.back().end < range.begin);
    kept.push_back(range);
  }
  if (!ordered || !reader.Finish().ok()) return MakeError(ErrorCode::kDataCorrupt, "kept leaves");
  return kept;
}

bool IsKept(const std::vector<LeafRange>& kept, LeafIndex leaf) {
  return std::any_of(kept.begin(), kept.end(), [leaf](const LeafRange& range) {
    return range.begin <= leaf && leaf < range.end;
  });
}

Status KeepLeavesOfTheLost(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const LeafSet used, UsedLeaves(context));
  // Leaves are given in ascending order, so the lost ones are behind all that the backup has.
  LeafRange lost{used.last() ? *used.last() + 1 : 0, UINT32_MAX};
  std::optional<LeafIndex> last;
  NOREN_RETURN_IF_ERROR(ForEachLeaf(context, lost, [&last](LeafIndex leaf) {
    last = leaf;
    return true;
  }));
  if (!last) return OkStatus();
  lost.end = *last + 1;
  NOREN_ASSIGN_OR_RETURN(std::vector<LeafRange> kept, ReadKeptLeaves(context));
  kept = WithRange(std::move(kept), lost);
  if (kept.size() > kMaxRanges) return MakeError(ErrorCode::kLimitReached, "restores");
  Change change;
  change.entry.operation = audit::Operation::kReapplyNarrowingActs;
  change.entry.principal = kServiceItself;
  storage::Mutation record = SealRanges(context, kept);
  change.staged.Put(std::move(record.key), std::move(*record.value));
  return context.pipeline.Commit(std::move(change)).status();
}

StatusOr<std::vector<LeafIndex>> LostPeoplesLeaves(ServiceContext& context, std::size_t limit) {
  std::vector<LeafIndex> lost;
  NOREN_ASSIGN_OR_RETURN(const std::vector<LeafRange> kept, ReadKeptLeaves(context));
  if (kept.empty()) return lost;
  NOREN_ASSIGN_OR_RETURN(const LeafSet used, UsedLeaves(context));
  for (const LeafRange& range : kept) {
    NOREN_RETURN_IF_ERROR(ForEachLeaf(context, range, [&](LeafIndex leaf) {
      if (lost.size() < limit && !used.contains(leaf)) lost.push_back(leaf);
      return lost.size() < limit;
    }));
  }
  return lost;
}

StatusOr<personal_data::Staged> StageEndOfKeeping(ServiceContext& context) {
  personal_data::Staged staged;
  NOREN_ASSIGN_OR_RETURN(const std::vector<LeafRange> kept, ReadKeptLeaves(context));
  if (kept.empty()) return staged;
  NOREN_ASSIGN_OR_RETURN(const std::vector<LeafIndex> left, LostPeoplesLeaves(context, 1));
  if (left.empty()) staged.Delete(keyspaces::StateKey(kName));
  return staged;
}

}  // namespace noren::operations
