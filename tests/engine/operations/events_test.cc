// The feed of events: what is in it for whom, and that nothing in it is lost, doubled or too much.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/events.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/operations/deadlines.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/operations/after_release_fixture.h"
#include "tests/support/folders.h"
#include "tests/support/vector_file.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class EventFeed : public AfterRelease {
 protected:
  Status Acknowledge(const Call& call, std::uint64_t position) {
    return AcknowledgeEvents(context(), call, service_.NextKey(), position).status();
  }
};

TEST_F(EventFeed, TellsThePortalOfInvitationsAndAnswersAndTheCompanyOfAYes) {
  EXPECT_THAT(Kinds(service_.portal()),
              ElementsAre("invitation", "invitation", "invitation", "invitation"));
  EXPECT_THAT(Kinds(service_.company()), IsEmpty());
  const TestApplication application = Apply(0);
  const auto to_portal = EventsOf(service_.portal());
  ASSERT_EQ(to_portal.size(), 5u);
  EXPECT_EQ(to_portal[4].event.subject, people_[0]->handle.ToString());
  EXPECT_EQ(to_portal[4].event.object, application.consent.ToString());
  EXPECT_EQ(to_portal[4].event.detail, "granted");
  const auto to_company = EventsOf(service_.company());
  ASSERT_EQ(to_company.size(), 1u);
  EXPECT_EQ(to_company[0].event.kind, EventKind::kAnswer);
  EXPECT_EQ(to_company[0].event.subject, application.candidate.ToString());
  EXPECT_EQ(to_company[0].event.posting, posting_);
  EXPECT_EQ(to_company[0].event.object, "");
}

TEST_F(EventFeed, TellsTheCompanyNothingOfANo) {
  const auto record = ReadOwnRecord(context(), service_.portal(), ReadAct(2));
  ASSERT_OK(record);
  const std::string statement =
      service_.Prepare(*people_[2], "answer",
                       {{"invitation", record->invitations.at(0).invitation.invitation.ToString()},
                        {"decision", "refuse"}});
  ASSERT_OK(AnswerInvitation(context(), service_.portal(), service_.NextKey(),
                             service_.Prove(*people_[2], statement)));
  EXPECT_THAT(Kinds(service_.company()), IsEmpty());
  EXPECT_EQ(Kinds(service_.portal()).back(), "answer:refused");
}

