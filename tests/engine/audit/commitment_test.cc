// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/commitment.h"

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "tests/engine/audit/log_fixture.h"

namespace noren::audit {
namespace {

const CommittedName kName{.salt = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
                          .name = "person-1"};

EntryOpening FullOpening() {
  EntryOpening opening;
  opening.sequence = 9;
  opening.principal = kName;
  opening.subject = CommittedName{.salt = {7}, .name = "person-2"};
  opening.object = CommittedName{.salt = {8}, .name = "consent-3"};
  return opening;
}

// The definition, written out once more.
TEST(Commitment, IsTheDocumentedHash) {
  Bytes message = ToBytes("noren/commitment/1\n");
  message.push_back(2);
  message.insert(message.end(), kName.salt.begin(), kName.salt.end());
  const Bytes name = ToBytes("person-1");
  message.insert(message.end(), name.begin(), name.end());
  EXPECT_EQ(CommitTo(Party::kSubject, kName), primitives::Sha256(message));
}

TEST(Commitment, OpensOnlyToItsSaltNameAndParty) {
  const Hash256 commitment = CommitTo(Party::kSubject, kName);
  EXPECT_TRUE(Opens(commitment, Party::kSubject, kName));
  EXPECT_FALSE(Opens(commitment, Party::kObject, kName));
  CommittedName other_salt = kName;
  other_salt.salt[15] ^= 1;
  EXPECT_FALSE(Opens(commitment, Party::kSubject, other_salt));
  EXPECT_FALSE(Opens(commitment, Party::kSubject, {kName.salt, "person-2"}));
}

TEST(EntryOpeningCodec, ReadsBackWhatItWrote) {
  EXPECT_THAT(DecodeEntryOpening(Encode(FullOpening())), IsOkAndHolds(FullOpening()));
  EntryOpening subject_only;
  subject_only.sequence = 1;
  subject_only.subject = kName;
  EXPECT_THAT(DecodeEntryOpening(Encode(subject_only)), IsOkAndHolds(subject_only));
}

TEST(EntryOpeningCodec, WritesTheGoldenBytes) {
  EXPECT_EQ(HexEncode(Encode(FullOpening())) + "\n", ReadGolden("audit_opening_v1.hex"));
}

TEST(EntryOpeningCodec, RejectsTruncationTrailingBytesVersionAndFlags) {
  Bytes bytes = Encode(FullOpening());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(DecodeEntryOpening(ByteSpan(bytes).first(size)), StatusIs(StatusCode::kDataLoss));
  }
  Bytes version = bytes;
  version[0] = 2;
  EXPECT_THAT(DecodeEntryOpening(version), StatusIs(StatusCode::kDataLoss));
  Bytes flags = bytes;
  flags[9] = 15;
  EXPECT_THAT(DecodeEntryOpening(flags), StatusIs(StatusCode::kDataLoss));
  bytes.push_back(0);
  EXPECT_THAT(DecodeEntryOpening(bytes), StatusIs(StatusCode::kDataLoss));
}

}  // namespace
}  // namespace noren::audit
