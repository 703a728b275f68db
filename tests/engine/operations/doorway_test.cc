// The whole way of one run: registration to an item opened by the company, and back.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/agefile/agefile.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/officer_views.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "engine/operations/withdrawals.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::ItemKind;

constexpr std::size_t kResumeBytes = 150'000;  // three chunks of ciphertext

// Seven people who look alike, discoverable, with a resume each; one posting, one company key.
class Doorway : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 7; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/i % 2 == 1));
      resumes_.push_back(SomeBytes(static_cast<std::uint64_t>(100 + i), kResumeBytes));
      items_.push_back(service_.PutItem(*people_.back(), ItemKind::kResume, resumes_.back()));
      service_.BecomeDiscoverable(*people_.back());
    }
    posting_ = service_.RegisterPosting();
    identity_.emplace(service_.AddKey());
  }
  ServiceContext& context() { return service_.context(); }

  StatusOr<CollectedRelease> Collect(const TestApplication& application, const std::string& order) {
    return CollectRelease(context(), service_.company(),
                          {service_.NextKey(), application.candidate, order, "first interview"});
  }
  StatusOr<Bytes> ReadWhole(const CollectedRelease& release,
                            const personal_data::ReleasedItem& item) {
    Bytes payload;
    for (;;) {
      NOREN_ASSIGN_OR_RETURN(const Bytes piece,
                             ReadPayload(context(), service_.company(), release.record.release,
                                         item.item, payload.size()));
      if (piece.empty()) return payload;
      EXPECT_LE(piece.size(), kMaxPayloadChunkBytes);
      payload.insert(payload.end(), piece.begin(), piece.end());
    }
  }
  TestApplication Apply(std::size_t who) {
    service_.InviteAll(posting_);
    return service_.Grant(*people_[who], posting_);
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  std::vector<Bytes> resumes_;
  std::vector<model::ItemId> items_;
  model::PostingId posting_;
  std::optional<agefile::Identity> identity_;
};

TEST_F(Doorway, RanksBothWays) {
  const auto candidates = RankCandidates(context(), service_.portal(), posting_, 3);
  ASSERT_OK(candidates);
  EXPECT_EQ(candidates->best.size(), 3u);
  EXPECT_EQ(candidates->considered, 7u);
  EXPECT_GE(candidates->best[0].score.score, candidates->best[1].score.score);
  const auto postings = RankPostings(context(), service_.portal(), people_[0]->handle, 10);
  ASSERT_OK(postings);
  ASSERT_EQ(postings->best.size(), 1u);
  EXPECT_EQ(postings->best[0].posting, posting_);
}

TEST_F(Doorway, ShowsCardsOfAtLeastKAndNobody) {
  const auto page = ListCards(context(), service_.company(), posting_, 0, 100);
  ASSERT_OK(page);
  ASSERT_FALSE(page->cards.empty());
  for (const CardView& card : page->cards) {
    EXPECT_EQ(card.qualifying, "at least 3");
    EXPECT_EQ(card.class_row.at("occupation").substr(0, 5), "ISCO-");
  }
  const auto applicants = ListApplicants(context(), service_.company(), posting_);
  ASSERT_OK(applicants);
  EXPECT_TRUE(applicants->empty());
}

TEST_F(Doorway, InvitesWithoutTellingTheCompanyWhom) {
  service_.InviteAll(posting_);
  const auto sent = service_.outbox().messages();
  EXPECT_EQ(std::count_if(
                sent.begin(), sent.end(),
                [](const auto& m) { return m.kind == personal_data::MessageKind::kInvitation; }),
            7);
  const auto applicants = ListApplicants(context(), service_.company(), posting_);
  ASSERT_OK(applicants);
  EXPECT_TRUE(applicants->empty());
}

