// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/policy_versions.h"

#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/policy/loader.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using VersionPtr = std::shared_ptr<const policy::Policy>;

StatusOr<VersionPtr> ReadVersion(ServiceContext& context, const Hash256& digest) {
  const Status damaged = MakeError(ErrorCode::kDataCorrupt, "policy version");
  const std::string key = PolicyVersionKey(digest);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return damaged;
  const auto opened =
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kPolicyVersion, key}, *stored);
  if (!opened.ok()) return damaged;
  auto policy =
      policy::ParsePolicy(std::string(opened->plaintext.begin(), opened->plaintext.end()));
  if (!policy.ok() || policy->digest != digest) return damaged;
  return std::make_shared<const policy::Policy>(*std::move(policy));
}

}  // namespace

std::string PolicyVersionKey(const Hash256& digest) {
  return std::string(keyspaces::kPolicyVersion) + HexEncode(digest);
}

StatusOr<VersionPtr> PolicyVersions::Find(ServiceContext& context, const Hash256& digest) {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(digest);
  if (known != known_.end()) return known->second;
  NOREN_ASSIGN_OR_RETURN(VersionPtr version, ReadVersion(context, digest));
  return known_.emplace(digest, std::move(version)).first->second;
}

// Only the version in force is ever added, so the others are those of the start.
StatusOr<bool> PolicyVersions::HasOthers(ServiceContext& context) {
  const std::lock_guard lock(mutex_);
  if (has_others_) return *has_others_;
  auto page = context.store.Scan(kEmbeddedPartition, std::string(keyspaces::kPolicyVersion), "", 2);
  if (!page.ok()) return MakeError(ErrorCode::kStorage);
  const std::string own = PolicyVersionKey(context.policy.digest);
  bool others = false;
  for (const storage::KeyValue& item : page->items) others = others || item.key != own;
  has_others_ = others;
  return others;
}

Status PolicyVersions::Stage(ServiceContext& context, personal_data::Staged& staged) {
  const std::string key = PolicyVersionKey(context.policy.digest);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (stored) return OkStatus();
  staged.Replace(key, std::nullopt,
                 storage::SealValue(context.keys.store_seal(), {keyspaces::kPolicyVersion, key}, 1,
                                    AsBytes(context.policy.source), context.random));
  return OkStatus();
}

StatusOr<VersionPtr> AgreedVersion(ServiceContext& context, const LoadedPerson& person) {
  const Hash256& agreed = person.record.stated.agreed;
  if (agreed == context.policy.digest) {
    // Not owned: the policy in force outlives every call.
    return VersionPtr(VersionPtr(), &context.policy);
  }
  return context.policy_versions.Find(context, agreed);
}

StatusOr<policy::Decision> JudgeRanking(ServiceContext& context, const LoadedPerson& person,
                                        policy::Search search) {
  const std::string& subject = person.record.stated.subject;
  if (person.record.stated.agreed == context.policy.digest)
    return policy::MayBeRanked(context.policy, search, subject);
  const StatusOr<VersionPtr> agreed = AgreedVersion(context, person);
  // Of a version that cannot be shown it is not known what the person agreed to.
  if (model::CodeOf(agreed.status()) == ErrorCode::kDataCorrupt)
    return policy::MayBeRankedUnder(context.policy, nullptr, search, subject);
  NOREN_RETURN_IF_ERROR(agreed.status());
  return policy::MayBeRankedUnder(context.policy, agreed->get(), search, subject);
}

}  // namespace noren::operations
