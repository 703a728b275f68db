// What is answered without a decision on a request: warnings about policy files, and what follows.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "crypto/agefile/agefile.h"
#include "crypto/base/check.h"
#include "engine/operations/find_registrations.h"
#include "engine/operations/letter_facts.h"
#include "engine/operations/sealed_answers.h"
#include "engine/operations/standard_answers.h"
#include "engine/policy/loader.h"
#include "engine/policy/statement_warnings.h"
#include "tests/policy/scene.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

policy::Policy PolicyFile(const std::string& name) {
  std::ifstream file(SourceFolder() + "/datasets/policies/" + name);
  EXPECT_TRUE(file.good()) << name;
  std::ostringstream text;
  text << file.rdbuf();
  auto policy = policy::ParsePolicy(text.str());
  EXPECT_OK(policy);
  NOREN_CHECK(policy.ok(), "the other policy of the case does not load");
  return *std::move(policy);
}

// Every warning on a line of its own; with `beside`, also what another operator's file says
// otherwise.
void Warn(Scene& scene, const Step& step) {
  const auto policy = policy::ParsePolicy(scene.Changed(step));
  ASSERT_OK(policy);
  std::string text;
  std::size_t count = 0;
  const auto add = [&](const std::vector<policy::PolicyWarning>& warnings) {
    count += warnings.size();
    for (const policy::PolicyWarning& one : warnings) text += ToText(one) + "\n";
  };
  add(policy::PolicyWarnings(*policy));
  if (step.Has("beside")) add(policy::WarningsAcross(*policy, PolicyFile(step.Text("beside"))));
  if (step.Has("count")) {
    EXPECT_EQ(count, std::stoull(step.Text("count"))) << text;
  }
  for (const std::string& part : step.Many("says")) EXPECT_THAT(text, HasSubstr(part));
  for (const std::string& part : step.Many("lacks")) EXPECT_THAT(text, Not(HasSubstr(part)));
}

operations::Call OfficerOf(Scene& scene, const Step& step) {
  return scene.service().officer(step.Text("officer", "privacy"));
}

model::RequestId RequestOf(Scene& scene, const Step& step) {
  const auto found = scene.requests().find(step.Text("name", "request"));
  EXPECT_NE(found, scene.requests().end());
  return found == scene.requests().end() ? model::RequestId() : found->second;
}

std::optional<model::Language> AskedLanguage(Scene& scene, const Step& step) {
  if (!step.Has("language")) return std::nullopt;
  return LanguageOf(step, scene.context().policy);
}

void ComparePage(const Step& step, const operations::StandardAnswer& answer) {
  if (step.Has("template")) {
    EXPECT_EQ(answer.name, step.Text("template"));
  }
  for (const std::string& part : step.Many("has")) EXPECT_THAT(answer.page, HasSubstr(part));
  for (const std::string& part : step.Many("lacks")) EXPECT_THAT(answer.page, Not(HasSubstr(part)));
  for (const std::string& clause : step.Many("rests_on"))
    EXPECT_THAT(answer.clauses, ::testing::Contains(clause));
}

void Return(Scene& scene, const Step& step) {
  const auto answer = operations::AnswerReturn(
      scene.context(), OfficerOf(scene, step),
      {scene.service().NextKey(), {}, AskedLanguage(scene, step), step.Is("html")});
  scene.Answer(step, answer.status());
  if (answer.ok()) ComparePage(step, *answer);
}

void AskOwner(Scene& scene, const Step& step) {
  const auto answer =
      operations::AskOwner(scene.context(), OfficerOf(scene, step),
                           {scene.service().NextKey(), RequestOf(scene, step), step.Text("owner"),
                            AskedLanguage(scene, step), step.Is("html")});
  scene.Answer(step, answer.status());
  if (!answer.ok()) return;
  ComparePage(step, *answer);
  EXPECT_THAT(answer->page, HasSubstr(answer->request.ToString())) << "the reference is in it";
}

void OwnerAnswers(Scene& scene, const Step& step) {
  scene.Answer(step,
               operations::RecordOwnerAnswer(scene.context(), OfficerOf(scene, step),
                                             {scene.service().NextKey(), RequestOf(scene, step),
                                              step.Is("allows"), step.Text("document", "letter 1")})
                   .status());
}

