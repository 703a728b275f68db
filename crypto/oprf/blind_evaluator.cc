// SPDX-License-Identifier: Apache-2.0
#include "crypto/oprf/blind_evaluator.h"

#include <utility>

#include "crypto/oprf/group.h"
#include "crypto/oprf/hash_to_group.h"
#include "crypto/oprf/output_hash.h"

namespace noren::oprf {

BlindEvaluator::BlindEvaluator(ServerKey key) : key_(std::move(key)) {}

StatusOr<std::vector<Element>> BlindEvaluator::BlindEvaluate(std::span<const Element> blinded,
                                                             const RangeRunner& run) const {
  NOREN_RETURN_IF_ERROR(CheckBatchSize(blinded.size()));
  std::vector<Element> evaluated(blinded.size());
  const ByteSpan scalar = key_.scalar().ExposeSecret();
  FirstIndex refused;
  run(blinded.size(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      if (!Multiply(scalar, blinded[i], evaluated[i])) return refused.Note(i);
    }
  });
  if (!refused.is_none()) return RefusedElement(refused.value());
  return evaluated;
}

StatusOr<ProvenEvaluation> BlindEvaluator::BlindEvaluateWithProof(std::span<const Element> blinded,
                                                                  Random& random,
                                                                  const RangeRunner& run) const {
  if (key_.mode() != Mode::kVerifiable) {
    return FailedPrecondition("OPRF key: proofs need a key of the verifiable mode");
  }
  ProvenEvaluation answer;
  NOREN_ASSIGN_OR_RETURN(answer.elements, BlindEvaluate(blinded, run));
  NOREN_ASSIGN_OR_RETURN(answer.proof, Prove(key_, {blinded, answer.elements}, random, run));
  return answer;
}

StatusOr<Output> BlindEvaluator::Evaluate(ByteSpan input) const {
  NOREN_ASSIGN_OR_RETURN(const Element element, HashToGroup(key_.mode(), input));
  NOREN_ASSIGN_OR_RETURN(const std::vector<Element> evaluated,
                         BlindEvaluate({&element, 1}, OnThisThread()));
  return HashOutput(input, evaluated.front());
}

}  // namespace noren::oprf
