// T9 of docs/THREAT_MODEL.md: requests that are sent again, as often and in whatever order, have no
// second effect.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "engine/operations/withdrawals.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/run_length.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

constexpr std::uint64_t kReplays = 100'000;

// What a caller is told, whole: the result and where it stands in the log.
struct Told {
  ErrorCode code = ErrorCode::kNone;
  std::string answer;
  bool operator==(const Told&) const = default;
};
Told Tell(const Status& status, const std::string& result, const EntryPosition* position) {
  if (!status.ok()) return {CodeOf(status), ""};
  return {ErrorCode::kNone, result + "@" + std::to_string(position->sequence) + ":" +
                                HexEncode(position->head) + HexEncode(position->promise)};
}
Told Tell(const StatusOr<ActResult>& r) {
  return r.ok() ? Tell(OkStatus(), r->result, &r->position) : Tell(r.status(), "", nullptr);
}
Told Tell(const StatusOr<EntryPosition>& r) {
  return r.ok() ? Tell(OkStatus(), "", &*r) : Tell(r.status(), "", nullptr);
}

// One request as it went over the wire: sent again, it is the same to the last byte. `sound` says
// which body; another number is another body under the same key.
struct Recorded {
  std::string_view name;
  std::function<Told(int sound)> send;
  Told first;
};

class T9Replay : public ::testing::Test {
 protected:
  void SetUp() override {
    RecordRegistrations();
    service_.AddKey();
    posting_ = service_.RegisterPosting();
    RecordActs();
    RecordCompany();
  }
  ServiceContext& context() { return service_.context(); }

  void Record(std::string_view name, std::function<Told(int)> send) {
    Told first = send(0);
    ASSERT_EQ(first.code, ErrorCode::kNone) << name;
    requests_.push_back({name, std::move(send), std::move(first)});
  }
  void RecordRegistrations() {
    for (int i = 0; i < 6; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/true));
      service_.PutItem(*people_.back(), model::ItemKind::kName, ToBytes("Invented Name"));
      const std::string key = service_.NextKey();
      Record("register_seeker", [this, i, key](int sound) {
        const auto r = RegisterSeeker(context(), service_.portal(),
                                      {key, "other-" + std::to_string(i), SomeProfile(i + sound),
                                       std::nullopt, "other@mail.example", "en"});
        return r.ok() ? Tell(OkStatus(), r->handle.ToString(), &r->position)
                      : Tell(r.status(), "", nullptr);
      });
      const std::string posting_key = service_.NextKey();
      Record("register_posting", [this, posting_key](int sound) {
        model::Posting posting = SomePosting("hangang-care");
        posting.reference = "job-" + std::to_string(sound);
        const auto r =
            operations::RegisterPosting(context(), service_.portal(), {posting_key, posting});
        return r.ok() ? Tell(OkStatus(), r->posting.ToString(), &r->position)
                      : Tell(r.status(), "", nullptr);
      });
    }
  }
  // An act cannot have another body: the statement is signed. Another statement stands for it.
  using Send = StatusOr<ActResult> (*)(ServiceContext&, const Call&, const std::string&,
                                       const PersonAct&);
  void RecordAct(std::string_view name, Send send, const TestPerson& person,
                 const std::string& statement) {
    const std::string key = service_.NextKey();
    const PersonAct act = service_.BySignature(person, statement);
    const PersonAct other = service_.BySignature(person, service_.Prepare(person, "withdraw"));
    Record(name, [this, send, key, act, other](int sound) {
      return Tell(send(context(), service_.portal(), key, sound == 0 ? act : other));
    });
    acts_.push_back([this, send, act] {
      return CodeOf(send(context(), service_.portal(), service_.NextKey(), act).status());
    });
  }
  void RecordActs() {
    for (const auto& person : people_) {
      RecordAct("set_discoverable", SetDiscoverable, *person,
                service_.Prepare(*person, "discoverable", {{"companies_class", "all"}}));
    }
    service_.InviteAll(posting_);
    for (std::size_t i = 0; i < 4; ++i) {
      const TestPerson& person = *people_[i];
      const auto record = ReadOwnRecord(context(), service_.portal(),
                                        service_.Prove(person, service_.Prepare(person, "read")));
      ASSERT_OK(record);
      ASSERT_FALSE(record->invitations.empty());
      const auto& invitation = record->invitations.front().invitation;
      RecordAct("answer_invitation", AnswerInvitation, person,
                service_.Prepare(person, "answer",
                                 {{"invitation", invitation.invitation.ToString()},
                                  {"decision", i == 3 ? "refuse" : "grant"}}));
      if (i == 2) {
        RecordAct(
            "withdraw", Withdraw, person,
            service_.Prepare(person, "withdraw", {{"consent", invitation.consent.ToString()}}));
      }
    }
    service_.clock().AdvanceSeconds(1);
    RecordAct("withdraw", Withdraw, *people_[4], service_.Prepare(*people_[4], "withdraw"));
    RecordAct("request_erasure", RequestErasure, *people_[5],
              service_.Prepare(*people_[5], "erase"));
  }
  void RecordCompany() {
    const auto applicants = ListApplicants(context(), service_.company(), posting_);
    ASSERT_OK(applicants);
    for (const Applicant& applicant : *applicants) {
      if (applicant.state != personal_data::ConsentState::kGranted) continue;
      const std::string key = service_.NextKey();
      Record("collect_release", [this, key, candidate = applicant.candidate](int sound) {
        const auto r = CollectRelease(context(), service_.company(),
                                      {key, candidate, "order-" + std::to_string(sound), "reason"});
        return r.ok() ? Tell(OkStatus(), r->record.release.ToString(), &r->position)
                      : Tell(r.status(), "", nullptr);
      });
    }
    const auto withdrawals = ListWithdrawals(context(), service_.company());
    ASSERT_OK(withdrawals);
    const std::string acknowledged = service_.NextKey();
    Record("acknowledge_withdrawal",
           [this, acknowledged, candidate = withdrawals->front().candidate](int sound) {
             const auto other = model::CandidateRef::FromBytes(Bytes(16, 1));
             return Tell(AcknowledgeWithdrawal(context(), service_.company(), acknowledged,
                                               sound == 0 ? candidate : *other));
           });
    RecordInvitation();
    const auto requests = ListErasureRequests(context(), service_.officer());
    ASSERT_OK(requests);
    const std::string destroyed = service_.NextKey();
    Record("destroy", [this, destroyed, request = requests->front().request](int sound) {
      const auto r = DestroyPerson(context(), service_.officer(),
                                   {destroyed, request, "reason " + std::to_string(sound)});
      return r.ok() ? Tell(OkStatus(), r->receipt.text, &r->position)
                    : Tell(r.status(), "", nullptr);
    });
  }
  void RecordInvitation() {
    const auto posting = service_.RegisterPosting();
    const auto cards = ListCards(context(), service_.company(), posting, 0, 10);
    ASSERT_OK(cards);
    ASSERT_FALSE(cards->cards.empty());
    InviteRequest request{service_.NextKey(),
                          posting,
                          cards->cards.front().card,
                          2,
                          {model::ItemKind::kName},
                          model::Purpose::kApplicationScreening,
                          "Kim Minji",
                          {}};
    const InviteRequest two = service_.Decided(request);
    request.how_many = 3;
    const InviteRequest three = service_.Decided(request);
    Record("invite", [this, two, three](int sound) {
      return Tell(InviteCandidates(context(), service_.company(), sound == 0 ? two : three));
    });
  }

  // Everything durable, in one number; and what left for the people.
  Hash256 EverythingThereIs() {
    RecordWriter all;
    for (storage::Store* store : {static_cast<storage::Store*>(&service_.data()),
                                  static_cast<storage::Store*>(&service_.tree())}) {
      for (const storage::KeyValue& item : ContentOf(*store)) all.Field(item.key).Field(item.value);
    }
    all.U64(service_.journal().acts().size());
    all.U64(service_.outbox().messages().size());
    return primitives::Sha256(all.bytes());
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  model::PostingId posting_;
  std::vector<Recorded> requests_;
  std::vector<std::function<ErrorCode()>> acts_;  // each under a key that was never used
};

