// SPDX-License-Identifier: Apache-2.0
#include "tests/checks/glossary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/checks/repository.h"

namespace noren::checks {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(GlossaryCheck, FindsBannedWordsInIdentifiersOnly) {
  const BannedTerms terms = ParseGlossary(
      "| field | term | meaning | not |\n|---|---|---|---|\n"
      "| keys | root key `RootKey` | x | `master_key`, main key |\n"
      "| names | a noun | types | `Manager`, `Info` |\n");
  EXPECT_THAT(terms.anywhere, ElementsAre("master_key"));
  EXPECT_THAT(terms.type_suffixes, ElementsAre("Manager", "Info"));
  const SourceFile file{"a.cc",
                        "int master_key_size;\n"
                        "// master_key in a comment\n"
                        "f(\"master_key\");\n"
                        "class ConsentManager {};\n"
                        "struct RowInfo;\n"
                        "struct Information; int manager = ConsentManagerCount();\n",
                        0};
  EXPECT_THAT(CheckTerms(terms, file),
              ElementsAre(Violation{"a.cc", 1, "'master_key' is not the glossary's word"},
                          Violation{"a.cc", 4, "a type's name ends with 'Manager'"},
                          Violation{"a.cc", 5, "a type's name ends with 'Info'"}));
}

TEST(Glossary, IdentifiersUseItsTerms) {
  const BannedTerms terms = ParseGlossary(TextOf("docs/GLOSSARY.md"));
  EXPECT_THAT(terms.type_suffixes, Contains("Manager"));
  EXPECT_GT(terms.anywhere.size(), 5u);
  std::vector<Violation> violations;
  for (const SourceFile& file : Tree()) {
    if (IsCode(file.path)) Append(violations, CheckTerms(terms, file));
  }
  EXPECT_EQ(Listed(violations), "");
}

}  // namespace
}  // namespace noren::checks
