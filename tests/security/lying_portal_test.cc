// T4 of docs/THREAT_MODEL.md: a portal that acts in a person's name without their proof, with an
// old proof, or with another portal's person.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "engine/model/errors.h"
#include "engine/operations/people.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

class T4LyingPortal : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 3; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/i < 2));
      service_.PutItem(*people_.back(), model::ItemKind::kName, ToBytes("Invented Name"));
      service_.BecomeDiscoverable(*people_.back());
    }
    service_.AddKey();
    posting_ = service_.RegisterPosting();
    service_.InviteAll(posting_);
    service_.clock().AdvanceSeconds(1);
    // One of them is hidden again, so that being shown would be a change.
    ASSERT_OK(Withdraw(context(), service_.portal(), service_.NextKey(),
                       {service_.Prepare(*people_[1], "withdraw"), {}, ""}));
    service_.clock().AdvanceSeconds(1);
  }
  ServiceContext& context() { return service_.context(); }

  // Every act that widens anything, as a statement of this person.
  std::vector<std::string> WideningStatements(const TestPerson& person) {
    const auto loaded = LoadPersonByHandle(context(), "first-portal", person.handle);
    EXPECT_OK(loaded);
    const auto invitations = LoadInvitations(context(), *loaded);
    EXPECT_OK(invitations);
    std::vector<std::string> statements = {
        service_.Prepare(person, "discoverable", {{"companies_class", "all"}}),
        service_.Prepare(person, "erase"), service_.Prepare(person, "read")};
    for (const personal_data::Invitation& invitation : *invitations) {
      statements.push_back(service_.Prepare(
          person, "answer",
          {{"invitation", invitation.invitation.ToString()}, {"decision", "grant"}}));
    }
    return statements;
  }
  Status Send(const Call& call, const PersonAct& act) {
    const auto parsed = personal_data::ParseAct(act.statement);
    if (!parsed.ok()) return parsed.status();
    const std::string key = service_.NextKey();
    switch (parsed->kind) {
      case personal_data::ActKind::kDiscoverable:
        return SetDiscoverable(context(), call, key, act).status();
      case personal_data::ActKind::kAnswer:
        return AnswerInvitation(context(), call, key, act).status();
      case personal_data::ActKind::kErase:
        return RequestErasure(context(), call, key, act).status();
      case personal_data::ActKind::kRead:
        return ReadOwnRecord(context(), call, act).status();
      default:
        return Withdraw(context(), call, key, act).status();
    }
  }
  // Records of people, consents and requests; entries, nonces and codes are not in it.
  std::vector<storage::KeyValue> WhatPeopleSaid() {
    std::vector<storage::KeyValue> said;
    for (storage::KeyValue& item : ContentOf(service_.data())) {
      for (const std::string_view kept : {"person/", "consent", "candidate/", "applicant/",
                                          "release", "invitation/", "erasure-request/"}) {
        if (item.key.starts_with(kept)) said.push_back(item);
      }
    }
    return said;
  }
  void ExpectNothingWasSaidSince(const std::vector<storage::KeyValue>& before) {
    const std::vector<storage::KeyValue> after = WhatPeopleSaid();
    ASSERT_EQ(after.size(), before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
      EXPECT_EQ(after[i].key, before[i].key);
      EXPECT_EQ(after[i].value, before[i].value) << after[i].key;
    }
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  model::PostingId posting_;
};

TEST_F(T4LyingPortal, WithoutThePersonsProofNothingIsWidened) {
  const auto before = WhatPeopleSaid();
  for (std::size_t who = 0; who < 2; ++who) {
    const TestPerson& person = *people_[who];
    const TestPerson& other = *people_[1 - who];
    for (const std::string& statement : WideningStatements(person)) {
      const Bytes right = service_.BySignature(person, statement).signature;
      Bytes flipped = right;
      flipped[40] ^= 1;
      const primitives::Signature bare = person.key->Sign(AsBytes(statement));  // no prefix
      const std::vector<PersonAct> lies = {
          {statement, {}, ""},
          {statement, Bytes(64), ""},
          {statement, flipped, ""},
          {statement, Bytes(right.begin(), right.begin() + 63), ""},
          {statement, Bytes(bare.begin(), bare.end()), ""},
          {statement, service_.BySignature(other, statement).signature, ""},
          {statement, service_.BySignature(person, statement + " ").signature, ""},
          {statement, {}, "12345678"},
          {statement, Bytes(64), "12345678"}};
      for (std::size_t i = 0; i < lies.size(); ++i) {
        const ErrorCode code = CodeOf(Send(service_.portal(), lies[i]));
        EXPECT_EQ(code, i == 0 ? ErrorCode::kProofRequired : ErrorCode::kProofInvalid) << i;
      }
    }
  }
  ExpectNothingWasSaidSince(before);
}

