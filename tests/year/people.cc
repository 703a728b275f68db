// What people and their portal do in a year.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/export_person.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/provisions.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_seeker.h"
#include "engine/policy/stated/acquisition.h"
#include "engine/policy/stated/subjects.h"
#include "engine/policy/stated_names.h"
#include "tests/support/status_matchers.h"
#include "tests/year/year.h"

namespace noren::year {
namespace {

using model::ItemKind;
using operations::Event;
using operations::EventKind;

std::string SubjectOf(const policy::Policy& policy, int number) {
  // Of sapporo-ui a third are students, whose period is another.
  const bool has_students = policy.statement->ById("subject", "student") != nullptr;
  return has_students && number % 3 == 0 ? "student" : "";
}

}  // namespace

// Evenly over the time before the year, then over the year.
void Year::Arrivals() {
  const auto share = [](std::int64_t at, std::int64_t of, int people) {
    return static_cast<int>((at * people) / std::max<std::int64_t>(of, 1));
  };
  const std::int64_t before = first_day_.days_since_1970 - begins_.days_since_1970;
  const std::int64_t during = last_day_.days_since_1970 - first_day_.days_since_1970;
  int wanted = plan_.people_before * Times();
  if (!InYear()) {
    const std::int64_t at = today_.days_since_1970 - begins_.days_since_1970 + plan_.steps_of_days;
    wanted = share(std::min(at, before), before, wanted);
  } else {
    // Nobody comes in the last month, so that what is begun can be ended.
    const std::int64_t at = today_.days_since_1970 - first_day_.days_since_1970 + 1;
    wanted += share(std::min(at, during - 30), during - 30, plan_.people_during * Times());
  }
  while (static_cast<int>(people_.size()) < wanted) Register(InYear());
}

void Year::Register(bool in_year) {
  auto one = std::make_unique<Somebody>();
  one->number = static_cast<int>(people_.size());
  one->in_year = in_year;
  one->known.ref = "ref-of-" + std::to_string(one->number) + "-at-the-portal";
  one->known.contact = "somebody" + std::to_string(one->number) + "@mail.example";
  one->known.key = primitives::SigningKey::Generate(service_->random());
  operations::RegisterSeekerRequest request;
  request.idempotency_key = service_->NextKey();
  request.ref = one->known.ref;
  request.profile = operations::SomeProfile(one->number);
  request.person_key = one->known.key->verifying_key().bytes;
  request.contact = one->known.contact;
  request.language = plan_.language;
  request.subject = SubjectOf(rules(), one->number);
  if (policy::NeedsConfirmation(rules())) request.notice = operations::PublicNoticeOf(rules());
  request.agrees = policy::IsKeptByConsent(rules(), request.subject);
  const auto registered = operations::RegisterSeeker(context(), service_->portal(), request);
  if (!Ok(registered.status(), "register")) return;
  one->known.handle = registered->handle;
  by_handle_[registered->handle.ToString()] = one->number;
  people_.push_back(std::move(one));
  Somebody& there = *people_.back();
  if (request.subject == "student") {
    // Fiscal: the year that ends in the March after.
    const int year = 2029 + there.number % 4;
    const auto noted = operations::NoteRetention(
        context(), officer(), {service_->NextKey(), NamedOf(there), year, false});
    Count(noted.status(), "note a graduation year");
  }
  GiveItems(there);
  if (there.number % 3 == 2) return;  // most do not show themselves to anybody at once
  const auto& classes = rules().recipient_classes;
  if (classes.empty()) {
    ++counts_["nobody to be shown to"];
    return;
  }
  const std::string statement =
      service_->Prepare(there.known, "discoverable", {{"companies_class", classes.at(0).id}});
  there.shown =
      Count(operations::SetDiscoverable(context(), service_->portal(), service_->NextKey(),
                                        service_->BySignature(there.known, statement))
                .status(),
            "show oneself");
}

void Year::GiveItems(Somebody& one) {
  for (const ItemKind kind : {ItemKind::kResume, ItemKind::kName}) {
    const operations::Call portal = service_->portal();
    const auto begun = operations::BeginItem(
        context(), portal,
        {service_->NextKey(), one.known.handle, kind, "application/pdf", "document.pdf"});
    if (!Count(begun.status(), "put " + std::string(model::ItemKindName(kind)))) continue;
    const Bytes content = operations::SomeBytes(static_cast<std::uint64_t>(one.number), 60);
    EXPECT_OK(operations::AppendItem(context(), portal, *begun, 0, content));
    const auto done = operations::FinishItem(
        context(), portal,
        {service_->NextKey(), *begun, content.size(), primitives::Sha256(content)});
    if (Ok(done.status(), "finish an item")) one.items[kind] = done->item;
  }
}

// Nobody who is gone or has asked to go; any number of turns.
Somebody* Year::SomebodyThere(std::uint64_t turn) {
  for (std::size_t i = 0; i < people_.size(); ++i) {
    Somebody& one = *people_[(turn + i) % people_.size()];
    if (!one.gone && !one.leaves) return &one;
  }
  return nullptr;
}

void Year::AnswerInvitation(Somebody& one, const Event& event) {
  ++counts_["invited"];
  if (one.gone || one.leaves) return;
  const std::uint64_t mood = chance_.Below(8);
  if (mood == 0) return;  // never answers: it lapses by itself
  const std::string decision = mood <= 2 ? "refuse" : "grant";
  const auto prepared =
      operations::PrepareAct(context(), service_->portal(), "answer", one.known.handle,
                             {{"invitation", event.object}, {"decision", decision}});
  if (!Count(prepared.status(), "read an invitation")) return;
  const auto answered =
      operations::AnswerInvitation(context(), service_->portal(), service_->NextKey(),
                                   service_->BySignature(one.known, *prepared));
  if (Count(answered.status(), "say " + decision) && decision == "grant")
    one.consents.push_back(answered->result);
}

// Two of three who are asked whether they want to stay say so.
void Year::ConfirmAfterNotice(Somebody& one) {
  ++counts_["asked whether to stay"];
  if (one.gone || one.leaves || one.number % 3 == 1) return;
  const auto noted = operations::NoteRetention(
      context(), officer(), {service_->NextKey(), NamedOf(one), std::nullopt, true});
  Count(noted.status(), "want to stay");
}

void Year::ReadPortalEvents() {
  const operations::Call portal = service_->portal();
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    const auto page = operations::ReadEvents(context(), portal, after, operations::kMaxEventRows);
    ASSERT_OK(page);
    for (const operations::PositionedEvent& positioned : page->events) {
      after = positioned.position;
      const Event& event = positioned.event;
      Somebody* const one = OfHandle(event.subject);
      if (one == nullptr) continue;
      if (event.kind == EventKind::kInvitation) AnswerInvitation(*one, event);
      if (event.kind == EventKind::kRetention) ConfirmAfterNotice(*one);
    }
    more = page->more;
  }
  if (after == 0) return;
  EXPECT_OK(operations::AcknowledgeEvents(context(), portal, service_->NextKey(), after));
}

