// Consents and releases in a simulation: what may be answered, and what must be.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/deadlines.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/release_access.h"
#include "engine/personal_data/act.h"
#include "tests/simulation/simulator.h"

namespace noren::simulation {
namespace {

using model::CodeOf;
using model::ErrorCode;
using personal_data::ActKind;
using personal_data::ConsentState;

constexpr std::uint64_t kWithin = 24;

}  // namespace

void Simulator::Answer() {
  const auto id = SomeConsent(
      [](const ConsentTruth& consent) { return consent.state == ConsentState::kRequested; });
  if (!id) return;
  const ConsentTruth& consent = truth_.consents[*id];
  const bool grants = !OneIn(6);
  const auto act = Prepare(
      consent.person, "answer",
      {{"invitation", consent.invitation.ToString()}, {"decision", grants ? "grant" : "refuse"}});
  if (!act) return;
  if (grants) {
    kept_.push_back({ActKind::kAnswer, consent.person, *id, *act});
    if (OneIn(6)) return Say("a grant is held back");
    return SendGrant(kept_.back());
  }
  Say("refuse");
  const std::string key = service_.NextKey();
  const Status status = Perform(
      kWithin,
      [&] {
        return operations::AnswerInvitation(service_.context(), service_.portal(), key, *act)
            .status();
      },
      [&] { truth_.consents[*id].state = ConsentState::kRefused; });
  if (!status.ok()) Fail("a refusal is refused: " + status.ToString());
}

void Simulator::SendGrant(const KeptAct& kept) {
  Say("grant by " + std::to_string(kept.person));
  const auto act = personal_data::ParseAct(kept.act.statement);
  const auto known = truth_.consents.find(kept.consent);
  const bool may =
      known != truth_.consents.end() && known->second.state == ConsentState::kRequested &&
      KnownTime() < known->second.answer_by && !truth_.used_statements.contains(kept.act.statement);
  const bool had_it = truth_.used_statements.contains(kept.act.statement);
  const bool trusted = service_.context().time.trusted();
  const std::string key = service_.NextKey();
  const Status status = Perform(
      kWithin,
      [&] {
        return operations::AnswerInvitation(service_.context(), service_.portal(), key, kept.act)
            .status();
      },
      [&] {
        if (!may) return Fail("granted what could not be granted");
        ConsentTruth& consent = known->second;
        consent.state = ConsentState::kGranted;
        consent.expires_at = act->terms->expires_at;
        for (const personal_data::ConsentItem& item : act->terms->items)
          consent.items.insert(item.item);
        const model::CandidateRef candidate = service_.context().pseudonyms.CandidateRefFor(
            "hangang-care", consent.posting, truth_.people.at(consent.person).id);
        // Asked again after an older consent was over: the reference leads to the newer one.
        for (auto& [id, other] : truth_.consents) {
          if (other.candidate == candidate) other.candidate.reset();
        }
        consent.candidate = candidate;
        truth_.used_statements.insert(kept.act.statement);
        ++counts_.grants;
      });
  counts_.replays_refused += !status.ok() && had_it ? 1 : 0;
  const ErrorCode code = CodeOf(status);
  if (!trusted || code == ErrorCode::kClockUntrusted || status.ok()) return;
  if (may && code == ErrorCode::kConsentWithdrawn) Fail("a consent nobody withdrew is withdrawn");
}

void Simulator::WithdrawConsent() {
  const auto id = SomeConsent([](const ConsentTruth& consent) {
    return consent.state == ConsentState::kGranted || consent.state == ConsentState::kWithdrawn;
  });
  if (!id) return;
  Say("withdraw");
  const auto act = Prepare(truth_.consents[*id].person, "withdraw", {{"consent", id->ToString()}});
  if (!act) return;
  const std::string key = service_.NextKey();
  const Status status = Perform(
      kWithin * 2,
      [&] {
        return operations::Withdraw(service_.context(), service_.portal(), key, *act).status();
      },
      [&] {
        const model::PersonId person = truth_.people.at(truth_.consents[*id].person).id;
        narrowed_.push_back(
            {.kind = Narrowing::Kind::kWithdrawn, .person = person, .consent = *id});
        Narrow(truth_, narrowed_.back());
        ++counts_.withdrawals;
      });
  if (!status.ok()) Fail("a withdrawal is refused: " + status.ToString());
}

void Simulator::Collect() {
  const auto id =
      SomeConsent([](const ConsentTruth& consent) { return consent.candidate.has_value(); });
  if (!id) return;
  const std::string order = "order-" + std::to_string(Below(3));
  Say("collect " + order);
  const operations::CollectRequest request{service_.NextKey(), *truth_.consents[*id].candidate,
                                           order, "first interview"};
  std::optional<personal_data::ReleaseRecord> release;
  const UnixSeconds asked_at = KnownTime();
  const std::uint64_t crashes = counts_.crashes;
  const Status status = Perform(
      kWithin,
      [&] {
        auto collected =
            operations::CollectRelease(service_.context(), service_.company(), request);
        if (collected.ok()) release = std::move(collected->record);
        return collected.status();
      },
      [&] {
        const ConsentTruth& consent = truth_.consents[*id];
        for (const personal_data::ReleasedItem& item : release->items) {
          if (!consent.items.contains(item.item)) Fail("released what was not consented to");
        }
        if (consent.expires_at <= asked_at) Fail("released after the consent was over");
        const auto known = consent.orders.find(order);
        if (known != consent.orders.end() && known->second.ends_at <= asked_at)
          Fail("released again after the access had ended");
      });
  if (!status.ok() && counts_.crashes > crashes) FindUnanswered(*id, order);
  JudgeCollected(*id, order, status, release);
}

// What a power failure left without an answer may be there, though it is refused when it is asked
// again: the clock is unchecked after the start, or the access has ended since.
void Simulator::FindUnanswered(const model::ConsentId& id, const std::string& order) {
  ConsentTruth& consent = truth_.consents[id];
  const PersonTruth& person = truth_.people.at(consent.person);
  const auto loaded =
      operations::LoadPersonByHandle(service_.context(), "first-portal", person.handle);
  if (!loaded.ok()) return Fail("a person is lost: " + loaded.status().ToString());
  const auto release = ReleaseOf(*loaded, id, order);
  if (!release.ok()) return Fail("a release does not open: " + release.status().ToString());
  if (!*release || consent.orders.contains(order)) return;
  if (consent.state != ConsentState::kGranted || person.erasure)
    return Fail("released without a live consent, and without an answer");
  for (const personal_data::ReleasedItem& item : (*release)->items) {
    if (!consent.items.contains(item.item)) Fail("released what was not consented to");
  }
  const UnixSeconds ends_at = std::min(
      operations::AccessEndOf(service_.context(), (*release)->released_at), consent.expires_at);
  consent.orders.try_emplace(order, ReleaseTruth{(*release)->release, ends_at});
}

void Simulator::JudgeCollected(const model::ConsentId& id, const std::string& order,
                               const Status& status,
                               const std::optional<personal_data::ReleaseRecord>& release) {
  if (!failure_.empty()) return;
  ConsentTruth& consent = truth_.consents[id];
  const ErrorCode code = CodeOf(status);
  if (status.ok()) {
    if (consent.state != ConsentState::kGranted) return Fail("released without a live consent");
    if (truth_.people.at(consent.person).erasure)
      return Fail("released somebody who asked for erasure");
    const UnixSeconds ends_at = std::min(
        operations::AccessEndOf(service_.context(), release->released_at), consent.expires_at);
    const auto [known, is_first] =
        consent.orders.try_emplace(order, ReleaseTruth{release->release, ends_at});
    if (!is_first && known->second.release != release->release) Fail("two releases for one order");
    ++counts_.releases;
    return ReadPayloads(id, release->release);
  }
  ++counts_.refused_releases;
  if (code == ErrorCode::kClockUntrusted && !service_.context().time.trusted()) return;
  if (consent.state == ConsentState::kWithdrawn) {
    if (code != ErrorCode::kConsentWithdrawn) Fail("withdrawn, and refused otherwise");
    return;
  }
  if (code == ErrorCode::kPolicyForbids && truth_.people.at(consent.person).erasure) return;
  const UnixSeconds now = service_.context().time.Now();
  if (code == ErrorCode::kConsentExpired && consent.expires_at <= now) return;
  const auto known = consent.orders.find(order);
  const bool is_over = known != consent.orders.end() && known->second.ends_at <= now;
  if (code == ErrorCode::kAccessExpired && is_over) return;
  Fail("a live consent is refused: " + status.ToString());
}

void Simulator::ReadPayloads(const model::ConsentId& id, const model::ReleaseId& release) {
  if (!service_.context().time.trusted()) return;
  for (const model::ItemId& item : truth_.consents[id].items) {
    const auto piece =
        operations::ReadPayload(service_.context(), service_.company(), release, item, 0);
    const ErrorCode code = CodeOf(piece.status());
    if (piece.ok() && !piece->empty()) continue;
    if (code == ErrorCode::kConsentExpired || code == ErrorCode::kClockUntrusted) return;
    if (code == ErrorCode::kAccessExpired) return;
    return Fail("a released document is lost: " + piece.status().ToString());
  }
}

// What has ended is written down and told, once.
void Simulator::PassDeadlines() {
  Say("deadlines");
  const auto pass = [&] { return operations::PassDeadlines(service_.context()).status(); };
  const Status status = Perform(kWithin * 2, pass, [] {});
  if (!status.ok()) return Fail("deadlines are not passed: " + status.ToString());
  const auto again = operations::PassDeadlines(service_.context());
  if (!again.ok() || *again != 0) Fail("a deadline passes twice");
}

void Simulator::Replay() {
  if (kept_.empty()) return;
  const KeptAct kept = kept_[Below(kept_.size())];
  Say("an act of before:");
  if (kept.kind == ActKind::kDiscoverable) return SendShow(kept);
  if (kept.kind == ActKind::kUnblock) return SendUnblock(kept);
  SendGrant(kept);
}

}  // namespace noren::simulation
