// Every stored record of this folder, in every layout, against the same list: it reads back, it
// reads and writes its golden file, and it refuses changed bytes, other keys, other places.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <ostream>

#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"
#include "tests/engine/personal_data/dated_sample.h"
#include "tests/engine/personal_data/samples.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

// Where a record is read: whose keys, whose service, and under which ids.
struct Place {
  SamplePerson person;
  PurposeKeys purpose_keys = KeysOf(0x01);
  std::uint8_t shift = 0;  // added to the ids that are the record's address
};

struct Codec {
  std::string name;
  bool under_person_key = true;
  std::function<StatusOr<Bytes>(const Place&, Random&)> encode;
  // True when it opens and is the sample.
  std::function<StatusOr<bool>(const Place&, ByteSpan)> matches;
};

void PrintTo(const Codec& codec, std::ostream* out) { *out << codec.name; }

template <typename Id>
Id Shifted(const Id& id, const Place& place) {
  return IdOf<Id>(static_cast<std::uint8_t>(id.bytes()[0] + place.shift));
}

Codec PersonRecordCodec(const std::string& name, PersonRecord (*sample)(const model::PersonId&)) {
  return {name, true,
          [sample](const Place& at, Random& random) {
            return EncodePersonRecord(sample(at.person.id), at.person.keys, at.purpose_keys,
                                      random);
          },
          [sample](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            const PersonContext context{Shifted(at.person.id, at), at.person.keys};
            NOREN_ASSIGN_OR_RETURN(const PersonRecord got,
                                   DecodePersonRecord(context, stored, at.purpose_keys));
            const PersonRecord want = sample(at.person.id);
            return got.person == want.person && got.address == want.address &&
                   got.person_key == want.person_key && got.language == want.language &&
                   got.registered_at == want.registered_at &&
                   got.discoverability == want.discoverability && got.contact == want.contact &&
                   got.profile == want.profile && got.custody == want.custody &&
                   got.age_recipient == want.age_recipient;
          }};
}

Codec PersonPointerCodec() {
  const auto key = [](const Place& at) {
    return keyspaces::HandleKey("hanbit", Shifted(IdOf<model::SeekerHandle>(0x21), at));
  };
  return {"person_pointer_v1", false,
          [key](const Place& at, Random& random) {
            return EncodePersonPointer(key(at), IdOf<model::PersonId>(0x11), at.purpose_keys,
                                       random);
          },
          [key](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const model::PersonId got,
                                   DecodePersonPointer(key(at), stored, at.purpose_keys));
            return got == IdOf<model::PersonId>(0x11);
          }};
}

Codec ItemCodec(const std::string& name, ItemRecord (*sample)()) {
  return {name, true,
          [sample](const Place& at, Random& random) {
            return EncodeItem(at.person.context(), sample(), random);
          },
          [sample](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(
                const ItemRecord got,
                DecodeItem(at.person.context(), Shifted(SampleItem().item, at), stored));
            return got == sample();
          }};
}

Codec InvitationCodec(const std::string& name, Invitation (*sample)()) {
  return {name, true,
          [sample](const Place& at, Random& random) {
            return EncodeInvitation(at.person.context(), sample(), random);
          },
          [sample](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(
                const Invitation got,
                DecodeInvitation(at.person.context(), Shifted(SampleInvitation().invitation, at),
                                 stored));
            return got == sample();
          }};
}

Codec ConsentCodec(const std::string& name, ReleaseConsent (*sample)()) {
  return {name, true,
          [sample](const Place& at, Random& random) {
            return EncodeConsent(at.person.context(), sample(), 3, random);
          },
          [sample](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(
                const ReleaseConsent got,
                DecodeConsent(at.person.context(), Shifted(SampleConsent().consent, at), stored));
            return got == sample();
          }};
}

ConsentVersion SampleVersion() {
  return {.version = 3,
          .state = ConsentState::kGranted,
          .deadline = {kNow + 86400},
          .changed_at = {kNow},
          .content_sha256 = HashOf(0xC1)};
}

