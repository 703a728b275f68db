// The vector file of the RFC's authors, which is not part of the project: every case of this suite
// in the modes OPRF and VOPRF.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/crypto/oprf/published_vectors.h"
#include "tests/support/folders.h"

namespace noren::oprf {
namespace {

TEST(AuthorsVectors, HoldForOprfAndVoprf) {
  int suites = 0;
  int cases = 0;
  for (const auto& suite : ReadJsonFile(SharedData() + "/crypto/rfc9497/allVectors.json")) {
    if (suite["identifier"] != "ristretto255-SHA512" || suite["mode"] == 2) continue;
    const Mode mode = suite["mode"] == 1 ? Mode::kVerifiable : Mode::kBase;
    ASSERT_OK_AND_ASSIGN(ServerKey key, ServerKey::Derive(mode, SecretField(suite, "seed"),
                                                          HexField(suite, "keyInfo")));
    EXPECT_TRUE(key.scalar() == SecretField(suite, "skSm"));
    EXPECT_EQ(HexField(suite, "groupDST"), ToBytes("HashToGroup-" + ContextString(mode)));
    const BlindEvaluator server(std::move(key));
    for (const auto& test : suite["vectors"]) {
      const nlohmann::json proof = test.value("Proof", nlohmann::json::object());
      CheckCase(server, {test["Input"], test["Blind"], test["BlindedElement"],
                         test["EvaluationElement"], test["Output"],
                         proof.value("proof", std::string()), proof.value("r", std::string())});
      ++cases;
    }
    ++suites;
  }
  EXPECT_EQ(suites, 2);
  EXPECT_EQ(cases, 2 + 3);
}

}  // namespace
}  // namespace noren::oprf
