// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>

#include "crypto/base/encoding.h"
#include "server/verifier/entry_reader.h"
#include "server/verifier/verify.h"
#include "tests/engine/audit/export_fixture.h"

namespace noren::verifier {
namespace {

using audit::EntryOpening;
using audit::FixtureSigner;
using audit::LogFixture;
using audit::SignedStatement;
using ::testing::HasSubstr;

std::string VerifierKey() { return FixtureSigner().VerifierKey({}).value(); }

Report Verified(const std::string& bundle, const Bytes& signer = {}) {
  auto report = VerifyBundle(bundle, {VerifierKey(), signer});
  EXPECT_OK(report);
  return *std::move(report);
}

bool Finds(const Report& report, Finding finding) {
  return std::any_of(report.findings.begin(), report.findings.end(),
                     [&](const FindingAt& at) { return at.finding == finding; });
}

class VerifyBundleTest : public testing::Test {
 protected:
  VerifyBundleTest() : statement_(audit::AppendStatement(log_, opening_)) {}

  std::string Bundle() {
    return audit::ExportProofBundle(log_.reader(), FixtureSigner(), statement_, opening_).value();
  }
  // The bundle with the first `from` replaced.
  std::string Replaced(const std::string& from, const std::string& to) {
    std::string bundle = Bundle();
    const std::size_t at = bundle.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return bundle.replace(at, from.size(), to);
  }

  LogFixture log_;
  EntryOpening opening_;
  SignedStatement statement_;
};

TEST_F(VerifyBundleTest, PassesAndSaysWhatItChecked) {
  const Report report = Verified(Bundle(), statement_.signer_key);
  EXPECT_TRUE(report.ok()) << ToText(report);
  EXPECT_EQ(report.last_sequence, 3u);
  EXPECT_EQ(report.tree_size, 7u);
  EXPECT_EQ(report.checks.size(), 5u);
  EXPECT_TRUE(report.notes.empty());
}

TEST_F(VerifyBundleTest, PassesTheGoldenFile) {
  EXPECT_TRUE(Verified(audit::ReadGolden("proof_bundle_v2.json")).ok());
}

// Goal: no byte of a bundle can change unseen. Method: every bit of every byte.
TEST_F(VerifyBundleTest, FindsEveryChangedBit) {
  const std::string whole = Bundle();
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string changed = whole;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Verified(changed).ok()) << "byte " << bit / 8 << " bit " << bit % 8;
  }
}

TEST_F(VerifyBundleTest, FindsEveryTruncationAndATrailingByte) {
  const std::string whole = Bundle();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(Verified(whole.substr(0, size)).ok());
  }
  EXPECT_TRUE(Finds(Verified(whole + "\n"), Finding::kMalformed));
}

TEST_F(VerifyBundleTest, NotesWhenNobodySaidWhoSigns) {
  const Report report = Verified(Bundle());
  EXPECT_TRUE(report.ok());
  EXPECT_THAT(ToText(report), HasSubstr("whose key that is was not checked"));
}

TEST_F(VerifyBundleTest, FindsAnotherSignerThanExpected) {
  EXPECT_TRUE(Finds(Verified(Bundle(), Bytes(32, 1)), Finding::kSignatureInvalid));
}

TEST_F(VerifyBundleTest, AcceptsAStatementProvedInAnotherWayUnlessASignatureIsExpected) {
  const Bytes signer = statement_.signer_key;
  statement_.signature.clear();
  const Report report = Verified(Bundle());
  EXPECT_TRUE(report.ok()) << ToText(report);
  EXPECT_THAT(ToText(report), HasSubstr("carries no signature"));
  EXPECT_TRUE(Finds(Verified(Bundle(), signer), Finding::kSignatureInvalid));
}

TEST_F(VerifyBundleTest, FindsAnotherStatement) {
  EXPECT_TRUE(Finds(Verified(Replaced("1767571200", "1767571201")), Finding::kStatementMismatch));
}

TEST_F(VerifyBundleTest, FindsAnotherName) {
  EXPECT_TRUE(Finds(Verified(Replaced("hanbit", "hanbyt")), Finding::kOpeningMismatch));
  EXPECT_TRUE(Finds(Verified(Replaced("\"subject\":", "\"witness\":")), Finding::kMalformed));
}

TEST_F(VerifyBundleTest, FindsAnotherPlaceInTheLog) {
  EXPECT_TRUE(Finds(Verified(Replaced("\"index\":2", "\"index\":3")), Finding::kNotIncluded));
  EXPECT_TRUE(Finds(Verified(Replaced("\"index\":2", "\"index\":7")), Finding::kNotIncluded));
}

TEST_F(VerifyBundleTest, FindsACheckpointOfAnotherKey) {
  ASSERT_OK_AND_ASSIGN(
      const std::string bundle,
      audit::ExportProofBundle(log_.reader(), FixtureSigner(8), statement_, opening_));
  EXPECT_TRUE(Finds(Verified(bundle), Finding::kSignatureInvalid));
}

TEST_F(VerifyBundleTest, FindsGarbage) {
  EXPECT_TRUE(Finds(Verified(""), Finding::kMalformed));
  EXPECT_TRUE(Finds(Verified("{}\n"), Finding::kMalformed));
  EXPECT_TRUE(Finds(Verified(std::string(2 << 20, '{') + "\n"), Finding::kMalformed));
  EXPECT_THAT(VerifyBundle(Bundle(), {"not a key", {}}), StatusIs(StatusCode::kInvalidArgument));
}

// The two readings of docs/formats/audit_entry.md agree: the writer's decoder and the verifier's,
// over every flipped bit.
TEST(EntryReader, AgreesWithTheWritersDecoder) {
  LogFixture log;
  audit::AuditEntry entry = log.MakeContinuation(5, Hash256{9});
  entry.sequence = 8;
  entry.lost->first_sequence = 3;
  entry.principal = Hash256{1};
  entry.clause_ids = {"a", "b"};
  entry.statement_digest = Hash256{2};
  const Bytes bytes = audit::Encode(entry).value();
  int both_accept = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes changed = bytes;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const auto writers = audit::DecodeAuditEntry(changed);
    const auto ours = ReadEntryFacts(changed);
    if (!writers.ok())
      continue;  // the verifier may be wider: it knows no operation or clause names
    ASSERT_TRUE(ours.ok()) << "bit " << bit;
    ++both_accept;
    EXPECT_EQ(ours->sequence, writers->sequence);
    EXPECT_EQ(ours->partition, writers->partition);
    EXPECT_EQ(ours->time_seconds, writers->time.value);
    EXPECT_EQ(ours->principal, writers->principal);
    EXPECT_EQ(ours->subject, writers->subject);
    EXPECT_EQ(ours->object, writers->object);
    EXPECT_EQ(ours->statement_digest, writers->statement_digest);
    ASSERT_EQ(ours->lost.has_value(), writers->lost.has_value());
    EXPECT_EQ(ours->lost->root, writers->lost->root);
    EXPECT_EQ(ours->lost->tree_size, writers->lost->tree_size);
  }
  EXPECT_GT(both_accept, 500);
  EXPECT_THAT(ReadEntryFacts(ByteSpan(bytes).first(bytes.size() - 1)),
              StatusIs(StatusCode::kDataLoss));
}

}  // namespace
}  // namespace noren::verifier
