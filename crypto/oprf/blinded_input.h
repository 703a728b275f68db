// The portal's side: blinds an input, and makes the output of the server's evaluation.
// Source:   RFC 9497 sections 3.3.1, 3.3.2
// Threads:  concurrently; one BlindedInput is externally synchronised
// Secrets:  input and blind, in SecretBytes
// Why safe: the blind is a fresh uniform scalar, so the blinded element is uniform whatever the
//           input is
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/oprf/range_runner.h"
#include "crypto/oprf/suite.h"

namespace noren::oprf {

// What the portal keeps between Blind and Finalize. Only `element()` leaves it. The blind serves
// once: a second Finalize with another evaluation would be of no use, a second Blind makes another.
class BlindedInput {
 public:
  const Element& element() const { return element_; }
  Mode mode() const { return mode_; }
  const SecretBytes& input() const { return input_; }
  const SecretBytes& blind() const { return blind_; }

 private:
  friend StatusOr<BlindedInput> UncheckedBlindWithScalarForTest(Mode mode, ByteSpan input,
                                                                const SecretBytes& blind);
  friend StatusOr<BlindedInput> Blind(Mode mode, ByteSpan input, Random& random);
  BlindedInput(Mode mode, ByteSpan input, SecretBytes blind, const Element& element);

  Mode mode_;
  SecretBytes input_;
  SecretBytes blind_;
  Element element_;
};

// Blinds `input` with a fresh scalar.
//   errors   kInvalidArgument: more than 65,535 bytes, or an input that maps to the identity
//            (InvalidInputError)
//   cost     one hash to the group, one multiplication
StatusOr<BlindedInput> Blind(Mode mode, ByteSpan input, Random& random);

// The output for the evaluation of `blinded`, without proof.
//   errors   kInvalidArgument: `evaluated` is not canonical or is the identity;
//            kFailedPrecondition: blinded for Mode::kVerifiable, whose evaluations come with proofs
StatusOr<Output> Finalize(const BlindedInput& blinded, const Element& evaluated);

// What the server answered to the elements of a batch, in their order.
struct AnsweredBatch {
  std::span<const Element> evaluated;
  ByteSpan proof;  // empty in Mode::kBase
};

// The outputs of a whole batch; with the proof in Mode::kVerifiable. One inversion for all.
//   errors   kInvalidArgument: an empty or too large batch, another number of evaluations, inputs
//            of another mode, an element that does not decode (the message names its index), proof
//            bytes that are no two scalars; kUnauthenticated: the proof does not hold (VerifyError)
StatusOr<std::vector<Output>> FinalizeBatch(const PublicKey& key,
                                            std::span<const BlindedInput> blinded,
                                            const AnsweredBatch& answer,
                                            const RangeRunner& run = OnThisThread());

// With a blind of the caller's choosing: for published test vectors only.
StatusOr<BlindedInput> UncheckedBlindWithScalarForTest(Mode mode, ByteSpan input,
                                                       const SecretBytes& blind);

}  // namespace noren::oprf
