// The example policy's list against intake's defaults: the two folders do not know each other, this
// test does. And what no operator takes, name by name.
// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/forbidden_fields.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/engine/policy/example.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/folders.h"

namespace noren::policy {
namespace {

intake::ForbiddenFields FromPolicy(const Policy& policy) {
  std::vector<intake::ForbiddenField> fields;
  for (const ForbiddenField& field : policy.forbidden) {
    fields.push_back({field.id, field.names,
                      field.subjects == Subjects::kPeopleOnly
                          ? intake::Subjects::kPeopleOnly
                          : intake::Subjects::kPeopleAndPostings,
                      field.rule.en});
  }
  return {std::move(fields), intake::ResidentNumbers::kRefuse};
}

TEST(ForbiddenFieldsOfTheExample, HoldEveryDefaultNameUnderTheSameRule) {
  const intake::ForbiddenFields fields = FromPolicy(Example());
  std::size_t names = 0;
  for (const intake::ForbiddenField& rule : intake::DefaultForbiddenFields()) {
    for (const std::string& name : rule.names) {
      const intake::ForbiddenField* found = fields.Find(name);
      ASSERT_NE(found, nullptr) << name;
      EXPECT_EQ(found->rule, rule.rule) << name;
      EXPECT_EQ(found->subjects, rule.subjects) << name;
      ++names;
    }
  }
  EXPECT_GT(names, 50u);
}

TEST(ForbiddenFieldsOfTheExample, AreFoundInAnySpelling) {
  const intake::ForbiddenFields fields = FromPolicy(Example());
  for (const char* name : {"Blood Type", "blood_type", "BLOOD-TYPE", "criminal_record",
                           "sexual_orientation", "Date Of Birth", "nationality"}) {
    EXPECT_NE(fields.Find(name), nullptr) << name;
  }
  EXPECT_EQ(fields.Find("skills"), nullptr);
}

TEST(ForbiddenFieldsOfTheExample, NoNameIsClaimedByTwoRulesAfterFolding) {
  const Policy policy = Example();
  const intake::ForbiddenFields fields = FromPolicy(policy);
  for (const ForbiddenField& field : policy.forbidden) {
    for (const std::string& name : field.names) {
      EXPECT_EQ(fields.Find(name)->rule, field.id) << name;
    }
  }
}

std::vector<std::string> NamesIn(const Policy& policy) {
  std::vector<std::string> lines;
  for (const ForbiddenField& field : policy.forbidden) {
    const bool is_people = field.subjects == Subjects::kPeopleOnly;
    const std::string rule = field.id + "\t" + (is_people ? "people" : "people_and_postings");
    for (const std::string& name : field.names) lines.push_back(rule + "\t" + name);
  }
  return lines;
}

std::vector<std::string> ListedNames() {
  std::ifstream file(SourceFolder() + "/tests/policy/forbidden_names.txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') lines.push_back(line);
  }
  return lines;
}

TEST(ForbiddenFields, AreTheSameInEveryFile) {
  const std::vector<std::string> listed = ListedNames();
  ASSERT_GT(listed.size(), 200u);
  EXPECT_EQ(NamesIn(WholeExample()), listed);
  EXPECT_EQ(NamesIn(OperatorPolicy("gojobs-next")), listed);
  for (const OperatorFile& file : kOperatorFiles) {
    EXPECT_EQ(NamesIn(OperatorPolicy(file.name)), listed) << file.name;
  }
}

}  // namespace
}  // namespace noren::policy
