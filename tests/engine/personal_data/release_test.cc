// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/release.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "crypto/agefile/agefile.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/memory_blob_store.h"
#include "engine/storage/memory_store.h"
#include "tests/engine/personal_data/samples.h"
#include "tests/support/fixed_clock.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;

// A person with two items, invited by a company and having granted both.
class ReleaseDesk {
 public:
  ReleaseDesk() {
    AddItem(0x41, model::ItemKind::kResume, "resume text");
    AddItem(0x42, model::ItemKind::kEmail, "seo-yeon@example.kr");
    invitation.items.clear();
    for (const ItemRecord& item : items) {
      invitation.items.push_back({item.item, item.payload_sha256});
    }
    terms = SampleTerms(invitation);
    Apply(StageInvitation(scope(kNow), invitation).value().staged);
    Apply(StageGrant(scope(kNow), Load(), terms, SampleEvidence("{}")).value().staged);
  }
  ConsentScope scope(std::int64_t time) { return {person.context(), purpose_keys, {time}, random}; }

  void AddItem(std::uint8_t id, model::ItemKind kind, std::string_view text) {
    ItemWriter writer = ItemWriter::Begin(blobs, person.keys, random).value();
    ASSERT_OK(writer.Update(AsBytes(text)));
    const WrittenItem written = writer.Finish().value();
    ItemRecord record = SampleItem();
    record.item = IdOf<model::ItemId>(id);
    record.kind = kind;
    record.header = written.header;
    record.payload_sha256 = written.payload_sha256;
    record.payload_size_bytes = written.payload_size_bytes;
    record.plain_size_bytes = written.plain_size_bytes;
    items.push_back(record);
  }
  storage::Outcome Apply(const Staged& staged) {
    storage::Batch batch;
    batch.if_all = staged.conditions;
    batch.mutations = staged.mutations;
    return store.Commit(batch).outcome;
  }
  LoadedConsent Load() {
    const model::ConsentId id = invitation.consent;
    auto values = store
                      .Read({}, {keyspaces::ConsentKey(person.id, id),
                                 keyspaces::ConsentVersionKey(person.id, id)})
                      .value();
    return LoadConsent(person.context(), id, *values[0], *values[1], purpose_keys).value();
  }
  // A release of the consent as it is loaded now, changed by `spoil`.
  StatusOr<StagedRelease> Build(const std::function<void(ReleaseRequest&)>& spoil = {},
                                std::int64_t time = kNow + 90) {
    loaded = Load();
    ReleaseRequest request{.loaded = loaded,
                           .invitation = invitation,
                           .items = items,
                           .recipients = invitation.company_recipients,
                           .candidate = IdOf<model::CandidateRef>(0x81),
                           .order_key = "order-1",
                           .reason = "first reading",
                           .clauses = {"consent.release"}};
    if (spoil) spoil(request);
    return BuildRelease(scope(time), request);
  }
  std::string ReleaseKeyOf(std::string_view order_key) {
    return keyspaces::ReleaseKey(
        invitation.consent, Pseudonyms(purpose_keys).OrderToken(invitation.consent, order_key));
  }

  FixedClock clock;
  storage::MemoryBlobStore blobs{clock};
  storage::MemoryStore store;
  SeededRandom random{11};
  PurposeKeys purpose_keys = KeysOf(1);
  SamplePerson person;
  std::vector<ItemRecord> items;
  Invitation invitation = SampleInvitation();
  GrantTerms terms;
  LoadedConsent loaded;
};

TEST(Release, HandsOverTheConsentedItemsToTheCompanysKeys) {
  ReleaseDesk desk;
  ASSERT_OK_AND_ASSIGN(const StagedRelease built, desk.Build());
  ASSERT_EQ(built.record.items.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const ReleasedItem& item = built.record.items[i];
    EXPECT_EQ(item.item, desk.items[i].item);
    Bytes file = item.header;
    const Bytes payload = desk.blobs.ReadAt(item.payload_sha256, 0, 1 << 20).value();
    file.insert(file.end(), payload.begin(), payload.end());
    for (const std::uint8_t company : {std::uint8_t{0x61}, std::uint8_t{0x62}}) {
      const auto identity =
          agefile::Identity::FromScalar(PersonKeysOf(company).items_identity.Clone()).value();
      ASSERT_OK_AND_ASSIGN(const Bytes text, agefile::DecryptFile(file, identity));
      EXPECT_EQ(AsText(text), i == 0 ? "resume text" : "seo-yeon@example.kr");
    }
  }
}

