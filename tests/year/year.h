// One operator's year: a whole service in memory, driven by its clock day after day. People come,
// are asked, say yes or no, take it back, ask for what is theirs, leave or fall silent; companies
// ask and collect; officers decide, keep their registers and destroy what has to go. Everything
// goes through the operations; what the driver remembers is what a bystander could have seen.
// Source:   docs/design/0023-a-year-in-the-life.md
// Threads:  externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/operations/destruction_run.h"
#include "engine/operations/events.h"
#include "engine/operations/registers.h"
#include "engine/operations/retention.h"
#include "engine/operations/rights_requests.h"
#include "engine/operations/settle_exposures.h"
#include "engine/policy/policy.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/year/plans.h"

namespace noren::year {

struct Somebody {
  operations::TestPerson known;
  int number = 0;
  bool in_year = false;
  bool shown = false;
  bool leaves = false;  // asked to be erased
  bool gone = false;
  model::CivilDay gone_on;
  std::map<model::ItemKind, model::ItemId> items;
  std::vector<std::string> consents;  // live ones, oldest first
};

// One request about one's own data, as its officer has it on the desk.
struct Case {
  model::RequestId request;
  model::Right right = model::Right::kAccess;
  int number = 0, person = 0;
  bool carried_by_portal = false, by_agent = false;
  bool never_known = false, refused = false, late = false, withdrawn = false, objected = false;
  bool accepted = false, resumed = false;
  model::ItemId item;  // that a deletion names
  model::CivilDay received;
  enum class Stage { kReceived, kKnown, kDecided, kActed, kOver } stage = Stage::kReceived;
  std::optional<model::CivilDay> complete, told;
  bool was_overdue = false;  // in the officer's list
};

// One destruction as the golden file has it.
struct Executed {
  std::string kind, due;
  model::CivilDay planned, executed;
  std::uint64_t people = 0, items = 0, held_people = 0, held_items = 0;
  model::ReceiptId receipt;  // none: at once, with a receipt of its own
};

class Year {
 public:
  explicit Year(const Plan& plan);
  void Live();

  const Plan& plan() const { return plan_; }
  operations::TestService& service() { return *service_; }
  operations::ServiceContext& context() { return service_->context(); }
  const std::vector<std::unique_ptr<Somebody>>& people() const { return people_; }
  const std::vector<Case>& cases() const { return cases_; }
  const std::vector<Executed>& executed() const { return executed_; }
  // What happened how often: "register", "refused NO_FILE".
  const std::map<std::string, std::uint64_t>& counts() const { return counts_; }
  // Of each date rule of the policies: how often it set a date that was kept, missed or shown.
  const std::map<std::string, std::uint64_t>& bites() const { return bites_; }
  const std::string& queue() const { return queue_; }  // the officer's calendar on the stated days
  std::size_t destroyed_at_once() const { return destroyed_at_once_; }
  const std::vector<std::unique_ptr<policy::Policy>>& policies() const { return policies_; }
  // "p17"; every other id by its place in what was printed so far.
  std::string Ordinals(const std::string& text);
  // Entries of the log that are older than the time for which they have to be kept, and still
  // there, count for the rule that says so.
  void CountKeptEntries();
  operations::Call officer(const std::string& name = "privacy") { return service_->officer(name); }

 private:
  // year.cc
  void LiveDay(model::CivilDay day);
  void TakeVersionOf(model::CivilDay day);
  bool IsWorkingDay(model::CivilDay day) const;
  void SetHour(int hour);
  bool Ok(const Status& status, const std::string& what);
  // Counts an answer: `what`, or "refused E_...". True when it went through.
  bool Count(const Status& status, const std::string& what);
  bool InYear() const { return !(today_ < first_day_); }
  const policy::Policy& rules() { return context().policy; }
  Somebody& At(int number) { return *people_.at(static_cast<std::size_t>(number)); }
  Somebody* OfHandle(const std::string& handle);
  operations::NamedPerson NamedOf(const Somebody& one) const;
  void BeGone(Somebody& one);
  void LookWhoIsGone(const std::vector<operations::NamedPerson>& named);

