// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/maintenance.h"

#include <algorithm>
#include <set>
#include <string>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/caller_locks.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/kept_leaves.h"
#include "engine/operations/legal_holds.h"
#include "engine/operations/stored_items.h"
#include "engine/operations/uploads.h"
#include "engine/personal_data/act.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;

constexpr std::int64_t kBlobGraceSeconds = 2 * kUploadLifeSeconds;
constexpr std::int64_t kDaySeconds = 86400;
constexpr std::size_t kDeletesPerChange = 500;

Status DeleteKeys(ServiceContext& context, const std::vector<std::string>& keys) {
  for (std::size_t begin = 0; begin < keys.size(); begin += kDeletesPerChange) {
    Change change;
    change.entry.operation = audit::Operation::kServiceStarted;
    change.entry.principal = kServiceItself;
    const std::size_t end = std::min(keys.size(), begin + kDeletesPerChange);
    for (std::size_t i = begin; i < end; ++i) change.staged.Delete(keys[i]);
    NOREN_RETURN_IF_ERROR(context.pipeline.Commit(std::move(change)).status());
  }
  return OkStatus();
}

bool IsDamage(const Status& status) {
  const ErrorCode code = model::CodeOf(status);
  return code == ErrorCode::kDataCorrupt || code == ErrorCode::kInternal;
}

// Nothing is swept while a record does not open: its leaf may be any of the unused.
Status SweepLeaves(ServiceContext& context) {
  const auto used = UsedLeaves(context);
  if (IsDamage(used.status())) return OkStatus();
  NOREN_RETURN_IF_ERROR(used.status());
  NOREN_ASSIGN_OR_RETURN(const std::vector<LeafRange> kept, ReadKeptLeaves(context));
  return context.keyring
      .SweepUnused(
          [&](personal_data::LeafIndex leaf) { return used->contains(leaf) || IsKept(kept, leaf); })
      .status();
}

}  // namespace

StatusOr<storage::SweepReport> SweepBlobs(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, std::string(keyspaces::kItem)));
  std::set<storage::BlobDigest> referenced;
  for (const storage::KeyValue& item : stored) {
    NOREN_ASSIGN_OR_RETURN(const auto person_id, keyspaces::IdOfKey<model::PersonId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(const auto item_id, keyspaces::IdOfKey<model::ItemId>(item.key, 1));
    const auto person = LoadPerson(context, person_id);
    // Destroyed: its payloads open for nobody.
    if (model::CodeOf(person.status()) == ErrorCode::kNotFound) continue;
    NOREN_RETURN_IF_ERROR(person.status());
    const auto opened = OpenStoredItem(context, *person, item_id, item.value);
    if (model::CodeOf(opened.status()) == ErrorCode::kNotFound) continue;
    NOREN_RETURN_IF_ERROR(opened.status());
    referenced.insert(opened->record.payload_sha256);
  }
  NOREN_RETURN_IF_ERROR(VisitHeldPayloads(
      context, [&referenced](const Hash256& payload) { referenced.insert(payload); }));
  return context.blobs.Sweep(
      [&referenced](const storage::BlobDigest& digest) -> StatusOr<bool> {
        return referenced.contains(digest);
      },
      kBlobGraceSeconds);
}

StatusOr<std::size_t> SweepNonces(ServiceContext& context) {
  // By a clock that runs ahead, nonces of acts that are still fresh would go.
  if (!context.time.trusted()) return std::size_t{0};
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, std::string(keyspaces::kNonce)));
  // Keys begin with the day; a nonce of the day before yesterday belongs to no act that is still
  // fresh.
  const std::int64_t oldest_s =
      context.time.Now().value - 2 * kDaySeconds - personal_data::kActFreshnessSeconds;
  const std::string limit = keyspaces::NonceKey(oldest_s, model::PersonId(), Bytes(16));
  std::vector<std::string> old;
  for (const storage::KeyValue& item : stored) {
    if (item.key < limit) old.push_back(item.key);
  }
  NOREN_RETURN_IF_ERROR(DeleteKeys(context, old));
  return old.size();
}

Status SweepAtStart(ServiceContext& context) {
  NOREN_RETURN_IF_ERROR(context.callers.Load(context));
  NOREN_RETURN_IF_ERROR(SweepAnswers(context).status());
  NOREN_RETURN_IF_ERROR(SweepNonces(context).status());
  NOREN_RETURN_IF_ERROR(SweepLeaves(context));
  const Status settled = SettleLeavings(context);
  if (!IsDamage(settled)) NOREN_RETURN_IF_ERROR(settled);  // nothing opens by what is damaged
  const Status swept = SweepBlobs(context).status();
  // A damaged record may name any blob: all stay, and nobody else is kept from being served.
  return IsDamage(swept) ? OkStatus() : swept;
}

}  // namespace noren::operations
