// The service "contact" as an officer's client sees it, and what portals and people read of it.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "server/services/contact_service.h"
#include "server/services/person_service.h"
#include "server/services/portal_service.h"
#include "tests/server/services/calls_fixture.h"

namespace noren::server {
namespace {

class ContactCalls : public ::testing::Test {
 protected:
  ContactCalls() {
    fixture_.parts().operations.time.Trust();
    wire::RegisterSeekerRequest request;
    request.idempotency = NextKey();
    request.ref = "a";
    request.profile.occupations = {"ISCO-5322"};
    request.profile.regions = {"KR-11440"};
    request.contact = "a@mail.example";
    request.language = "ko";
    wire::RegisterSeekerAnswer answer;
    portal_->register_seeker(answer, request);
    handle_ = answer.handle;
  }
  wire::Announce Asked() const {
    wire::Announce request;
    request.idempotency = NextKey();
    request.kind = "purpose";
    request.purpose = "matching";
    request.text = "openings of the month";
    return request;
  }
  wire::Announcement RunOne() {
    wire::QueuedAnnouncement queued;
    officer_->announce(queued, Asked());
    EXPECT_GT(queued.audit.sequence, 0);
    wire::Announcement run;
    officer_->run_announcement(run, queued.announcement, 10);
    return run;
  }
  wire::PersonAct Stated(const std::string& act, const std::map<std::string, std::string>& fields) {
    wire::PersonAct carried;
    person_->prepare_act(carried.statement, act, handle_, fields);
    return carried;
  }

  ServiceFixture fixture_;
  Connection<PortalService> portal_{fixture_.parts(), {model::Role::kPortal, "first-portal"}};
  Connection<PersonService> person_{fixture_.parts(), {model::Role::kPortal, "first-portal"}};
  Connection<ContactService> officer_{fixture_.parts(), {model::Role::kOfficer, "privacy"}};
  std::string handle_;
};

TEST_F(ContactCalls, AnAnnouncementSaysWhoWasLeftOutToOfficersAlone) {
  const wire::Announcement run = RunOne();
  EXPECT_GT(run.done_at, 0);
  EXPECT_EQ(run.told, 0);
  ASSERT_EQ(run.left_out.size(), 1u);
  EXPECT_THAT(run.left_out.begin()->first, testing::StartsWith("missing:"));
  wire::AnnouncementPage page;
  officer_->list_announcements(page, {});
  ASSERT_EQ(page.announcements.size(), 1u);
  EXPECT_EQ(page.announcements[0].left_out, run.left_out);
  wire::Announcement read;
  portal_->read_announcement(read, run.announcement);
  EXPECT_EQ(read.text, "openings of the month");
  EXPECT_TRUE(read.left_out.empty());
}

TEST_F(ContactCalls, WhoUnsubscribesReadsItAndIsCountedSo) {
  wire::ActAnswer answer;
  person_->unsubscribe(answer, NextKey(), Stated("unsubscribe", {{"purpose", "matching"}}));
  EXPECT_EQ(answer.result, "matching");
  EXPECT_EQ(answer.proof, "portal-asserted");
  EXPECT_THAT(RunOne().left_out, testing::ElementsAre(testing::Pair("unsubscribed", 1)));
  wire::PersonContacts contacts;
  officer_->list_contacts(contacts, "first-portal/" + handle_);
  EXPECT_EQ(contacts.unsubscribed.size(), 1u);
  EXPECT_EQ(CodeOf([&] {
              person_->answer_continuation(answer, NextKey(),
                                           Stated("continue", {{"answer", "perhaps"}}));
            }),
            "BAD_REQUEST");
}

TEST_F(ContactCalls, ATalkIsOpenedAndClosed) {
  wire::RecordContact request;
  request.idempotency = NextKey();
  request.person = "first-portal/" + handle_;
  request.purpose = "matching";
  wire::RecordedContact recorded;
  officer_->record_contact(recorded, request);
  wire::CloseContact close;
  close.idempotency = NextKey();
  close.person = request.person;
  close.contact = recorded.contact;
  close.mark = "unchanged";
  wire::AuditPosition position;
  officer_->close_contact(position, close);
  wire::PersonContacts contacts;
  officer_->list_contacts(contacts, request.person);
  ASSERT_EQ(contacts.contacts.size(), 1u);
  EXPECT_EQ(contacts.contacts[0].contact, recorded.contact);
  EXPECT_EQ(contacts.contacts[0].mark, "unchanged");
  EXPECT_GT(contacts.contacts[0].closed_at, 0);
  EXPECT_NE(contacts.last_confirmed, "");
}

TEST_F(ContactCalls, WhatIsMalformedIsRefused) {
  wire::QueuedAnnouncement queued;
  wire::Announce announce = Asked();
  announce.kind = "everything";
  EXPECT_EQ(CodeOf([&] { officer_->announce(queued, announce); }), "BAD_REQUEST");
  announce = Asked();
  announce.purpose = "something else";
  EXPECT_EQ(CodeOf([&] { officer_->announce(queued, announce); }), "E_PURPOSE");
  wire::Announcement run;
  officer_->announce(queued, Asked());
  for (const std::int32_t limit : {-1, 0, 1001})
    EXPECT_EQ(CodeOf([&] { officer_->run_announcement(run, queued.announcement, limit); }),
              "BAD_REQUEST");
  EXPECT_EQ(CodeOf([&] { officer_->run_announcement(run, "announcement-1", 1); }), "BAD_REQUEST");
  wire::CloseContact close;
  close.idempotency = NextKey();
  close.person = "first-portal/" + handle_;
  close.contact = "contact-" + std::string(32, '7');
  close.mark = "perhaps";
  wire::AuditPosition position;
  EXPECT_EQ(CodeOf([&] { officer_->close_contact(position, close); }), "BAD_REQUEST");
  close.mark = "changed";
  EXPECT_EQ(CodeOf([&] { officer_->close_contact(position, close); }), "NOT_FOUND");
  wire::DeclareNoticeChange change;
  change.idempotency = NextKey();
  change.notice_sha256 = "short";
  change.reason = "nothing has changed";
  EXPECT_EQ(CodeOf([&] { officer_->declare_notice_change(position, change); }), "BAD_REQUEST");
}

}  // namespace
}  // namespace noren::server
