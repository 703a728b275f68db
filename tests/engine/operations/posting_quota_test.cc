// A company that varies its postings slightly is shown no more, and may ask no more people.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/posting_quota.h"

#include <gtest/gtest.h>

#include "engine/model/errors.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/register_posting.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

constexpr std::int32_t kCardsADay = 12;
constexpr std::int32_t kInvitations = 10;
constexpr std::int64_t kDay = 86400;

class PostingQuotas : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 6; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/true));
      service_.PutItem(*people_.back(), model::ItemKind::kResume,
                       SomeBytes(static_cast<std::uint64_t>(i), 100));
      service_.BecomeDiscoverable(*people_.back());
    }
    service_.AddKey();
    policy_ = service_.context().policy;
    policy_.cards.cards_per_quota_key = kCardsADay;
    policy_.cards.invitations_per_quota_key = kInvitations;
    service_.set_policy(&policy_);
    ASSERT_OK(service_.Restart());
  }
  void TearDown() override { service_.Stop(); }

  // Asks the same once more, a little differently each time.
  model::Posting Varied(int number) {
    model::Posting posting = SomePosting("hangang-care");
    posting.reference = "job-" + std::to_string(number);
    posting.required.min_experience_months = number % 7;
    if (number % 2 == 1) posting.regions = {*model::RegionCode::Parse("KR-11")};
    if (number % 3 == 1) posting.occupations.push_back(*model::OccupationCode::Parse("ISCO-2512"));
    if (number % 3 == 2) posting.occupations = {*model::OccupationCode::Parse("ISCO-5321")};
    if (number % 5 == 4) posting.regions.push_back(*model::RegionCode::Parse("KR-41"));
    return posting;
  }
  model::PostingId Register(const model::Posting& posting) {
    const auto registered =
        RegisterPosting(service_.context(), service_.portal(), {service_.NextKey(), posting});
    EXPECT_OK(registered);
    return registered.ok() ? registered->posting : model::PostingId();
  }
  StatusOr<CardPage> Cards(const model::PostingId& posting) {
    return ListCards(service_.context(), service_.company(), posting, 0, 100);
  }
  Status Invite(const model::PostingId& posting, const std::string& card, std::int32_t how_many) {
    return InviteCandidates(service_.context(), service_.company(),
                            service_.Decided({service_.NextKey(),
                                              posting,
                                              card,
                                              how_many,
                                              {model::ItemKind::kResume},
                                              model::Purpose::kApplicationScreening},
                                             "hangang-care"))
        .status();
  }
  // The first card of the posting; a read as any other.
  std::string CardOf(const model::PostingId& posting) {
    const auto page = Cards(posting);
    EXPECT_OK(page);
    if (!page.ok() || page->cards.empty()) {
      ADD_FAILURE() << "no card";
      return "";
    }
    return page->cards.front().card;
  }
  // How much a company sees that asks again and again; every posting is closed after its answer.
  std::size_t ShownUntilRefused(int first, int last) {
    std::size_t shown = 0;
    for (int number = first; number < last; ++number) {
      const model::PostingId posting = Register(Varied(number));
      const auto page = Cards(posting);
      if (!page.ok()) {
        EXPECT_EQ(CodeOf(page.status()), ErrorCode::kLimitReached);
        return shown;
      }
      shown += page->cards.empty() ? 1 : page->cards.size();
      EXPECT_OK(ClosePosting(service_.context(), service_.portal(), service_.NextKey(), posting));
    }
    ADD_FAILURE() << "never refused";
    return shown;
  }

  TestService service_;
  policy::Policy policy_;
  std::vector<std::unique_ptr<TestPerson>> people_;
};

TEST_F(PostingQuotas, APostingThatIsVariedSlightlyShowsNoMoreCards) {
  const std::size_t shown = ShownUntilRefused(0, 200);
  const std::size_t page = 6;  // of one posting, at most: everybody a class
  EXPECT_GE(shown, static_cast<std::size_t>(kCardsADay));
  EXPECT_LT(shown, kCardsADay + page);
  service_.clock().AdvanceSeconds(kDay);
  EXPECT_GE(ShownUntilRefused(200, 400), static_cast<std::size_t>(kCardsADay)) << "another day";
}

TEST_F(PostingQuotas, AnotherKindOfPeopleIsAnotherQuota) {
  (void)ShownUntilRefused(0, 200);
  model::Posting other = SomePosting("hangang-care");
  other.regions = {*model::RegionCode::Parse("KR-26")};
  EXPECT_OK(Cards(Register(other)));
  other.regions.push_back(*model::RegionCode::Parse("KR-11"));
  EXPECT_EQ(CodeOf(Cards(Register(other)).status()), ErrorCode::kLimitReached) << "both";
  other = SomePosting("other-company");
  const auto theirs = Register(other);
  EXPECT_OK(ListCards(service_.context(), service_.company("other-company"), theirs, 0, 100));
}

TEST_F(PostingQuotas, NearDuplicatesShareTheInvitations) {
  const model::PostingId first = Register(Varied(0));
  const model::PostingId second = Register(Varied(1));
  const std::string card = CardOf(first);
  const std::string again = CardOf(second);
  ASSERT_OK(Invite(first, card, 6));
  EXPECT_EQ(CodeOf(Invite(second, again, 6)), ErrorCode::kLimitReached);
  EXPECT_OK(Invite(second, again, 4));
  EXPECT_EQ(CodeOf(Invite(first, card, 1)), ErrorCode::kLimitReached);
}

TEST_F(PostingQuotas, InvitationsCountForSoManyDays) {
  const model::PostingId first = Register(Varied(0));
  ASSERT_OK(Invite(first, CardOf(first), kInvitations));
  EXPECT_OK(ClosePosting(service_.context(), service_.portal(), service_.NextKey(), first));
  const model::PostingId second = Register(Varied(1));
  service_.clock().AdvanceSeconds((policy_.cards.quota_days - 1) * kDay);
  EXPECT_EQ(CodeOf(Invite(second, CardOf(second), 1)), ErrorCode::kLimitReached);
  ASSERT_OK(service_.Restart());
  EXPECT_EQ(CodeOf(Invite(second, CardOf(second), 1)), ErrorCode::kLimitReached);
  service_.clock().AdvanceSeconds(kDay);
  EXPECT_OK(Invite(second, CardOf(second), 1));
}

TEST(QuotaDay, ReadsBackAndReadsWhatVersion1Wrote) {
  SeededRandom random(1);
  QuotaDay day;
  day.reads = 7;
  day.uses[model::PostingId::Generate(random)] = {3, 4};
  day.uses[model::PostingId::Generate(random)] = {0, 9};
  const Bytes bytes = EncodeQuotaDay(day);
  const auto read = DecodeQuotaDay(2, bytes);
  ASSERT_OK(read);
  EXPECT_EQ(*read, day);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(DecodeQuotaDay(2, ByteSpan(bytes).first(size)).ok()) << size;
  const auto old = DecodeQuotaDay(1, RecordWriter().U64(5).bytes());
  ASSERT_OK(old);
  EXPECT_EQ(old->reads, 5u);
  EXPECT_TRUE(old->uses.empty());
}

}  // namespace
}  // namespace noren::operations
