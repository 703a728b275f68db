// SPDX-License-Identifier: Apache-2.0
#include "tests/policy/scene.h"

#include <absl/time/time.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "crypto/base/check.h"
#include "engine/model/errors.h"
#include "engine/operations/people.h"
#include "engine/policy/loader.h"
#include "tests/policy/vocabulary.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

std::string PolicyFile(const std::string& name) {
  std::ifstream file(SourceFolder() + "/datasets/policies/" + name + ".toml");
  NOREN_CHECK(file.good(), "an operator's policy is not where it should be");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

constexpr std::uint64_t kSeed = 1;

// Whether the step is among those that the environment asks for.
bool IsTaken(const Step& step) {
  const char* const steps = std::getenv(kStepsVariable);
  const StepRow* const row = FindStep(step.name);
  if (steps == nullptr || row == nullptr) return true;
  if (step.name == "clock" || step.name == "policy" || step.name == "next_policy") return true;
  if (std::string_view(steps) == "rendered") return row->shows == Shows::kRendered;
  return std::string_view(steps) != "enforced" || row->shows != Shows::kRendered;
}

// The file without its tables of this section of the notice.
std::string Without(const std::string& text, const std::string& section) {
  std::istringstream lines(text);
  std::string kept, line;
  bool inside = false;
  while (std::getline(lines, line)) {
    const bool is_header = line.starts_with("[");
    if (is_header)
      inside = line == "[[stated." + section + "]]" || line == "[stated." + section + "]";
    if (!inside) kept += line + "\n";
  }
  return kept;
}

}  // namespace

UnixSeconds TimeOf(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << ": " << error;
  return {absl::ToUnixSeconds(time)};
}

std::vector<model::ItemKind> KindsOf(const Step& step, const std::string& argument) {
  std::vector<model::ItemKind> kinds;
  for (const std::string& name : step.Many(argument)) {
    const auto kind = model::FindItemKind(name);
    EXPECT_TRUE(kind) << name;
    if (kind) kinds.push_back(*kind);
  }
  return kinds;
}

model::Language LanguageOf(const Step& step, const policy::Policy& policy) {
  const std::string name = step.Text("language");
  if (name == "en") return model::Language::kEnglish;
  if (name == "ko") return model::Language::kKorean;
  if (name == "ja") return model::Language::kJapanese;
  EXPECT_EQ(name, "") << "no language";
  return policy.statement->language;
}

const StepTable& AllSteps() {
  static const StepTable table = [] {
    StepTable all = PeopleSteps();
    all.merge(CompanySteps());
    all.merge(PolicySteps());
    all.merge(DestructionSteps());
    all.merge(RegisterSteps());
    all.merge(StatedSteps());
    all.merge(RightsSteps());
    all.merge(RetentionSteps());
    all.merge(AnswerSteps());
    all.merge(UseSteps());
    all.merge(ContactSteps());
    all.merge(StatisticsSteps());
    all.merge(KindSteps());
    all.merge(MediaSteps());
    all.merge(MembershipSteps());
    all.merge(AccessSteps());
    all.merge(ProcessSteps());
    all.merge(FormSteps());
    return all;
  }();
  return table;
}

Scene::Scene(const ClauseCase& one)
    : case_(one), policy_text_(PolicyFile(one.policy)), start_{FixedClock::kDefaultNow} {}

