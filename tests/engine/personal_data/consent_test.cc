// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/consent.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>

#include "engine/personal_data/keyspaces.h"
#include "engine/storage/memory_store.h"
#include "tests/engine/personal_data/samples.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

constexpr ConsentState kAllStates[] = {ConsentState::kRequested, ConsentState::kGranted,
                                       ConsentState::kRefused,   ConsentState::kWithdrawn,
                                       ConsentState::kExpired,   ConsentState::kSuperseded};
constexpr ConsentEvent kAllEvents[] = {ConsentEvent::kGrant, ConsentEvent::kRefuse,
                                       ConsentEvent::kWithdraw, ConsentEvent::kExpire,
                                       ConsentEvent::kSupersede};

// One person's consent in a memory store, driven through the staged pieces.
class ConsentDesk {
 public:
  ConsentScope scope(std::int64_t time) { return {person.context(), purpose_keys, {time}, random}; }

  storage::Outcome Commit(const Staged& staged) {
    storage::Batch batch;
    batch.if_all = staged.conditions;
    batch.mutations = staged.mutations;
    return store.Commit(batch).outcome;
  }
  ErrorCode Apply(const StatusOr<StagedConsent>& staged) {
    if (!staged.ok()) return CodeOf(staged);
    EXPECT_EQ(Commit(staged->staged), storage::Outcome::kCommitted);
    return ErrorCode::kNone;
  }
  void Invite() { ASSERT_EQ(Apply(StageInvitation(scope(kNow), invitation)), ErrorCode::kNone); }
  StatusOr<LoadedConsent> TryLoad() {
    auto values = store.Read({}, {ContentKey(), VersionKey()}).value();
    return LoadConsent(person.context(), invitation.consent, values[0].value_or(Bytes()),
                       values[1].value_or(Bytes()), purpose_keys);
  }
  LoadedConsent Load() { return TryLoad().value(); }
  ErrorCode Grant(std::int64_t time) {
    return Apply(StageGrant(scope(time), Load(), SampleTerms(invitation), SampleEvidence()));
  }
  ErrorCode Refuse(std::int64_t time) {
    return Apply(StageRefusal(scope(time), Load(), SampleEvidence()));
  }
  ErrorCode Withdraw(std::int64_t time) {
    return Apply(StageWithdrawal(scope(time), Load(), SampleEvidence()));
  }
  std::string ContentKey() const { return keyspaces::ConsentKey(person.id, invitation.consent); }
  std::string VersionKey() const {
    return keyspaces::ConsentVersionKey(person.id, invitation.consent);
  }

  SamplePerson person;
  PurposeKeys purpose_keys = KeysOf(1);
  SeededRandom random{3};
  storage::MemoryStore store;
  Invitation invitation = SampleInvitation();
};

TEST(ConsentTransition, IsThatOfTheWrittenTable) {
  // Rows: states in order; columns: grant, refuse, withdraw, expire, supersede. "-": a conflict.
  constexpr std::string_view kTable[] = {
      "granted refused - expired -",       // requested
      "- - withdrawn expired superseded",  // granted
      "- - - - -",                         // refused
      "W W W W W",                         // withdrawn: said so
      "E E E E E",                         // expired: said so
      "- - - - -",                         // superseded
  };
  for (std::size_t row = 0; row < std::size(kAllStates); ++row) {
    std::string_view rest = kTable[row];
    for (const ConsentEvent event : kAllEvents) {
      const std::string_view cell = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), cell.size() + 1));
      const StatusOr<ConsentState> next = NextState(kAllStates[row], event);
      if (cell == "-") {
        EXPECT_EQ(CodeOf(next), ErrorCode::kStateConflict);
      } else if (cell == "W") {
        EXPECT_EQ(CodeOf(next), ErrorCode::kConsentWithdrawn);
      } else if (cell == "E") {
        EXPECT_EQ(CodeOf(next), ErrorCode::kConsentExpired);
      } else {
        ASSERT_OK(next);
        EXPECT_EQ(ConsentStateName(*next), cell);
      }
    }
  }
}

TEST(ConsentState, DeadlineExpiresWhatIsOpenAndNothingElse) {
  for (const ConsentState state : kAllStates) {
    const ConsentVersion version{
        .version = 1, .state = state, .deadline = {kNow}, .changed_at = {}, .content_sha256 = {}};
    const bool is_open = state == ConsentState::kRequested || state == ConsentState::kGranted;
    EXPECT_EQ(EffectiveState(version, {kNow - 1}), state);
    EXPECT_EQ(EffectiveState(version, {kNow}), is_open ? ConsentState::kExpired : state);
  }
}

