// What is answered by a page of the policy alone: a request to give data back, whoever it is from,
// registered or not any more; and the question to the client for whom data are held, before whose
// answer a request is not decided and nothing of the person is put out.
// Source:   docs/formats/rights_request.md, section "Standard answers"
// Threads:  free functions concurrently
// Why safe: neither page holds a word about a person; waiting is a state of the request, and
//           what decides or puts out looks at it
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/operations/rights_requests.h"

namespace noren::operations {

struct StandardAnswer {
  model::RequestId request;
  std::string name;  // policy::kNoReturn, policy::kOwnerQuestion
  std::string page;
  std::vector<std::string> clauses;
  EntryPosition position;
};

// By an officer. Nothing is kept of it but the entry of the log: not even who asked.
struct ReturnRequest {
  std::string idempotency_key;
  UnixSeconds received_at;                  // not after now; 0: now
  std::optional<model::Language> language;  // nothing: the operator's
  bool html = false;
};
//   errors   kPolicyIncomplete: the policy does not say that nothing is returned; kOutOfRange;
//            kBadRequest: a language that the operator does not write in
StatusOr<StandardAnswer> AnswerReturn(ServiceContext& context, const Call& call,
                                      const ReturnRequest& request);

// The request waits from here on (RightState::kWaitingOwner).
struct AskOwnerRequest {
  std::string idempotency_key;
  model::RequestId request;
  std::string owner;  // the client
  std::optional<model::Language> language;
  bool html = false;
};
//   errors   kPolicyIncomplete: the policy refers nobody; kStateConflict: not ready to be decided;
//            kNotFound; the policy's, while it is not known who asks
StatusOr<StandardAnswer> AskOwner(ServiceContext& context, const Call& call,
                                  const AskOwnerRequest& request);

struct OwnerAnswer {
  std::string idempotency_key;
  model::RequestId request;
  bool allows = false;   // that the request is answered
  std::string document;  // under which the answer is on file
};
//   errors   kStateConflict: nobody was asked; kMissingField: document; kNotFound
StatusOr<EntryPosition> RecordOwnerAnswer(ServiceContext& context, const Call& call,
                                          const OwnerAnswer& answer);

// Ok unless a request of the person waits for a client's answer.
//   errors   kPolicyForbids: E_ENTRUSTED_NO_AUTHORITY
Status RequireNotReferred(ServiceContext& context, const LoadedPerson& person);

}  // namespace noren::operations
