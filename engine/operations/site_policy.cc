// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/site_policy.h"

#include "engine/audit/operation.h"
#include "engine/operations/authorize.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/public_notice.h"
#include "engine/policy/stated/sites.h"
#include "engine/policy/statement_notice.h"

namespace noren::operations {
namespace {

// Of the policy that this service enforces.
Status TakeInForce(const policy::Policy& policy, SitePolicy& read) {
  read.policy = policy.id;
  read.version = policy.VersionText();
  if (policy.statement == nullptr) return OkStatus();
  read.notice = PublicNoticeOf(policy);
  NOREN_ASSIGN_OR_RETURN(read.text, policy::RenderStatement(policy, policy.statement->language));
  return OkStatus();
}

void TakeOther(const policy::Entry& site, SitePolicy& read) {
  read.site = site.Title();
  read.policy = site.Text("policy").value_or("");
  read.published = site.Text("published").value_or("");
}

}  // namespace

StatusOr<SitePolicy> ReadSitePolicy(ServiceContext& context, const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  SitePolicy read;
  const policy::Entry* const site =
      policy::SiteWithItsOwnPolicy(context.policy, call.principal.name);
  if (site != nullptr) {
    TakeOther(*site, read);
  } else {
    NOREN_RETURN_IF_ERROR(TakeInForce(context.policy, read));
  }
  const policy::Decision judged = policy::MayServeSite(context.policy, call.principal.name);
  NOREN_RETURN_IF_ERROR(Record(context, [&]() -> StatusOr<Attempt> {
                          Attempt attempt;
                          attempt.change.entry.operation = audit::Operation::kReadPolicyInForce;
                          attempt.change.entry.principal = call.principal;
                          attempt.change.entry.clause_ids = judged.clauses;
                          return attempt;
                        }).status());
  return read;
}

}  // namespace noren::operations