TEST_F(EventFeed, TellsOfWithdrawalCorrectionAndDestruction) {
  const TestApplication first = Apply(0);
  const TestApplication second = Apply(1);
  ASSERT_OK(Collect(first));
  service_.PutItem(*people_[0], model::ItemKind::kResume, SomeBytes(50, 100));
  service_.PutItem(*people_[0], model::ItemKind::kPhone, SomeBytes(51, 10));  // not asked for
  ASSERT_OK(service_.WithdrawConsent(first));
  const auto request = service_.AskForErasure(*people_[1]);
  ASSERT_OK(DestroyPerson(context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  EXPECT_THAT(
      Kinds(service_.company()),
      ElementsAre("answer:granted", "answer:granted", "correction:resume", "withdrawal:withdrawal",
                  "duty:withdrawal", "withdrawal:erasure", "duty:erasure"));
  const auto to_company = EventsOf(service_.company());
  EXPECT_EQ(to_company[2].event.subject, first.candidate.ToString());
  EXPECT_EQ(to_company[5].event.subject, second.candidate.ToString());
  const auto duties = Duties(service_.company());
  ASSERT_EQ(duties.size(), 2u);
  const std::set<std::string> named = {duties[0].duty.ToString(), duties[1].duty.ToString()};
  EXPECT_TRUE(named.contains(to_company[4].event.object));
  EXPECT_TRUE(named.contains(to_company[6].event.object));
  EXPECT_EQ(Kinds(service_.portal()).back(), "withdrawal");
}

TEST_F(EventFeed, TellsOfAChangedProfileAndNotOfTheSameOne) {
  Apply(0);
  const auto update = [&](int number) {
    return RegisterSeeker(context(), service_.portal(),
                          {service_.NextKey(), people_[0]->ref, SomeProfile(number), std::nullopt,
                           people_[0]->contact, "en"})
        .status();
  };
  EXPECT_OK(update(0));
  EXPECT_OK(update(0));
  const auto before = Kinds(service_.company()).size();
  EXPECT_OK(update(3));
  EXPECT_EQ(Kinds(service_.company()).size(), before + 1);
  EXPECT_EQ(Kinds(service_.company()).back(), "correction:profile");
}

TEST_F(EventFeed, TellsOfWhatExpiresOnceItHas) {
  const TestApplication application = Apply(0);
  ASSERT_OK(Collect(application));
  service_.clock().AdvanceSeconds(context().policy.consent.answer_days * kDay - 1);
  EXPECT_EQ(Kinds(service_.portal()).size(), 5u);
  service_.clock().AdvanceSeconds(1);
  const auto portal = Kinds(service_.portal());
  ASSERT_EQ(portal.size(), 8u);  // three have not answered
  EXPECT_EQ(portal[5], "expiry:invitation");
  EXPECT_EQ(portal[7], "expiry:invitation");
  PassDays(90);
  EXPECT_EQ(Kinds(service_.portal()).back(), "expiry:consent");
  EXPECT_THAT(Kinds(service_.company()),
              ElementsAre("answer:granted", "expiry:consent", "duty:access_expired"));
  // Once, whoever asks and however often.
  ASSERT_OK(PassDeadlines(context()));
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(Kinds(service_.company()).size(), 3u);
  EXPECT_EQ(Kinds(service_.portal()).size(), 9u);
}

TEST_F(EventFeed, IsReadInPagesAndResumedByPosition) {
  Apply(0);
  Apply(1);
  std::vector<std::uint64_t> positions;
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    const auto page = ReadEvents(context(), service_.portal(), after, 2);
    ASSERT_OK(page);
    EXPECT_LE(page->events.size(), 2u);
    for (const auto& one : page->events) positions.push_back(one.position);
    if (!positions.empty()) after = positions.back();
    more = page->more;
  }
  EXPECT_EQ(positions.size(), 6u);
  EXPECT_TRUE(std::is_sorted(positions.begin(), positions.end()));
  EXPECT_EQ(std::set(positions.begin(), positions.end()).size(), positions.size());
  for (const std::int32_t limit : {0, -1, 201}) {
    EXPECT_EQ(CodeOf(ReadEvents(context(), service_.portal(), 0, limit).status()),
              ErrorCode::kBadRequest);
  }
}

TEST_F(EventFeed, GivesAnEventAgainUntilItIsAcknowledgedAndNeverAfter) {
  Apply(0);
  const auto first = EventsOf(service_.portal());
  EXPECT_EQ(EventsOf(service_.portal()).size(), first.size());
  ASSERT_OK(Acknowledge(service_.portal(), first[1].position));
  const auto rest = EventsOf(service_.portal());
  ASSERT_EQ(rest.size(), first.size() - 2);
  EXPECT_EQ(rest[0].position, first[2].position);
  const auto page = ReadEvents(context(), service_.portal(), 0, 200);
  ASSERT_OK(page);
  EXPECT_EQ(page->acknowledged, first[1].position);
  // An older acknowledgement that comes late brings nothing back.
  ASSERT_OK(Acknowledge(service_.portal(), first[0].position));
  EXPECT_EQ(EventsOf(service_.portal()).size(), rest.size());
  // What is acknowledged is not kept.
  const auto stored = ContentOf(service_.data());
  const std::string prefix = keyspaces::EventPrefix(service_.portal().principal);
  const auto kept = std::count_if(stored.begin(), stored.end(),
                                  [&](const auto& item) { return item.key.starts_with(prefix); });
  EXPECT_EQ(static_cast<std::size_t>(kept), rest.size());
}

TEST_F(EventFeed, RefusesToAcknowledgeWhatCannotHaveBeen) {
  EXPECT_EQ(CodeOf(Acknowledge(service_.portal(), 0)), ErrorCode::kOutOfRange);
  EXPECT_EQ(CodeOf(Acknowledge(service_.portal(), std::uint64_t{1} << 50)), ErrorCode::kOutOfRange);
  EXPECT_EQ(CodeOf(Acknowledge(service_.officer(), 1)), ErrorCode::kNotAllowed);
  EXPECT_EQ(CodeOf(ReadEvents(context(), service_.officer(), 0, 10).status()),
            ErrorCode::kNotAllowed);
}

TEST_F(EventFeed, IsThereAfterARestart) {
  Apply(0);
  const auto before = EventsOf(service_.portal());
  ASSERT_OK(Acknowledge(service_.portal(), before[0].position));
  ASSERT_OK(service_.Restart());
  const auto after = EventsOf(service_.portal());
  ASSERT_EQ(after.size(), before.size() - 1);
  EXPECT_EQ(after[0].position, before[1].position);
}

TEST_F(EventFeed, GoesOnBehindWhatARestoreLostAndTellsWithdrawalsAgain) {
  const TestApplication application = Apply(0);
  const auto backup = CopyOf(service_.data());
  ASSERT_OK(service_.WithdrawConsent(application));
  const auto company_before = EventsOf(service_.company());
  ASSERT_EQ(company_before.size(), 3u);
  const std::uint64_t seen = company_before.back().position;
  ASSERT_OK(Acknowledge(service_.company(), seen));

  service_.Stop();
  service_.ReplaceData(*backup);
  HeldAnchor held(service_.anchor());
  service_.set_held_anchor(&held);
  ASSERT_OK(service_.Start());
  const auto anchored = service_.anchor().Load();
  ASSERT_OK(anchored);
  ASSERT_OK(ReapplyAfterRestore(context(), *anchored, service_.journal()));
  ASSERT_OK(held.Release());
  service_.set_held_anchor(nullptr);
  ASSERT_OK(service_.Restart());

  // Whoever goes on from the last position seen hears of the withdrawal again, under a new one.
  EXPECT_THAT(Kinds(service_.company(), seen),
              ElementsAre("withdrawal:withdrawal", "duty:withdrawal"));
  for (const auto& one : EventsOf(service_.company(), seen)) EXPECT_GT(one.position, seen);
  EXPECT_EQ(Duties(service_.company()).size(), 1u);
}

TEST_F(EventFeed, NamesNobodyButByWhatTheRecipientHas) {
  const TestApplication application = Apply(0);
  ASSERT_OK(Collect(application));
  ASSERT_OK(service_.WithdrawConsent(application));
  std::set<std::string> handles;
  for (const auto& person : people_) handles.insert(person->handle.ToString());
  for (const auto& one : EventsOf(service_.portal()))
    EXPECT_TRUE(handles.contains(one.event.subject)) << one.event.subject;
  for (const auto& one : EventsOf(service_.company())) {
    EXPECT_EQ(one.event.subject, application.candidate.ToString());
    EXPECT_FALSE(one.event.object.starts_with("consent-"));
    EXPECT_FALSE(one.event.object.starts_with("invitation-"));
  }
  EXPECT_THAT(EventsOf(service_.portal("second-portal")), IsEmpty());
  EXPECT_THAT(EventsOf(service_.company("seoul-baking")), IsEmpty());
}

// The power fails at every write of a withdrawal: the event is there exactly when the withdrawal
// is.
TEST_F(EventFeed, IsWrittenWithWhatItTellsOrNotAtAll) {
  const TestApplication application = Apply(0);
  for (std::uint64_t write = 0; write < 12; ++write) {
    service_.power().CrashAt(write, storage::CrashPoint::LastWrite::kLost);
    const Status done = service_.WithdrawConsent(application);
    service_.Stop();
    service_.power().PowerOn();
    ASSERT_OK(service_.Start());
    const auto kinds = Kinds(service_.company());
    const bool told = std::count(kinds.begin(), kinds.end(), "duty:withdrawal") == 1;
    const bool refused = CodeOf(Collect(application, "order-" + std::to_string(write)).status()) ==
                         ErrorCode::kConsentWithdrawn;
    EXPECT_EQ(told, refused) << write;
    if (done.ok()) {
      EXPECT_TRUE(told);
      return;
    }
  }
  FAIL() << "the withdrawal never came through";
}

// The feed beside a list that only grows, under random changes, readings, acknowledgements and
// restarts.
class FeedBesideAList {
 public:
  explicit FeedBesideAList(std::uint64_t seed) : service_(seed), random_(seed + 1000) {}

  void Step() {
    switch (Below(8)) {
      case 0:
        ASSERT_OK(service_.Restart());
        return;
      case 1:
      case 2:
        return Acknowledge(Below(2));
      case 3:
      case 4:
        return Read(Below(2));
      default:
        return Emit();
    }
  }
  void ReadAll() {
    for (const std::size_t who : {0U, 1U}) Read(who);
  }

 private:
  struct Feed {
    std::vector<PositionedEvent> all;  // as they were first read, in order
    std::vector<std::string> emitted;
    std::uint64_t mark = 0;
  };
  std::size_t Below(std::size_t end) {
    Bytes byte(1);
    random_.Fill(byte);
    return byte[0] % end;
  }
  Call Caller(std::size_t who) { return who == 0 ? service_.portal() : service_.company(); }
  void Emit() {
    std::vector<AddressedEvent> events;
    for (std::size_t i = Below(6); i > 0; --i) {
      const std::size_t who = Below(2);
      Event event;
      event.detail = std::to_string(++count_);
      feeds_[who].emitted.push_back(event.detail);
      events.push_back({Caller(who).principal, std::move(event)});
    }
    // In two portions, as operations add them.
    const auto half = events.begin() + static_cast<std::ptrdiff_t>(events.size() / 2);
    ASSERT_OK(Record(service_.context(), [&]() -> StatusOr<Attempt> {
      Attempt attempt;
      attempt.change.entry.operation = audit::Operation::kPassDeadline;
      attempt.change.entry.principal = kServiceItself;
      AddEvents(service_.context(), attempt.change, {events.begin(), half});
      AddEvents(service_.context(), attempt.change, {half, events.end()});
      return attempt;
    }));
  }
  // Catches up with what the feed knows, then compares one page of a random place.
  void Read(std::size_t who) {
    Feed& feed = feeds_[who];
    for (bool more = true; more;) {
      const std::uint64_t after = feed.all.empty() ? 0 : feed.all.back().position;
      const auto page = ReadEvents(service_.context(), Caller(who), after, 3);
      ASSERT_OK(page);
      feed.all.insert(feed.all.end(), page->events.begin(), page->events.end());
      more = page->more;
    }
    ASSERT_EQ(feed.all.size(), feed.emitted.size());
    for (std::size_t i = 0; i < feed.all.size(); ++i)
      ASSERT_EQ(feed.all[i].event.detail, feed.emitted[i]);
    const std::uint64_t after = feed.all.empty() ? 0 : feed.all[Below(feed.all.size())].position;
    const auto limit = static_cast<std::int32_t>(1 + Below(10));
    const auto page = ReadEvents(service_.context(), Caller(who), after, limit);
    ASSERT_OK(page);
    std::vector<std::string> expected;
    for (const PositionedEvent& one : feed.all) {
      if (one.position > std::max(after, feed.mark)) expected.push_back(one.event.detail);
    }
    EXPECT_EQ(page->more, expected.size() > static_cast<std::size_t>(limit));
    expected.resize(std::min(expected.size(), static_cast<std::size_t>(limit)));
    ASSERT_EQ(page->events.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_EQ(page->events[i].event.detail, expected[i]);
  }
  void Acknowledge(std::size_t who) {
    Read(who);
    Feed& feed = feeds_[who];
    if (feed.all.empty()) return;
    const std::uint64_t position = feed.all[Below(feed.all.size())].position;
    ASSERT_OK(AcknowledgeEvents(service_.context(), Caller(who), service_.NextKey(), position));
    feed.mark = std::max(feed.mark, position);
  }

  TestService service_;
  SeededRandom random_;
  Feed feeds_[2];
  int count_ = 0;
};

TEST(EventFeedModel, GivesWhatAListThatOnlyGrowsWould) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    FeedBesideAList model(seed);
    for (int step = 0; step < 60 && !::testing::Test::HasFatalFailure(); ++step) model.Step();
    model.ReadAll();
  }
}

TEST(EventCodec, ReadsAndWritesItsGoldenFile) {
  Event event;
  event.kind = EventKind::kDuty;
  event.at = {1767571200};
  event.subject = "candidate-81818181818181818181818181818181";
  event.posting = *model::PostingId::FromBytes(Bytes(16, 0x33));
  event.object = "duty-41414141414141414141414141414141";
  event.detail = "access_expired";
  std::string golden(AsText(ReadFileBytes(SourceFolder() + "/tests/golden/event_v1.hex")));
  while (golden.ends_with('\n')) golden.pop_back();
  EXPECT_EQ(HexEncode(EncodeEvent(event)), golden);
  const auto bytes = HexDecode(golden);
  ASSERT_OK(bytes);
  const auto read = DecodeEvent(*bytes);
  ASSERT_OK(read);
  EXPECT_EQ(EncodeEvent(*read), *bytes);
  for (std::size_t size = 0; size < bytes->size(); ++size) {
    EXPECT_EQ(CodeOf(DecodeEvent(ByteSpan(*bytes).first(size)).status()), ErrorCode::kDataCorrupt);
  }
}

}  // namespace
}  // namespace noren::operations
