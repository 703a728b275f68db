// What is kept of contacts, as bytes.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/contact_record.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/notice_changes.h"
#include "tests/engine/operations/whole_only.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

template <typename Id>
Id IdOf(std::uint8_t byte) {
  return Id::FromBytes(Bytes(Id::kSizeBytes, byte)).value();
}

AnnouncementRecord SomeAnnouncement() {
  AnnouncementRecord record;
  record.announcement = IdOf<AnnouncementId>(0x21);
  record.purpose = "p5";
  record.subject = "seeker";
  record.about = "a programme";
  record.text = "openings\nof May";
  record.queued_by = "privacy";
  record.queued_at = {1767571200};
  record.policy.fill(0x31);
  record.after = "person/11";
  record.done_at = UnixSeconds{1767571300};
  record.told = 7;
  record.left_out = {{"missing:e-mail", 2}, {"unsubscribed", 1}};
  return record;
}

ContactRecord SomeContact() {
  ContactRecord record;
  record.contact = IdOf<ContactId>(0x41);
  record.kind = ContactKind::kTalk;
  record.purpose = "p7";
  record.about = "a programme";
  record.by = "privacy";
  record.at = {1767571200};
  record.item = IdOf<model::ItemId>(0x51);
  record.item_version = 2;
  record.closed_at = UnixSeconds{1767571300};
  record.mark = ContactMark::kChanged;
  return record;
}

const std::vector<std::string> kPurposes = {"p5", "p7"};
const NoticeChange kChange{"privacy", "a telephone number", {1767571200}};

StatusOr<AnnouncementRecord> ReadAnnouncement(ByteSpan bytes) {
  return DecodeAnnouncement(IdOf<AnnouncementId>(0x21), bytes);
}
StatusOr<ContactRecord> ReadContact(ByteSpan bytes) {
  return DecodeContact(IdOf<ContactId>(0x41), bytes);
}

TEST(ContactRecord, WritesAndReadsTheGoldenFile) {
  std::map<std::string, std::string> written = {
      {"announcement", HexEncode(EncodeAnnouncement(SomeAnnouncement()))},
      {"contact", HexEncode(EncodeContact(SomeContact()))},
      {"unsubscribed", HexEncode(EncodeUnsubscribed(kPurposes))},
      {"notice_change", HexEncode(EncodeNoticeChange(kChange))}};
  std::ifstream file(SourceFolder() + "/tests/golden/contact_v1.txt");
  std::string name, equals, hex;
  while (file >> name >> equals >> hex) {
    EXPECT_EQ(written[name], hex) << name;
    written.erase(name);
  }
  EXPECT_THAT(written, ::testing::IsEmpty()) << "not in the golden file";
}

TEST(ContactRecord, ReadsBackWhatWasWrittenAndNothingThatIsCut) {
  EXPECT_THAT(ReadAnnouncement(EncodeAnnouncement(SomeAnnouncement())),
              IsOkAndHolds(SomeAnnouncement()));
  EXPECT_THAT(ReadContact(EncodeContact(SomeContact())), IsOkAndHolds(SomeContact()));
  EXPECT_THAT(DecodeUnsubscribed(EncodeUnsubscribed(kPurposes)), IsOkAndHolds(kPurposes));
  EXPECT_THAT(DecodeNoticeChange(EncodeNoticeChange(kChange)), IsOkAndHolds(kChange));
  ExpectWholeOnly(EncodeAnnouncement(SomeAnnouncement()), ReadAnnouncement);
  ExpectWholeOnly(EncodeContact(SomeContact()), ReadContact);
  ExpectWholeOnly(EncodeUnsubscribed(kPurposes), DecodeUnsubscribed);
  ExpectWholeOnly(EncodeNoticeChange(kChange), DecodeNoticeChange);
}

TEST(ContactRecord, RefusesKindsAndOrdersThatThereAreNot) {
  Bytes contact = EncodeContact(SomeContact());
  contact[1] = 4;
  EXPECT_EQ(CodeOf(ReadContact(contact).status()), ErrorCode::kDataCorrupt);
  contact = EncodeContact(SomeContact());
  contact.back() = 3;
  EXPECT_EQ(CodeOf(ReadContact(contact).status()), ErrorCode::kDataCorrupt);
  Bytes announcement = EncodeAnnouncement(SomeAnnouncement());
  announcement[1] = 3;
  EXPECT_EQ(CodeOf(ReadAnnouncement(announcement).status()), ErrorCode::kDataCorrupt);
  for (const std::vector<std::string>& purposes :
       {std::vector<std::string>{"p7", "p5"}, std::vector<std::string>{"p5", "p5"}})
    EXPECT_EQ(CodeOf(DecodeUnsubscribed(EncodeUnsubscribed(purposes)).status()),
              ErrorCode::kDataCorrupt);
}

}  // namespace
}  // namespace noren::operations
