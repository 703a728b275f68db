// RFC 9497's vectors for ristretto255 with SHA-512: appendix A.1.1 (OPRF) and A.1.2 (VOPRF).
// SPDX-License-Identifier: Apache-2.0
#include "tests/crypto/oprf/published_vectors.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/oprf/hash_to_group.h"

namespace noren::oprf {
namespace {

std::string Text(const nlohmann::json& object, const char* name) {
  return object.value(name, std::string());
}

TEST(PublishedVectors, OfTheRfcHold) {
  int cases = 0;
  for (const auto& suite : ReadOwnVectors("rfc9497_ristretto255.json")) {
    const Mode mode = suite["mode"] == 1 ? Mode::kVerifiable : Mode::kBase;
    ASSERT_OK_AND_ASSIGN(ServerKey key, ServerKey::Derive(mode, SecretField(suite, "seed"),
                                                          HexField(suite, "info")));
    EXPECT_TRUE(key.scalar() == SecretField(suite, "secret_key"));
    if (mode == Mode::kVerifiable) {
      EXPECT_EQ(ToBytes(key.public_key().element), HexField(suite, "public_key"));
    }
    const BlindEvaluator server(std::move(key));
    for (const auto& test : suite["cases"]) {
      CheckCase(server, {Text(test, "input"), Text(test, "blind"), Text(test, "blindedElement"),
                         Text(test, "evaluationElement"), Text(test, "output"), Text(test, "proof"),
                         Text(test, "nonce")});
      ++cases;
    }
  }
  EXPECT_EQ(cases, 2 + 3);
}

TEST(ContextString, IsTheOneOfThePublishedTags) {
  const auto base = "HashToGroup-" + ContextString(Mode::kBase);
  const auto verifiable = "HashToGroup-" + ContextString(Mode::kVerifiable);
  EXPECT_EQ(HexEncode(AsBytes(base)),
            "48617368546f47726f75702d4f50524656312d002d72697374726574746f3235352d534841353132");
  EXPECT_EQ(HexEncode(AsBytes(verifiable)),
            "48617368546f47726f75702d4f50524656312d012d72697374726574746f3235352d534841353132");
}

}  // namespace
}  // namespace noren::oprf
