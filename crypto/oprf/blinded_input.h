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
#include "crypto/oprf/dleq_proof.h"
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
  static StatusOr<BlindedInput> Make(Mode mode, ByteSpan input, SecretBytes blind);
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

// Finalize for a whole batch, with one inversion for all.
//   evaluated  one per input, in the order of the inputs
//   errors   as Finalize, the message names the first bad element; kInvalidArgument also: an empty
//            or too large batch, or another number of evaluations
StatusOr<std::vector<Output>> FinalizeBatch(std::span<const BlindedInput> blinded,
                                            std::span<const Element> evaluated,
                                            const RangeRunner& run = OnThisThread());

// The same in Mode::kVerifiable: no output unless the proof holds.
//   errors   as VerifyProof for `key`; kFailedPrecondition: blinded for Mode::kBase
StatusOr<std::vector<Output>> FinalizeProven(const PublicKey& key,
                                             std::span<const BlindedInput> blinded,
                                             const ProvenEvaluation& answer,
                                             const RangeRunner& run = OnThisThread());

// With a blind of the caller's choosing: for published test vectors only.
StatusOr<BlindedInput> UncheckedBlindWithScalarForTest(Mode mode, ByteSpan input,
                                                       const SecretBytes& blind);

}  // namespace noren::oprf
