// The records of blind enrolment: they read back, they are what version 1 wrote, and they refuse
// changed bytes, other keys and other places.
// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/enrolment_record.h"

#include <gtest/gtest.h>

#include <functional>
#include <sstream>

#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/review_record.h"
#include "tests/engine/personal_data/samples.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

// Whose keys and under which address.
struct Place {
  SamplePerson person{0x11};
  PurposeKeys keys = KeysOf(0x01);
  std::uint8_t shift = 0;  // added to the address
};

struct Codec {
  std::string name;
  bool under_person_key = false;
  std::function<StatusOr<Bytes>(const Place&, Random&)> encode;
  std::function<StatusOr<bool>(const Place&, ByteSpan)> matches;
};

const Bytes kUnique(16, 0x77);

EnrolmentKeyRecord SampleKey(EnrolmentKeyRecord::State state) {
  EnrolmentKeyRecord record;
  record.version = 2;
  record.state = state;
  record.made_at = {kNow};
  record.public_key.fill(0x42);
  if (state == EnrolmentKeyRecord::State::kLive) {
    record.seed = SecretBytes::CopyOf(Bytes(32, 0x11));
  } else {
    record.retired_at = {kNow + 86400};
  }
  return record;
}

Codec KeyCodec(const std::string& name, EnrolmentKeyRecord::State state) {
  return {name, false,
          [state](const Place& at, Random& random) {
            return EncodeEnrolmentKey(SampleKey(state), at.keys, random);
          },
          [state](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const EnrolmentKeyRecord got,
                                   DecodeEnrolmentKey(2u + at.shift, stored, at.keys));
            const EnrolmentKeyRecord want = SampleKey(state);
            return got.state == want.state && got.made_at == want.made_at &&
                   got.retired_at == want.retired_at && got.public_key == want.public_key &&
                   got.seed == want.seed;
          }};
}

Codec SubjectCodec() {
  const auto key = [](const Place& at) {
    return keyspaces::EnrolmentKey(2u + at.shift, HashOf(0x55), kUnique);
  };
  const SubjectRecord sample{7, IdOf<model::PersonId>(0x11), {kNow}};
  return {"subject", true,
          [=](const Place& at, Random& random) {
            return EncodeSubject(key(at), sample, at.person.keys, at.keys, random);
          },
          [=](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const LeafIndex leaf, SubjectLeaf(key(at), stored, at.keys));
            NOREN_ASSIGN_OR_RETURN(const SubjectRecord got,
                                   DecodeSubject(key(at), stored, at.person.keys, at.keys));
            return leaf == 7u && got.leaf == 7u && got.person == sample.person &&
                   got.seen_at == sample.seen_at;
          }};
}

Codec PlaceCodec() {
  const auto key = [](const Place& at) {
    return keyspaces::EnrolmentOfKey(
        IdOf<model::PersonId>(static_cast<std::uint8_t>(0x11 + at.shift)), kUnique);
  };
  return {"place", false,
          [=](const Place& at, Random& random) {
            return EncodeSubjectPlace(key(at), "enrolment/somewhere", at.keys, random);
          },
          [=](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const std::string got,
                                   DecodeSubjectPlace(key(at), stored, at.keys));
            return got == "enrolment/somewhere";
          }};
}

Codec ContactCodec() {
  const auto key = [](const Place& at) {
    return keyspaces::EnrolmentContactKey(kNow + at.shift, 2, kUnique);
  };
  const EnrolmentContact sample{
      IdOf<model::PersonId>(0x11), {kNow}, {{1, HashOf(0x51)}, {2, HashOf(0x52)}}};
  return {"contact", false,
          [=](const Place& at, Random& random) {
            return EncodeEnrolmentContact(key(at), sample, at.keys, random);
          },
          [=](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const EnrolmentContact got,
                                   DecodeEnrolmentContact(key(at), stored, at.keys));
            return got.person == sample.person && got.at == sample.at &&
                   got.tokens == sample.tokens;
          }};
}

Codec CountCodec() {
  const auto key = [](const Place& at) {
    return keyspaces::EnrolmentQuotaKey(at.shift == 0 ? "first-portal" : "second-portal");
  };
  return {"count", false,
          [=](const Place& at, Random& random) {
            return EncodeEnrolmentCount(key(at), {20458, 19999}, at.keys, random);
          },
          [=](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const EnrolmentCount got,
                                   DecodeEnrolmentCount(key(at), stored, at.keys));
            return got.day == 20458 && got.elements == 19999;
          }};
}

