// The answer to a request as an age file, for whoever asked to have it by e-mail: nobody but them
// opens it on its way, the officer who sends it included.
// Source:   docs/formats/rights_request.md, section "Answers by e-mail"; docs/formats/age.md
// Threads:  free functions concurrently
// Why safe: the only recipient is the requester's own key; what an answer withholds is not in it
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "engine/operations/rights_requests.h"

namespace noren::operations {

struct SealAnswerRequest {
  model::RequestId request;
  std::string address;    // where the form asks the answer to be sent; named inside, kept nowhere
  std::string recipient;  // the requester's, "age1..."; "": the one they registered
  std::optional<model::Language> language;
};
struct SealedAnswer {
  std::string address;
  Bytes file;  // "age -d" gives the letter, and of an answered request for access the export
  EntryPosition position;
};
//   errors   kStateConflict: not decided; kPolicyForbids: the form asks for another way;
//            kMissingField, kBadRequest: recipient or address; kNotFound: the person is not there
StatusOr<SealedAnswer> SealRightAnswer(ServiceContext& context, const Call& call,
                                       const SealAnswerRequest& request);

}  // namespace noren::operations
