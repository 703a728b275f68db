// The worked example of person custody: what a client makes, byte by byte, and what becomes of it.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "crypto/agefile/agefile.h"
#include "crypto/primitives/signature.h"
#include "engine/model/canonical_json.h"
#include "engine/personal_data/held_item.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/memory_blob_store.h"
#include "tests/engine/personal_data/samples.h"
#include "tests/support/fixed_clock.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

agefile::Identity IdentityOf(std::uint8_t value) {
  return agefile::Identity::FromScalar(SecretBytes::CopyOf(Bytes(32, value))).value();
}
std::string TextOf(const agefile::Identity& identity) {
  return std::string(AsText(identity.ToSecretText().ExposeSecret()));
}

// A person's client with fixed keys, and the company it answers.
class Example {
 public:
  Example() {
    const Bytes text = ToBytes("behind the curtain\n");
    const agefile::Recipient own = person_.recipient();
    file_ = agefile::EncryptFile(text, {&own, 1}, random_).value();
    HeldItemWriter writer = HeldItemWriter::Begin(blobs_).value();
    EXPECT_OK(writer.Update(file_));
    written_ = writer.Finish().value();
    invitation_ = SampleInvitation();
    invitation_.company_recipients = {first_.recipient().ToString(),
                                      second_.recipient().ToString()};
    std::sort(invitation_.company_recipients.begin(), invitation_.company_recipients.end());
    invitation_.company_key = FingerprintOf(invitation_.company_recipients);
    invitation_.items = {{IdOf<model::ItemId>(0x41), written_.payload_sha256}};
  }

  // New headers as the client makes them: opened with its own identity.
  ItemHeader Wrap(const std::vector<std::string>& recipients) {
    std::vector<agefile::Recipient> parsed;
    for (const std::string& text : recipients) {
      parsed.push_back(agefile::Recipient::Parse(text).value());
    }
    return {invitation_.items[0].item,
            agefile::Rewrap(written_.header, person_, parsed, random_).value()};
  }
  Act Begin(ActKind kind) {
    Act act;
    act.kind = kind;
    act.at = {kNow};
    act.handle = IdOf<model::SeekerHandle>(0x21);
    act.nonce.fill(0x0A);
    return act;
  }
  std::string Grant(const ItemHeader& header) {
    Act act = Begin(ActKind::kAnswer);
    act.invitation = invitation_.invitation;
    act.decision = Decision::kGrant;
    act.terms = SampleTerms(invitation_);
    act.terms->headers_sha256 = {primitives::Sha256(header.header)};
    return StatementOf(act);
  }
  std::string Rewrap(const ItemHeader& header, const std::vector<std::string>& recipients) {
    Act act = Begin(ActKind::kRewrap);
    act.consent = invitation_.consent;
    act.rewrap = {invitation_.company,
                  FingerprintOf(recipients),
                  invitation_.items,
                  {primitives::Sha256(header.header)}};
    return StatementOf(act);
  }
  std::string Replace(const WrittenItem& written) {
    Act act = Begin(ActKind::kReplace);
    act.replace = {invitation_.items[0].item, written.payload_sha256,
                   primitives::Sha256(written.header)};
    return StatementOf(act);
  }
  std::string Sign(std::string_view statement) const {
    const auto key = primitives::SigningKey::FromSeed(SecretBytes::CopyOf(Bytes(32, 1))).value();
    const std::string message = std::string(kActSignaturePrefix) + std::string(statement);
    return HexEncode(key.Sign(AsBytes(message)));
  }

  FixedClock clock_;
  storage::MemoryBlobStore blobs_{clock_};
  SeededRandom random_{1};
  agefile::Identity person_ = IdentityOf(0x22);
  agefile::Identity first_ = IdentityOf(0x33);
  agefile::Identity second_ = IdentityOf(0x44);
  Bytes file_;
  WrittenItem written_;
  Invitation invitation_;
};