// A code is for one statement of one person.
TEST_F(T4LyingPortal, ACodeForOneStatementOpensNoOther) {
  const TestPerson& person = *people_[2];
  const auto before = WhatPeopleSaid();
  for (const std::string& statement : WideningStatements(person)) {
    PersonAct act = service_.ByCode(person, service_.Prepare(person, "withdraw"));
    act.statement = statement;
    EXPECT_EQ(CodeOf(Send(service_.portal(), act)), ErrorCode::kProofInvalid);
  }
  ExpectNothingWasSaidSince(before);
}

TEST_F(T4LyingPortal, ASignedStatementChangedInAnyMemberIsRefused) {
  const auto before = WhatPeopleSaid();
  for (const std::string& statement : WideningStatements(*people_[0])) {
    const PersonAct act = service_.BySignature(*people_[0], statement);
    for (std::size_t i = 0; i < statement.size(); ++i) {
      PersonAct changed = act;
      changed.statement[i] = static_cast<char>(changed.statement[i] ^ 1);
      EXPECT_NE(CodeOf(Send(service_.portal(), changed)), ErrorCode::kNone) << i;
    }
  }
  ExpectNothingWasSaidSince(before);
}

// The portal keeps every grant it ever carried.
TEST_F(T4LyingPortal, AnOldGrantIsWorthNothingEverAfter) {
  std::vector<PersonAct> kept;  // some were used, some held back
  for (int i = 0; i < 2; ++i) {
    for (const std::string& statement : WideningStatements(*people_[0]))
      if (statement.find("\"read\"") == std::string::npos &&
          statement.find("\"erase\"") == std::string::npos)
        kept.push_back(service_.BySignature(*people_[0], statement));
  }
  ASSERT_EQ(kept.size(), 4u);
  service_.clock().AdvanceSeconds(1);
  ASSERT_OK(Send(service_.portal(), kept[0]));
  ASSERT_OK(Send(service_.portal(), kept[1]));
  const auto person = LoadPersonByHandle(context(), "first-portal", people_[0]->handle);
  ASSERT_OK(person);
  const auto invitations = LoadInvitations(context(), *person);
  ASSERT_OK(invitations);
  ASSERT_OK(
      service_.WithdrawConsent({people_[0].get(), posting_, {}, invitations->front().consent, {}}));
  service_.clock().AdvanceSeconds(1);
  ASSERT_OK(Withdraw(context(), service_.portal(), service_.NextKey(),
                     {service_.Prepare(*people_[0], "withdraw"), {}, ""}));
  const auto before = WhatPeopleSaid();
  const auto send_all = [&] {
    for (const PersonAct& act : kept) {
      EXPECT_NE(CodeOf(Send(service_.portal(), act)), ErrorCode::kNone);
      EXPECT_NE(CodeOf(Send(service_.portal("other-portal"), act)), ErrorCode::kNone);
    }
    ExpectNothingWasSaidSince(before);
  };
  send_all();
  ASSERT_OK(service_.Restart());
  send_all();
  for (const std::int64_t seconds : {60, 539, 601, 86400, 86400 * 3}) {
    service_.clock().AdvanceSeconds(seconds);
    send_all();
    ASSERT_OK(service_.Restart());  // forgets what is old enough to be forgotten
    send_all();
  }
}

