// Runs the published vectors of RFC 9497 through every call, whatever file they come from.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "crypto/oprf/blind_evaluator.h"
#include "crypto/oprf/blinded_input.h"
#include "crypto/oprf/dleq_proof.h"
#include "tests/support/status_matchers.h"
#include "tests/support/vector_file.h"

namespace noren::oprf {

// A batch; single evaluations are batches of one. Lists are hexadecimal, with commas between.
struct PublishedCase {
  std::string inputs;
  std::string blinds;
  std::string blinded;
  std::string evaluated;
  std::string outputs;
  std::string proof;  // these two empty in Mode::kBase
  std::string nonce;
};

inline std::vector<Bytes> HexList(const std::string& text) {
  std::vector<Bytes> list;
  std::istringstream stream(text);
  for (std::string item; std::getline(stream, item, ',');) list.push_back(FromHex(item));
  return list;
}

template <typename Array>
Array ArrayOf(const Bytes& bytes) {
  Array array{};
  EXPECT_EQ(bytes.size(), array.size());
  if (bytes.size() == array.size()) std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}

template <typename Array>
std::vector<Array> Arrays(const std::string& text) {
  std::vector<Array> arrays;
  for (const Bytes& bytes : HexList(text)) arrays.push_back(ArrayOf<Array>(bytes));
  return arrays;
}

inline void CheckProofCase(const BlindEvaluator& server, const PublishedCase& test,
                           const std::vector<BlindedInput>& inputs) {
  const auto blinded = Arrays<Element>(test.blinded);
  const auto evaluated = Arrays<Element>(test.evaluated);
  const ElementPairs pairs = {blinded, evaluated};
  const Proof proof = ArrayOf<Proof>(FromHex(test.proof));
  EXPECT_THAT(
      UncheckedProveWithNonceForTest(server.key(), pairs, SecretBytes::CopyOf(FromHex(test.nonce))),
      IsOkAndHolds(proof));
  EXPECT_OK(VerifyProof(server.key().public_key(), pairs, proof, OnThisThread()));
  EXPECT_THAT(FinalizeProven(server.key().public_key(), inputs, {evaluated, proof}),
              IsOkAndHolds(Arrays<Output>(test.outputs)));
}

inline void CheckCase(const BlindEvaluator& server, const PublishedCase& test) {
  const Mode mode = server.key().mode();
  const auto texts = HexList(test.inputs);
  const auto blinds = HexList(test.blinds);
  const auto outputs = Arrays<Output>(test.outputs);
  ASSERT_FALSE(texts.empty());
  ASSERT_EQ(texts.size(), blinds.size());
  ASSERT_EQ(texts.size(), outputs.size());
  std::vector<BlindedInput> inputs;
  std::vector<Element> blinded;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ASSERT_OK_AND_ASSIGN(BlindedInput input, UncheckedBlindWithScalarForTest(
                                                 mode, texts[i], SecretBytes::CopyOf(blinds[i])));
    blinded.push_back(input.element());
    inputs.push_back(std::move(input));
    EXPECT_THAT(server.Evaluate(texts[i]), IsOkAndHolds(outputs[i]));
  }
  EXPECT_EQ(blinded, Arrays<Element>(test.blinded));
  EXPECT_THAT(server.BlindEvaluate(blinded), IsOkAndHolds(Arrays<Element>(test.evaluated)));
  if (mode == Mode::kVerifiable) return CheckProofCase(server, test, inputs);
  EXPECT_THAT(FinalizeBatch(inputs, Arrays<Element>(test.evaluated)), IsOkAndHolds(outputs));
}

}  // namespace noren::oprf
