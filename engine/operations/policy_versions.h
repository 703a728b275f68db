// The versions of the policy that people agreed to, as their files were: each is kept from the
// first registration under it, so that what a person was told stays what they were told.
// Source:   docs/design/0021-retention.md, docs/formats/policy.md (Versions)
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/operations/people.h"
#include "engine/policy/stated/purposes.h"

namespace noren::operations {

std::string PolicyVersionKey(const Hash256& digest);

// What was read once; a version never changes.
class PolicyVersions {
 public:
  //   errors   kDataCorrupt: it is not there, or is not the file of this digest
  StatusOr<std::shared_ptr<const policy::Policy>> Find(ServiceContext& context,
                                                       const Hash256& digest);
  // Has anybody agreed to another version than the one in force?
  StatusOr<bool> HasOthers(ServiceContext& context);
  // Keeps the one in force with the batch, unless it is kept.
  Status Stage(ServiceContext& context, personal_data::Staged& staged);

 private:
  std::mutex mutex_;  // guards what follows
  std::map<Hash256, std::shared_ptr<const policy::Policy>> known_;
  std::optional<bool> has_others_;
};

// Whether one of the kept versions is such a one: what people agreed to, and no other.
//   errors   kDataCorrupt
StatusOr<bool> AnyPolicyVersion(ServiceContext& context,
                                const std::function<bool(const policy::Policy&)>& is_such);

// The version whose purposes the person agreed to.
StatusOr<std::shared_ptr<const policy::Policy>> AgreedVersion(ServiceContext& context,
                                                              const LoadedPerson& person);

// May the person be ranked so today, by the policy in force and by what they agreed to? `company`:
// for its openings; empty: for those of some company.
//   errors   of the decision: those of policy::MayBeRanked; kConsentAnew: a purpose that came
//            later, or has changed, and that the person was not asked about
StatusOr<policy::Decision> JudgeRanking(ServiceContext& context, const LoadedPerson& person,
                                        policy::Search search, std::string_view company = "");

// Of which kind the person is today.
struct KindToday {
  std::string kind;  // "": the usual one; personal_data::kNoKind: of none any more
  std::vector<std::string> sub_kinds;
};
KindToday KindOfToday(ServiceContext& context, const LoadedPerson& person);
// Its name alone, a text of the person's record.
std::string_view KindNameToday(ServiceContext& context, const LoadedPerson& person);

}  // namespace noren::operations