TEST(PersonCustodyExample, IsThatOfTheGoldenFile) {
  Example example;
  std::string text;
  const auto line = [&text](std::string_view name, const std::string& value) {
    text += std::string(name) + " = " + value + "\n";
  };
  const auto key = primitives::SigningKey::FromSeed(SecretBytes::CopyOf(Bytes(32, 1))).value();
  line("person_key", HexEncode(key.verifying_key().bytes));
  line("age_recipient", example.person_.recipient().ToString());
  line("age_identity", TextOf(example.person_));
  line("company_recipient_1", example.first_.recipient().ToString());
  line("company_identity_1", TextOf(example.first_));
  line("company_recipient_2", example.second_.recipient().ToString());
  line("company_identity_2", TextOf(example.second_));
  line("company_key", HexEncode(example.invitation_.company_key));
  line("file", HexEncode(example.file_));
  line("file_sha256", HexEncode(primitives::Sha256(example.file_)));
  line("header", HexEncode(example.written_.header));
  line("payload_sha256", HexEncode(example.written_.payload_sha256));
  const ItemHeader granted = example.Wrap(example.invitation_.company_recipients);
  line("grant_header", HexEncode(granted.header));
  line("grant_statement", example.Grant(granted));
  line("grant_signature", example.Sign(example.Grant(granted)));
  const std::vector<std::string> one = {example.second_.recipient().ToString()};
  const ItemHeader wrapped = example.Wrap(one);
  line("rewrap_header", HexEncode(wrapped.header));
  line("rewrap_statement", example.Rewrap(wrapped, one));
  line("rewrap_signature", example.Sign(example.Rewrap(wrapped, one)));
  line("replace_statement", example.Replace(example.written_));
  line("replace_signature", example.Sign(example.Replace(example.written_)));
  text.pop_back();
  EXPECT_EQ(text, ReadGolden("person_custody_v1.txt"));
}

TEST(PersonCustodyExample, TheGrantedHeaderOpensForTheCompanyAndNotWithTheServicesKeys) {
  Example example;
  const ItemHeader granted = example.Wrap(example.invitation_.company_recipients);
  HeaderShares used;
  ASSERT_OK(AddShares(example.written_.header, used));
  ASSERT_OK(CheckHeader(granted.header, {"h", 2}, used));
  for (const agefile::Identity* identity : {&example.first_, &example.second_}) {
    EXPECT_OK(agefile::OpenHeader(granted.header, *identity));
  }
  const SamplePerson known;  // the person as the service knows it: data key and all
  const auto served = agefile::Identity::FromScalar(known.keys.items_identity.Clone()).value();
  for (const Bytes& header : {granted.header, example.written_.header}) {
    EXPECT_EQ(agefile::OpenHeader(header, served).status().code(), StatusCode::kNotFound);
  }
}

// A granted consent with headers, as it is loaded for a release.
struct Granted {
  Example example;
  SamplePerson person;
  PurposeKeys purpose_keys = KeysOf(0x01);
  ConsentScope scope{person.context(), purpose_keys, {kNow}, example.random_};
  ItemHeader header = example.Wrap(example.invitation_.company_recipients);
  LoadedConsent loaded = Load(Answer());

  StagedConsent Answer() {
    const StagedConsent asked = StageInvitation(scope, example.invitation_).value();
    GrantTerms terms = SampleTerms(example.invitation_);
    terms.headers_sha256 = {primitives::Sha256(header.header)};
    return StageGrant(scope, Load(asked), terms, SampleEvidence(), {header}).value();
  }
  LoadedConsent Load(const StagedConsent& staged) {
    const model::ConsentId id = example.invitation_.consent;
    Bytes content, version;
    for (const storage::Mutation& mutation : staged.staged.mutations) {
      if (mutation.key == keyspaces::ConsentKey(person.id, id)) content = *mutation.value;
      if (mutation.key == keyspaces::ConsentVersionKey(person.id, id)) version = *mutation.value;
    }
    return LoadConsent(person.context(), id, content, version, purpose_keys).value();
  }
  StatusOr<StagedRelease> Release(const std::vector<std::string>& live) {
    ItemRecord item = SampleHeldItem();
    item.header = example.written_.header;
    item.payload_sha256 = example.written_.payload_sha256;
    const std::vector<ItemRecord> items = {item};
    return BuildRelease(scope, {loaded,
                                example.invitation_,
                                items,
                                live,
                                IdOf<model::CandidateRef>(0x81),
                                "order",
                                "first reading",
                                {"c"}});
  }
};