// What a portal may ask of a handle, with everything else in order.
struct HandleQuestion {
  std::string_view name;
  std::function<Status(TestService&, const Call&, const model::SeekerHandle&)> ask;
};
std::vector<HandleQuestion> HandleQuestions(const model::PostingId& posting) {
  return {
      {"get_seeker",
       [](TestService& s, const Call& call, const model::SeekerHandle& handle) {
         return GetSeeker(s.context(), call, handle).status();
       }},
      {"begin_item",
       [](TestService& s, const Call& call, const model::SeekerHandle& handle) {
         return BeginItem(s.context(), call,
                          {s.NextKey(), handle, model::ItemKind::kResume, "a/b", "x"})
             .status();
       }},
      {"rank_postings",
       [](TestService& s, const Call& call, const model::SeekerHandle& handle) {
         return RankPostings(s.context(), call, handle, 3).status();
       }},
      {"explain",
       [posting](TestService& s, const Call& call, const model::SeekerHandle& handle) {
         return ExplainPair(s.context(), call, posting, handle).status();
       }},
      {"prepare_act",
       [](TestService& s, const Call& call, const model::SeekerHandle& handle) {
         return PrepareAct(s.context(), call, "read", handle, {}).status();
       }},
      {"request_code",
       [](TestService& s, const Call& call, const model::SeekerHandle& handle) {
         personal_data::Act act;
         act.handle = handle;
         const auto statement = personal_data::PrepareStatement(act, s.clock().Now(), s.random());
         return RequestCode(s.context(), call, handle, *statement);
       }},
      {"read_record",
       [](TestService& s, const Call& call, const model::SeekerHandle& handle) {
         personal_data::Act act;
         act.handle = handle;
         const auto statement = personal_data::PrepareStatement(act, s.clock().Now(), s.random());
         return ReadOwnRecord(s.context(), call, {*statement, {}, ""}).status();
       }},
      {"withdraw", [](TestService& s, const Call& call, const model::SeekerHandle& handle) {
         personal_data::Act act;
         act.kind = personal_data::ActKind::kWithdraw;
         act.handle = handle;
         const auto statement = personal_data::PrepareStatement(act, s.clock().Now(), s.random());
         return Withdraw(s.context(), call, s.NextKey(), {*statement, {}, ""}).status();
       }}};
}

// The whole refusal is the same, to the last letter: that somebody exists elsewhere is not told.
TEST_F(T4LyingPortal, AnotherPortalsPersonLooksLikeNobody) {
  const Call other = service_.portal("other-portal");
  const auto posting =
      RegisterPosting(context(), other, {service_.NextKey(), SomePosting("hangang-care")});
  ASSERT_OK(posting);
  const auto before = WhatPeopleSaid();
  for (const HandleQuestion& question : HandleQuestions(posting->posting)) {
    const auto nobody = model::SeekerHandle::Generate(service_.random());
    const Status unknown = question.ask(service_, other, nobody);
    EXPECT_EQ(CodeOf(unknown), ErrorCode::kNotFound) << question.name;
    for (const auto& person : people_) {
      EXPECT_EQ(question.ask(service_, other, person->handle).ToString(), unknown.ToString())
          << question.name;
    }
  }
  ExpectNothingWasSaidSince(before);
}

// Whoever could change where codes go could consent in the person's name.
TEST_F(T4LyingPortal, CannotPutItsOwnContactOrKeyInThePlaceOfThePersons) {
  const auto before = WhatPeopleSaid();
  const auto own_key = primitives::SigningKey::Generate(service_.random());
  for (const auto& person : people_) {
    RegisterSeekerRequest request{service_.NextKey(), person->ref,           SomeProfile(1),
                                  std::nullopt,       "portal@mail.example", "en"};
    EXPECT_EQ(CodeOf(RegisterSeeker(context(), service_.portal(), request).status()),
              ErrorCode::kStateConflict);
    request.idempotency_key = service_.NextKey();
    request.contact = person->contact;
    request.person_key = own_key.verifying_key().bytes;
    EXPECT_EQ(CodeOf(RegisterSeeker(context(), service_.portal(), request).status()),
              ErrorCode::kStateConflict);
  }
  ExpectNothingWasSaidSince(before);
}

}  // namespace
}  // namespace noren::operations
