// A company sets a form for one of its own postings; an officer reads it before anybody else does;
// people answer it through their portal, and the answers go to that company for that posting alone,
// with a release.
// Source:   docs/design/0042-company-forms.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/operations/form_record.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/people.h"
#include "engine/operations/put_item.h"

namespace noren::operations {

struct PutFormRequest {
  std::string idempotency_key;
  model::PostingId posting;
  std::vector<FormQuestion> questions;  // 1..kMaxFormQuestions
};
struct PutForm {
  std::uint32_t version = 0;
  EntryPosition position;
};
// A new version, which waits for review; what is published stays until then.
//   errors   kBadRequest (field); kNotFound: not an open posting of the company; kItemUndeclared:
//            the policy has no such forms; kBannedCategory (field): the policy does not let anybody
//            ask this; kLimitReached: kMaxFormVersions
StatusOr<PutForm> PutCompanyForm(ServiceContext& context, const Call& call,
                                 const PutFormRequest& request);
inline constexpr std::uint32_t kMaxFormVersions = 50;

struct ReviewFormRequest {
  std::string idempotency_key;
  model::PostingId posting;
  std::uint32_t version = 0;
  bool publishes = false;
  std::string reason;  // of a refusal: what the company is told
};
// The officer's, of the newest version.
//   errors   kNotFound; kStateConflict: reviewed already, or there is a newer one; kReasonRequired;
//            kBannedCategory: under the policy in force it may not be published
StatusOr<EntryPosition> ReviewCompanyForm(ServiceContext& context, const Call& call,
                                          const ReviewFormRequest& request);

// To a portal the published version; to the company its newest one, in any state; to an officer the
// newest of any.
//   errors   kNotFound
StatusOr<FormRecord> ReadCompanyForm(ServiceContext& context, const Call& call,
                                     const model::PostingId& posting);
// What waits for an officer, by posting; at most kMaxWaitingForms behind `after`.
struct WaitingForms {
  std::vector<FormRecord> forms;
  std::optional<model::PostingId> next;
};
inline constexpr std::size_t kMaxWaitingForms = 200;
StatusOr<WaitingForms> ListWaitingForms(ServiceContext& context, const Call& call,
                                        const std::optional<model::PostingId>& after,
                                        std::size_t limit);

struct AnswerFormRequest {
  std::string idempotency_key;
  model::SeekerHandle handle;
  model::PostingId posting;
  std::uint32_t version = 0;                   // which the person read
  std::map<std::string, std::string> answers;  // by question id, 1..kMaxAnswerBytes of UTF-8
};
inline constexpr std::size_t kMaxAnswerBytes = 4000;
// The portal's, for one of its people: an item of theirs, that a consent to this posting may name
// and no other. An open invitation of the posting that asks for such items names it from then on.
//   errors   kBadRequest, kMissingField (field "answers.<id>"); kNotFound; kStateConflict: another
//            version is published, or the person keeps the keys; those of BeginItem and FinishItem
StatusOr<FinishedItem> AnswerCompanyForm(ServiceContext& context, const Call& call,
                                         const AnswerFormRequest& request);

}  // namespace noren::operations
