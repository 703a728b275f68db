// One case in progress: a whole service under an operator's policy, and everybody in it by the name
// the case gives them. The service starts with the first step that needs it, so that steps before
// can set its clock and change its policy.
// Threads:  externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/destruction_run.h"
#include "engine/operations/person_acts.h"
#include "engine/policy/policy.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/policy/case_file.h"

namespace noren::clauses {

inline constexpr std::string_view kCompany = "hangang-care";

// The environment's NOREN_STEPS: "rendered" takes only the steps that read a notice, "enforced" all
// but these; both with what sets the clock and the policy. Without it every step is taken.
inline constexpr const char* kStepsVariable = "NOREN_STEPS";
// A test has this property when the file no longer holds a text that the case would replace: what
// the case asks can then not be asked.
inline constexpr const char* kMootProperty = "moot";

class Scene {
 public:
  explicit Scene(const ClauseCase& one);
  void Run();

  const std::string& id() const { return case_.id; }
  // The operator's file with what the case changed so far.
  const std::string& policy_text() const { return policy_text_; }
  void ChangePolicy(const Step& step);
  void SetPolicyText(std::string text);
  // `policy_text` with the step's own replacement, which is not kept.
  std::string Changed(const Step& step) const;
  policy::Policy LoadedPolicy() const;

  void SetClock(UnixSeconds at);
  operations::TestService& service();
  operations::ServiceContext& context() { return service().context(); }

  // Compares the answer of an operation with what the step says: refused, accepted, or nothing,
  // which means accepted.
  void Answer(const Step& step, const Status& status);

  struct Person {
    std::unique_ptr<operations::TestPerson> known;
    int number = 0;
    std::optional<model::RequestId> request;
    std::map<std::string, std::string> consents;  // by the name of the posting
  };
  Person& person(const Step& step);
  Person& AddPerson(const std::string& name);
  std::map<std::string, Person>& people() { return people_; }
  model::PostingId posting(const Step& step);
  std::map<std::string, model::PostingId>& postings() { return postings_; }
  std::string company(const Step& step) const {
    return step.Text("company", std::string(kCompany));
  }
  // Who the step acts as: "portal", "company", "officer", "analyst", or "nameless": a portal of
  // which nothing says who it is.
  operations::Call CallerOf(const Step& step, const std::string& otherwise);
  // What opens a release to the company; made when first asked for.
  const agefile::Identity& KeyOf(const std::string& company);
  // The name of the candidate towards the company, whether they applied or not.
  model::CandidateRef CandidateOf(const Step& step);
  operations::PersonAct ActOf(const Step& step, const Person& person, const std::string& statement);

  std::map<std::string, operations::PlanRecord>& plans() { return plans_; }
  // Requests about one's own data, by the name the case gives them.
  std::map<std::string, model::RequestId>& requests() { return requests_; }
  // Printed ids of what has no list of its own: announcements and contacts, by the case's names.
  std::map<std::string, std::string>& named() { return named_; }
  std::vector<Hash256>& payloads() { return payloads_; }
  // What was put on media, as whoever finds one has it.
  std::map<std::string, Bytes>& packages() { return packages_; }
  std::unique_ptr<storage::MemoryStore>& backup() { return backup_; }

 private:
  const ClauseCase& case_;
  std::string policy_text_;
  UnixSeconds start_;
  std::unique_ptr<policy::Policy> policy_;  // outlives the service
  std::unique_ptr<operations::TestService> service_;
  std::map<std::string, Person> people_;
  std::map<std::string, model::PostingId> postings_;
  std::map<std::string, agefile::Identity> keys_;
  std::map<std::string, operations::PlanRecord> plans_;
  std::map<std::string, model::RequestId> requests_;
  std::map<std::string, std::string> named_;
  std::vector<Hash256> payloads_;  // of what was put in
  std::map<std::string, Bytes> packages_;
  std::unique_ptr<storage::MemoryStore> backup_;
};

// The person's invitation to the posting that the step names.
StatusOr<operations::InvitationView> InvitationOf(Scene& scene, const Step& step);
// The items that the step names, else `otherwise`.
std::vector<model::ItemKind> KindsOf(const Step& step, const std::string& argument);
// "2022-03-01T00:00:00+09:00"; fails the test when it is no time.
UnixSeconds TimeOf(const std::string& text);
model::Language LanguageOf(const Step& step, const policy::Policy& policy);

// Every step of the vocabulary but those that other files add.
using StepFunction = void (*)(Scene& scene, const Step& step);
using StepTable = std::map<std::string_view, StepFunction>;
StepTable PeopleSteps();
StepTable CompanySteps();
StepTable PolicySteps();
StepTable DestructionSteps();
StepTable RegisterSteps();
StepTable StatedSteps();
StepTable RightsSteps();
StepTable RetentionSteps();
StepTable AnswerSteps();
StepTable UseSteps();
StepTable ContactSteps();
StepTable KindSteps();
StepTable StatisticsSteps();
StepTable MediaSteps();
StepTable MembershipSteps();
StepTable AccessSteps();
StepTable ProcessSteps();
StepTable FormSteps();
const StepTable& AllSteps();

}  // namespace noren::clauses
