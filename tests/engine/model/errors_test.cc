// SPDX-License-Identifier: Apache-2.0
#include "engine/model/errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/engine/model/taxonomies.h"

namespace noren::model {
namespace {

TEST(Errors, NamesAreUniqueAndFindTheirRow) {
  std::set<std::string_view> names;
  for (const ErrorRow& row : AllErrors()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(FindErrorCode(row.name), row.code);
    EXPECT_EQ(RowOf(row.code).name, row.name);
  }
  EXPECT_EQ(FindErrorCode("NO_SUCH_CODE"), std::nullopt);
}

TEST(Errors, EveryRowHasSentencesInThreeLanguagesAndANonZeroExitCode) {
  for (const ErrorRow& row : AllErrors()) {
    EXPECT_FALSE(row.sentence_en.empty()) << row.name;
    EXPECT_FALSE(row.sentence_ko.empty()) << row.name;
    EXPECT_FALSE(row.sentence_ja.empty()) << row.name;
    EXPECT_NE(row.exit_code, 0) << row.name;
    EXPECT_NE(row.category, StatusCode::kOk) << row.name;
  }
}

TEST(Errors, StatusCarriesCodeFieldAndDetail) {
  const Status status = MakeFieldError(ErrorCode::kOutOfRange, "profile.skills[3].level", "1 to 5");
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(CodeOf(status), ErrorCode::kOutOfRange);
  EXPECT_EQ(FieldOf(status), "profile.skills[3].level");
  EXPECT_EQ(DetailOf(status), "1 to 5");
  EXPECT_EQ(MessageOf(status), "OUT_OF_RANGE: profile.skills[3].level: 1 to 5");
}

TEST(Errors, StatusWithoutCodeIsInternalAndOkIsNone) {
  EXPECT_EQ(CodeOf(OkStatus()), ErrorCode::kNone);
  EXPECT_EQ(CodeOf(NotFound("elsewhere")), ErrorCode::kInternal);
  EXPECT_EQ(FieldOf(NotFound("elsewhere")), "");
}

// The document's table must say what the table in the code says, row by row.
TEST(Errors, DocumentListsEveryRowAsItIs) {
  const std::string document = ReadSourceFile("docs/formats/errors.md");
  std::size_t table_rows = 0;
  for (std::size_t at = document.find("\n| `"); at != std::string::npos;
       at = document.find("\n| `", at + 1)) {
    ++table_rows;
  }
  EXPECT_EQ(table_rows, AllErrors().size());
  for (const ErrorRow& row : AllErrors()) {
    std::string line = "\n| `" + std::string(row.name) + "` | " + std::to_string(row.exit_code) +
                       " | " + (row.retryable ? "yes" : "no") + " | ";
    line.append(row.sentence_en)
        .append(" | ")
        .append(row.sentence_ko)
        .append(" | ")
        .append(row.sentence_ja);
    EXPECT_NE(document.find(line + " |\n"), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace noren::model
