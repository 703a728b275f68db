// What is asked of the policy file itself: its notice, its problems, its differences.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "crypto/base/encoding.h"
#include "engine/policy/loader.h"
#include "engine/policy/notice.h"
#include "engine/policy/rights_blank.h"
#include "engine/policy/statement_diff.h"
#include "engine/policy/statement_loader.h"
#include "engine/policy/statement_notice.h"
#include "tests/policy/scene.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

void ChangePolicy(Scene& scene, const Step& step) { scene.ChangePolicy(step); }

void NextPolicy(Scene& scene, const Step& step) {
  std::ifstream file(SourceFolder() + "/datasets/policies/" + step.Text("file"));
  ASSERT_TRUE(file.good()) << step.Text("file");
  std::ostringstream text;
  text << file.rdbuf();
  scene.SetPolicyText(text.str());
}

// From the heading line that begins and ends so to the next heading of its kind or above.
std::string PartOf(const std::string& page, const std::string& begin, const std::string& end) {
  std::istringstream lines(page);
  std::string part, line;
  bool inside = false;
  while (std::getline(lines, line)) {
    const bool is_heading = line.starts_with("## ") || line.starts_with(begin.substr(0, 4));
    if (inside && is_heading) break;
    inside = inside || (line.starts_with(begin) && line.ends_with(end));
    if (inside) part += line + "\n";
  }
  return part;
}

std::string Cut(const Step& step, const std::string& page) {
  std::string text;
  for (const std::string& clause : step.Many("clause")) {
    const std::string part = PartOf(page, "### ", "(" + clause + ")");
    EXPECT_NE(part, "") << "the notice has no section " << clause;
    text += part;
  }
  for (const std::string& article : step.Many("article")) {
    const std::string part = PartOf(page, "## " + article, "");
    EXPECT_NE(part, "") << "the notice has no article " << article;
    text += part;
  }
  return step.Has("clause") || step.Has("article") ? text : page;
}

std::size_t CountOf(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size()))
    ++count;
  return count;
}

void Compare(const Step& step, const std::string& text) {
  std::size_t at = 0;
  for (const std::string& part : step.Many("has")) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_THAT(text, Not(HasSubstr(part)));
  }
  for (const std::string& part : step.Many("once")) {
    EXPECT_EQ(CountOf(text, part), 1u) << part;
  }
  for (const std::string& part : step.Many("ordered")) {
    const std::size_t found = text.find(part, at);
    EXPECT_NE(found, std::string::npos) << part << " does not come after what is named before it";
    if (found != std::string::npos) at = found + part.size();
  }
}

void Notice(Scene& scene, const Step& step) {
  const auto policy = policy::ParsePolicy(scene.Changed(step));
  ASSERT_OK(policy);
  const model::Language language = LanguageOf(step, *policy);
  const auto page = step.Is("html") ? policy::RenderStatementHtml(*policy, language)
                                    : policy::RenderStatement(*policy, language);
  ASSERT_OK(page);
  if (step.Is("digest")) {
    EXPECT_THAT(*page, HasSubstr("sha256:" + HexEncode(policy->digest)));
  }
  Compare(step, Cut(step, *page));
}

void ConsentNotice(Scene& scene, const Step& step) {
  const policy::Policy policy = scene.LoadedPolicy();
  const auto items = KindsOf(step, "items");
  const auto purpose = model::FindPurpose(step.Text("purpose", "application_screening"));
  ASSERT_TRUE(purpose);
  const std::string recipient = step.Text("company", std::string(kCompany));
  const auto text =
      policy::RenderReleaseNotice(policy, LanguageOf(step, policy),
                                  {recipient, *purpose, items, std::stoi(step.Text("days", "30"))});
  ASSERT_OK(text);
  Compare(step, *text);
}

// A form to fill in.
void OpenBlank(Scene& scene, const Step& step) {
  const policy::Policy policy = scene.LoadedPolicy();
  const std::string name = step.Text("form");
  const auto page = policy::RenderBlank(policy, {name, LanguageOf(step, policy), step.Is("html")});
  ASSERT_OK(page);
  Compare(step, *page);
}

std::string Listed(const std::vector<policy::PolicyProblem>& problems) {
  std::string text;
  for (const policy::PolicyProblem& problem : problems) text += policy::ToText(problem) + "\n";
  return text;
}

void Check(Scene& scene, const Step& step) {
  const policy::PolicyLoad load = policy::LoadPolicy(scene.Changed(step));
  const std::string problems = Listed(load.problems);
  if (step.Is("accepted")) {
    EXPECT_EQ(problems, "");
  }
  if (step.Has("says")) {
    EXPECT_FALSE(load.policy);
  }
  for (const std::string& part : step.Many("says")) {
    EXPECT_THAT(problems, HasSubstr(part));
  }
}

void Publish(Scene& scene, const Step& step) {
  const auto policy = policy::ParsePolicy(scene.Changed(step));
  ASSERT_OK(policy);
  ASSERT_NE(policy->statement, nullptr);
  const std::string defects = Listed(policy::PublicationDefects(*policy->statement));
  if (step.Is("accepted")) {
    EXPECT_EQ(defects, "");
  }
  for (const std::string& part : step.Many("says")) {
    EXPECT_THAT(defects, HasSubstr(part));
  }
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_THAT(defects, Not(HasSubstr(part)));
  }
}

void Diff(Scene& scene, const Step& step) {
  const auto next = policy::ParsePolicy(scene.Changed(step));
  ASSERT_OK(next);
  bool asks_anew = false;
  std::string paths;
  for (const policy::PolicyChange& change : policy::DiffPolicies(scene.LoadedPolicy(), *next)) {
    asks_anew = asks_anew || change.asks_anew;
    paths += change.path + " " + change.entry + "\n";
  }
  if (step.Has("anew")) {
    EXPECT_EQ(asks_anew, step.Is("anew")) << paths;
  }
  for (const std::string& part : step.Many("path")) {
    EXPECT_THAT(paths, HasSubstr(part));
  }
}

void Explain(Scene& scene, const Step& step) {
  const policy::Policy policy = scene.LoadedPolicy();
  const auto explanation = policy::Explain(policy, step.Text("code"));
  ASSERT_TRUE(explanation) << step.Text("code");
  for (const std::string& clause : step.Many("clauses")) {
    EXPECT_THAT(explanation->clauses, ::testing::Contains(clause));
  }
}

}  // namespace

StepTable PolicySteps() {
  return {{"policy", ChangePolicy}, {"next_policy", NextPolicy},
          {"notice", Notice},       {"check", Check},
          {"publish", Publish},     {"diff", Diff},
          {"explain", Explain},     {"consent_notice", ConsentNotice},
          {"blank", OpenBlank}};
}

}  // namespace noren::clauses
