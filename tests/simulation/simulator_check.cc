// The comparison of the service with the truth, record by record, and by counting.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/audit/log_reader.h"
#include "engine/model/errors.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/duties.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/operations/people.h"
#include "engine/operations/register_seeker.h"
#include "engine/operations/withdrawals.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/release.h"
#include "tests/simulation/simulator.h"

namespace noren::simulation {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::CodeOf;
using model::ErrorCode;

std::string NameOf(const Status& status) { return std::string(model::RowOf(CodeOf(status)).name); }

}  // namespace

void Simulator::Check() {
  if (!service_.is_running()) return;
  const std::string difference = Difference(truth_);
  if (!difference.empty()) Fail(difference);
}

std::string Simulator::Difference(const Truth& truth) {
  for (const auto& [number, person] : truth.people) {
    const std::string difference = PersonDifference(person);
    if (!difference.empty()) return "person " + std::to_string(number) + " " + difference;
  }
  for (const model::SeekerHandle& handle : gone_) {
    const auto seeker = operations::GetSeeker(service_.context(), service_.portal(), handle);
    if (CodeOf(seeker.status()) != ErrorCode::kNotFound) return "a destroyed person is back";
  }
  for (const auto& [id, consent] : truth.consents) {
    const std::string difference = ConsentDifference(truth, id, consent);
    if (!difference.empty()) return "a consent " + difference;
  }
  const std::string counted = CountDifference(truth);
  if (!counted.empty()) return counted;
  const std::string owed = DutyDifference(truth);
  if (!owed.empty()) return owed;
  const std::string held = HoldDifference(truth);
  if (!held.empty()) return held;
  const audit::LogReader reader(service_.context().store, operations::kEmbeddedPartition);
  const Status log = reader.SelfCheck(32);
  return log.ok() ? "" : "the log does not hang together: " + log.ToString();
}

std::string Simulator::PersonDifference(const PersonTruth& person) {
  const auto seeker = operations::GetSeeker(service_.context(), service_.portal(), person.handle);
  if (!seeker.ok()) return "is lost: " + NameOf(seeker.status());
  if (seeker->discoverable != person.discoverable)
    return person.discoverable ? "is shown no more" : "is shown again";
  const std::set<model::ItemId> items(seeker->items.begin(), seeker->items.end());
  if (items != person.items) return "has other items";
  const auto market = service_.context().market.FindPerson(person.id);
  if (person.erasure) return market ? "asked for erasure, and is in the market" : "";
  if (!market) return "is not in the market";
  if (market->discoverable != person.discoverable) return "is otherwise in the market";
  return "";
}

std::string Simulator::ConsentDifference(const Truth& truth, const model::ConsentId& id,
                                         const ConsentTruth& consent) {
  operations::ServiceContext& context = service_.context();
  const PersonTruth& person = truth.people.at(consent.person);
  const auto loaded = operations::LoadPersonByHandle(context, "first-portal", person.handle);
  if (!loaded.ok()) return "has no person: " + NameOf(loaded.status());
  const auto stored = operations::LoadConsentOf(context, *loaded, id);
  if (!stored.ok()) return "is lost: " + NameOf(stored.status());
  if (stored->version.state != consent.state) {
    return "is " + std::string(personal_data::ConsentStateName(stored->version.state)) +
           " and was " + std::string(personal_data::ConsentStateName(consent.state));
  }
  const auto invitation = operations::LoadInvitation(context, *loaded, consent.invitation);
  if (!invitation.ok()) return "has no invitation: " + NameOf(invitation.status());
  if (consent.candidate) {
    const auto candidate = operations::LoadCandidate(context, "hangang-care", *consent.candidate);
    if (!candidate.ok()) return "has no candidate: " + NameOf(candidate.status());
  }
  for (const auto& [order, release] : consent.orders) {
    const auto found = ReleaseOf(*loaded, id, order);
    if (!found.ok() || !*found) return "has lost a release";
    if ((*found)->release != release.release) return "has another release for an order";
  }
  return "";
}