TEST_F(Doorway, TheItemOpensWithTheCompanysIdentityAndIsWhatWasHandedIn) {
  for (const std::size_t who : {std::size_t{0}, std::size_t{1}}) {  // by code and by signature
    const TestApplication application = Apply(who);
    const auto release = Collect(application, "order-1");
    ASSERT_OK(release);
    ASSERT_EQ(release->record.items.size(), 1u);
    const personal_data::ReleasedItem& item = release->record.items[0];
    EXPECT_EQ(item.item, items_[who]);
    const auto payload = ReadWhole(*release, item);
    ASSERT_OK(payload);
    Bytes file = item.header;
    file.insert(file.end(), payload->begin(), payload->end());
    const auto plaintext = agefile::DecryptFile(file, *identity_);
    ASSERT_OK(plaintext);
    EXPECT_TRUE(*plaintext == resumes_[who]);
    const auto key = personal_data::ReceiptVerifyingKey(service_.keys());
    ASSERT_OK(key);
    EXPECT_OK(
        personal_data::VerifyManifest(release->record.manifest, release->record.signature, *key));
  }
}

TEST_F(Doorway, AnotherIdentityDoesNotOpenTheItem) {
  const auto release = Collect(Apply(0), "order-1");
  ASSERT_OK(release);
  const auto payload = ReadWhole(*release, release->record.items[0]);
  ASSERT_OK(payload);
  Bytes file = release->record.items[0].header;
  file.insert(file.end(), payload->begin(), payload->end());
  const agefile::Identity stranger = agefile::Identity::Generate(service_.random());
  EXPECT_THAT(agefile::DecryptFile(file, stranger), StatusIs(StatusCode::kNotFound));
}

TEST_F(Doorway, TheSameOrderGivesTheSameRelease) {
  const TestApplication application = Apply(0);
  const auto first = Collect(application, "order-1");
  const auto again = Collect(application, "order-1");
  const auto other = Collect(application, "order-2");
  ASSERT_OK(first);
  ASSERT_OK(again);
  ASSERT_OK(other);
  EXPECT_EQ(again->record, first->record);
  EXPECT_NE(other->record.release, first->record.release);
}

TEST_F(Doorway, ListsTheApplicantUnderItsReference) {
  const TestApplication application = Apply(2);
  const auto applicants = ListApplicants(context(), service_.company(), posting_);
  ASSERT_OK(applicants);
  ASSERT_EQ(applicants->size(), 1u);
  EXPECT_EQ(applicants->front().candidate, application.candidate);
  EXPECT_EQ(applicants->front().state, personal_data::ConsentState::kGranted);
  EXPECT_GT(applicants->front().expires_at, applicants->front().granted_at);
}

TEST_F(Doorway, ThePersonReadsWhoReadWhat) {
  const TestApplication application = Apply(1);
  const auto release = Collect(application, "order-1");
  ASSERT_OK(release);
  ASSERT_OK(ReadWhole(*release, release->record.items[0]));
  const auto record =
      ReadOwnRecord(context(), service_.portal(),
                    service_.Prove(*people_[1], service_.Prepare(*people_[1], "read")));
  ASSERT_OK(record);
  EXPECT_TRUE(record->discoverable);
  EXPECT_EQ(record->class_size_at_least, 3u);
  std::vector<std::string> what;
  for (const personal_data::Disclosure& disclosure : record->disclosures) {
    what.push_back(disclosure.what);
    EXPECT_EQ(disclosure.who, "company:hangang-care");
    EXPECT_GT(disclosure.audit_sequence, 0u);
  }
  EXPECT_EQ(what, (std::vector<std::string>{"collect_release", "read_released_item"}));
  ASSERT_EQ(record->invitations.size(), 1u);
  EXPECT_EQ(record->invitations[0].state, personal_data::ConsentState::kGranted);
  EXPECT_EQ(record->invitations[0].posting_title, "Care worker");
}

