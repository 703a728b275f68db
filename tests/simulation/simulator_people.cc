// What portals, people and companies do in a simulation, and what each answer must be.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/people.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/put_item.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "engine/personal_data/act.h"
#include "engine/personal_data/decision.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/simulation/simulator.h"

namespace noren::simulation {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::ActKind;
using personal_data::ConsentState;

constexpr int kPeople = 7;
constexpr std::string_view kRecruiter = "Kim Minji";  // invented
constexpr std::string_view kRole = "recruiter";
constexpr std::size_t kPostings = 3;
constexpr std::uint64_t kWithin = 24;  // file operations of an ordinary change

}  // namespace

Seeker& Simulator::SeekerOf(int number) {
  const auto known = seekers_.find(number);
  if (known != seekers_.end()) return known->second;
  Seeker seeker;
  seeker.ref = "ref-" + std::to_string(number);
  seeker.contact = "invented" + std::to_string(number) + "@mail.example";
  seeker.key = primitives::SigningKey::Generate(service_.random());
  return seekers_.emplace(number, std::move(seeker)).first->second;
}

std::optional<int> Simulator::SomePerson() {
  if (truth_.people.empty()) return std::nullopt;
  auto person = truth_.people.begin();
  std::advance(person, static_cast<std::ptrdiff_t>(Below(truth_.people.size())));
  return person->first;
}

std::optional<model::ConsentId> Simulator::SomeConsent(
    const std::function<bool(const ConsentTruth&)>& if_) {
  std::vector<model::ConsentId> fitting;
  for (const auto& [id, consent] : truth_.consents) {
    if (if_(consent)) fitting.push_back(id);
  }
  if (fitting.empty()) return std::nullopt;
  return fitting[Below(fitting.size())];
}

std::optional<operations::PersonAct> Simulator::Prepare(
    int person, std::string_view act, const std::map<std::string, std::string>& fields) {
  const auto statement = operations::PrepareAct(service_.context(), service_.portal(), act,
                                                truth_.people.at(person).handle, fields);
  if (!statement.ok()) {
    Fail("no statement for " + std::string(act) + ": " + statement.status().ToString());
    return std::nullopt;
  }
  return Sign(SeekerOf(person), *statement);
}

void Simulator::Register() {
  const int number = static_cast<int>(Below(kPeople));
  Say("register " + std::to_string(number));
  const Seeker& seeker = SeekerOf(number);
  operations::RegisterSeekerRequest request;
  request.idempotency_key = service_.NextKey();
  request.ref = seeker.ref;
  request.profile = operations::SomeProfile(static_cast<int>(Below(20)));
  request.contact = seeker.contact;
  request.language = "en";
  request.person_key = seeker.key->verifying_key().bytes;
  std::optional<operations::RegisteredSeeker> answer;
  const Status status = Perform(
      kWithin * 2,
      [&] {
        auto registered =
            operations::RegisterSeeker(service_.context(), service_.portal(), request);
        if (registered.ok()) answer = std::move(*registered);
        return registered.status();
      },
      [&] {
        const auto known = truth_.people.find(number);
        if (known != truth_.people.end()) {
          if (known->second.handle != answer->handle) Fail("a person got a second handle");
          return;
        }
        if (gone_.contains(answer->handle)) Fail("a destroyed person's handle is used again");
        PersonTruth person;
        person.handle = answer->handle;
        const auto loaded =
            operations::LoadPersonByHandle(service_.context(), "first-portal", answer->handle);
        if (loaded.ok()) person.id = loaded->person;
        truth_.people[number] = person;
      });
  if (!status.ok()) Fail("a registration is refused: " + status.ToString());
  PersonTruth& person = truth_.people[number];
  const auto loaded =
      operations::LoadPersonByHandle(service_.context(), "first-portal", person.handle);
  if (loaded.ok()) person.id = loaded->person;
}

