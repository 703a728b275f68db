// No weight, feature or token of the ranking can stand for what a policy forbids: shown where rows
// are made, not where they are used. Whatever is not refused at the door has no place to go.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/intake/documents.h"
#include "engine/matching/conditions.h"
#include "engine/matching/ranking.h"
#include "engine/matching/rows_from_model.h"
#include "engine/matching/value_change.h"
#include "engine/policy/loader.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/support/seeded_random.h"

namespace noren {
namespace {

using matching::Token;

policy::Policy ExamplePolicy() {
  return *policy::ParsePolicy(model::ReadSourceFile("datasets/policies/example.toml"));
}

intake::ForbiddenFields FieldsOf(const policy::Policy& policy) {
  std::vector<intake::ForbiddenField> fields;
  for (const policy::ForbiddenField& field : policy.forbidden) {
    fields.push_back({field.id, field.names,
                      field.subjects == policy::Subjects::kPeopleOnly
                          ? intake::Subjects::kPeopleOnly
                          : intake::Subjects::kPeopleAndPostings,
                      field.rule.en});
  }
  return intake::ForbiddenFields(std::move(fields), intake::ResidentNumbers::kRefuse);
}

// A row with `member` put at one of the places marked $.
std::string With(std::string row, std::size_t place, const std::string& member) {
  for (std::size_t i = 0;; ++i) {
    const std::size_t at = row.find('$');
    if (at == std::string::npos) return row;
    row.replace(at, 1, i == place ? member : "");
  }
}

const std::string kSeeker =
    R"({$"noren":"seeker/1","ref":"s-1","profile":{$"occupations":["ISCO-2512"],)"
    R"("regions":["KR-11440"],"skills":[{$"skill":"SK-python","level":3}],)"
    R"("preferences":{$"wage":5}},"items":[{$"kind":"resume","name":"CV","text":"x"}],)"
    R"("identity":{$"name":"Kim"}})";
constexpr std::size_t kSeekerPlaces = 6;
const std::string kPosting =
    R"({$"noren":"posting/1","ref":"p-1","company":"example","title":"T","posting":{)"
    R"($"occupations":["ISCO-2512"],"regions":["KR-11440"],"required":{$"experience_months":1},)"
    R"("preferred":{$"skills":[{$"skill":"SK-python","weight":3}]},"weights":{$"wage":5}}})";
constexpr std::size_t kPostingPlaces = 6;

struct Read {
  bool is_taken = false;
  bool is_forbidden = false;
};
Read ReadRow(const std::string& row, const intake::ForbiddenFields& fields) {
  const intake::Intake intake = intake::ReadNorenJsonLines(row, {model::TestDictionary(), fields});
  return {!intake.seekers.empty() || !intake.postings.empty(),
          std::ranges::any_of(intake.problems, [](const intake::RowProblem& problem) {
            return problem.cause == model::ErrorCode::kForbiddenField;
          })};
}

// Goal: every name of the policy's list is refused by that rule at every place of a row, so that no
// value under it reaches a profile or a posting.
TEST(ForbiddenAttributes, EveryNameOfThePolicyIsRefusedWhereverItStands) {
  const policy::Policy policy = ExamplePolicy();
  const intake::ForbiddenFields fields = FieldsOf(policy);
  ASSERT_TRUE(ReadRow(With(kSeeker, kSeekerPlaces, ""), fields).is_taken);
  ASSERT_TRUE(ReadRow(With(kPosting, kPostingPlaces, ""), fields).is_taken);
  std::size_t refused = 0;
  for (const policy::ForbiddenField& field : policy.forbidden) {
    for (const std::string& name : field.names) {
      const std::string member = '"' + name + R"(":"x",)";
      for (std::size_t place = 0; place < kSeekerPlaces; ++place) {
        const Read read = ReadRow(With(kSeeker, place, member), fields);
        EXPECT_FALSE(read.is_taken) << name << " at " << place;
        EXPECT_TRUE(read.is_forbidden) << name << " at " << place;
        ++refused;
      }
      // A name that only people must not be asked for is, in a posting, no known member either.
      for (std::size_t place = 0; place < kPostingPlaces; ++place) {
        EXPECT_FALSE(ReadRow(With(kPosting, place, member), fields).is_taken)
            << name << " at " << place;
      }
    }
  }
  EXPECT_GT(refused, 300u);
}

// Every identifier of the services' profile and posting, from the file they are generated from.
std::vector<std::string> WireNames() {
  const std::string text = model::ReadSourceFile("server/thrift/common.thrift");
  std::vector<std::string> names;
  for (const char* name : {"Profile", "Posting", "Preferences", "FeatureWeights", "SkillLevel",
                           "LanguageLevel", "WeightedCode", "WeightedLevel", "Money"}) {
    const std::size_t begin = text.find("struct " + std::string(name) + " ");
    EXPECT_NE(begin, std::string::npos) << name;
    std::string word;
    for (const char c : text.substr(begin, text.find('}', begin) - begin)) {
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
        word += c;
      } else if (!word.empty()) {
        names.push_back(std::move(word));
        word.clear();
      }
    }
  }
  return names;
}

