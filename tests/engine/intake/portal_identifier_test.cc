// Identifiers as people type them, against the vectors that the TypeScript client holds, too. All
// numbers are invented.
// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/portal_identifier.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/model/errors.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::intake {
namespace {

using model::ErrorCode;

StatusOr<std::string> IdentifierOf(const nlohmann::json& vector) {
  const auto written = vector["written"].get<std::string>();
  if (vector["kind"] == "mail") return MailIdentifierOf(written);
  return PhoneIdentifierOf(written,
                           vector["country"] == "KR" ? DialledFrom::kKorea : DialledFrom::kJapan);
}

TEST(PortalIdentifier, IsInOneFormHoweverItIsTyped) {
  std::ifstream file(SourceFolder() + "/tests/vectors/portal_identifiers.json");
  const nlohmann::json vectors = nlohmann::json::parse(file);
  EXPECT_GT(vectors.size(), 40u);
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector["written"].get<std::string>());
    const auto identifier = IdentifierOf(vector);
    if (vector.contains("identifier")) {
      EXPECT_THAT(identifier, IsOkAndHolds(vector["identifier"].get<std::string>()));
      continue;
    }
    const ErrorCode code = vector["refused"] == "RESIDENT_NUMBER" ? ErrorCode::kForbiddenField
                                                                  : ErrorCode::kBadRequest;
    EXPECT_EQ(model::CodeOf(identifier.status()), code);
    EXPECT_EQ(model::FieldOf(identifier.status()), vector["kind"].get<std::string>());
  }
}

TEST(PortalIdentifier, ItsRefusalsSayNothingOfWhatWasTyped) {
  for (const char* written : {"800101-1234568", "010-1234-567a"}) {
    const auto refused = PhoneIdentifierOf(written, DialledFrom::kKorea);
    EXPECT_EQ(refused.status().ToString().find("1234"), std::string::npos);
  }
}

}  // namespace
}  // namespace noren::intake