Codec ConsentVersionCodec() {
  return {"consent_version_v1", false,
          [](const Place& at, Random& random) {
            return EncodeConsentVersion({IdOf<model::PersonId>(0x11), SampleConsent().consent},
                                        SampleVersion(), at.purpose_keys, random);
          },
          [](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const ConsentVersion got,
                                   DecodeConsentVersion({Shifted(IdOf<model::PersonId>(0x11), at),
                                                         SampleConsent().consent},
                                                        stored, at.purpose_keys));
            return got == SampleVersion();
          }};
}

CandidateRecord SampleCandidate() {
  return {.person = IdOf<model::PersonId>(0x11),
          .consent = IdOf<model::ConsentId>(0x32),
          .invitation = IdOf<model::InvitationId>(0x31),
          .posting = IdOf<model::PostingId>(0x33),
          .company = "hangang-care"};
}

Codec CandidateCodec() {
  const auto ref = IdOf<model::CandidateRef>(0x81);
  return {"candidate_v1", false,
          [ref](const Place& at, Random& random) {
            return EncodeCandidate(ref, SampleCandidate(), at.purpose_keys, random);
          },
          [ref](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const CandidateRecord got,
                                   DecodeCandidate(SampleCandidate().company, Shifted(ref, at),
                                                   stored, at.purpose_keys));
            return got == SampleCandidate();
          }};
}

Codec ReleaseCodec() {
  const auto key = [](const Place& at) {
    return keyspaces::ReleaseKey(Shifted(IdOf<model::ConsentId>(0x32), at), HashOf(0xB1));
  };
  return {"release_v1", true,
          [key](const Place& at, Random& random) {
            return EncodeRelease(at.person.context(), key(at), SampleRelease(), random);
          },
          [key](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const ReleaseRecord got,
                                   DecodeRelease(at.person.context(), key(at), stored));
            return got == SampleRelease();
          }};
}

Codec ProvisionCodec() {
  return {"provision_v2", false,
          [](const Place& at, Random& random) {
            return EncodeProvision(SampleProvision(), at.purpose_keys, random);
          },
          [](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            const std::string key = keyspaces::ProvisionKey(SampleProvision().at.value,
                                                            Shifted(SampleProvision().release, at));
            NOREN_ASSIGN_OR_RETURN(const ProvisionRecord got,
                                   DecodeProvision(key, stored, at.purpose_keys));
            return got == SampleProvision();
          }};
}

Codec DisclosureCodec(const std::string& name, Disclosure (*sample)()) {
  // The key is drawn from the same reproducible source as the value's nonce.
  const auto key = [sample](const Place& at) {
    SeededRandom random(1);
    return StageDisclosure(at.person.context(), sample(), random)->mutations[0].key;
  };
  return {name, true,
          [sample](const Place& at, Random& random) -> StatusOr<Bytes> {
            NOREN_ASSIGN_OR_RETURN(const Staged staged,
                                   StageDisclosure(at.person.context(), sample(), random));
            return *staged.mutations[0].value;
          },
          [key, sample](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            std::string address = key(at);
            if (at.shift != 0) address.back() = address.back() == '0' ? '1' : '0';
            NOREN_ASSIGN_OR_RETURN(const Disclosure got,
                                   DecodeDisclosure(at.person.context(), address, stored));
            return got == sample();
          }};
}

Codec ReceiptCodec() {
  const auto id = IdOf<model::ReceiptId>(0xA1);
  return {"receipt_v1", false,
          [id](const Place& at, Random& random) {
            return EncodeReceipt(id, {.text = "{}", .signature = Bytes(64, 5)}, at.purpose_keys,
                                 random);
          },
          [id](const Place& at, ByteSpan stored) -> StatusOr<bool> {
            NOREN_ASSIGN_OR_RETURN(const SignedReceipt got,
                                   DecodeReceipt(Shifted(id, at), stored, at.purpose_keys));
            return got.text == "{}" && got.signature == Bytes(64, 5);
          }};
}