// Goal: neither the wire nor the ranking has a field of a forbidden name. The one exception is
// spelled out: a preference's weight is not a person's.
TEST(ForbiddenAttributes, NoFieldConditionOrFeatureHasAForbiddenName) {
  const intake::ForbiddenFields fields = FieldsOf(ExamplePolicy());
  std::vector<std::string> names = WireNames();
  EXPECT_GT(names.size(), 100u);
  for (std::size_t i = 0; i < matching::kFeatureCount; ++i) {
    names.emplace_back(matching::FeatureName(static_cast<matching::Feature>(i)));
    EXPECT_EQ(names.back(), policy::kRankedFeatures[i]);  // the policy speaks of the same ones
  }
  for (std::size_t i = 0; i < matching::kChangedFieldCount; ++i) {
    names.emplace_back(matching::ChangedFieldName(static_cast<matching::ChangedField>(i)));
  }
  for (int i = 1; i <= static_cast<int>(matching::Condition::kEmploymentType); ++i) {
    names.emplace_back(matching::ConditionName(static_cast<matching::Condition>(i)));
  }
  for (const std::string& name : names) {
    if (name == "weight") continue;
    EXPECT_EQ(fields.Find(name), nullptr) << name;
  }
}

// Goal: no entry of a code list is itself a forbidden attribute, so that none can be smuggled in as
// a skill or a licence.
TEST(ForbiddenAttributes, NoEntryOfACodeListIsOne) {
  const intake::ForbiddenFields fields = FieldsOf(ExamplePolicy());
  const model::Dictionary& dictionary = model::TestDictionary();
  std::size_t names = 0;
  for (int kind = 0; kind < model::kCodeKindCount; ++kind) {
    for (const auto& entry : dictionary.Entries(static_cast<model::CodeKind>(kind))) {
      std::vector<std::string> all = entry.aliases;
      all.insert(all.end(), {entry.label_ko, entry.label_ja, entry.label_en});
      for (const std::string& name : all) {
        EXPECT_EQ(fields.Find(name), nullptr) << entry.code << " " << name;
        ++names;
      }
    }
  }
  EXPECT_GT(names, 5000u);
}

// Remembers what it was asked for.
class RecordingTokens final : public matching::TokenSource {
 public:
  Token OfOccupation(const model::OccupationCode& code) const override { return New(code.text()); }
  Token OfSkill(const model::SkillCode& code) const override { return New(code.text()); }
  Token OfRegion(const model::RegionCode& code) const override { return New(code.text()); }
  Token OfLicence(const model::LicenceCode& code) const override { return New(code.text()); }
  Token OfLanguage(const model::LanguageCode& code) const override { return New(code.text()); }

  const std::set<Token>& given() const { return given_; }
  const std::set<std::string>& codes() const { return codes_; }

 private:
  Token New(const std::string& code) const {
    codes_.insert(code);
    const Token token{std::hash<std::string>()(code) | 1};
    given_.insert(token);
    return token;
  }
  mutable std::set<Token> given_;
  mutable std::set<std::string> codes_;
};