TEST(ConsentState, TimeNeverFallsBelowTheFloor) {
  EXPECT_EQ(JudgedTime({kNow}, {kNow - 100}), UnixSeconds{kNow});
  EXPECT_EQ(JudgedTime({kNow}, {kNow + 100}), UnixSeconds{kNow + 100});
}

TEST(CheckReleasable, SaysWhyNot) {
  const auto check = [](ConsentState state, std::int64_t time) {
    return CodeOf(CheckReleasable(
        {.version = 1, .state = state, .deadline = {kNow}, .changed_at = {}, .content_sha256 = {}},
        {time}));
  };
  EXPECT_EQ(check(ConsentState::kGranted, kNow - 1), ErrorCode::kNone);
  EXPECT_EQ(check(ConsentState::kGranted, kNow), ErrorCode::kConsentExpired);
  EXPECT_EQ(check(ConsentState::kRequested, kNow - 1), ErrorCode::kConsentMissing);
  EXPECT_EQ(check(ConsentState::kRefused, kNow - 1), ErrorCode::kConsentMissing);
  EXPECT_EQ(check(ConsentState::kSuperseded, kNow - 1), ErrorCode::kConsentMissing);
  EXPECT_EQ(check(ConsentState::kWithdrawn, kNow - 1), ErrorCode::kConsentWithdrawn);
  EXPECT_EQ(check(ConsentState::kExpired, kNow - 1), ErrorCode::kConsentExpired);
}

TEST(ConsentLife, GrantAndWithdrawalKeepTheirEvidence) {
  ConsentDesk desk;
  desk.Invite();
  EXPECT_EQ(desk.Load().version.state, ConsentState::kRequested);
  ASSERT_EQ(desk.Grant(kNow + 60), ErrorCode::kNone);
  EXPECT_OK(CheckReleasable(desk.Load().version, {kNow + 61}));
  ASSERT_EQ(desk.Withdraw(kNow + 120), ErrorCode::kNone);
  const LoadedConsent loaded = desk.Load();
  EXPECT_EQ(loaded.version.state, ConsentState::kWithdrawn);
  EXPECT_EQ(loaded.version.version, 3u);
  EXPECT_EQ(loaded.version.changed_at, UnixSeconds{kNow + 120});
  EXPECT_EQ(loaded.consent.terms, SampleTerms(desk.invitation));
  EXPECT_EQ(loaded.consent.answer, SampleEvidence());
  EXPECT_EQ(loaded.consent.withdrawal, SampleEvidence());
  EXPECT_EQ(desk.Withdraw(kNow + 121), ErrorCode::kConsentWithdrawn);
  EXPECT_EQ(desk.Grant(kNow + 121), ErrorCode::kConsentWithdrawn);
}

TEST(ConsentLife, AnswerComesTooLateAfterTheDeadline) {
  ConsentDesk desk;
  desk.Invite();
  const std::int64_t deadline = desk.invitation.answer_by.value;
  EXPECT_EQ(CodeOf(StageExpiry(desk.scope(deadline - 1), desk.Load())), ErrorCode::kStateConflict);
  EXPECT_EQ(desk.Grant(deadline), ErrorCode::kConsentExpired);
  ASSERT_EQ(desk.Apply(StageExpiry(desk.scope(deadline), desk.Load())), ErrorCode::kNone);
  EXPECT_EQ(desk.Load().version.state, ConsentState::kExpired);
  EXPECT_EQ(CodeOf(StageExpiry(desk.scope(deadline), desk.Load())), ErrorCode::kStateConflict);
  EXPECT_EQ(desk.Refuse(kNow), ErrorCode::kConsentExpired);
}

TEST(ConsentLife, WithdrawalAndRefusalAreTakenWhateverTheClockSays) {
  // Goal: a clock that ran ahead and is set back cannot have turned a withdrawal away.
  ConsentDesk granted, requested;
  granted.Invite();
  requested.Invite();
  ASSERT_EQ(granted.Grant(kNow + 60), ErrorCode::kNone);
  const std::int64_t far = kNow + 400 * 86400;
  EXPECT_EQ(granted.Withdraw(far), ErrorCode::kNone);
  EXPECT_EQ(CodeOf(CheckReleasable(granted.Load().version, {kNow + 61})),
            ErrorCode::kConsentWithdrawn);
  EXPECT_EQ(requested.Refuse(far), ErrorCode::kNone);
  EXPECT_EQ(requested.Load().version.state, ConsentState::kRefused);
}