TEST(PersonCustodyRelease, HandsOutExactlyTheHeaderThatThePersonMade) {
  Granted granted;
  ASSERT_OK_AND_ASSIGN(const StagedRelease release,
                       granted.Release(granted.example.invitation_.company_recipients));
  ASSERT_EQ(release.record.items.size(), 1u);
  EXPECT_EQ(release.record.items[0].header, granted.header.header);
  const auto manifest = model::ParseJson(release.record.manifest).value();
  EXPECT_EQ(*manifest.Find("custody")->text(), "person");
  EXPECT_EQ(*manifest.Find("company_key")->text(),
            HexEncode(granted.example.invitation_.company_key));
  EXPECT_EQ(manifest.Find("rewrap_statement_sha256"), nullptr);
}

TEST(PersonCustodyRelease, NeedsALiveKeyOfThoseTheHeadersWereMadeFor) {
  Granted granted;
  EXPECT_OK(granted.Release({granted.example.second_.recipient().ToString()}));
  EXPECT_EQ(CodeOf(granted.Release({SampleRecipient(0x66)})), ErrorCode::kNoRecipientKey);
  EXPECT_EQ(CodeOf(granted.Release({})), ErrorCode::kNoRecipientKey);
}

TEST(PersonCustodyRelease, AConsentWithoutHeaderForAHeldItemIsDamaged) {
  Granted granted;
  granted.loaded.consent.headers[0].item = IdOf<model::ItemId>(0x77);
  EXPECT_EQ(CodeOf(granted.Release(granted.example.invitation_.company_recipients)),
            ErrorCode::kDataCorrupt);
}

TEST(PersonCustodyRewrap, ReplacesTheHeadersAndNothingElse) {
  Granted granted;
  const std::vector<std::string> one = {granted.example.second_.recipient().ToString()};
  const ItemHeader wrapped = granted.example.Wrap(one);
  const LoadedConsent before = granted.loaded;
  ASSERT_OK_AND_ASSIGN(
      const StagedConsent staged,
      StageRewrap(granted.scope, before, {one, {kNow}, SampleEvidence("{\"r\":1}")}, {wrapped}));
  granted.loaded = granted.Load(staged);
  const ReleaseConsent& after = granted.loaded.consent;
  EXPECT_EQ(after.terms, before.consent.terms);
  EXPECT_EQ(after.answer, before.consent.answer);
  EXPECT_EQ(after.headers, std::vector<ItemHeader>{wrapped});
  EXPECT_EQ(granted.loaded.version.version, before.version.version + 1);
  EXPECT_EQ(granted.loaded.version.state, ConsentState::kGranted);
  EXPECT_EQ(granted.loaded.version.deadline, before.version.deadline);
  ASSERT_OK_AND_ASSIGN(const StagedRelease release, granted.Release(one));
  EXPECT_EQ(release.record.items[0].header, wrapped.header);
  const auto manifest = model::ParseJson(release.record.manifest).value();
  EXPECT_EQ(*manifest.Find("company_key")->text(), HexEncode(FingerprintOf(one)));
  EXPECT_EQ(*manifest.Find("rewrap_statement_sha256")->text(),
            HexEncode(StatementDigest("{\"r\":1}")));
  // The keys of the grant alone are no longer those the headers are for.
  EXPECT_EQ(CodeOf(granted.Release({granted.example.first_.recipient().ToString()})),
            ErrorCode::kNoRecipientKey);
}

TEST(PersonCustodyRewrap, NeedsALiveConsentThatHasHeaders) {
  Granted granted;
  const RewrappedTo to{{SampleRecipient(0x66)}, {kNow}, SampleEvidence()};
  const auto code = [&](const LoadedConsent& loaded, UnixSeconds time) {
    ConsentScope scope = granted.scope;
    scope.time = time;
    return CodeOf(StageRewrap(scope, loaded, to, {granted.header}));
  };
  EXPECT_EQ(code(granted.loaded, granted.loaded.version.deadline), ErrorCode::kConsentExpired);
  LoadedConsent bare = granted.loaded;
  bare.consent.headers.clear();
  EXPECT_EQ(code(bare, {kNow}), ErrorCode::kStateConflict);
  const auto withdrawn =
      granted.Load(StageWithdrawal(granted.scope, granted.loaded, SampleEvidence()).value());
  EXPECT_EQ(code(withdrawn, {kNow}), ErrorCode::kConsentWithdrawn);
}

}  // namespace
}  // namespace noren::personal_data
