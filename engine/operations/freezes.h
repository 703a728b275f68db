// Freezes: while a request for correction or deletion is open, and once processing was suspended,
// nothing of the person is used or provided. A freeze is a narrowing act: a restored backup cannot
// end it.
// Source:   docs/design/0020-rights-requests.md, docs/formats/rights_request.md (Freezes)
// Threads:  free functions concurrently
// Why safe: whatever uses or provides is conditional on the record of freezes as it was read, so a
//           freeze and a release that race are in one order, and the freeze is first or the release
//           was before it
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/rights.h"
#include "engine/operations/people.h"
#include "engine/personal_data/staged.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::operations {

// Values are stored: never renumbered.
enum class FreezeScope : std::uint8_t { kUse = 1, kProvision = 2 };  // kUse: provision as well
enum class FreezeCause : std::uint8_t {
  kPending = 1,    // a request is open
  kSuspended = 2,  // the person asked for it
  kExpired = 3,    // the period of keeping is over
  kErasure = 4     // the person asked for erasure
};
struct Freeze {
  model::RequestId request;
  FreezeScope scope = FreezeScope::kUse;
  FreezeCause cause = FreezeCause::kPending;
  UnixSeconds since;
  bool operator==(const Freeze&) const = default;
};
inline constexpr std::size_t kMaxFreezes = 64;  // of one person; the last place is for an erasure

// What stands for one person: by request, none twice.
struct Freezes {
  std::optional<Bytes> stored;  // what changes and uses are conditional on
  std::vector<Freeze> all;
  bool StopUse() const;
  bool StopProvision() const { return !all.empty(); }
};
//   errors   kDataCorrupt: then nothing may be used or provided
StatusOr<Freezes> ReadFreezes(ServiceContext& context, const model::PersonId& person);
StatusOr<Freezes> OpenFreezes(const model::PersonId& person, std::optional<Bytes> stored,
                              const personal_data::PurposeKeys& keys);
StatusOr<Bytes> SealFreezes(const model::PersonId& person, const std::vector<Freeze>& all,
                            const personal_data::PurposeKeys& keys, Random& random);

// Ok while the period of keeping runs and nothing is frozen, and `staged` holds that it stays so;
// else the refusal with its clauses.
//   errors   kPolicyForbids: E_EXPIRED, E_SUSPENDED or E_PENDING_CORRECTION; kDataCorrupt
Status RequireMayUse(ServiceContext& context, const LoadedPerson& person,
                     personal_data::Staged& staged);
Status RequireMayProvide(ServiceContext& context, const LoadedPerson& person,
                         personal_data::Staged& staged);

// Begins the freeze of a request, or changes it; nullopt ends it. Nothing is staged, and false
// comes back, when it stands so.
//   errors   kLimitReached
StatusOr<bool> StageFreeze(ServiceContext& context, const model::PersonId& person,
                           const model::RequestId& request, const std::optional<Freeze>& freeze,
                           personal_data::Staged& staged);

// Whoever asked for erasure is not used or provided from then on: once, however often they ask. It
// ends with the person. What journals the request stands for it in the journal.
StatusOr<bool> StageErasureFreeze(ServiceContext& context, const model::PersonId& person,
                                  const model::RequestId& request, personal_data::Staged& staged);

// The journal's act of one freeze, with what makes its request anew when a backup lacks it.
struct FreezeAct {
  model::PersonId person;
  model::RequestId request;
  std::optional<Freeze> freeze;  // nullopt: ended
  model::Right right = model::Right::kCorrect;
  UnixSeconds received_at;
  UnixSeconds at;
  bool operator==(const FreezeAct&) const = default;
};
storage::NarrowingAct MakeFreezeAct(const FreezeAct& act);
//   errors   kDataCorrupt
StatusOr<FreezeAct> FreezeActOf(const storage::NarrowingAct& act);

std::string FreezeKey(const model::PersonId& person);

}  // namespace noren::operations
