// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/blinded_input.h"

#include <algorithm>
#include <utility>

#include "crypto/oprf/group.h"
#include "crypto/oprf/hash_to_group.h"
#include "crypto/oprf/output_hash.h"
#include "crypto/oprf/scalars.h"

namespace noren::oprf {
namespace {

Status CheckBatch(std::span<const BlindedInput> blinded, std::span<const Element> evaluated,
                  Mode mode) {
  NOREN_RETURN_IF_ERROR(CheckBatchSize(blinded.size()));
  if (blinded.size() != evaluated.size()) {
    return InvalidArgument("elements: as many evaluated as blinded ones expected");
  }
  const bool of_mode = std::all_of(blinded.begin(), blinded.end(),
                                   [&](const BlindedInput& b) { return b.mode() == mode; });
  return of_mode ? OkStatus() : FailedPrecondition("an input was blinded for the other mode");
}

// The blinds of a batch one after another, inverted.
SecretBytes InvertedBlinds(std::span<const BlindedInput> blinded) {
  SecretBytes blinds(blinded.size() * kScalarSizeBytes);
  for (std::size_t i = 0; i < blinded.size(); ++i) {
    const ByteSpan blind = blinded[i].blind().ExposeSecret();
    std::copy(blind.begin(), blind.end(),
              blinds.ExposeSecretForWriting().subspan(i * kScalarSizeBytes).begin());
  }
  return InvertScalars(blinds);
}

StatusOr<std::vector<Output>> Unblind(std::span<const BlindedInput> blinded,
                                      std::span<const Element> evaluated, const RangeRunner& run) {
  const SecretBytes inverses = InvertedBlinds(blinded);
  std::vector<Output> outputs(blinded.size());
  FirstIndex refused;
  run(blinded.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const ByteSpan inverse =
          inverses.ExposeSecret().subspan(i * kScalarSizeBytes, kScalarSizeBytes);
      Element unblinded;
      if (!Multiply(inverse, evaluated[i], unblinded)) return refused.Note(i);
      outputs[i] = HashOutput(blinded[i].input().ExposeSecret(), unblinded);
    }
  });
  if (!refused.is_none()) return RefusedElement(refused.value());
  return outputs;
}

}  // namespace

BlindedInput::BlindedInput(Mode mode, ByteSpan input, SecretBytes blind, const Element& element)
    : mode_(mode),
      input_(SecretBytes::CopyOf(input)),
      blind_(std::move(blind)),
      element_(element) {}

StatusOr<BlindedInput> BlindedInput::Make(Mode mode, ByteSpan input, SecretBytes blind) {
  NOREN_ASSIGN_OR_RETURN(const Element hashed, HashToGroup(mode, input));
  Element element;
  if (!Multiply(blind.ExposeSecret(), hashed, element)) {
    return InvalidArgument("input maps to the identity");
  }
  return BlindedInput(mode, input, std::move(blind), element);
}

StatusOr<BlindedInput> Blind(Mode mode, ByteSpan input, Random& random) {
  return BlindedInput::Make(mode, input, RandomScalar(random));
}

StatusOr<BlindedInput> UncheckedBlindWithScalarForTest(Mode mode, ByteSpan input,
                                                       const SecretBytes& blind) {
  if (!IsNonZeroScalar(blind.ExposeSecret())) {
    return InvalidArgument("blind: no scalar between 0 and the group's order");
  }
  return BlindedInput::Make(mode, input, blind.Clone());
}

StatusOr<Output> Finalize(const BlindedInput& blinded, const Element& evaluated) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<Output> outputs,
                         FinalizeBatch({&blinded, 1}, {&evaluated, 1}));
  return outputs.front();
}

StatusOr<std::vector<Output>> FinalizeBatch(std::span<const BlindedInput> blinded,
                                            std::span<const Element> evaluated,
                                            const RangeRunner& run) {
  NOREN_RETURN_IF_ERROR(CheckBatch(blinded, evaluated, Mode::kBase));
  return Unblind(blinded, evaluated, run);
}

StatusOr<std::vector<Output>> FinalizeProven(const PublicKey& key,
                                             std::span<const BlindedInput> blinded,
                                             const ProvenEvaluation& answer,
                                             const RangeRunner& run) {
  NOREN_RETURN_IF_ERROR(CheckBatch(blinded, answer.elements, Mode::kVerifiable));
  std::vector<Element> elements(blinded.size());
  std::transform(blinded.begin(), blinded.end(), elements.begin(),
                 [](const BlindedInput& b) { return b.element(); });
  NOREN_RETURN_IF_ERROR(VerifyProof(key, {elements, answer.elements}, answer.proof, run));
  return Unblind(blinded, answer.elements, run);
}

}  // namespace noren::oprf
