// What the operator sends to people and whom it talks to: who may, what is refused, and that nobody
// is told twice or after they said no.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/contacts.h"

#include <gmock/gmock.h>

#include <set>

#include "engine/operations/announcements.h"
#include "engine/operations/continuation_answer.h"
#include "engine/operations/notice_changes.h"
#include "engine/operations/retention.h"
#include "engine/operations/subscriptions.h"
#include "tests/engine/operations/rights_fixture.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::CrashPoint;

constexpr std::int64_t kDay = 86400;
constexpr const char* kPurpose = "구인·구직 연결";  // of the example, of seekers
constexpr const char* kPurposeId = "matching";

// Four people, each with an address.
struct ContactScene : RightsScene {
  explicit ContactScene(std::string_view name = "gojobs", int count = 4)
      : RightsScene(name, count) {
    for (const auto& person : people)
      service.PutItem(*person, model::ItemKind::kEmail, ToBytes(AsBytes("invented@mail.example")));
  }
  AnnounceRequest Request() {
    AnnounceRequest request;
    request.idempotency_key = service.NextKey();
    request.purpose = kPurpose;
    request.text = "openings of the month";
    return request;
  }
  AnnouncementId Queue() {
    const auto queued = Announce(context(), service.officer(), Request());
    EXPECT_OK(queued);
    return queued.ok() ? queued->announcement : AnnouncementId();
  }
  AnnouncementRecord RunToEnd(const AnnouncementId& id) {
    StatusOr<AnnouncementRecord> run = RunAnnouncement(context(), service.officer(), id, 3);
    while (run.ok() && !run->done_at) run = RunAnnouncement(context(), service.officer(), id, 3);
    EXPECT_OK(run);
    return run.ok() ? *run : AnnouncementRecord();
  }
  // How often each person's portal was told.
  std::map<std::string, int> Told() {
    std::map<std::string, int> told;
    const auto page = ReadEvents(context(), service.portal(), 0, kMaxEventRows);
    EXPECT_OK(page);
    if (!page.ok()) return told;
    EXPECT_FALSE(page->more);
    for (const PositionedEvent& one : page->events)
      if (one.event.kind == EventKind::kContact) told[one.event.subject] += 1;
    return told;
  }
  StatusOr<ActResult> Unsubscribes(std::size_t i, const std::string& purpose) {
    const std::string statement =
        service.Prepare(*people[i], "unsubscribe", {{"purpose", purpose}});
    return Unsubscribe(context(), service.portal(), service.NextKey(), {statement, {}, ""});
  }
  StatusOr<ActResult> Answers(std::size_t i, const std::string& answer,
                              const std::string& confirms = "") {
    const std::string statement =
        service.Prepare(*people[i], "continue", {{"answer", answer}, {"confirms", confirms}});
    return AnswerContinuation(context(), service.portal(), service.NextKey(),
                              service.BySignature(*people[i], statement));
  }
  StatusOr<RecordedContact> Talks(std::size_t i, const std::string& purpose = kPurpose) {
    return RecordContact(context(), service.officer(), {service.NextKey(), Named(i), purpose, ""});
  }
  Status Closes(std::size_t i, const ContactId& contact, ContactMark mark) {
    return CloseContact(context(), service.officer(), {service.NextKey(), Named(i), contact, mark})
        .status();
  }
};

TEST(Contacts, AreOfOfficersAlone) {
  ContactScene scene;
  const AnnouncementId id = scene.Queue();
  const auto contact = scene.Talks(0);
  ASSERT_OK(contact);
  for (const Call& call : {scene.service.portal(), scene.service.company()}) {
    ServiceContext& context = scene.context();
    const std::string key = scene.service.NextKey();
    EXPECT_EQ(CodeOf(Announce(context, call, scene.Request()).status()), ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(RunAnnouncement(context, call, id, 1).status()), ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(ListAnnouncements(context, call).status()), ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(RecordContact(context, call, {key, scene.Named(0), kPurpose, ""}).status()),
              ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(CloseContact(context, call,
                                  {key, scene.Named(0), contact->contact, ContactMark::kNone})
                         .status()),
              ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(ListContacts(context, call, scene.Named(0)).status()), ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(DeclareNoticeChange(context, call, {key, {}, "nothing has changed"}).status()),
              ErrorCode::kNotAllowed);
  }
  EXPECT_EQ(CodeOf(ReadAnnouncement(scene.context(), scene.service.company(), id).status()),
            ErrorCode::kNotAllowed);
}

