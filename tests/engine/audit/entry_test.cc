// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/entry.h"

#include <set>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "tests/engine/audit/log_fixture.h"

namespace noren::audit {
namespace {

Hash256 Filled(std::uint8_t byte) {
  Hash256 hash;
  hash.fill(byte);
  return hash;
}

// Every field present, no two alike: the sample of docs/formats/audit_entry.md.
AuditEntry FullEntry() {
  AuditEntry entry;
  entry.partition = 3;
  entry.sequence = 41;
  entry.time = UnixSeconds{kFixtureTime};
  entry.operation = Operation::kContinueAfterRestore;
  entry.role = model::Role::kCompany;
  entry.decision = Decision::kRefused;
  entry.outcome = model::ErrorCode::kConsentWithdrawn;
  entry.principal = Filled(0x11);
  entry.subject = Filled(0x22);
  entry.object = Filled(0x33);
  entry.clause_ids = {"pipa.art17", "operator.7-2"};
  entry.change_digest = Filled(0x44);
  entry.consent_root = Filled(0x77);
  entry.statement_digest = Filled(0x55);
  entry.lost = LostRange{31, 40, 40, Filled(0x66)};
  return entry;
}

AuditEntry JudgedEntry() {
  AuditEntry entry = FullEntry();
  entry.policy = Filled(0x88);
  return entry;
}

TEST(AuditEntryCodec, ReadsBackWhatItWrote) {
  ASSERT_OK_AND_ASSIGN(const Bytes judged, Encode(JudgedEntry()));
  EXPECT_THAT(DecodeAuditEntry(judged), IsOkAndHolds(JudgedEntry()));
  ASSERT_OK_AND_ASSIGN(const Bytes bytes, Encode(FullEntry()));
  EXPECT_THAT(DecodeAuditEntry(bytes), IsOkAndHolds(FullEntry()));
  ASSERT_OK_AND_ASSIGN(const Bytes least, Encode(AuditEntry{}));
  EXPECT_THAT(DecodeAuditEntry(least), IsOkAndHolds(AuditEntry{}));
}

TEST(AuditEntryCodec, WritesTheGoldenBytes) {
  ASSERT_OK_AND_ASSIGN(const Bytes bytes, Encode(FullEntry()));
  EXPECT_EQ(HexEncode(bytes) + "\n", ReadGolden("audit_entry_v2.hex"));
  ASSERT_OK_AND_ASSIGN(const Bytes judged, Encode(JudgedEntry()));
  EXPECT_EQ(HexEncode(judged) + "\n", ReadGolden("audit_entry_v3.hex"));
}

TEST(AuditEntryCodec, RejectsEveryTruncationAndATrailingByte) {
  ASSERT_OK_AND_ASSIGN(Bytes bytes, Encode(FullEntry()));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(DecodeAuditEntry(ByteSpan(bytes).first(size)), StatusIs(StatusCode::kDataLoss));
  }
  bytes.push_back(0);
  EXPECT_THAT(DecodeAuditEntry(bytes), StatusIs(StatusCode::kDataLoss));
}

// Goal: one entry has one encoding. Method: flip every bit; what still decodes encodes to those
// very bytes.
TEST(AuditEntryCodec, AcceptsCanonicalBytesOnly) {
  ASSERT_OK_AND_ASSIGN(const Bytes bytes, Encode(JudgedEntry()));
  int refused = 0;
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes changed = bytes;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    const auto decoded = DecodeAuditEntry(changed);
    if (!decoded.ok()) {
      ++refused;
      continue;
    }
    EXPECT_NE(*decoded, JudgedEntry());
    EXPECT_THAT(Encode(*decoded), IsOkAndHolds(changed)) << "bit " << bit;
  }
  EXPECT_GT(refused, 0);
}

TEST(AuditEntryCodec, RefusesToWriteWhatBreaksALimit) {
  const auto refuses = [](auto change) {
    AuditEntry entry = FullEntry();
    change(entry);
    EXPECT_THAT(Encode(entry), StatusIs(StatusCode::kInvalidArgument));
  };
  refuses([](AuditEntry& e) { e.operation = static_cast<Operation>(999); });
  refuses([](AuditEntry& e) { e.role = static_cast<model::Role>(0); });
  refuses([](AuditEntry& e) { e.role = static_cast<model::Role>(8); });
  refuses([](AuditEntry& e) { e.decision = static_cast<Decision>(3); });
  refuses([](AuditEntry& e) { e.outcome = model::ErrorCode::kNone; });  // a refusal needs its code
  refuses([](AuditEntry& e) { e.clause_ids.assign(kMaxClauses + 1, "a"); });
  refuses([](AuditEntry& e) { e.clause_ids = {""}; });
  refuses([](AuditEntry& e) { e.clause_ids = {"-a"}; });
  refuses([](AuditEntry& e) { e.clause_ids = {"Kim Minji"}; });
  refuses([](AuditEntry& e) { e.clause_ids = {std::string(kMaxClauseIdSizeBytes + 1, 'a')}; });
  refuses([](AuditEntry& e) { e.operation = Operation::kGrantConsent; });  // with a lost range
  refuses([](AuditEntry& e) { e.lost.reset(); });
  refuses([](AuditEntry& e) { e.lost->first_sequence = 0; });
  refuses([](AuditEntry& e) { e.lost->last_sequence = e.lost->first_sequence - 1; });
}