TEST(ConsentLife, SupersededConsentReleasesNothing) {
  ConsentDesk desk;
  desk.Invite();
  EXPECT_EQ(CodeOf(StageSupersession(desk.scope(kNow), desk.Load())), ErrorCode::kStateConflict);
  ASSERT_EQ(desk.Grant(kNow), ErrorCode::kNone);
  ASSERT_EQ(desk.Apply(StageSupersession(desk.scope(kNow), desk.Load())), ErrorCode::kNone);
  EXPECT_EQ(CodeOf(CheckReleasable(desk.Load().version, {kNow})), ErrorCode::kConsentMissing);
}

TEST(ConsentLife, OfTwoTransitionsFromOneVersionOneCommits) {
  ConsentDesk desk;
  desk.Invite();
  const LoadedConsent loaded = desk.Load();
  const auto grant =
      StageGrant(desk.scope(kNow), loaded, SampleTerms(desk.invitation), SampleEvidence());
  const auto refusal = StageRefusal(desk.scope(kNow), loaded, SampleEvidence());
  ASSERT_OK(grant);
  ASSERT_OK(refusal);
  EXPECT_EQ(desk.Commit(grant->staged), storage::Outcome::kCommitted);
  EXPECT_EQ(desk.Commit(refusal->staged), storage::Outcome::kConditionFailed);
  EXPECT_EQ(desk.Load().version.state, ConsentState::kGranted);
}

TEST(ConsentLife, InvitationIsStoredOnce) {
  ConsentDesk desk;
  desk.Invite();
  const auto again = StageInvitation(desk.scope(kNow), desk.invitation);
  ASSERT_OK(again);
  EXPECT_EQ(desk.Commit(again->staged), storage::Outcome::kConditionFailed);
  const auto stored =
      desk.store.Read({}, {keyspaces::InvitationKey(desk.person.id, desk.invitation.invitation)});
  ASSERT_OK(stored);
  EXPECT_THAT(DecodeInvitation(desk.person.context(), desk.invitation.invitation, *stored->front()),
              IsOkAndHolds(desk.invitation));
}

TEST(StageInvitation, RefusesWhatDoesNotFitTogether) {
  struct Row {
    std::string_view field;
    std::function<void(Invitation&)> spoil;
  };
  const Row rows[] = {
      {"invitation.answer_by", [](Invitation& i) { i.answer_by = {kNow}; }},
      {"invitation.item_kinds", [](Invitation& i) { i.item_kinds.clear(); }},
      {"invitation.items", [](Invitation& i) { i.items.clear(); }},
      {"invitation.company_key", [](Invitation& i) { i.company_recipients.clear(); }},
      {"invitation.company_key", [](Invitation& i) { i.company_recipients.pop_back(); }},
      {"invitation.company_key", [](Invitation& i) { i.company_key[0] ^= 1; }},
      {"invitation.notice_sha256", [](Invitation& i) { i.notice += "."; }},
  };
  for (const Row& row : rows) {
    ConsentDesk desk;
    row.spoil(desk.invitation);
    const auto staged = StageInvitation(desk.scope(kNow), desk.invitation);
    EXPECT_EQ(CodeOf(staged), ErrorCode::kBadRequest) << row.field;
    EXPECT_EQ(model::FieldOf(staged.status()), row.field);
  }
}

TEST(CheckTerms, AcceptsTheInvitationsTermsAndAnySubsetOfItsItems) {
  const Invitation invitation = SampleInvitation();
  GrantTerms terms = SampleTerms(invitation);
  EXPECT_OK(CheckTerms(invitation, terms, invitation.items, {kNow}));
  terms.items.pop_back();
  EXPECT_OK(CheckTerms(invitation, terms, invitation.items, {kNow}));
  terms.expires_at = {kNow + 30 * 86400};
  EXPECT_OK(CheckTerms(invitation, terms, invitation.items, {kNow}));
}

