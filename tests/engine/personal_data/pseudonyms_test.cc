// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/pseudonyms.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/engine/personal_data/samples.h"

namespace noren::personal_data {
namespace {

TEST(PurposeKeys, EveryPurposeHasAKeyAndANameOfItsOwn) {
  const PurposeKeys keys = KeysOf(1);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kKeyPurposes; ++i) {
    const auto purpose = static_cast<KeyPurpose>(i);
    names.insert(KeyPurposeName(purpose));
    EXPECT_EQ(keys.Of(purpose).size(), 32u);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_FALSE(keys.Of(purpose) == keys.Of(static_cast<KeyPurpose>(j))) << i << " " << j;
    }
  }
  EXPECT_EQ(names.size(), kKeyPurposes);
}

TEST(PurposeKeys, FollowFromTheRootKeyAlone) {
  const auto store_seal = [](std::uint8_t seed) { return KeysOf(seed).store_seal().current().key; };
  EXPECT_TRUE(*store_seal(1) == *store_seal(1));
  EXPECT_FALSE(*store_seal(1) == *store_seal(2));
}

TEST(PurposeKeys, RefusesARootKeyOfAnotherSize) {
  for (const std::size_t size : {0u, 16u, 31u, 33u}) {
    EXPECT_THAT(PurposeKeys::Derive(SecretBytes(size)), StatusIs(StatusCode::kInvalidArgument));
  }
}

TEST(Pseudonyms, SubjectTokenTellsPortalAndReferenceApart) {
  const PurposeKeys keys = KeysOf(1);
  const Pseudonyms names(keys);
  EXPECT_EQ(names.SubjectToken("hanbit", "A-1"), names.SubjectToken("hanbit", "A-1"));
  EXPECT_NE(names.SubjectToken("hanbit", "A-1"), names.SubjectToken("hanbit", "A-2"));
  EXPECT_NE(names.SubjectToken("hanbit", "A-1"), names.SubjectToken("sora", "A-1"));
  EXPECT_NE(names.SubjectToken("ab", "c"), names.SubjectToken("a", "bc"));
}

TEST(Pseudonyms, CandidateReferenceIsNewForEveryPostingCompanyAndPerson) {
  const PurposeKeys keys = KeysOf(1);
  const Pseudonyms names(keys);
  const auto posting = IdOf<model::PostingId>(1);
  const auto person = IdOf<model::PersonId>(2);
  const model::CandidateRef ref = names.CandidateRefFor("acme", posting, person);
  EXPECT_EQ(ref, names.CandidateRefFor("acme", posting, person));
  EXPECT_NE(ref, names.CandidateRefFor("acme", IdOf<model::PostingId>(3), person));
  EXPECT_NE(ref, names.CandidateRefFor("acme", posting, IdOf<model::PersonId>(3)));
  EXPECT_NE(ref, names.CandidateRefFor("other", posting, person));
  EXPECT_FALSE(ref.is_none());
}

TEST(Pseudonyms, EveryKindChangesWithTheRootKey) {
  const PurposeKeys one = KeysOf(1), two = KeysOf(2);
  const Pseudonyms a(one), b(two);
  const auto posting = IdOf<model::PostingId>(1);
  const auto person = IdOf<model::PersonId>(2);
  EXPECT_NE(a.SubjectToken("p", "r"), b.SubjectToken("p", "r"));
  EXPECT_NE(a.MatchToken("skill", "SK-x"), b.MatchToken("skill", "SK-x"));
  EXPECT_NE(a.CandidateRefFor("c", posting, person), b.CandidateRefFor("c", posting, person));
  EXPECT_NE(a.TieKey(posting.bytes(), person.bytes()), b.TieKey(posting.bytes(), person.bytes()));
  EXPECT_NE(a.CardName(1, posting, 1), b.CardName(1, posting, 1));
  EXPECT_NE(a.OrderToken(IdOf<model::ConsentId>(1), "o"),
            b.OrderToken(IdOf<model::ConsentId>(1), "o"));
}

TEST(Pseudonyms, MatchTokensOfDifferentKindsDiffer) {
  const PurposeKeys keys = KeysOf(1);
  const Pseudonyms names(keys);
  EXPECT_NE(names.MatchToken("skill", "x"), names.MatchToken("licence", "x"));
  EXPECT_NE(names.MatchToken("skill", "x"), names.MatchToken("skill", "y"));
}

TEST(Pseudonyms, TieOrderDiffersBetweenPostings) {
  // Goal: nobody is always last among equals. Method: order the same 20 people for 20 postings; the
  // last one must not be the same each time. With a fixed key this is one reproducible outcome.
  const PurposeKeys keys = KeysOf(1);
  const Pseudonyms names(keys);
  std::set<std::uint8_t> last;
  for (std::uint8_t posting = 1; posting <= 20; ++posting) {
    const auto subject = IdOf<model::PostingId>(posting);
    std::uint8_t lowest = 1;
    const auto tie = [&](std::uint8_t person) {
      return names.TieKey(subject.bytes(), IdOf<model::PersonId>(person).bytes());
    };
    for (std::uint8_t person = 2; person <= 20; ++person) {
      if (tie(person) < tie(lowest)) lowest = person;
    }
    last.insert(lowest);
  }
  EXPECT_GT(last.size(), 5u);
}

TEST(Pseudonyms, CardNamesChangeWithEpochPostingAndClass) {
  const PurposeKeys keys = KeysOf(1);
  const Pseudonyms names(keys);
  const auto posting = IdOf<model::PostingId>(1);
  EXPECT_NE(names.CardName(1, posting, 1), names.CardName(2, posting, 1));
  EXPECT_NE(names.CardName(1, posting, 1), names.CardName(1, IdOf<model::PostingId>(2), 1));
  EXPECT_NE(names.CardName(1, posting, 1), names.CardName(1, posting, 2));
  EXPECT_FALSE(names.CardEpochKey(1) == names.CardEpochKey(2));
}

TEST(Pseudonyms, KeepTheirValuesOfVersionOne) {
  const PurposeKeys keys = KeysOf(1);
  const Pseudonyms names(keys);
  std::string all;
  all += "subject " + HexEncode(names.SubjectToken("hanbit", "A-1")) + "\n";
  all += "match " + std::to_string(names.MatchToken("skill", "SK-cpp")) + "\n";
  all += "candidate " +
         names.CandidateRefFor("hangang-care", IdOf<model::PostingId>(1), IdOf<model::PersonId>(2))
             .ToString() +
         "\n";
  all += "tie " + std::to_string(names.TieKey(Bytes(16, 1), Bytes(16, 2))) + "\n";
  all += "card " + HexEncode(names.CardName(1, IdOf<model::PostingId>(1), 3)) + "\n";
  all += "order " + HexEncode(names.OrderToken(IdOf<model::ConsentId>(1), "order-1")) + "\n";
  all += "enrolment " + HexEncode(names.EnrolmentToken(2, Bytes(64, 9))) + "\n";
  const auto employer = model::ParseCorporateNumber("jp-corporation:7000012050002").value();
  all += "employer " + HexEncode(Pseudonyms::EmployerToken(keys.Of(KeyPurpose::kEmployerBlock),
                                                           IdOf<model::PersonId>(2), employer));
  EXPECT_EQ(all, ReadGolden("pseudonyms_v1.txt"));
}

}  // namespace
}  // namespace noren::personal_data