  // people.cc
  void Arrivals();
  void Register(bool in_year);
  void GiveItems(Somebody& one);
  void ReadPortalEvents();
  void AnswerInvitation(Somebody& one, const operations::Event& event);
  void ConfirmAfterNotice(Somebody& one);
  void PeopleAct();
  void Leave(Somebody& one);
  void WithdrawOldest(Somebody& one);
  void ReadOwn(Somebody& one);
  Somebody* SomebodyThere(std::uint64_t turn);

  // companies.cc
  void BeginCompanies();
  void CompaniesAct();
  void Advertise(const std::string& company);
  void CollectFor(const std::string& company);
  void AcknowledgeDuties(const std::string& company);

  // desk.cc: requests about one's own data
  void RequestsComeIn();
  void ReceiveOnPaper(Case one);
  void ReceiveByPortal(Case one);
  void WorkOnRequests();
  void WorkOn(Case& one);
  void Identify(Case& one);
  bool NeedsThePersonsWord(const Case& one, operations::DecideRightRequest request);
  void Decide(Case& one);
  void Act(Case& one);
  void Settle(Case& one);
  void Resume(Case& one);
  void Object(const Case& one);
  void LookAtDesk();
  void CountAnswerRules(const operations::ListedRight& listed);
  void CorrectProfile(Somebody& one, int number);
  void EndPapers(const operations::ListedRight& listed);

  // retention.cc
  void KeepTime();
  bool KeepsEveryDay();
  void CountRetentionRules(const operations::RetentionRow& row);
  bool HasToGoNow(const std::vector<operations::RetentionRow>& rows) const;
  void NobodyIsOverdue();
  void DestroyDue(const std::vector<operations::RetentionRow>& rows);
  void CarryOutErasures();
  void PlaceHolds();
  bool IsOpenErasure(const model::RequestId& request);
  void DestroyDueHolds();
  void DestroyByPlan(const operations::DestructionRule& rule, const std::string& kind,
                     const std::string& due);
  void ApproveAndExecute(const operations::PlanRecord& plan, const std::string& kind,
                         const std::string& due);
  void GiveUpOneFile();
  void SnapshotQueue();

  // books.cc: the registers that officers fill in
  void BeginBooks();
  void KeepBooks();
  void AttestWhatIsDue();
  void Attest(const policy::DueRow& row);
  std::uint64_t Record(const std::string& book, const std::string& step, const std::string& subject,
                       std::map<std::string, std::string> fields,
                       std::vector<std::string> clauses = {}, std::uint64_t follows = 0,
                       std::vector<std::string> parts = {});
  void Incidents();
  void WatchIncidentClocks(const std::vector<policy::DueRow>& rows);
  void WatchPublications(const std::vector<policy::DueRow>& rows);
  void Complaints();
  void Processors();
  void ChangeProcessor();

  const Plan plan_;
  std::vector<std::unique_ptr<policy::Policy>> policies_;  // outlive the service
  std::size_t version_ = 0;
  std::unique_ptr<operations::TestService> service_;
  operations::ExposureSettler settler_;
  SeededRandom chance_{20231};  // the driver's own
  model::CivilDay begins_, first_day_, last_day_, today_;
  std::vector<std::unique_ptr<Somebody>> people_;
  std::map<std::string, int> by_handle_;
  std::vector<Case> cases_, objections_;
  int asked_ = 0;  // requests, also those that could not be made
  std::set<model::ItemId> deleted_;
  std::vector<Executed> executed_;
  std::map<model::RequestId, int> erasures_;  // open ones, and who asked
  std::set<int> held_;
  std::int32_t queue_quarter_ = -1;
  std::map<std::string, std::uint64_t> counts_, bites_;
  std::string queue_;
  std::size_t destroyed_at_once_ = 0;
  std::uint64_t portal_position_ = 0;
  std::map<std::string, std::uint64_t> company_positions_;
  std::map<std::string, std::vector<model::CandidateRef>> applicants_;
  std::map<std::string, std::string> ordinals_;
  std::map<std::string, std::size_t> ordinals_of_kind_;
  struct Incident {
    std::uint64_t number = 0;
    model::CivilDay found;
    bool late = false;
    std::set<std::string> done;
  };
  std::vector<Incident> incidents_;
  std::uint64_t complaint_ = 0, paper_ = 0;  // numbers of their first entries
  bool complaint_over_ = false, paper_over_ = false, published_ = false;
  std::optional<model::CivilDay> changed_on_;
};

}  // namespace noren::year
