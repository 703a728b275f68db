// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/keyspaces.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/engine/personal_data/samples.h"
#include "tests/support/folders.h"

namespace noren::personal_data::keyspaces {
namespace {

TEST(Keyspaces, NoPrefixIsTheBeginningOfAnother) {
  for (const std::string_view a : AllPrefixes()) {
    EXPECT_EQ(a.back(), '/') << a;
    for (const std::string_view b : AllPrefixes()) {
      EXPECT_TRUE(a == b || !b.starts_with(a)) << a << " " << b;
    }
  }
}

TEST(Keyspaces, EveryPrefixIsInTheDocument) {
  std::ifstream in(SourceFolder() + "/docs/formats/keyspaces.md");
  const std::string document{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  for (const std::string_view prefix : AllPrefixes()) {
    EXPECT_NE(document.find("| `" + std::string(prefix)), std::string::npos) << prefix;
  }
}

TEST(Keyspaces, GivesBackTheIdsThatAKeyWasMadeOf) {
  const auto person = IdOf<model::PersonId>(0x11);
  const auto consent = IdOf<model::ConsentId>(0xFE);
  const std::string key = ConsentKey(person, consent);
  EXPECT_EQ(key, "consent/11111111111111111111111111111111/fefefefefefefefefefefefefefefefe");
  EXPECT_THAT(IdOfKey<model::PersonId>(key, 0), IsOkAndHolds(person));
  EXPECT_THAT(IdOfKey<model::ConsentId>(key, 1), IsOkAndHolds(consent));
  EXPECT_THAT(IdOfKey<model::ConsentId>(key, 2), StatusIs(StatusCode::kDataLoss));
}

TEST(Keyspaces, RefusesASegmentThatIsNoId) {
  for (const std::string_view segment :
       {"", "11", "1111111111111111111111111111111G", "FEFEFEFEFEFEFEFEFEFEFEFEFEFEFEFE",
        "1111111111111111111111111111111111"}) {
    EXPECT_THAT(ParseIdSegment<model::PersonId>(segment), StatusIs(StatusCode::kDataLoss))
        << segment;
  }
}

TEST(Keyspaces, AListingOfOnePersonCoversThatPersonOnly) {
  const auto one = IdOf<model::PersonId>(0x11);
  const auto other = IdOf<model::PersonId>(0x12);
  EXPECT_TRUE(ItemKey(one, IdOf<model::ItemId>(1)).starts_with(ItemPrefix(one)));
  EXPECT_FALSE(ItemKey(other, IdOf<model::ItemId>(1)).starts_with(ItemPrefix(one)));
  EXPECT_FALSE(ConsentVersionKey(one, IdOf<model::ConsentId>(1)).starts_with(ConsentPrefix(one)));
}

TEST(Keyspaces, APrefixOfACompanyIsNotThatOfACompanyWithALongerName) {
  const auto candidate = IdOf<model::CandidateRef>(1);
  EXPECT_FALSE(WithdrawalKey("acme-two", candidate).starts_with(WithdrawalPrefix("acme")));
  EXPECT_FALSE(CompanyKeyKey("acme-two", HashOf(1)).starts_with(CompanyKeyPrefix("acme")));
}

TEST(Keyspaces, TimesSortInOrderAcrossZero) {
  const auto release = IdOf<model::ReleaseId>(1);
  const std::int64_t times[] = {INT64_MIN, -86401, -1, 0, 1, kNow, INT64_MAX};
  for (std::size_t i = 1; i < std::size(times); ++i) {
    EXPECT_LT(ProvisionKey(times[i - 1], release), ProvisionKey(times[i], release)) << times[i];
  }
}

TEST(Keyspaces, NoncesOfOneDayShareAPrefix) {
  const auto person = IdOf<model::PersonId>(1);
  const Bytes nonce(16, 2);
  EXPECT_EQ(NonceKey(kNow, person, nonce), NonceKey(kNow + 86399, person, nonce));
  EXPECT_NE(NonceKey(kNow, person, nonce), NonceKey(kNow + 86400, person, nonce));
  EXPECT_NE(NonceKey(-1, person, nonce), NonceKey(0, person, nonce));
}

TEST(Keyspaces, IdempotencyKeysOfTwoCallersNeverMeet) {
  EXPECT_NE(IdempotencyKey({model::Role::kPortal, "a"}, "k"),
            IdempotencyKey({model::Role::kCompany, "a"}, "k"));
  EXPECT_EQ(IdempotencyKey({model::Role::kPortal, "a"}, "k"), "idempotency/portal/a/k");
}

}  // namespace
}  // namespace noren::personal_data::keyspaces
