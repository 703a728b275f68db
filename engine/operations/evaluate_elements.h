// A portal has blinded identifiers evaluated: under every key version that lives, with one proof
// for each, counted by the element against the portal's day.
// Source:   docs/design/0007-blind-enrolment.md; docs/formats/oprf.md
// Threads:  free functions concurrently; one call keeps all processors busy
// Why safe: the count is durable before anything is evaluated, so no crash and no race gives an
//           element that is not counted
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/oprf/dleq_proof.h"
#include "crypto/oprf/range_runner.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct EvaluateRequest {
  std::string idempotency_key;
  Bytes elements;  // 32 bytes each, 1..10,000
};
struct Evaluation {
  std::uint32_t version = 0;
  oprf::ProvenEvaluation proven;
};
struct EvaluatedElements {
  std::vector<Evaluation> evaluations;  // one for each live version, rising
  EntryPosition position;
};
// A batch is counted when it is taken: also one that is then refused for an element. Repeating a
// call with its key is not counted again.
//   errors   kBadRequest (elements): sizes; kBadElement (elements[i]): the first that does not
//            decode; kEnrolmentQuota: with the seconds until the next day, nothing is evaluated;
//            kTooLarge: more than a day has; kPolicyForbids; kNoEnrolmentKey; kClockUntrusted: by
//            such a clock a day could begin twice
StatusOr<EvaluatedElements> EvaluateElements(ServiceContext& context, const Call& call,
                                             const EvaluateRequest& request);

// Spreads ranges over all processors.
oprf::RangeRunner OnAllProcessors();

}  // namespace noren::operations
