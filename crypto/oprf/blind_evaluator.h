// The server's side: evaluates blinded elements without learning what they hide.
// Source:   RFC 9497 sections 3.3.1, 3.3.2
// Threads:  const members concurrently
// Secrets:  the key; an element and its evaluation are public to portal and server
// Why safe: the scalar meets elements in libsodium's constant-time multiplication only; what is
//           computed in variable time (the composite of a proof) is made of bytes the portal has
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "crypto/oprf/dleq_proof.h"
#include "crypto/oprf/range_runner.h"
#include "crypto/oprf/server_key.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

class BlindEvaluator {
 public:
  explicit BlindEvaluator(ServerKey key);

  const ServerKey& key() const { return key_; }

  // Evaluates 1..kMaxBatchElementsCount elements; all or none.
  //   returns  one element per blinded element, in order
  //   errors   kInvalidArgument: an empty or too large batch, or an element that is not canonical
  //            or is the identity (DeserializeError); the message names the first such index
  //   cost     one multiplication per element
  StatusOr<std::vector<Element>> BlindEvaluate(std::span<const Element> blinded,
                                               const RangeRunner& run = OnThisThread()) const;

  // The same with a proof that every element was evaluated with public_key().
  //   errors   as BlindEvaluate; kFailedPrecondition: a key of Mode::kBase
  //   cost     as BlindEvaluate, and about a fifth more (docs/design/0007-blind-enrolment.md)
  StatusOr<ProvenEvaluation> BlindEvaluateWithProof(std::span<const Element> blinded,
                                                    Random& random,
                                                    const RangeRunner& run = OnThisThread()) const;

  // What a portal would get for `input`, for identifiers that the server itself holds.
  //   errors   kInvalidArgument: more than 65,535 bytes, or an input that maps to the identity
  //            (InvalidInputError)
  StatusOr<Output> Evaluate(ByteSpan input) const;

 private:
  ServerKey key_;
};

}  // namespace noren::oprf