void Scene::Run() {
  for (const Step& step : case_.steps) {
    SCOPED_TRACE(case_.policy + ".toml:" + std::to_string(step.line) + " " + case_.id + " '" +
                 step.name + "'");
    const auto function = AllSteps().find(step.name);
    ASSERT_NE(function, AllSteps().end()) << "no step is called so";
    if (!IsTaken(step)) continue;
    function->second(*this, step);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

std::string Scene::Changed(const Step& step) const {
  std::string text = policy_text_;
  const std::vector<std::string> from = step.Many("replace"), to = step.Many("with");
  EXPECT_EQ(from.size(), to.size());
  for (std::size_t i = 0; i < from.size() && i < to.size(); ++i) {
    const std::size_t at = text.find(from[i]);
    EXPECT_NE(at, std::string::npos) << "the policy does not have: " << from[i];
    if (at == std::string::npos) ::testing::Test::RecordProperty(kMootProperty, 1);
    if (at != std::string::npos) text.replace(at, from[i].size(), to[i]);
  }
  for (const std::string& section : step.Many("without")) text = Without(text, section);
  return text;
}

void Scene::ChangePolicy(const Step& step) { SetPolicyText(Changed(step)); }

// A service that runs decides by the new text from here on, as after the start with a new file.
void Scene::SetPolicyText(std::string text) {
  policy_text_ = std::move(text);
  if (service_ == nullptr) return;
  auto next = std::make_unique<policy::Policy>(LoadedPolicy());
  service_->set_policy(next.get());
  EXPECT_OK(service_->Restart());
  policy_ = std::move(next);
}

policy::Policy Scene::LoadedPolicy() const {
  auto policy = policy::ParsePolicy(policy_text_);
  EXPECT_OK(policy);
  NOREN_CHECK(policy.ok(), "the policy of the case does not load");
  return *std::move(policy);
}

void Scene::SetClock(UnixSeconds at) {
  start_ = at;
  if (service_ != nullptr) service_->clock().Set(at);
}

operations::TestService& Scene::service() {
  if (service_ == nullptr) {
    policy_ = std::make_unique<policy::Policy>(LoadedPolicy());
    service_ = std::make_unique<operations::TestService>(kSeed, start_, policy_.get());
  }
  return *service_;
}

void Scene::Answer(const Step& step, const Status& status) {
  if (!step.Has("refused")) {
    EXPECT_OK(status);
    return;
  }
  const model::ErrorCode code = model::CodeOf(status);
  EXPECT_FALSE(status.ok()) << "accepted, and not refused with " << step.Text("refused");
  if (status.ok()) return;
  EXPECT_EQ(model::RowOf(code).name, step.Text("refused")) << status;
  for (const std::string& clause : step.Many("cites")) {
    EXPECT_THAT(model::DetailOf(status), ::testing::HasSubstr(clause));
  }
}

Scene::Person& Scene::AddPerson(const std::string& name) {
  const auto number = static_cast<int>(people_.size());
  Person& person = people_[name];
  person.number = number;
  return person;
}

Scene::Person& Scene::person(const Step& step) {
  const auto found = people_.find(step.Text("person"));
  NOREN_CHECK(found != people_.end(), "a step names a person whom no step registered");
  return found->second;
}

model::PostingId Scene::posting(const Step& step) {
  const auto found = postings_.find(step.Text("posting"));
  EXPECT_NE(found, postings_.end()) << "no step registered this posting";
  return found == postings_.end() ? model::PostingId() : found->second;
}

operations::Call Scene::CallerOf(const Step& step, const std::string& otherwise) {
  const std::string who = step.Text("as", otherwise);
  if (who == "portal") return service().portal();
  if (who == "officer") return service().officer();
  if (who == "analyst") return {{model::Role::kAnalyst, "somebody"}, service().NextKey()};
  if (who.starts_with("portal:"))
    return {{model::Role::kPortal, who.substr(who.find(':') + 1)}, service().NextKey()};
  if (who.starts_with("handler:"))
    return {{model::Role::kHandler, who.substr(who.find(':') + 1)}, service().NextKey()};
  if (who == "nameless") return {{model::Role::kPortal, ""}, service().NextKey()};
  return service().company(step.Text("company", std::string(kCompany)));
}

const agefile::Identity& Scene::KeyOf(const std::string& company) {
  const auto found = keys_.find(company);
  if (found != keys_.end()) return found->second;
  return keys_.emplace(company, service().AddKey(company)).first->second;
}

model::CandidateRef Scene::CandidateOf(const Step& step) {
  const auto loaded = operations::LoadPersonByHandle(context(), service().portal().principal.name,
                                                     person(step).known->handle);
  EXPECT_OK(loaded);
  if (!loaded.ok()) return {};
  return context().pseudonyms.CandidateRefFor(step.Text("candidate_of", company(step)),
                                              posting(step), loaded->person);
}

operations::PersonAct Scene::ActOf(const Step& step, const Person& person,
                                   const std::string& statement) {
  const std::string proof = step.Text("proof", "signature");
  if (proof == "portal") return {statement, {}, ""};
  if (proof == "code") return service().ByCode(*person.known, statement);
  return service().BySignature(*person.known, statement);
}

}  // namespace noren::clauses