class RecordCodec : public testing::TestWithParam<Codec> {
 protected:
  Bytes Encoded() const {
    SeededRandom random(1);
    return GetParam().encode(Place(), random).value();
  }
};

TEST_P(RecordCodec, ReadsBackWhatItWrote) {
  EXPECT_THAT(GetParam().matches(Place(), Encoded()), IsOkAndHolds(true));
}

TEST_P(RecordCodec, ReadsAndWritesItsGoldenFile) {
  const std::string golden = ReadGolden(GetParam().name + ".hex");
  EXPECT_EQ(HexEncode(Encoded()), golden);
  ASSERT_OK_AND_ASSIGN(const Bytes stored, HexDecode(golden));
  EXPECT_THAT(GetParam().matches(Place(), stored), IsOkAndHolds(true));
}

TEST_P(RecordCodec, RefusesEveryFlippedBit) {
  const Bytes stored = Encoded();
  for (std::size_t bit = 0; bit < stored.size() * 8; ++bit) {
    Bytes changed = stored;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    ASSERT_EQ(CodeOf(GetParam().matches(Place(), changed)), ErrorCode::kDataCorrupt) << bit;
  }
}

TEST_P(RecordCodec, RefusesEveryTruncationAndAnExtension) {
  Bytes stored = Encoded();
  for (std::size_t size = 0; size < stored.size(); ++size) {
    ASSERT_EQ(CodeOf(GetParam().matches(Place(), ByteSpan(stored).first(size))),
              ErrorCode::kDataCorrupt)
        << size;
  }
  stored.push_back(0);
  EXPECT_EQ(CodeOf(GetParam().matches(Place(), stored)), ErrorCode::kDataCorrupt);
}

TEST_P(RecordCodec, RefusesToOpenUnderAnotherKeyOfTheStore) {
  Place other;
  other.shift = 1;
  EXPECT_EQ(CodeOf(GetParam().matches(other, Encoded())), ErrorCode::kDataCorrupt);
}

TEST_P(RecordCodec, RefusesTheKeysOfAnotherPersonOrService) {
  Place other;
  if (GetParam().under_person_key) {
    other.person.keys = PersonKeysOf(0x12);
  } else {
    other.purpose_keys = KeysOf(0x02);
  }
  EXPECT_EQ(CodeOf(GetParam().matches(other, Encoded())), ErrorCode::kDataCorrupt);
}

INSTANTIATE_TEST_SUITE_P(
    All, RecordCodec,
    testing::Values(PersonRecordCodec("person_record_v1", SamplePersonRecord),
                    PersonRecordCodec("person_record_v2", SampleHeldPersonRecord),
                    PersonRecordCodec("person_record_v3", SampleBlockingPersonRecord),
                    PersonRecordCodec("person_record_v4", SampleFullPersonRecord),
                    PersonRecordCodec("person_record_v5", SampleAgreedPersonRecord),
                    PersonRecordCodec("person_record_v6", SampleDatedPersonRecord),
                    PersonPointerCodec(), ItemCodec("item_v1", SampleItem),
                    ItemCodec("item_v2", SampleHeldItem),
                    InvitationCodec("invitation_v1", SampleInvitation),
                    InvitationCodec("invitation_v4", SampleStatedInvitation),
                    ConsentCodec("consent_v1", SampleConsent),
                    ConsentCodec("consent_v2", SampleHeldConsent), ConsentVersionCodec(),
                    CandidateCodec(), ReleaseCodec(), ProvisionCodec(),
                    DisclosureCodec("disclosure_v1", SampleDisclosure),
                    DisclosureCodec("disclosure_v2", SampleShowing),
                    DisclosureCodec("disclosure_v3", SampleProcessorUse), ReceiptCodec()),
    [](const auto& each) { return each.param.name; });