// As a portal does it: an upload that died with the service is begun again.
void Simulator::PutItem() {
  const auto number = SomePerson();
  if (!number || truth_.people[*number].items.size() > 3) return;
  Say("item of " + std::to_string(*number));
  constexpr model::ItemKind kKinds[] = {model::ItemKind::kCoverLetter, model::ItemKind::kResume,
                                        model::ItemKind::kName};
  const auto kind = kKinds[Below(std::size(kKinds))];
  const std::uint64_t most = kind == model::ItemKind::kName ? 60 : 3000;
  const Bytes content = operations::SomeBytes(random_(), 1 + Below(most));
  model::UploadId upload;
  std::string key;
  std::optional<model::ItemId> item;
  const auto finish = [&] {
    const auto done =
        operations::FinishItem(service_.context(), service_.portal(),
                               {key, upload, content.size(), primitives::Sha256(content)});
    if (done.ok()) item = done->item;
    return done.status();
  };
  const auto send = [&]() -> Status {
    if (!key.empty()) {
      const Status again = finish();
      if (CodeOf(again) != ErrorCode::kNotFound) return again;
    }
    operations::BeginItemRequest begin;
    begin.idempotency_key = service_.NextKey();
    begin.handle = truth_.people[*number].handle;
    begin.kind = kind;
    begin.media_type = "text/plain";
    begin.name = "document.txt";
    const operations::Call call = service_.portal();
    NOREN_ASSIGN_OR_RETURN(upload, operations::BeginItem(service_.context(), call, begin));
    NOREN_RETURN_IF_ERROR(
        operations::AppendItem(service_.context(), call, upload, 0, content).status());
    key = service_.NextKey();
    return finish();
  };
  const Status status = Perform(kWithin, send, [&] {
    PersonTruth& person = truth_.people[*number];
    person.items.insert(*item);
    person.kinds[*item] = kind;
    contents_[*item] = content;
  });
  if (!status.ok()) Fail("an item is refused: " + status.ToString());
}

void Simulator::Show() {
  const auto number = SomePerson();
  if (!number) return;
  const auto act = Prepare(*number, "discoverable", {{"companies_class", "all"}});
  if (!act) return;
  kept_.push_back({ActKind::kDiscoverable, *number, {}, *act});
  if (OneIn(5)) return Say("an act is held back");  // for Replay
  SendShow(kept_.back());
}

void Simulator::SendShow(const KeptAct& kept) {
  Say("show " + std::to_string(kept.person));
  const auto act = personal_data::ParseAct(kept.act.statement);
  const bool was_used = truth_.used_statements.contains(kept.act.statement);
  const auto bar = bars_.find(act->handle);
  const bool overtaken = bar != bars_.end() && act->at.value <= bar->second;
  const auto person = truth_.people.find(kept.person);
  const bool is_there = person != truth_.people.end() && person->second.handle == act->handle;
  const std::string key = service_.NextKey();
  const Status status = Perform(
      kWithin,
      [&] {
        return operations::SetDiscoverable(service_.context(), service_.portal(), key, kept.act)
            .status();
      },
      [&] {
        if (was_used) return Fail("a used act shows a person again");
        if (overtaken) return Fail("an act from before a withdrawal shows a person after it");
        if (!is_there) return Fail("an act shows somebody who is not there");
        person->second.discoverable = true;
        truth_.used_statements.insert(kept.act.statement);
      });
  counts_.replays_refused += !status.ok() && was_used ? 1 : 0;
}

void Simulator::Hide() {
  const auto number = SomePerson();
  if (!number) return;
  Say("hide " + std::to_string(*number));
  const auto act = Prepare(*number, "withdraw", {});
  if (!act) return;
  const std::string key = service_.NextKey();
  const Status status = Perform(
      kWithin,
      [&] {
        return operations::Withdraw(service_.context(), service_.portal(), key, *act).status();
      },
      [&] {
        PersonTruth& person = truth_.people[*number];
        narrowed_.push_back({.kind = Narrowing::Kind::kHidden, .person = person.id});
        Narrow(truth_, narrowed_.back());
        const auto parsed = personal_data::ParseAct(act->statement);
        std::int64_t& bar = bars_[person.handle];
        bar = std::max(bar, parsed->at.value);
      });
  if (!status.ok()) Fail("a withdrawal is refused: " + status.ToString());
}

void Simulator::AddPosting() {
  if (truth_.postings.size() >= kPostings) return;
  Say("posting");
  const std::string key = service_.NextKey();
  std::optional<model::PostingId> id;
  const Status status = Perform(
      kWithin,
      [&] {
        const auto posting = operations::RegisterPosting(
            service_.context(), service_.portal(), {key, operations::SomePosting("hangang-care")});
        if (posting.ok()) id = posting->posting;
        return posting.status();
      },
      [&] { truth_.postings.insert(*id); });
  if (!status.ok()) Fail("a posting is refused: " + status.ToString());
}