TEST_F(Doorway, NothingIsHandedOverAfterWithdrawal) {
  const TestApplication application = Apply(0);
  const auto release = Collect(application, "order-1");
  ASSERT_OK(release);
  ASSERT_OK(service_.WithdrawConsent(application));
  EXPECT_EQ(CodeOf(Collect(application, "order-1").status()), ErrorCode::kConsentWithdrawn);
  EXPECT_EQ(CodeOf(Collect(application, "order-2").status()), ErrorCode::kConsentWithdrawn);
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{65536}}) {
    EXPECT_EQ(CodeOf(ReadPayload(context(), service_.company(), release->record.release,
                                 release->record.items[0].item, offset)
                         .status()),
              ErrorCode::kConsentWithdrawn);
  }
}

TEST_F(Doorway, ARepeatedCollectIsJudgedAgainAfterWithdrawal) {
  const TestApplication application = Apply(0);
  const CollectRequest request{service_.NextKey(), application.candidate, "order-1",
                               "first interview"};
  ASSERT_OK(CollectRelease(context(), service_.company(), request));
  ASSERT_OK(service_.WithdrawConsent(application));
  EXPECT_EQ(CodeOf(CollectRelease(context(), service_.company(), request).status()),
            ErrorCode::kConsentWithdrawn);
}

TEST_F(Doorway, TellsTheCompanyOfTheWithdrawalUntilItAcknowledges) {
  const TestApplication application = Apply(0);
  ASSERT_OK(Collect(application, "order-1"));
  ASSERT_OK(service_.WithdrawConsent(application));
  const auto told = ListWithdrawals(context(), service_.company());
  ASSERT_OK(told);
  ASSERT_EQ(told->size(), 1u);
  EXPECT_EQ(told->front().candidate, application.candidate);
  EXPECT_TRUE(told->front().destroy_copies);
  EXPECT_EQ(told->front().acknowledged_at.value, 0);
  ASSERT_OK(AcknowledgeWithdrawal(context(), service_.company(), service_.NextKey(),
                                  application.candidate));
  const auto after = ListWithdrawals(context(), service_.company());
  ASSERT_OK(after);
  ASSERT_EQ(after->size(), 1u);
  EXPECT_GT(after->front().acknowledged_at.value, 0);
}

TEST_F(Doorway, WithdrawalEncryptsTheReleasedItemAnew) {
  const TestApplication application = Apply(0);
  const auto release = Collect(application, "order-1");
  ASSERT_OK(release);
  const auto before = LoadPersonByHandle(context(), "first-portal", people_[0]->handle);
  ASSERT_OK(before);
  ASSERT_OK(service_.WithdrawConsent(application));
  const auto items = LoadItems(context(), *before);
  ASSERT_OK(items);
  ASSERT_EQ(items->size(), 1u);
  EXPECT_NE(items->front().payload_sha256, release->record.items[0].payload_sha256);
}