TEST(PersonRecordCodec, OpensTheAddressWithTheStoreKeyAlone) {
  const Place place;
  SeededRandom random(1);
  ASSERT_OK_AND_ASSIGN(const Bytes stored,
                       EncodePersonRecord(SamplePersonRecord(place.person.id), place.person.keys,
                                          place.purpose_keys, random));
  ASSERT_OK_AND_ASSIGN(const PersonAddress address,
                       OpenPersonAddress(place.person.id, stored, place.purpose_keys));
  EXPECT_EQ(address, SamplePersonRecord(place.person.id).address);
}

TEST(PersonRecordCodec, RefusesInnerPartsOfAnotherVersion) {
  // Goal: parts are bound to the version around them. Method: two versions of one record; the outer
  // part of one is sealed anew around the inner parts of the other, as someone with the store key
  // alone could do.
  const Place place;
  SeededRandom random(1);
  PersonRecord record = SamplePersonRecord(place.person.id);
  ASSERT_OK_AND_ASSIGN(const Bytes third,
                       EncodePersonRecord(record, place.person.keys, place.purpose_keys, random));
  const std::string key = keyspaces::PersonKey(place.person.id);
  ASSERT_OK_AND_ASSIGN(
      const storage::OpenedValue opened,
      storage::OpenValue(place.purpose_keys.store_seal(), {keyspaces::kPerson, key}, third));
  ASSERT_EQ(opened.version, 3u);
  const Bytes moved = storage::SealValue(place.purpose_keys.store_seal(), {keyspaces::kPerson, key},
                                         4, opened.plaintext, random);
  EXPECT_EQ(CodeOf(DecodePersonRecord(place.person.context(), moved, place.purpose_keys)),
            ErrorCode::kDataCorrupt);
}

TEST(PersonRecordCodec, RefusesToWriteARecordThatIsTooLarge) {
  const Place place;
  SeededRandom random(1);
  PersonRecord record = SamplePersonRecord(place.person.id);
  record.profile = Bytes(300 * 1024, 1);
  EXPECT_EQ(CodeOf(EncodePersonRecord(record, place.person.keys, place.purpose_keys, random)),
            ErrorCode::kTooLarge);
}

TEST(PersonRecordCodec, KeepsContactAndProfileOutOfTheOuterPart) {
  // Goal: what the store key opens names nobody. Method: look for the personal texts in the opened
  // outer part.
  const Place place;
  SeededRandom random(1);
  ASSERT_OK_AND_ASSIGN(const Bytes stored,
                       EncodePersonRecord(SamplePersonRecord(place.person.id), place.person.keys,
                                          place.purpose_keys, random));
  const std::string key = keyspaces::PersonKey(place.person.id);
  ASSERT_OK_AND_ASSIGN(
      const storage::OpenedValue outer,
      storage::OpenValue(place.purpose_keys.store_seal(), {keyspaces::kPerson, key}, stored));
  const std::string_view text = AsText(outer.plaintext);
  EXPECT_EQ(text.find("seo-yeon"), std::string_view::npos);
  EXPECT_EQ(text.find(AsText(Bytes{1, 2, 3, 4, 5})), std::string_view::npos);
  EXPECT_NE(text.find("hanbit"), std::string_view::npos);
}

TEST(ConsentCodec, ReadsAConsentThatWasNotAnsweredYet) {
  const SamplePerson person;
  SeededRandom random(1);
  ReleaseConsent consent = SampleConsent();
  consent.terms.reset();
  consent.answer.reset();
  consent.withdrawal.reset();
  ASSERT_OK_AND_ASSIGN(const Bytes stored, EncodeConsent(person.context(), consent, 1, random));
  EXPECT_THAT(DecodeConsent(person.context(), consent.consent, stored), IsOkAndHolds(consent));
}

}  // namespace
}  // namespace noren::personal_data
