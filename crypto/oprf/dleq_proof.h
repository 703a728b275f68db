// Proof that many elements were multiplied by one secret scalar, the one behind a public key; the
// same 64 bytes for one pair or 10,000.
// Source:   RFC 9497 section 2.2
// Threads:  concurrently
// Secrets:  the key's scalar and the proof's nonce, in SecretBytes
// Why safe: every pair has its own hashed weight in the composites, so that no pair can be wrong
//           without the sum being wrong; the nonce is fresh for every proof
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/oprf/range_runner.h"
#include "crypto/oprf/server_key.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

// Two lists of equal length: evaluated[i] is claimed to be the key's scalar times blinded[i].
struct ElementPairs {
  std::span<const Element> blinded;
  std::span<const Element> evaluated;
};

// What the server answers in Mode::kVerifiable.
struct ProvenEvaluation {
  std::vector<Element> elements;  // one per blinded element, in order
  Proof proof{};                  // one for all of them
};

// `pairs` are known to be right, of equal length, 1..kMaxBatchElementsCount, canonical and not the
// identity; `evaluated` was computed with `key`.
//   errors   kInternal: a composite is the identity, which happens with no real input
StatusOr<Proof> Prove(const ServerKey& key, const ElementPairs& pairs, Random& random,
                      const RangeRunner& run);

//   errors   kInvalidArgument: lengths, an element that is not canonical or is the identity (the
//            message names its index), proof bytes that are no two scalars;
//            kUnauthenticated: the proof does not hold (VerifyError)
Status VerifyProof(const PublicKey& key, const ElementPairs& pairs, const Proof& proof,
                   const RangeRunner& run);

// With a nonce of the caller's choosing: for published test vectors only.
StatusOr<Proof> UncheckedProveWithNonceForTest(const ServerKey& key, const ElementPairs& pairs,
                                               const SecretBytes& nonce);

}  // namespace noren::oprf