TEST(AuditEntryCodec, StaysWithinItsSizeAtEveryLimit) {
  AuditEntry entry = FullEntry();
  entry.clause_ids.assign(kMaxClauses, std::string(kMaxClauseIdSizeBytes, 'z'));
  ASSERT_OK_AND_ASSIGN(const Bytes bytes, Encode(entry));
  EXPECT_LE(bytes.size(), kMaxEntrySizeBytes);
  EXPECT_THAT(DecodeAuditEntry(bytes), IsOkAndHolds(entry));
}

TEST(AuditEntryCodec, WritesOutcomesByTheirStableName) {
  AuditEntry entry;
  entry.outcome = model::ErrorCode::kConsentExpired;
  ASSERT_OK_AND_ASSIGN(const Bytes bytes, Encode(entry));
  EXPECT_NE(AsText(bytes).find("CONSENT_EXPIRED"), std::string_view::npos);
  for (const model::ErrorRow& row : model::AllErrors()) {
    entry.outcome = row.code;
    ASSERT_OK_AND_ASSIGN(const Bytes each, Encode(entry));
    EXPECT_THAT(DecodeAuditEntry(each), IsOkAndHolds(entry)) << row.name;
  }
}

TEST(AuditOperations, HaveNamesAndNumbersOfTheirOwn) {
  std::set<std::string_view> names;
  std::set<Operation> numbers;
  for (const OperationName& row : AllOperations()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_TRUE(numbers.insert(row.operation).second) << row.name;
    EXPECT_EQ(NameOf(row.operation), row.name);
    EXPECT_EQ(FindOperation(row.name), row.operation);
  }
  EXPECT_EQ(FindOperation("wipe_person"), std::nullopt);
  EXPECT_EQ(NameOf(static_cast<Operation>(999)), "");
}

TEST(CommitNames, PutsNoNameIntoTheEntry) {
  SeededRandom random(1);
  EntryDraft draft;
  draft.principal = {model::Role::kCompany, "canary-company"};
  draft.subject = "person-canary";
  draft.object = "consent-canary";
  const CommittedDraft made = CommitNames(draft, UnixSeconds{1}, random);
  ASSERT_OK_AND_ASSIGN(const Bytes bytes, Encode(made.entry));
  EXPECT_EQ(AsText(bytes).find("canary"), std::string_view::npos);
  ASSERT_TRUE(made.entry.subject && made.opening.subject);
  EXPECT_EQ(made.opening.subject->name, "person-canary");
  EXPECT_TRUE(Opens(*made.entry.subject, Party::kSubject, *made.opening.subject));
  EXPECT_TRUE(Opens(*made.entry.principal, Party::kPrincipal, *made.opening.principal));
  EXPECT_TRUE(Opens(*made.entry.object, Party::kObject, *made.opening.object));
}

TEST(CommitNames, LeavesOutWhatIsNotThere) {
  SeededRandom random(1);
  const CommittedDraft made = CommitNames(EntryDraft{}, UnixSeconds{1}, random);
  EXPECT_EQ(made.entry.principal, std::nullopt);
  EXPECT_EQ(made.entry.subject, std::nullopt);
  EXPECT_EQ(made.opening, EntryOpening{});
}

TEST(CommitNames, GivesTheSameNameAnotherCommitmentEachTime) {
  SeededRandom random(1);
  EntryDraft draft;
  draft.subject = "person-1";
  const auto first = CommitNames(draft, UnixSeconds{1}, random).entry.subject;
  const auto second = CommitNames(draft, UnixSeconds{1}, random).entry.subject;
  EXPECT_NE(first, second);
}

TEST(DigestOfChange, DependsOnEveryPartAndIsZeroForNoChange) {
  using storage::Mutation;
  const std::vector<Mutation> base = {{"a", Bytes{1}}, {"b", std::nullopt}};
  const Hash256 digest = DigestOfChange(base);
  EXPECT_EQ(DigestOfChange(base), digest);
  EXPECT_EQ(DigestOfChange({}), Hash256{});
  const std::vector<std::vector<Mutation>> others = {
      {{"a", Bytes{2}}, {"b", std::nullopt}}, {{"ab", Bytes{1}}, {"", std::nullopt}},
      {{"b", std::nullopt}, {"a", Bytes{1}}}, {{"a", Bytes{1}}},
      {{"a", Bytes{1}}, {"b", Bytes{}}},
  };
  for (const auto& other : others) EXPECT_NE(DigestOfChange(other), digest);
}

}  // namespace
}  // namespace noren::audit