void Simulator::RenewCards() {
  Say("new classes");
  const std::string key = service_.NextKey();
  (void)Perform(
      kWithin,
      [&] {
        return service_.context()
            .card_epochs.Renew(service_.context(), service_.officer(), key)
            .status();
      },
      [] {});
}

// What is refused; empty: the company's recruiter is known.
std::string Simulator::AddSigner() {
  recruiter_ = primitives::SigningKey::Generate(service_.random());
  const Status added =
      operations::AddSigner(
          service_.context(), service_.company(), service_.NextKey(),
          {std::string(kRecruiter), std::string(kRole), recruiter_->verifying_key().bytes, {}})
          .status();
  return added.ok() ? "" : "no recruiter: " + added.ToString();
}

operations::SignedStatement Simulator::Decide(const model::PostingId& posting,
                                              const std::string& card, std::int32_t how_many) {
  personal_data::HumanDecision decision;
  decision.act = personal_data::DecisionAct::kInvite;
  decision.reason = personal_data::DecisionReason::kBestMatch;
  decision.company = "hangang-care";
  decision.at = service_.context().time.Now();
  decision.decided_by = kRecruiter;
  decision.role = kRole;
  decision.posting = posting;
  decision.card = card;
  decision.how_many = how_many;
  decision.item_kinds = {model::ItemKind::kResume, model::ItemKind::kCoverLetter,
                         model::ItemKind::kName};
  std::ranges::sort(decision.item_kinds);
  service_.random().Fill(decision.nonce);
  std::string statement = personal_data::StatementOf(decision);
  const std::string message = std::string(personal_data::kDecisionSignaturePrefix) + statement;
  const primitives::Signature signature = recruiter_->Sign(AsBytes(message));
  return {std::move(statement), Bytes(signature.begin(), signature.end())};
}

void Simulator::Invite() {
  if (truth_.postings.empty()) return;
  auto posting = truth_.postings.begin();
  std::advance(posting, static_cast<std::ptrdiff_t>(Below(truth_.postings.size())));
  if (OneIn(2)) RenewCards();
  Say("cards");
  std::vector<operations::CardView> cards;
  const Status listed = Perform(
      kWithin,
      [&] {
        auto page = operations::ListCards(service_.context(), service_.company(), *posting, 0, 10);
        if (page.ok()) cards = std::move(page->cards);
        return page.status();
      },
      [] {});
  if (!listed.ok() && CodeOf(listed) != ErrorCode::kLimitReached)
    return Fail("cards are refused: " + listed.ToString());
  if (cards.empty()) return;
  Say("invite");
  const std::string card = cards[Below(cards.size())].card;
  const auto how_many = 1 + static_cast<std::int32_t>(Below(4));
  operations::InviteRequest request{
      service_.NextKey(),
      *posting,
      card,
      how_many,
      {model::ItemKind::kCoverLetter, model::ItemKind::kResume, model::ItemKind::kName}};
  request.decision = Decide(*posting, card, how_many);
  const Status status = Perform(
      kWithin,
      [&] {
        return operations::InviteCandidates(service_.context(), service_.company(), request)
            .status();
      },
      [] {});
  const ErrorCode code = CodeOf(status);
  if (!status.ok() && code != ErrorCode::kLimitReached && code != ErrorCode::kNotFound)
    Fail("an invitation is refused: " + status.ToString());
  TakeInvitations();
}

// Nobody learns from the answer who was asked; the people see it.
void Simulator::TakeInvitations() {
  for (const auto& [number, person] : truth_.people) {
    const auto loaded =
        operations::LoadPersonByHandle(service_.context(), "first-portal", person.handle);
    if (!loaded.ok()) return;  // Check tells
    const auto invitations = operations::LoadInvitations(service_.context(), *loaded);
    if (!invitations.ok()) return Fail("invitations are lost");
    for (const personal_data::Invitation& invitation : *invitations) {
      if (truth_.consents.contains(invitation.consent)) continue;
      if (!person.discoverable) Fail("somebody hidden was invited");
      if (person.erasure) Fail("somebody who asked for erasure was invited");
      if (person.blocked.contains(kCompanyNumber)) Fail("a blocked company invited somebody");
      ConsentTruth consent;
      consent.person = number;
      consent.invitation = invitation.invitation;
      consent.posting = invitation.posting;
      consent.answer_by = invitation.answer_by;
      for (const personal_data::ConsentItem& item : invitation.items)
        consent.asked.insert(item.item);
      truth_.consents[invitation.consent] = consent;
    }
  }
}

}  // namespace noren::simulation