TEST(Release, HandsOverOnlyTheItemsOfTheGrant) {
  ReleaseDesk fresh;
  fresh.terms.items = {fresh.terms.items[1]};
  LoadedConsent loaded = fresh.Load();
  loaded.consent.terms = fresh.terms;
  ASSERT_OK_AND_ASSIGN(
      const StagedRelease built,
      BuildRelease(fresh.scope(kNow + 90), {.loaded = loaded,
                                            .invitation = fresh.invitation,
                                            .items = fresh.items,
                                            .recipients = fresh.invitation.company_recipients,
                                            .candidate = IdOf<model::CandidateRef>(0x81),
                                            .order_key = "order-1",
                                            .reason = "first reading",
                                            .clauses = {}}));
  ASSERT_EQ(built.record.items.size(), 1u);
  EXPECT_EQ(built.record.items[0].item, fresh.items[1].item);
  EXPECT_EQ(built.record.manifest.find(fresh.items[0].item.ToString()), std::string::npos);
}

TEST(Release, ManifestIsSignedAndIsThatOfTheGoldenFile) {
  ReleaseDesk desk;
  ASSERT_OK_AND_ASSIGN(const StagedRelease built, desk.Build());
  ASSERT_OK_AND_ASSIGN(const Bytes key, ReceiptVerifyingKey(desk.purpose_keys));
  EXPECT_OK(VerifyManifest(built.record.manifest, built.record.signature, key));
  EXPECT_EQ(built.record.manifest + "\n" + HexEncode(built.record.signature),
            ReadGolden("release_manifest_v1.txt"));
  for (std::size_t i = 0; i < built.record.manifest.size(); ++i) {
    std::string changed = built.record.manifest;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    ASSERT_EQ(CodeOf(VerifyManifest(changed, built.record.signature, key)),
              ErrorCode::kProofInvalid);
  }
  ASSERT_OK_AND_ASSIGN(const Bytes other, ReceiptVerifyingKey(KeysOf(2)));
  EXPECT_EQ(CodeOf(VerifyManifest(built.record.manifest, built.record.signature, other)),
            ErrorCode::kProofInvalid);
}

TEST(Release, OneOrderHasOneReleaseAndItIsReadBack) {
  ReleaseDesk desk;
  ASSERT_OK_AND_ASSIGN(const StagedRelease first, desk.Build());
  ASSERT_OK_AND_ASSIGN(const StagedRelease second, desk.Build());
  EXPECT_EQ(desk.Apply(first.staged), storage::Outcome::kCommitted);
  EXPECT_EQ(desk.Apply(second.staged), storage::Outcome::kConditionFailed);
  const std::string key = desk.ReleaseKeyOf("order-1");
  const auto stored = desk.store.Read({}, {key}).value();
  EXPECT_THAT(DecodeRelease(desk.person.context(), key, *stored[0]), IsOkAndHolds(first.record));
  ASSERT_OK_AND_ASSIGN(const StagedRelease other_order,
                       desk.Build([](ReleaseRequest& r) { r.order_key = "order-2"; }));
  EXPECT_EQ(desk.Apply(other_order.staged), storage::Outcome::kCommitted);
}

TEST(Release, IsRecordedAsAProvisionWithoutNamingThePerson) {
  ReleaseDesk desk;
  ASSERT_OK_AND_ASSIGN(const StagedRelease built, desk.Build());
  const std::string key = keyspaces::ProvisionKey(kNow + 90, built.record.release);
  const auto found = std::find_if(built.staged.mutations.begin(), built.staged.mutations.end(),
                                  [&](const storage::Mutation& m) { return m.key == key; });
  ASSERT_NE(found, built.staged.mutations.end());
  ASSERT_OK_AND_ASSIGN(const ProvisionRecord provision,
                       DecodeProvision(key, *found->value, desk.purpose_keys));
  EXPECT_EQ(provision.company, "hangang-care");
  EXPECT_EQ(provision.candidate, IdOf<model::CandidateRef>(0x81));
  EXPECT_EQ(provision.reason, "");  // free text stays with the person's records
  EXPECT_EQ(provision.reason_code, DownloadReason::kOther);
  EXPECT_EQ(provision.proof, ProofLevel::kSignature);
  EXPECT_EQ(provision.statement_sha256, StatementDigest("{}"));
  EXPECT_EQ(provision.item_kinds,
            (std::vector<model::ItemKind>{model::ItemKind::kResume, model::ItemKind::kEmail}));
  EXPECT_EQ(provision.clauses, std::vector<std::string>{"consent.release"});
  EXPECT_EQ(key.find(HexEncode(desk.person.id.bytes())), std::string::npos);
}