TEST(Contacts, RefuseGarbageWithItsField) {
  ContactScene scene;
  const auto refused = [&scene](auto change) {
    AnnounceRequest request = scene.Request();
    change(request);
    return CodeOf(Announce(scene.context(), scene.service.officer(), request).status());
  };
  const std::string long_text(kMaxAnnouncementTextBytes + 1, 'a');
  for (const std::string& text : {std::string(), long_text, std::string("\xff"),
                                  std::string("bell \x07"), std::string("delete \x7f")})
    EXPECT_EQ(refused([&](AnnounceRequest& r) { r.text = text; }), ErrorCode::kBadRequest);
  EXPECT_EQ(refused([](AnnounceRequest& r) { r.about.assign(kMaxAboutBytes + 1, 'a'); }),
            ErrorCode::kBadRequest);
  EXPECT_EQ(refused([](AnnounceRequest& r) { r.purpose = "something else"; }),
            ErrorCode::kPurposeUndeclared);
  EXPECT_EQ(refused([](AnnounceRequest& r) { r.purpose = "입사 지원"; }),
            ErrorCode::kPurposeUndeclared)
      << "it needs a consent of its own";
  EXPECT_EQ(refused([](AnnounceRequest& r) { r.subject = "company_contact"; }),
            ErrorCode::kPurposeUndeclared)
      << "of another kind of people";
  EXPECT_EQ(refused([](AnnounceRequest& r) { r.kind = AnnouncementKind::kProcessor; }),
            ErrorCode::kBadRequest)
      << "a processor has no purpose";
  EXPECT_EQ(refused([](AnnounceRequest& r) {
              r = {r.idempotency_key, AnnouncementKind::kProcessor, "", "", "nobody", "text"};
            }),
            ErrorCode::kProcessorUnregistered);
  const AnnouncementId id = scene.Queue();
  for (const std::size_t limit : {std::size_t{0}, kMaxPeoplePerRun + 1})
    EXPECT_EQ(CodeOf(RunAnnouncement(scene.context(), scene.service.officer(), id, limit).status()),
              ErrorCode::kBadRequest);
  const auto nothing = AnnouncementId::FromBytes(Bytes(16, 7)).value();
  EXPECT_EQ(CodeOf(RunAnnouncement(scene.context(), scene.service.officer(), nothing, 1).status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(ReadAnnouncement(scene.context(), scene.service.portal(), nothing).status()),
            ErrorCode::kNotFound);
}

TEST(Announcement, IsQueuedOnceForOneKey) {
  ContactScene scene;
  AnnounceRequest request = scene.Request();
  const auto first = Announce(scene.context(), scene.service.officer(), request);
  const auto again = Announce(scene.context(), scene.service.officer(), request);
  ASSERT_OK(first);
  ASSERT_OK(again);
  EXPECT_EQ(first->announcement, again->announcement);
  request.text = "something else";
  EXPECT_EQ(CodeOf(Announce(scene.context(), scene.service.officer(), request).status()),
            ErrorCode::kConflict);
  EXPECT_EQ(ListAnnouncements(scene.context(), scene.service.officer())->size(), 1u);
}

TEST(Announcement, PortalsReadItsTextAndNotWhomItLeftOut) {
  ContactScene scene;
  const AnnouncementId id = scene.Queue();
  ASSERT_OK(scene.Unsubscribes(2, kPurpose));
  EXPECT_EQ(scene.RunToEnd(id).told, 3u);
  const auto read = ReadAnnouncement(scene.context(), scene.service.portal(), id);
  ASSERT_OK(read);
  EXPECT_EQ(read->text, "openings of the month");
  EXPECT_EQ(read->told, 0u);
  EXPECT_TRUE(read->left_out.empty());
  EXPECT_EQ(read->queued_by, "");
  const auto own = ReadAnnouncement(scene.context(), scene.service.officer(), id);
  ASSERT_OK(own);
  EXPECT_THAT(own->left_out, ::testing::ElementsAre(::testing::Pair("unsubscribed", 1u)));
}

// An acknowledged act wins over what was queued, and half run, before it.
TEST(Announcement, WhoUnsubscribesWhileItRunsIsNotTold) {
  ContactScene scene;
  const AnnouncementId id = scene.Queue();
  const auto begun = RunAnnouncement(scene.context(), scene.service.officer(), id, 1);
  ASSERT_OK(begun);
  EXPECT_EQ(begun->told, 1u);
  const std::map<std::string, int> told = scene.Told();
  ASSERT_EQ(told.size(), 1u);
  std::size_t next = 0;
  while (told.contains(scene.people[next]->handle.ToString())) ++next;
  ASSERT_OK(scene.Unsubscribes(next, kPurposeId));
  const AnnouncementRecord done = scene.RunToEnd(id);
  EXPECT_EQ(done.told, 3u);
  EXPECT_FALSE(scene.Told().contains(scene.people[next]->handle.ToString()));
}

// The power fails at every write of a run: whoever was told is not told again by the next run, and
// everybody is told once in the end.
class AnnouncementPower : public ::testing::TestWithParam<CrashPoint::LastWrite> {};
TEST_P(AnnouncementPower, TellsEverybodyOnce) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    ContactScene scene("gojobs", 3);
    const AnnouncementId id = scene.Queue();
    scene.service.power().CrashAt(step, GetParam());
    const auto run = RunAnnouncement(scene.context(), scene.service.officer(), id, 10);
    const bool crashed = scene.service.power().is_down();
    EXPECT_NE(run.ok(), crashed);
    ASSERT_OK(scene.service.Restart());
    EXPECT_EQ(scene.RunToEnd(id).told, 3u);
    const std::map<std::string, int> told = scene.Told();
    EXPECT_EQ(told.size(), 3u);
    for (const auto& [handle, count] : told) EXPECT_EQ(count, 1);
    EXPECT_OK(scene.service.CheckLog());
    if (!crashed) {
      EXPECT_GT(step, 3u);
      return;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(LastWrite, AnnouncementPower,
                         ::testing::Values(CrashPoint::LastWrite::kLost,
                                           CrashPoint::LastWrite::kWritten),
                         [](const auto& one) {
                           return one.param == CrashPoint::LastWrite::kLost ? "Lost" : "Written";
                         });

TEST(Announcement, IsNotRunByAClockThatNobodyVouchesFor) {
  ContactScene scene;
  const AnnouncementId id = scene.Queue();
  scene.service.set_clock_confirmed(false);
  ASSERT_OK(scene.service.Restart());
  EXPECT_EQ(CodeOf(RunAnnouncement(scene.context(), scene.service.officer(), id, 1).status()),
            ErrorCode::kClockUntrusted);
  EXPECT_TRUE(scene.Told().empty());
}

TEST(Subscription, AnUnknownPurposeIsRefusedAndARepetitionChangesNothing) {
  ContactScene scene;
  EXPECT_EQ(CodeOf(scene.Unsubscribes(0, "something else").status()), ErrorCode::kBadRequest);
  ASSERT_OK(scene.Unsubscribes(0, kPurpose));
  ASSERT_OK(scene.Unsubscribes(0, kPurposeId));
  const auto contacts = ListContacts(scene.context(), scene.service.officer(), scene.Named(0));
  ASSERT_OK(contacts);
  EXPECT_THAT(contacts->unsubscribed, ::testing::ElementsAre(kPurpose));
  EXPECT_EQ(scene.RunToEnd(scene.Queue()).told, 3u);
}

TEST(Subscription, TheStatementOfAnotherPersonOrAnotherActIsRefused) {
  ContactScene scene;
  const std::string statement =
      scene.service.Prepare(*scene.people[0], "unsubscribe", {{"purpose", kPurpose}});
  EXPECT_EQ(CodeOf(Subscribe(scene.context(), scene.service.portal(), scene.service.NextKey(),
                             {statement, {}, ""})
                       .status()),
            ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(Unsubscribe(scene.context(), scene.service.portal("another-portal"),
                               scene.service.NextKey(), {statement, {}, ""})
                       .status()),
            ErrorCode::kNotFound);
  ASSERT_OK(Unsubscribe(scene.context(), scene.service.portal(), scene.service.NextKey(),
                        {statement, {}, ""}));
  EXPECT_EQ(CodeOf(Unsubscribe(scene.context(), scene.service.portal(), scene.service.NextKey(),
                               {statement, {}, ""})
                       .status()),
            ErrorCode::kActStale)
      << "the nonce is used up";
}

TEST(Contact, IsClosedOnceAndByItsOwnPersonOnly) {
  ContactScene scene;
  const auto contact = scene.Talks(0);
  ASSERT_OK(contact);
  EXPECT_EQ(CodeOf(scene.Closes(1, contact->contact, ContactMark::kChanged)), ErrorCode::kNotFound);
  ASSERT_OK(scene.Closes(0, contact->contact, ContactMark::kNone)) << "nothing asks for a word";
  EXPECT_EQ(CodeOf(scene.Closes(0, contact->contact, ContactMark::kChanged)),
            ErrorCode::kStateConflict);
  const AnnouncementId id = scene.Queue();
  scene.RunToEnd(id);
  const auto told = ContactId::FromBytes(id.bytes()).value();
  EXPECT_EQ(CodeOf(scene.Closes(0, told, ContactMark::kChanged)), ErrorCode::kStateConflict);
  EXPECT_EQ(CodeOf(scene.Talks(0, "something else").status()), ErrorCode::kPurposeUndeclared);
}

// Whoever asked to be erased is not talked to, and nothing of what was said outlives them.
TEST(Contact, GoesWithThePerson) {
  ContactScene scene;
  ASSERT_OK(scene.Talks(0));
  ASSERT_OK(scene.Unsubscribes(0, kPurpose));
  EXPECT_EQ(scene.CountKeys("contact/"), 1u);
  EXPECT_EQ(scene.CountKeys("unsubscribed/"), 1u);
  ASSERT_OK(scene.Destroy(scene.People({0})));
  EXPECT_EQ(scene.CountKeys("contact/"), 0u);
  EXPECT_EQ(scene.CountKeys("unsubscribed/"), 0u);
  EXPECT_EQ(CodeOf(scene.Talks(0).status()), ErrorCode::kNotFound);
  EXPECT_EQ(scene.RunToEnd(scene.Queue()).told, 3u);
}

// Asked whether they stay, in sapporo-ui.
struct AskedScene : ContactScene {
  AskedScene() : ContactScene("sapporo-ui", 4) {
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      EXPECT_OK(NoteRetention(context(), service.officer(), {service.NextKey(), Named(i), 2025}));
    }
    service.clock().AdvanceSeconds(420 * kDay);
    const auto run = RunRetention(context(), service.officer());
    EXPECT_OK(run);
    EXPECT_EQ(run.ok() ? run->notices : 0, 2u);
  }
};

TEST(Continuation, NobodyLeavesByAnAnswerWhereNobodyAsked) {
  ContactScene scene("sapporo-ui", 4);
  for (const char* const answer : {"stay", "leave"})
    EXPECT_EQ(CodeOf(scene.Answers(0, answer).status()), ErrorCode::kStateConflict);
}

TEST(Continuation, LeavingWaitsADayForItsSecondWord) {
  AskedScene scene;
  const auto first = scene.Answers(0, "leave");
  ASSERT_OK(first);
  EXPECT_EQ(CodeOf(scene.Answers(1, "leave", first->result).status()), ErrorCode::kStateConflict)
      << "the word of another";
  EXPECT_EQ(CodeOf(scene.Answers(0, "leave", "contact-00").status()), ErrorCode::kBadRequest);
  scene.service.clock().AdvanceSeconds(kLeavingLifeSeconds + 1);
  EXPECT_EQ(CodeOf(scene.Answers(0, "leave", first->result).status()), ErrorCode::kStateConflict);
  const auto anew = scene.Answers(0, "leave");
  ASSERT_OK(anew);
  const auto left = scene.Answers(0, "leave", anew->result);
  ASSERT_OK(left);
  EXPECT_TRUE(model::RequestId::Parse(left->result).ok());
  EXPECT_EQ(CodeOf(scene.Answers(0, "leave", anew->result).status()), ErrorCode::kPolicyForbids);
  EXPECT_EQ(CodeOf(scene.Answers(0, "stay").status()), ErrorCode::kPolicyForbids);
  EXPECT_OK(scene.Answers(1, "stay"));
}

TEST(NoticeChange, IsDeclaredWhereSomebodyHasToConfirm) {
  ContactScene scene;
  EXPECT_EQ(CodeOf(DeclareNoticeChange(scene.context(), scene.service.officer(),
                                       {scene.service.NextKey(), {}, "nothing has changed"})
                       .status()),
            ErrorCode::kStateConflict);
  EXPECT_EQ(CodeOf(DeclareNoticeChange(scene.context(), scene.service.officer(),
                                       {scene.service.NextKey(), {}, "a\nb"})
                       .status()),
            ErrorCode::kReasonRequired);
}

}  // namespace
}  // namespace noren::operations