void Year::WithdrawOldest(Somebody& one) {
  const std::string consent = one.consents.front();
  one.consents.erase(one.consents.begin());
  const std::string statement = service_->Prepare(one.known, "withdraw", {{"consent", consent}});
  Ok(operations::Withdraw(context(), service_->portal(), service_->NextKey(), {statement, {}, ""})
         .status(),
     "withdraw a consent");
}

void Year::Leave(Somebody& one) {
  const std::string statement = service_->Prepare(one.known, "erase");
  const auto asked = operations::RequestErasure(context(), service_->portal(), service_->NextKey(),
                                                service_->BySignature(one.known, statement));
  if (!Ok(asked.status(), "ask to be erased")) return;
  one.leaves = true;
  erasures_[*model::RequestId::Parse(asked->result)] = one.number;
}

// The person reads their record, what was handed over, and takes a copy of everything along.
void Year::ReadOwn(Somebody& one) {
  const auto act = [&] {
    return service_->BySignature(one.known, service_->Prepare(one.known, "read"));
  };
  Ok(operations::ReadOwnRecord(context(), service_->portal(), act()).status(), "read one's record");
  Ok(operations::ReadOwnProvisions(context(), service_->portal(), act(),
                                   rules().statement->language)
         .status(),
     "read one's provisions");
  Ok(operations::ExportOwnRecord(context(), service_->portal(), act(), service_->signer()).status(),
     "export one's record");
}

void Year::PeopleAct() {
  if (people_.empty() || !InYear()) return;
  const auto number = static_cast<std::uint64_t>(today_.days_since_1970);
  const auto turn = [&](std::uint64_t which) {
    return SomebodyThere(number * 7919 + which * 104729);
  };
  for (int i = 0; i < Times(); ++i) {
    const auto which = static_cast<std::uint64_t>(i) * 3;
    // The last week is left for what is open.
    const bool is_late = last_day_.days_since_1970 - today_.days_since_1970 < 21;
    if (number % 9 == 0 && !is_late) {
      if (Somebody* const one = turn(which)) Leave(*one);
    }
    if (number % 4 == 0) {
      Somebody* const one = turn(which + 1);
      if (one != nullptr && !one->consents.empty()) WithdrawOldest(*one);
    }
    if (number % 14 == 0) {
      if (Somebody* const one = turn(which + 2)) ReadOwn(*one);
    }
  }
}

}  // namespace noren::year