template <std::size_t kLevels>
void Collect(const std::vector<matching::TokenPath<kLevels>>& paths, std::set<Token>& tokens) {
  for (const auto& path : paths) {
    for (const Token token : path.levels) {
      if (!token.is_none()) tokens.insert(token);
    }
  }
}
void Collect(const std::vector<Token>& list, std::set<Token>& tokens) {
  tokens.insert(list.begin(), list.end());
}
template <typename Entry>
void Collect(const std::vector<Entry>& list, std::set<Token>& tokens) {
  for (const Entry& entry : list) tokens.insert(entry.token);
}

// Goal: a row's tokens are those of the five kinds of code lists and nothing else: a token of
// another origin would not be among what the source gave.
TEST(ForbiddenAttributes, EveryTokenOfARowIsOfACodeOfTheFiveLists) {
  const std::string text = model::ReadSourceFile("datasets/samples/seekers.ko.jsonl") +
                           model::ReadSourceFile("datasets/samples/seekers.ja.jsonl");
  const intake::ForbiddenFields fields = FieldsOf(ExamplePolicy());
  const intake::Intake intake = intake::ReadNorenJsonLines(text, {model::TestDictionary(), fields});
  ASSERT_GT(intake.seekers.size(), 20u);
  for (const intake::ParsedSeeker& seeker : intake.seekers) {
    const RecordingTokens source;
    const auto row = matching::RowOf(matching::SeekerRowId{1}, seeker.profile, source);
    ASSERT_TRUE(row.ok());
    std::set<Token> tokens;
    Collect(row->occupations, tokens);
    Collect(row->skills, tokens);
    Collect(row->regions, tokens);
    Collect(row->licences, tokens);
    Collect(row->languages, tokens);
    EXPECT_EQ(tokens, source.given());
    for (const std::string& code : source.codes()) {
      const bool is_listed =
          std::ranges::any_of(std::vector{model::CodeKind::kOccupation, model::CodeKind::kSkill,
                                          model::CodeKind::kRegion, model::CodeKind::kLicence,
                                          model::CodeKind::kLanguage},
                              [&code](model::CodeKind kind) {
                                return model::TestDictionary().FindCode(kind, code) != nullptr;
                              });
      EXPECT_TRUE(is_listed) << code;
    }
  }
}

// Goal: who somebody is, and what their documents say, changes nothing: rows that differ in these
// only are the same row, and so are all their scores.
TEST(ForbiddenAttributes, IdentityAndDocumentsAreNotInTheRow) {
  const intake::ForbiddenFields fields = FieldsOf(ExamplePolicy());
  const auto row_of = [&fields](const std::string& identity, const std::string& document) {
    const std::string text =
        R"({"noren":"seeker/1","ref":"s","profile":{"occupations":["ISCO-2512"],)"
        R"("regions":["KR-11440"],"skills":[{"skill":"SK-python","level":3}]},"items":[)"
        R"({"kind":"resume","name":"CV","text":")" +
        document + R"("}],"identity":)" + identity + "}";
    const intake::Intake intake =
        intake::ReadNorenJsonLines(text, {model::TestDictionary(), fields});
    EXPECT_EQ(intake.seekers.size(), 1u);
    return *matching::RowOf(matching::SeekerRowId{1}, intake.seekers.at(0).profile,
                            RecordingTokens());
  };
  const matching::SeekerRow one = row_of(R"({"name":"Kim","address":"Jeju"})", "born in Jeju");
  const matching::SeekerRow other = row_of(R"({"name":"Sato","phone":"0"})", "a widower of 60");
  EXPECT_EQ(one.occupations, other.occupations);
  EXPECT_EQ(one.skills, other.skills);
  EXPECT_EQ(one.regions, other.regions);
  EXPECT_EQ(one.licences, other.licences);
  EXPECT_EQ(one.languages, other.languages);
  EXPECT_EQ(one.employment_types, other.employment_types);
  EXPECT_EQ(one.wage_floor, other.wage_floor);
  EXPECT_EQ(one.experience_months, other.experience_months);
  EXPECT_EQ(one.education, other.education);
  EXPECT_EQ(one.available_day, other.available_day);
  EXPECT_EQ(one.updated_day, other.updated_day);
  EXPECT_EQ(one.weights, other.weights);
}

}  // namespace
}  // namespace noren