StatusOr<std::optional<personal_data::ReleaseRecord>> Simulator::ReleaseOf(
    const operations::LoadedPerson& person, const model::ConsentId& id, const std::string& order) {
  operations::ServiceContext& context = service_.context();
  const std::string key = keyspaces::ReleaseKey(id, context.pseudonyms.OrderToken(id, order));
  NOREN_ASSIGN_OR_RETURN(const auto stored, operations::ReadOne(context, key));
  if (!stored) return std::optional<personal_data::ReleaseRecord>();
  NOREN_ASSIGN_OR_RETURN(auto record, personal_data::DecodeRelease(person.context(), key, *stored));
  return std::optional(std::move(record));
}

// Whoever was handed something, or might have been, is told that it is over.
std::string Simulator::DutyDifference(const Truth& truth) {
  const auto duties =
      operations::ListDuties(service_.context(), service_.officer(), operations::DutyFilter::kAll);
  if (!duties.ok()) return "duties do not open: " + NameOf(duties.status());
  std::set<model::CandidateRef> told;
  for (const operations::Duty& duty : *duties) told.insert(duty.candidate);
  const bool is_missing = std::ranges::any_of(
      truth.owed, [&](const model::CandidateRef& candidate) { return !told.contains(candidate); });
  if (is_missing) return "a company does not know that it has to destroy its copies";
  const auto notices = operations::ListWithdrawals(service_.context(), service_.company());
  if (!notices.ok()) return "notices do not open: " + NameOf(notices.status());
  std::set<model::CandidateRef> noticed;
  for (const operations::WithdrawalRecord& notice : *notices) noticed.insert(notice.candidate);
  const bool has_all = std::ranges::includes(noticed, truth.owed);
  return has_all ? "" : "a company is not told that a consent is over";
}

// Half a batch leaves one of its records without the others.
std::string Simulator::CountDifference(const Truth& truth) {
  operations::ServiceContext& context = service_.context();
  std::size_t candidates = 0, releases = 0;
  std::size_t items = 0;
  for (const auto& [number, person] : truth.people) items += person.items.size();
  for (const auto& [id, consent] : truth.consents) {
    candidates += consent.candidate ? 1 : 0;
    releases += consent.orders.size();
  }
  const std::pair<std::string_view, std::size_t> expected[] = {
      {keyspaces::kPerson, truth.people.size()},
      {keyspaces::kHandle, truth.people.size()},
      {keyspaces::kSubject, truth.people.size()},
      {operations::keyspaces::kSubjectOf, truth.people.size()},
      {keyspaces::kConsent, truth.consents.size()},
      {keyspaces::kConsentVersion, truth.consents.size()},
      {keyspaces::kInvitation, truth.consents.size()},
      {keyspaces::kPosting, truth.postings.size()},
      {keyspaces::kCandidate, candidates},
      {operations::keyspaces::kApplicant, candidates},
      {keyspaces::kItem, items},
      {operations::keyspaces::kHold, truth.holds.size()},
      {operations::keyspaces::kHoldOf, truth.holds.size()},
      {keyspaces::kRelease, releases},
      {operations::keyspaces::kReleaseOf, releases}};
  for (const auto& [prefix, count] : expected) {
    const auto found = operations::ScanAll(context, std::string(prefix));
    if (!found.ok()) return "a scan fails: " + NameOf(found.status());
    if (found->size() != count) {
      return std::string(prefix) + " holds " + std::to_string(found->size()) + " records, not " +
             std::to_string(count);
    }
  }
  const auto ranked =
      std::ranges::count_if(truth.people, [](const auto& known) { return !known.second.erasure; });
  if (context.market.people_count() != static_cast<std::size_t>(ranked))
    return "the market has other people";
  return "";
}

}  // namespace noren::simulation