TEST(CheckTerms, NamesTheTermThatDiffers) {
  struct Row {
    std::string_view field;
    std::function<void(GrantTerms&)> spoil;
  };
  const Row rows[] = {
      {"statement.posting", [](GrantTerms& t) { t.posting = IdOf<model::PostingId>(9); }},
      {"statement.company", [](GrantTerms& t) { t.company = "other"; }},
      {"statement.company_key", [](GrantTerms& t) { t.company_key[31] ^= 1; }},
      {"statement.purpose", [](GrantTerms& t) { t.purpose = model::Purpose::kOfferPreparation; }},
      {"statement.retention_days", [](GrantTerms& t) { ++t.retention_days; }},
      {"statement.notice_sha256", [](GrantTerms& t) { t.notice_sha256[0] ^= 1; }},
      {"statement.policy_version", [](GrantTerms& t) { t.policy_version = "sample-2"; }},
      {"statement.expires", [](GrantTerms& t) { t.expires_at = {kNow}; }},
      {"statement.expires", [](GrantTerms& t) { t.expires_at = {kNow + 30 * 86400 + 1}; }},
      {"statement.items", [](GrantTerms& t) { t.items.clear(); }},
      {"statement.items[1]", [](GrantTerms& t) { t.items[1].payload_sha256[0] ^= 1; }},
      {"statement.items[1]", [](GrantTerms& t) { t.items[1].item = IdOf<model::ItemId>(9); }},
      {"statement.items[0]", [](GrantTerms& t) { t.items[1] = t.items[0]; }},
  };
  const Invitation invitation = SampleInvitation();
  for (const Row& row : rows) {
    GrantTerms terms = SampleTerms(invitation);
    row.spoil(terms);
    const Status status = CheckTerms(invitation, terms, invitation.items, {kNow});
    EXPECT_EQ(CodeOf(status), ErrorCode::kBadRequest) << row.field;
    EXPECT_EQ(model::FieldOf(status), row.field);
  }
}

TEST(CheckTerms, RefusesAnItemThatThePersonHasOnlyInAnotherVersion) {
  const Invitation invitation = SampleInvitation();
  std::vector<ConsentItem> current = invitation.items;
  current[0].payload_sha256[0] ^= 1;
  EXPECT_EQ(model::FieldOf(CheckTerms(invitation, SampleTerms(invitation), current, {kNow})),
            "statement.items[0]");
  // What is there now may be granted although the invitation saw an older version of it.
  GrantTerms terms = SampleTerms(invitation);
  terms.items = current;
  EXPECT_OK(CheckTerms(invitation, terms, current, {kNow}));
}

TEST(LoadConsent, RefusesContentOfAnotherVersionOrAnotherConsent) {
  ConsentDesk desk;
  desk.Invite();
  const LoadedConsent first = desk.Load();
  ASSERT_EQ(desk.Grant(kNow), ErrorCode::kNone);
  const LoadedConsent second = desk.Load();
  const auto load = [&](const model::ConsentId& id, Bytes content, Bytes version) {
    return CodeOf(LoadConsent(desk.person.context(), id, std::move(content), std::move(version),
                              desk.purpose_keys));
  };
  const model::ConsentId id = desk.invitation.consent;
  EXPECT_EQ(load(id, second.content_bytes, second.version_bytes), ErrorCode::kNone);
  EXPECT_EQ(load(id, first.content_bytes, second.version_bytes), ErrorCode::kDataCorrupt);
  EXPECT_EQ(load(id, second.content_bytes, first.version_bytes), ErrorCode::kDataCorrupt);
  EXPECT_EQ(load(IdOf<model::ConsentId>(9), second.content_bytes, second.version_bytes),
            ErrorCode::kDataCorrupt);
  EXPECT_EQ(load(id, {}, second.version_bytes), ErrorCode::kDataCorrupt);
  EXPECT_EQ(load(id, second.content_bytes, {}), ErrorCode::kDataCorrupt);
}

TEST(StageJournaledWithdrawal, OverridesEveryStateWithoutAKeyOfThePerson) {
  for (const ConsentState state : kAllStates) {
    const ConsentAddress address{IdOf<model::PersonId>(1), IdOf<model::ConsentId>(2)};
    const PurposeKeys keys = KeysOf(1);
    SeededRandom random(1);
    const ConsentVersion version{.version = 5,
                                 .state = state,
                                 .deadline = {kNow + 5},
                                 .changed_at = {kNow},
                                 .content_sha256 = HashOf(3)};
    ASSERT_OK_AND_ASSIGN(const Bytes stored, EncodeConsentVersion(address, version, keys, random));
    ASSERT_OK_AND_ASSIGN(const Staged staged,
                         StageJournaledWithdrawal(address, stored, {kNow + 9}, keys, random));
    if (state == ConsentState::kWithdrawn) {
      EXPECT_TRUE(staged.mutations.empty());
      continue;
    }
    ASSERT_EQ(staged.mutations.size(), 1u);
    EXPECT_EQ(staged.conditions[0].equals, stored);
    ASSERT_OK_AND_ASSIGN(const ConsentVersion next,
                         DecodeConsentVersion(address, *staged.mutations[0].value, keys));
    EXPECT_EQ(next.state, ConsentState::kWithdrawn);
    EXPECT_EQ(next.version, 6u);
    EXPECT_EQ(next.changed_at, UnixSeconds{kNow + 9});
    EXPECT_EQ(next.content_sha256, version.content_sha256);
  }
}

