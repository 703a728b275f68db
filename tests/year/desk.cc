// Requests about one's own data, as they come in and as officers work on them.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/register_seeker.h"
#include "engine/policy/stated/acquisition.h"
#include "engine/policy/stated_names.h"
#include "tests/policy/form_parts.h"
#include "tests/support/status_matchers.h"
#include "tests/year/papers.h"
#include "tests/year/year.h"

namespace noren::year {
namespace {

using model::ItemKind;
using model::Right;
using operations::RightOutcome;
using Stage = Case::Stage;

// Days after the receipt, on the next day on which somebody works.
constexpr std::int32_t kKnownAfter = 1, kDecidedAfter = 3, kActedAfter = 5, kUnknownAfter = 7,
                       kLateAfter = 18, kResumedAfter = 40;
constexpr std::int32_t kDaysBetweenRequests = 3, kLastDaysWithout = 30;

std::string ChannelOf(const policy::Policy& policy, int number) {
  const std::vector<std::string> channels = policy::ChannelsOf(policy);
  if (channels.empty()) return "letter";
  return channels[static_cast<std::size_t>(number) % channels.size()];
}

}  // namespace

void Year::RequestsComeIn() {
  const std::int32_t left = last_day_.days_since_1970 - today_.days_since_1970;
  if (people_.size() < 6 || left < kLastDaysWithout) return;
  if (InYear() && today_.days_since_1970 % kDaysBetweenRequests != 0) return;
  const std::vector<Right> rights = RightsOf(rules());
  for (int i = 0; i < Times(); ++i) {
    Case one;
    one.number = asked_++;
    Somebody* const person = SomebodyThere(chance_.Below(people_.size()));
    if (person == nullptr) return;
    one.person = person->number;
    one.right = rights[static_cast<std::size_t>(one.number) % rights.size()];
    one.received = today_;
    one.withdrawn = one.number % 13 == 6;
    one.never_known = one.number % 11 == 3;
    one.late = one.number % 17 == 5;
    one.refused = one.number % 5 == 2;
    one.by_agent = one.number % 7 == 4 && policy::Has(policy::One(rules(), "agents"), "accepted");
    const bool deletes = one.right == Right::kDelete || one.right == Right::kErase;
    const auto name = person->items.find(ItemKind::kName);
    // A third of those who ask for erasure ask for all of it.
    const bool of_one = one.right == Right::kDelete || one.number % 3 != 0;
    const bool is_there = name != person->items.end() && !deleted_.contains(name->second);
    if (deletes && of_one && is_there) one.item = name->second;
    if (deletes && of_one && one.item.is_none() && one.right == Right::kDelete) {
      ++counts_["nothing to delete"];
      continue;
    }
    one.carried_by_portal = one.number % 4 == 1 && one.item.is_none() && !one.by_agent;
    one.carried_by_portal ? ReceiveByPortal(one) : ReceiveOnPaper(one);
  }
}

void Year::ReceiveByPortal(Case one) {
  const Somebody& person = At(one.person);
  const std::string statement = service_->Prepare(
      person.known, "right",
      {{"right", std::string(model::RightName(one.right))}, {"text", "an invented sentence"}});
  const auto asked = operations::AskForRight(context(), service_->portal(), service_->NextKey(),
                                             service_->BySignature(person.known, statement));
  // Where only paper is taken, the person writes.
  if (!Count(asked.status(), "ask through the portal")) {
    one.carried_by_portal = false;
    return ReceiveOnPaper(one);
  }
  one.request = *model::RequestId::Parse(asked->result);
  one.never_known = false;
  cases_.push_back(one);
}

void Year::ReceiveOnPaper(Case one) {
  operations::ReceiveRightRequest request;
  request.idempotency_key = service_->NextKey();
  const auto by = one.by_agent ? policy::Requester::kAgent : policy::Requester::kPerson;
  request.handed_in = {one.right,
                       by,
                       ChannelOf(rules(), one.number),
                       "form",
                       policy::FilledInForm(rules()),
                       policy::FeeOf(rules(), one.right)};
  // Half of the letters come without the fee, where there is one.
  if (one.number % 2 == 0) request.handed_in.fee_paid = 0;
  request.received_at = context().time.Now();
  if (!one.never_known) {
    request.about = NamedOf(At(one.person));
    request.text = "an invented sentence";
    if (one.by_agent) request.agent = "an invented agent";
    if (!one.item.is_none()) request.items = {one.item};
  }
  const auto received = operations::ReceiveRight(context(), officer(), request);
  if (!Ok(received.status(), "receive " + std::string(model::RightName(one.right)))) return;
  one.request = received->request;
  if (received->state == operations::RightState::kReady) one.complete = today_;
  cases_.push_back(one);
}

void Year::Identify(Case& one) {
  const auto by = one.by_agent ? policy::Requester::kAgent : policy::Requester::kPerson;
  const policy::IdentityCheck known = KnownBy(rules(), by);
  operations::IdentifyRightRequest request;
  request.idempotency_key = service_->NextKey();
  request.request = one.request;
  // Nothing was brought yet: who asks is not known, and nothing is decided.
  const auto nobody = operations::IdentifyRequester(context(), officer(), request);
  if (!nobody.ok()) Count(nobody.status(), "identify by nothing");
  request.idempotency_key = service_->NextKey();
  request.about = NamedOf(At(one.person));
  request.facts = known.facts;
  request.papers = known.papers;
  request.form = "form";
  request.parts = policy::FilledInForm(rules());
  if (!one.carried_by_portal && one.number % 2 == 0)
    request.fee_paid = policy::FeeOf(rules(), one.right);
  if (one.carried_by_portal) request.fee_paid = policy::FeeOf(rules(), one.right);
  const auto identified = operations::IdentifyRequester(context(), officer(), request);
  if (!Ok(identified.status(), "identify")) return;
  EXPECT_EQ(identified->state, operations::RightState::kReady) << identified->missing;
  if (!one.complete) one.complete = today_;
  one.stage = Stage::kKnown;
}

// What an agent says is wrong is not put right at once, where the notice says so.
bool Year::NeedsThePersonsWord(const Case& one, operations::DecideRightRequest request) {
  const bool corrects =
      one.right == Right::kCorrect || one.right == Right::kAdd || one.right == Right::kDelete;
  const bool needs = one.by_agent && corrects && request.outcome != RightOutcome::kRefused &&
                     policy::Has(policy::One(rules(), "agents"), "correction");
  if (!needs) return false;
  const auto at_once = operations::DecideRight(context(), officer(), request);
  EXPECT_EQ(model::CodeOf(at_once.status()), model::ErrorCode::kPolicyForbids);
  Count(at_once.status(), "correct for an agent at once");
  return true;
}

void Year::Decide(Case& one) {
  operations::DecideRightRequest request;
  request.idempotency_key = service_->NextKey();
  request.request = one.request;
  request.reason = "an invented sentence for the person";
  if (one.never_known) {
    request.outcome = RightOutcome::kRefused;
    request.ground = "E_ID_INSUFFICIENT";
  } else if (one.refused) {
    const auto ground = GroundAgainst(rules(), one.right);
    request.outcome = RightOutcome::kRefused;
    request.ground = ground ? ground->code : "RL_SUSP_LAW";
    if (ground) request.evidence = ground->evidence;
    request.ongoing = ground && ground->ongoing;
    if (!ground) {
      // A ground that is not listed is none.
      const auto refusal = operations::DecideRight(context(), officer(), request);
      EXPECT_EQ(model::CodeOf(refusal.status()), model::ErrorCode::kPolicyForbids);
      Count(refusal.status(), "refuse");
      one.refused = false;
      request.idempotency_key = service_->NextKey();
      request.outcome = RightOutcome::kAccepted;
      request.ground.clear();
    }
  }
  if (NeedsThePersonsWord(one, request)) request.evidence["consent_record"] = "a call, noted";
  const auto decided = operations::DecideRight(context(), officer(), request);
  if (!Ok(decided.status(), "decide " + std::string(operations::RightOutcomeName(request.outcome))))
    return;
  one.refused = request.outcome == RightOutcome::kRefused;
  one.accepted = !one.refused;
  one.stage = Stage::kDecided;
  if (decided->erasure.is_none()) return;
  At(one.person).leaves = true;
  erasures_[decided->erasure] = one.person;
}

// The portal replaces the profile it registered before.
void Year::CorrectProfile(Somebody& one, int number) {
  operations::RegisterSeekerRequest request;
  request.idempotency_key = service_->NextKey();
  request.ref = one.known.ref;
  request.profile = operations::SomeProfile(one.number);
  request.profile.experience_months = static_cast<std::uint16_t>(60 + number % 300);
  request.contact = one.known.contact;
  request.language = plan_.language;
  if (policy::NeedsConfirmation(rules())) request.notice = operations::PublicNoticeOf(rules());
  Ok(operations::RegisterSeeker(context(), service_->portal(), request).status(),
     "correct a profile");
}

// What was asked for is carried out.
void Year::Act(Case& one) {
  Somebody& person = At(one.person);
  if (!one.refused && !person.gone) {
    if (one.right == Right::kCorrect || one.right == Right::kAdd) {
      const operations::Call portal = service_->portal();
      const auto begun = operations::BeginItem(
          context(), portal,
          {service_->NextKey(), person.known.handle, ItemKind::kName, "text/plain", "name.txt"});
      // Where no items are kept, the profile is what is put right.
      if (begun.ok()) {
        const Bytes content = operations::SomeBytes(static_cast<std::uint64_t>(one.number), 20);
        EXPECT_OK(operations::AppendItem(context(), portal, *begun, 0, content));
        const auto done = operations::FinishItem(
            context(), portal,
            {service_->NextKey(), *begun, content.size(), primitives::Sha256(content)});
        if (Ok(done.status(), "correct an item")) person.items[ItemKind::kName] = done->item;
      } else {
        CorrectProfile(person, one.number);
      }
    }
    const bool is_whole = erasures_.contains(one.request);
    if (!one.item.is_none() && !is_whole && !deleted_.contains(one.item)) {
      operations::DestructionRule rule;
      rule.level = operations::DestructionLevel::kItems;
      rule.by = operations::SelectBy::kItems;
      rule.items.push_back({NamedOf(person), one.item});
      DestroyByPlan(rule, "item on request", "");
      deleted_.insert(one.item);
      const auto named = person.items.find(ItemKind::kName);
      if (named != person.items.end() && named->second == one.item) person.items.erase(named);
    }
  }
  // An erasure of everything is waited for.
  const bool waits =
      !one.refused && person.leaves && !person.gone && erasures_.contains(one.request);
  if (!waits) one.stage = Stage::kActed;
}

void Year::Settle(Case& one) {
  operations::SettleRightRequest request;
  request.idempotency_key = service_->NextKey();
  request.request = one.request;
  request.acted = !one.refused;
  request.told = true;
  const auto ways = policy::ValuesOf(policy::One(rules(), "rights"), "answer");
  request.way = ways.empty() ? "letter" : ways.front().text;
  if (!Ok(operations::SettleRight(context(), officer(), request).status(), "answer")) return;
  one.told = today_;
  one.stage = Stage::kOver;
  if (one.refused && !one.never_known && !one.objected) Object(one);
}

// The person objects to a refusal: another officer decides, and this time for them.
void Year::Object(const Case& first) {
  if (At(first.person).gone || At(first.person).leaves || !policy::TakesObjections(rules())) return;
  operations::ReceiveRightRequest request;
  request.idempotency_key = service_->NextKey();
  request.handed_in.right = first.right;
  request.handed_in.channel = ChannelOf(rules(), first.number);
  request.objects_to = first.request;
  if (!first.item.is_none() && !deleted_.contains(first.item)) request.items = {first.item};
  request.received_at = context().time.Now();
  const auto received = operations::ReceiveRight(context(), officer(), request);
  if (!Ok(received.status(), "object")) return;
  operations::DecideRightRequest decide{service_->NextKey(),
                                        received->request,
                                        RightOutcome::kAccepted,
                                        "",
                                        {},
                                        false,
                                        "looked at again",
                                        {}};
  if (first.by_agent) decide.evidence["consent_record"] = "a call, noted";
  const auto same = operations::DecideRight(context(), officer(), decide);
  EXPECT_EQ(model::CodeOf(same.status()), model::ErrorCode::kApprovalRequired);
  Case one = first;
  one.request = received->request;
  one.number = asked_++;
  one.received = today_;
  one.objected = one.accepted = true;
  one.refused = one.late = false;
  if (request.items.empty()) one.item = model::ItemId();
  one.told.reset();
  one.was_overdue = false;
  auto again = decide;
  again.idempotency_key = service_->NextKey();
  const auto decided = operations::DecideRight(context(), officer("second"), again);
  if (!Ok(decided.status(), "decide on an objection")) return;
  one.stage = Stage::kDecided;
  if (!decided->erasure.is_none()) {
    At(one.person).leaves = true;
    erasures_[decided->erasure] = one.person;
  }
  objections_.push_back(one);
}

// Who had their data suspended wants to be found again after a while.
void Year::Resume(Case& one) {
  const bool suspends = one.right == Right::kSuspend || one.right == Right::kStopProvision;
  const std::int32_t age = today_.days_since_1970 - one.received.days_since_1970;
  const Somebody& person = At(one.person);
  if (!suspends || !one.accepted || one.resumed || age < kResumedAfter) return;
  if (person.gone || person.leaves) return;
  operations::SettleRightRequest request;
  request.idempotency_key = service_->NextKey();
  request.request = one.request;
  request.resumed = one.resumed = true;
  Ok(operations::SettleRight(context(), officer(), request).status(), "resume");
}

void Year::WorkOn(Case& one) {
  if (one.stage == Stage::kOver) return Resume(one);
  const std::int32_t age = today_.days_since_1970 - one.received.days_since_1970;
  const Somebody& person = At(one.person);
  const bool undecided = one.stage == Stage::kReceived || one.stage == Stage::kKnown;
  // Whoever is gone before the answer is told nothing more; nor is who takes the request back.
  if (undecided && (person.gone || (one.withdrawn && age >= kDecidedAfter))) {
    operations::SettleRightRequest request;
    request.idempotency_key = service_->NextKey();
    request.request = one.request;
    request.withdrawn = true;
    if (!Ok(operations::SettleRight(context(), officer(), request).status(), "close unanswered"))
      return;
    one.told = today_;
    one.stage = Stage::kOver;
    return;
  }
  if (one.stage == Stage::kReceived && !one.never_known && age >= kKnownAfter) Identify(one);
  const std::int32_t wait =
      one.never_known ? kUnknownAfter : (one.late ? kLateAfter : kDecidedAfter);
  const bool may = one.stage == Stage::kKnown || one.never_known;
  if (may && undecided && age >= wait) Decide(one);
  if (one.stage == Stage::kDecided && age >= kActedAfter) Act(one);
  if (one.stage == Stage::kActed) Settle(one);
}

void Year::WorkOnRequests() {
  LookAtDesk();
  for (Case& one : cases_) WorkOn(one);
  for (Case& one : objections_) cases_.push_back(one);
  objections_.clear();
}

void Year::EndPapers(const operations::ListedRight& listed) {
  const policy::Entry* const destruction = policy::One(rules(), "destruction");
  std::string method = "shredded";
  for (const char* key : {"electronic", "paper"}) {
    const auto values = policy::ValuesOf(destruction, key);
    if (!values.empty()) method = values.front().text;
  }
  if (Ok(operations::DestroyRightPapers(context(), officer(), service_->NextKey(),
                                        listed.head.request, method)
             .status(),
         "destroy the papers of a request"))
    ++bites_[listed.papers->rule];
}

// Which rules set dates on the desk today: what is reminded of, and what is over.
void Year::LookAtDesk() {
  const auto due = operations::ListRights(context(), officer(), operations::RightFilter::kDue);
  ASSERT_OK(due);
  for (const operations::ListedRight& listed : *due) {
    if (listed.due) CountAnswerRules(listed);
    if (listed.papers) EndPapers(listed);
    const bool over = listed.due && listed.due->standing == policy::calendar::Standing::kOverdue;
    if (!over) continue;
    const auto one = std::ranges::find(cases_, listed.head.request, &Case::request);
    if (one != cases_.end()) one->was_overdue = true;
  }
}

// A rule that set the date of this request, or one of its reminders.
void Year::CountAnswerRules(const operations::ListedRight& listed) {
  const auto all = policy::AnswerRules(rules());
  ASSERT_OK(all);
  const policy::calendar::EventDay received{
      "request_received", model::CivilDayAt(listed.head.received_at, rules().utc_offset_seconds)};
  for (const policy::calendar::DateRule& rule : *all) {
    const auto day = policy::DueDayOf(rules(), rule, {&received, 1}, today_);
    ASSERT_OK(day);
    if (!*day) continue;
    const model::CivilDay last = (*day)->last_day;
    const bool shown =
        listed.due->last_day == last ||
        std::ranges::find(listed.due->reminders, last) != listed.due->reminders.end();
    bites_[rule.id] += shown ? 1 : 0;
  }
}

}  // namespace noren::year