Codec ReviewCodec() {
  const auto id = [](const Place& at) {
    return IdOf<model::ReviewId>(static_cast<std::uint8_t>(0x61 + at.shift));
  };
  const auto sample = [=](const Place& at) {
    ReviewRecord review;
    review.review = id(at);
    review.earlier = IdOf<model::PersonId>(0x11);
    review.later = IdOf<model::PersonId>(0x12);
    review.state = ReviewRecord::State::kMerged;
    review.found_at = {kNow};
    review.decided_at = {kNow + 60};
    review.merge = {review.later, review.earlier};
    return review;
  };
  return {
      "review", true,
      [=](const Place& at, Random& random) {
        return EncodeReview(sample(at), at.person.keys, at.keys, random);
      },
      [=](const Place& at, ByteSpan stored) -> StatusOr<bool> {
        NOREN_ASSIGN_OR_RETURN(const model::PersonId earlier, EarlierOf(id(at), stored, at.keys));
        NOREN_ASSIGN_OR_RETURN(const ReviewRecord got,
                               DecodeReview(id(at), stored, at.person.keys, at.keys));
        const ReviewRecord want = sample(at);
        return earlier == want.earlier && got.earlier == want.earlier && got.later == want.later &&
               got.state == want.state && got.found_at == want.found_at &&
               got.decided_at == want.decided_at && got.merge == want.merge;
      }};
}

Codec ReviewOfCodec() {
  const auto key = [](const Place& at) {
    return keyspaces::ReviewOfKey(IdOf<model::PersonId>(static_cast<std::uint8_t>(0x11 + at.shift)),
                                  kUnique);
  };
  return {"review_of", true,
          [=](const Place& at, Random& random) {
            return EncodeReviewOf(key(at), IdOf<model::ReviewId>(0x61), at.person.keys, random);
          },
          [=](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const auto got, DecodeReviewOf(key(at), stored, at.person.keys));
            return got == IdOf<model::ReviewId>(0x61);
          }};
}

Codec MergeCodec() {
  const auto person = [](const Place& at) {
    return IdOf<model::PersonId>(static_cast<std::uint8_t>(0x11 + at.shift));
  };
  return {"merge", true,
          [=](const Place& at, Random& random) {
            return EncodeMerge({person(at), IdOf<model::PersonId>(0x12)}, at.person.keys, random);
          },
          [=](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const MergeEntry got,
                                   DecodeMerge(person(at), stored, at.person.keys));
            return got.into == IdOf<model::PersonId>(0x12);
          }};
}

std::vector<Codec> AllCodecs() {
  return {KeyCodec("key_live", EnrolmentKeyRecord::State::kLive),
          KeyCodec("key_retired", EnrolmentKeyRecord::State::kRetired),
          SubjectCodec(),
          PlaceCodec(),
          ContactCodec(),
          CountCodec(),
          ReviewCodec(),
          ReviewOfCodec(),
          MergeCodec()};
}

Bytes Encoded(const Codec& codec) {
  SeededRandom random(1);
  return codec.encode(Place(), random).value();
}

ErrorCode CodeWhenRead(const Codec& codec, const Place& at, ByteSpan stored) {
  return model::CodeOf(codec.matches(at, stored).status());
}

TEST(EnrolmentRecords, ReadBackWhatTheyWrote) {
  for (const Codec& codec : AllCodecs()) {
    EXPECT_THAT(codec.matches(Place(), Encoded(codec)), IsOkAndHolds(true)) << codec.name;
  }
}

TEST(EnrolmentRecords, ReadAndWriteTheGoldenFileOfVersionOne) {
  std::string all;
  for (const Codec& codec : AllCodecs()) {
    all += (all.empty() ? "" : "\n") + codec.name + " " + HexEncode(Encoded(codec));
  }
  EXPECT_EQ(all, ReadGolden("enrolment_v1.txt"));
}

TEST(EnrolmentRecords, RefuseEveryFlippedBitEveryTruncationAndAnExtension) {
  for (const Codec& codec : AllCodecs()) {
    Bytes stored = Encoded(codec);
    for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
      Bytes changed = stored;
      changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
      ASSERT_EQ(CodeWhenRead(codec, Place(), changed), ErrorCode::kDataCorrupt) << codec.name;
    }
    for (std::size_t size = 0; size < stored.size(); ++size) {
      ASSERT_EQ(CodeWhenRead(codec, Place(), ByteSpan(stored).first(size)), ErrorCode::kDataCorrupt)
          << codec.name;
    }
    stored.push_back(0);
    EXPECT_EQ(CodeWhenRead(codec, Place(), stored), ErrorCode::kDataCorrupt) << codec.name;
  }
}

TEST(EnrolmentRecords, OpenOnlyWhereTheyWerePutAndWithTheKeysOfThen) {
  for (const Codec& codec : AllCodecs()) {
    const Bytes stored = Encoded(codec);
    Place elsewhere;
    elsewhere.shift = 1;
    EXPECT_EQ(CodeWhenRead(codec, elsewhere, stored), ErrorCode::kDataCorrupt) << codec.name;
    Place another;
    if (codec.under_person_key) {
      another.person = SamplePerson(0x99);
    } else {
      another.keys = KeysOf(0x02);
    }
    EXPECT_EQ(CodeWhenRead(codec, another, stored), ErrorCode::kDataCorrupt) << codec.name;
  }
}

TEST(ReviewIds, RiseWithTime) {
  SeededRandom random(1);
  EXPECT_LT(MakeReviewId({kNow}, random), MakeReviewId({kNow + 1}, random));
  EXPECT_NE(MakeReviewId({kNow}, random), MakeReviewId({kNow}, random));
}

}  // namespace
}  // namespace noren::personal_data