TEST_F(T9Replay, AHundredThousandRequestsSentAgainHaveNoSecondEffect) {
  const std::uint64_t replays = RunLength("NOREN_REPLAYS", kReplays);
  ASSERT_OK(service_.Restart());  // a start settles what the cards of before showed, once
  const Hash256 before = EverythingThereIs();
  SeededRandom random(9);
  for (std::uint64_t i = 0; i < replays; ++i) {
    const Recorded& request = requests_[random.Below(requests_.size())];
    ASSERT_EQ(request.send(0), request.first) << request.name << " " << i;
    if (i != replays / 2) continue;
    ASSERT_OK(service_.Restart());
  }
  EXPECT_EQ(EverythingThereIs(), before);
}

TEST_F(T9Replay, AnotherBodyUnderTheSameKeyIsRefusedAndDoesNothing) {
  const Hash256 before = EverythingThereIs();
  for (const Recorded& request : requests_) {
    if (request.name == "collect_release") continue;  // leaves the entry of its refusal
    EXPECT_EQ(request.send(1).code, ErrorCode::kConflict) << request.name;
  }
  EXPECT_EQ(EverythingThereIs(), before);
  for (const Recorded& request : requests_) {
    if (request.name != "collect_release") continue;
    EXPECT_EQ(request.send(1).code, ErrorCode::kConflict);
  }
}

// The same signed statement under a key of its own is the same act: its nonce is used up.
TEST_F(T9Replay, AnActUnderANewKeyIsStaleOrItsPersonGone) {
  const Hash256 before = EverythingThereIs();
  for (const auto& send : acts_) {
    const ErrorCode code = send();
    EXPECT_TRUE(code == ErrorCode::kActStale || code == ErrorCode::kNotFound)
        << model::RowOf(code).name;
  }
  EXPECT_EQ(EverythingThereIs(), before);
}

// The answers are kept for 24 hours; an act has died long before.
TEST_F(T9Replay, AfterTheAnswersAreForgottenAnActIsTooOld) {
  service_.clock().AdvanceSeconds(3 * 86400);
  ASSERT_OK(service_.Restart());
  const Hash256 before = EverythingThereIs();
  for (const auto& send : acts_) EXPECT_EQ(send(), ErrorCode::kActStale);
  EXPECT_EQ(EverythingThereIs(), before);
}

}  // namespace
}  // namespace noren::operations