// The answer by e-mail, opened with the requester's key; nobody else's opens it.
void Seal(Scene& scene, const Step& step) {
  const auto own = agefile::Identity::Generate(scene.service().random());
  const auto other = agefile::Identity::Generate(scene.service().random());
  const auto sealed = operations::SealRightAnswer(
      scene.context(), OfficerOf(scene, step),
      {RequestOf(scene, step), step.Text("address"),
       step.Is("keyless") ? "" : own.recipient().ToString(), AskedLanguage(scene, step)});
  scene.Answer(step, sealed.status());
  if (!sealed.ok()) return;
  EXPECT_EQ(sealed->address, step.Text("address"));
  EXPECT_FALSE(agefile::DecryptFile(sealed->file, other).ok());
  const auto opened = agefile::DecryptFile(sealed->file, own);
  ASSERT_OK(opened);
  const std::string text(opened->begin(), opened->end());
  const std::string closed(sealed->file.begin(), sealed->file.end());
  for (const std::string& part : step.Many("has")) {
    EXPECT_THAT(text, HasSubstr(part));
    EXPECT_THAT(closed, Not(HasSubstr(part)));
  }
  for (const std::string& part : step.Many("lacks")) EXPECT_THAT(text, Not(HasSubstr(part)));
}

operations::LetterFacts FactsOf(const Step& step) {
  const auto born = model::ParseCivilDay(step.Text("born"));
  EXPECT_OK(born);
  return {step.Text("named"), born.ok() ? *born : model::CivilDay{}, step.Text("postal_code"),
          step.Text("address")};
}

void StateFacts(Scene& scene, const Step& step) {
  scene.Answer(step, operations::StateLetterFacts(scene.context(), scene.CallerOf(step, "portal"),
                                                  {scene.service().NextKey(),
                                                   scene.person(step).known->handle, FactsOf(step)})
                         .status());
}

// `linked`: to whom; `candidates`: who the officer has to choose from.
void LinkByFacts(Scene& scene, const Step& step) {
  const auto linked =
      operations::LinkLetter(scene.context(), scene.CallerOf(step, "officer"),
                             {scene.service().NextKey(), RequestOf(scene, step), FactsOf(step)});
  scene.Answer(step, linked.status());
  if (!linked.ok()) return;
  EXPECT_EQ(linked->is_linked, step.Has("linked"));
  std::vector<model::SeekerHandle> found;
  for (const auto& one : linked->candidates) found.push_back(one.handle);
  std::vector<model::SeekerHandle> expected;
  for (const char* outcome : {"linked", "candidates"}) {
    for (const std::string& name : step.Many(outcome))
      expected.push_back(scene.people().at(name).known->handle);
  }
  EXPECT_THAT(found, ::testing::UnorderedElementsAreArray(expected));
}

void Find(Scene& scene, const Step& step) {
  const auto found = operations::FindRegistrations(scene.context(), scene.CallerOf(step, "officer"),
                                                   step.Text("around"));
  scene.Answer(step, found.status());
  if (!found.ok()) return;
  std::vector<model::SeekerHandle> handles;
  for (const auto& one : *found) handles.push_back(one.handle);
  if (step.Has("count")) {
    EXPECT_EQ(handles.size(), std::stoull(step.Text("count")));
  }
  for (const std::string& name : step.Many("has"))
    EXPECT_THAT(handles, ::testing::Contains(scene.people().at(name).known->handle));
  for (const std::string& name : step.Many("lacks"))
    EXPECT_THAT(handles, Not(::testing::Contains(scene.people().at(name).known->handle)));
}

}  // namespace

StepTable AnswerSteps() {
  return {{"warn", Warn},
          {"return", Return},
          {"ask_owner", AskOwner},
          {"seal_answer", Seal},
          {"find_registered", Find},
          {"letter_facts", StateFacts},
          {"link", LinkByFacts},
          {"owner_answers", OwnerAnswers}};
}

}  // namespace noren::clauses
