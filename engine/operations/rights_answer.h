// What of the answer to a request for access is not given: the parts that the last decision
// withholds, and the items that people have to look at first.
// Source:   docs/formats/person_export.md, docs/formats/rights_request.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/model/canonical_json.h"
#include "engine/operations/rights_work.h"

namespace noren::operations {

inline constexpr std::string_view kUnderReview = "under_review";

struct WithheldPart {
  std::string part;  // "derived.scores", "received.decisions.statement", "given.items.item-..."
  model::RequestId request;  // none: nobody has decided yet
  std::string ground;        // of the decision, or kUnderReview
  std::vector<std::string> clauses;
};
// The last decided request for access counts: what an earlier one withheld is given by a later one
// that was accepted.
StatusOr<std::vector<WithheldPart>> LoadWithheld(ServiceContext& context,
                                                 const LoadedPerson& person);

// The document without the part; nullopt: it has no such part.
std::optional<model::JsonValue> WithoutPart(const model::JsonValue& document,
                                            std::string_view part);

// What may be withheld is there: a part of the person's export, else an item that is named.
//   errors   kBadRequest: no such part; nothing is withheld of access in part, or something of an
//            answer that is not in part
Status CheckWithheld(ServiceContext& context, const LoadedRight& loaded,
                     const DecideRightRequest& request);
// Of an answer in part to a request for access: the parts that are given. Of another: none.
std::vector<std::string> GivenParts(const RightHead& head);

}  // namespace noren::operations