TEST(Release, AnAcknowledgedWithdrawalWinsOverAReleaseThatWasBuiltBefore) {
  ReleaseDesk desk;
  ASSERT_OK_AND_ASSIGN(const StagedRelease built, desk.Build());
  const auto withdrawal = StageWithdrawal(desk.scope(kNow + 91), desk.Load(), SampleEvidence());
  ASSERT_OK(withdrawal);
  EXPECT_EQ(desk.Apply(withdrawal->staged), storage::Outcome::kCommitted);
  EXPECT_EQ(desk.Apply(built.staged), storage::Outcome::kConditionFailed);
  EXPECT_EQ(CodeOf(desk.Build()), ErrorCode::kConsentWithdrawn);
}

TEST(Release, RefusesWithTheExactReason) {
  ReleaseDesk desk;
  const auto code = [&](const std::function<void(ReleaseRequest&)>& spoil) {
    return CodeOf(desk.Build(spoil));
  };
  const std::string long_reason(301, 'x'), long_order(257, 'x');
  std::string korean_reason;
  for (int i = 0; i < 300; ++i) korean_reason += "가";  // 300 characters in 900 bytes
  EXPECT_EQ(code([](ReleaseRequest& r) { r.reason = ""; }), ErrorCode::kReasonRequired);
  EXPECT_EQ(code([](ReleaseRequest& r) { r.reason = "ab"; }), ErrorCode::kReasonRequired);
  EXPECT_EQ(code([](ReleaseRequest& r) { r.reason = "심사"; }), ErrorCode::kReasonRequired);
  EXPECT_EQ(code([&](ReleaseRequest& r) { r.reason = long_reason; }), ErrorCode::kReasonRequired);
  EXPECT_EQ(code([&](ReleaseRequest& r) { r.reason = korean_reason; }), ErrorCode::kNone);
  EXPECT_EQ(code([](ReleaseRequest& r) { r.order_key = ""; }), ErrorCode::kBadRequest);
  EXPECT_EQ(code([&](ReleaseRequest& r) { r.order_key = long_order; }), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(desk.Build({}, desk.terms.expires_at.value)), ErrorCode::kConsentExpired);
  EXPECT_EQ(CodeOf(desk.Build({}, desk.terms.expires_at.value - 1)), ErrorCode::kNone);
}

TEST(Release, WrapsToNoKeyThatTheConsentDoesNotName) {
  ReleaseDesk desk;
  std::vector<std::string> recipients = {SampleRecipient(0x63)};
  const auto with_recipients = [&](ReleaseRequest& r) {
    return CodeOf(BuildRelease(desk.scope(kNow + 90), {.loaded = r.loaded,
                                                       .invitation = r.invitation,
                                                       .items = r.items,
                                                       .recipients = recipients,
                                                       .candidate = r.candidate,
                                                       .order_key = r.order_key,
                                                       .reason = r.reason,
                                                       .clauses = r.clauses}));
  };
  ErrorCode code = ErrorCode::kNone;
  ASSERT_OK(desk.Build([&](ReleaseRequest& r) { code = with_recipients(r); }));
  EXPECT_EQ(code, ErrorCode::kNoRecipientKey);
  // Of a key that was added later and one that is still live, the live one alone gets it.
  recipients.push_back(SampleRecipient(0x62));
  ASSERT_OK(desk.Build([&](ReleaseRequest& r) { code = with_recipients(r); }));
  EXPECT_EQ(code, ErrorCode::kNone);
}

TEST(Release, RefusesAnItemThatIsGoneOrWasReplaced) {
  ReleaseDesk gone, replaced;
  gone.items.pop_back();
  EXPECT_EQ(CodeOf(gone.Build()), ErrorCode::kStateConflict);
  replaced.items[0].payload_sha256[0] ^= 1;
  EXPECT_EQ(CodeOf(replaced.Build()), ErrorCode::kStateConflict);
}

TEST(Release, RefusesAnInvitationThatIsNotTheConsentsOwn) {
  ReleaseDesk desk;
  desk.invitation.company_recipients = {SampleRecipient(0x63)};
  EXPECT_EQ(CodeOf(desk.Build()), ErrorCode::kDataCorrupt);
  ReleaseDesk other;
  other.invitation.invitation = IdOf<model::InvitationId>(0x77);
  EXPECT_EQ(CodeOf(other.Build()), ErrorCode::kDataCorrupt);
}

}  // namespace
}  // namespace noren::personal_data