TEST(StageJournaledWithdrawal, LeavesTheContentReadable) {
  ConsentDesk desk;
  desk.Invite();
  ASSERT_EQ(desk.Grant(kNow), ErrorCode::kNone);
  const ConsentAddress address{desk.person.id, desk.invitation.consent};
  ASSERT_OK_AND_ASSIGN(const Staged staged,
                       StageJournaledWithdrawal(address, desk.Load().version_bytes, {kNow + 1},
                                                desk.purpose_keys, desk.random));
  ASSERT_EQ(desk.Commit(staged), storage::Outcome::kCommitted);
  EXPECT_EQ(desk.Load().version.state, ConsentState::kWithdrawn);
  EXPECT_TRUE(desk.Load().consent.terms.has_value());
}

// The states in plain words, as an oracle: no records, no store.
struct NaiveConsent {
  std::string state = "requested";
  std::int64_t deadline = 0;
  ErrorCode Do(ConsentEvent event, std::int64_t time, std::int64_t grant_deadline) {
    const bool lapsed = (state == "requested" || state == "granted") && time >= deadline;
    if (state == "withdrawn") return ErrorCode::kConsentWithdrawn;
    if (state == "expired") {
      return event == ConsentEvent::kExpire ? ErrorCode::kStateConflict
                                            : ErrorCode::kConsentExpired;
    }
    if (event == ConsentEvent::kExpire) {
      if (!lapsed) return ErrorCode::kStateConflict;
      state = "expired";
    } else if (event == ConsentEvent::kGrant && state == "requested") {
      if (lapsed) return ErrorCode::kConsentExpired;
      state = "granted";
      deadline = grant_deadline;
    } else if (event == ConsentEvent::kGrant && state == "granted" && lapsed) {
      return ErrorCode::kConsentExpired;
    } else if (event == ConsentEvent::kRefuse && state == "requested") {
      state = "refused";
    } else if (event == ConsentEvent::kWithdraw && state == "granted") {
      state = "withdrawn";
    } else if (event == ConsentEvent::kSupersede && state == "granted") {
      state = "superseded";
    } else {
      return ErrorCode::kStateConflict;
    }
    return ErrorCode::kNone;
  }
};

RC_GTEST_PROP(ConsentLife, AnyHistoryGoesAsTheNaiveOneDoes, ()) {
  ConsentDesk desk;
  desk.Invite();
  NaiveConsent naive;
  naive.deadline = desk.invitation.answer_by.value;
  const auto steps = *rc::gen::inRange(1, 8);
  for (int step = 0; step < steps; ++step) {
    const auto event = static_cast<ConsentEvent>(*rc::gen::inRange(1, 6));
    const std::int64_t time =
        kNow + *rc::gen::element(0, 3, 6, 8, 19, 21, 40) * std::int64_t{86400};
    ErrorCode got = ErrorCode::kNone;
    switch (event) {
      case ConsentEvent::kGrant:
        got = desk.Grant(time);
        break;
      case ConsentEvent::kRefuse:
        got = desk.Refuse(time);
        break;
      case ConsentEvent::kWithdraw:
        got = desk.Withdraw(time);
        break;
      case ConsentEvent::kExpire: {
        got = desk.Apply(StageExpiry(desk.scope(time), desk.Load()));
        break;
      }
      case ConsentEvent::kSupersede:
        got = desk.Apply(StageSupersession(desk.scope(time), desk.Load()));
        break;
    }
    const std::string before = naive.state;
    const ErrorCode want = naive.Do(event, time, SampleTerms(desk.invitation).expires_at.value);
    // A withdrawn consent that is asked to expire says "withdrawn" or "conflict": both refuse.
    if (event == ConsentEvent::kExpire && before == "withdrawn") {
      RC_ASSERT(got != ErrorCode::kNone);
    } else {
      RC_ASSERT(got == want);
    }
    RC_ASSERT(ConsentStateName(desk.Load().version.state) == naive.state);
  }
}

}  // namespace
}  // namespace noren::personal_data