TEST_F(Doorway, ADestroyedPersonIsNowhere) {
  const TestApplication application = Apply(0);
  const auto release = Collect(application, "order-1");
  ASSERT_OK(release);
  const auto request = service_.AskForErasure(*people_[0]);
  const auto destroyed = DestroyPerson(context(), service_.officer(),
                                       {service_.NextKey(), request, "asked by the person"});
  ASSERT_OK(destroyed);
  const Call portal = service_.portal();
  EXPECT_EQ(CodeOf(GetSeeker(context(), portal, people_[0]->handle).status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(RankPostings(context(), portal, people_[0]->handle, 3).status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(PrepareAct(context(), portal, "read", people_[0]->handle, {}).status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(
      CodeOf(BeginItem(context(), portal, {"k", people_[0]->handle, ItemKind::kResume, "a/b", "x"})
                 .status()),
      ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(Collect(application, "order-1").status()), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(ReadPayload(context(), service_.company(), release->record.release,
                               release->record.items[0].item, 0)
                       .status()),
            ErrorCode::kNotFound);
  const auto candidates = RankCandidates(context(), portal, posting_, 10);
  ASSERT_OK(candidates);
  EXPECT_EQ(candidates->considered, 6u);
  const auto applicants = ListApplicants(context(), service_.company(), posting_);
  ASSERT_OK(applicants);
  EXPECT_TRUE(applicants->empty());
}

TEST_F(Doorway, TheReceiptVerifiesAndNamesTheHandleToWhoeverHasIt) {
  const auto request = service_.AskForErasure(*people_[0]);
  const auto destroyed = DestroyPerson(context(), service_.officer(),
                                       {service_.NextKey(), request, "asked by the person"});
  ASSERT_OK(destroyed);
  const auto key = personal_data::ReceiptVerifyingKey(service_.keys());
  ASSERT_OK(key);
  const auto receipt =
      personal_data::VerifyReceipt(destroyed->receipt.text, destroyed->receipt.signature, *key);
  ASSERT_OK(receipt);
  EXPECT_EQ(receipt->handle_commitment,
            personal_data::CommitToHandle(receipt->receipt, people_[0]->handle));
  EXPECT_EQ(receipt->audit_sequence, destroyed->position.sequence);
  EXPECT_GT(receipt->generation_after, receipt->generation_before);
  EXPECT_EQ(receipt->erasure_claim, "device");
}

TEST_F(Doorway, TheCompanyIsToldOfADestructionAsOfAWithdrawal) {
  const TestApplication application = Apply(0);
  ASSERT_OK(Collect(application, "order-1"));
  const auto request = service_.AskForErasure(*people_[0]);
  ASSERT_OK(DestroyPerson(context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  const auto told = ListWithdrawals(context(), service_.company());
  ASSERT_OK(told);
  ASSERT_EQ(told->size(), 1u);
  EXPECT_EQ(told->front().candidate, application.candidate);
  EXPECT_TRUE(told->front().destroy_copies);
}

TEST_F(Doorway, TheWholeRunVerifiesOffline) {
  const TestApplication application = Apply(0);
  ASSERT_OK(Collect(application, "order-1"));
  ASSERT_OK(service_.WithdrawConsent(application));
  const auto request = service_.AskForErasure(*people_[1]);
  ASSERT_OK(DestroyPerson(context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  EXPECT_OK(service_.CheckLog());
  const auto verified = service_.VerifyExportedLog();
  ASSERT_OK(verified);
  EXPECT_EQ(*verified, service_.pipeline().log_state().tree_size);
}

TEST_F(Doorway, EverythingIsStillThereAfterARestart) {
  const TestApplication application = Apply(0);
  const auto before = Collect(application, "order-1");
  ASSERT_OK(before);
  const auto cards = ListCards(context(), service_.company(), posting_, 0, 100);
  ASSERT_OK(cards);
  ASSERT_OK(service_.Restart());
  const auto after = Collect(application, "order-1");
  ASSERT_OK(after);
  EXPECT_EQ(after->record, before->record);
  const auto cards_after = ListCards(context(), service_.company(), posting_, 0, 100);
  ASSERT_OK(cards_after);
  EXPECT_EQ(cards_after->epoch, cards->epoch);
  ASSERT_EQ(cards_after->cards.size(), cards->cards.size());
  EXPECT_EQ(cards_after->cards[0].card, cards->cards[0].card);
}

TEST_F(Doorway, AClosedPostingAsksNobodyAndKeepsItsConsents) {
  const TestApplication application = Apply(0);
  ASSERT_OK(ClosePosting(context(), service_.portal(), service_.NextKey(), posting_));
  EXPECT_EQ(CodeOf(ListCards(context(), service_.company(), posting_, 0, 10).status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(RankCandidates(context(), service_.portal(), posting_, 3).status()),
            ErrorCode::kNotFound);
  EXPECT_OK(Collect(application, "order-1"));
}

}  // namespace
}  // namespace noren::operations
