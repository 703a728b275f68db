// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/policy_versions.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/register_company.h"
#include "engine/operations/scan.h"
#include "engine/policy/decisions.h"
#include "engine/policy/loader.h"
#include "engine/policy/stated/subjects.h"
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

StatusOr<bool> AnyPolicyVersion(ServiceContext& context,
                                const std::function<bool(const policy::Policy&)>& is_such) {
  bool found = false;
  const auto look = [&](const storage::KeyValue& one) -> Status {
    const auto bytes =
        HexDecode(std::string_view(one.key).substr(keyspaces::kPolicyVersion.size()));
    Hash256 digest{};
    if (!bytes.ok() || bytes->size() != digest.size())
      return MakeError(ErrorCode::kDataCorrupt, "policy version");
    std::ranges::copy(*bytes, digest.begin());
    NOREN_ASSIGN_OR_RETURN(const auto version, context.policy_versions.Find(context, digest));
    found = found || is_such(*version);
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(VisitAll(context, keyspaces::kPolicyVersion, look));
  return found;
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

std::string_view KindNameToday(ServiceContext& context, const LoadedPerson& person) {
  const personal_data::PersonRecord& record = person.record;
  return personal_data::KindOn(record.facts, record.stated.subject,
                               policy::TodayOf(context.policy, context.time.Now()));
}

KindToday KindOfToday(ServiceContext& context, const LoadedPerson& person) {
  const model::CivilDay today = policy::TodayOf(context.policy, context.time.Now());
  KindToday kind{std::string(KindNameToday(context, person)), {}};
  // Sub-kinds are recorded with the name of the kind, also of the one that nobody has to name.
  std::string_view named = kind.kind;
  if (named.empty() && context.policy.statement != nullptr) {
    const policy::Entry* usual = policy::UsualSubject(*context.policy.statement);
    if (usual != nullptr) named = usual->id;
  }
  kind.sub_kinds = personal_data::SubKindsOn(person.record.facts, named, today);
  return kind;
}

StatusOr<policy::Decision> JudgeRanking(ServiceContext& context, const LoadedPerson& person,
                                        policy::Search search, std::string_view company) {
  const KindToday kind = KindOfToday(context, person);
  policy::RankingOf asked{search, kind.kind, kind.sub_kinds, std::nullopt};
  Audience audience;
  if (!company.empty()) {
    NOREN_ASSIGN_OR_RETURN(audience, AudienceOf(context, company));
    asked.companies = audience.classes;
  }
  if (person.record.stated.agreed == context.policy.digest)
    return policy::MayBeRanked(context.policy, asked);
  const StatusOr<VersionPtr> agreed = AgreedVersion(context, person);
  // Of a version that cannot be shown it is not known what the person agreed to.
  if (model::CodeOf(agreed.status()) == ErrorCode::kDataCorrupt)
    return policy::MayBeRankedUnder(context.policy, nullptr, asked);
  NOREN_RETURN_IF_ERROR(agreed.status());
  return policy::MayBeRankedUnder(context.policy, agreed->get(), asked);
}

}  // namespace noren::operations
