// Items of people who hold their own keys: handed in, replaced, wrapped anew, destroyed.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/held_items.h"

#include <gtest/gtest.h>

#include "engine/model/canonical_json.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/maintenance.h"
#include "tests/engine/operations/person_custody_fixture.h"

namespace noren::operations {
namespace {

TEST_F(PersonCustody, WhatIsNoAgeFileIsRefused) {
  const auto code = [&](const Bytes& file) {
    return CodeOf(client().Send(file, client().NewItem(ItemKind::kResume)));
  };
  const Bytes good = client().MakeFile(SomeBytes(3, 1000));
  EXPECT_EQ(code(SomeBytes(3, 1000)), ErrorCode::kNotAgeFile);
  EXPECT_EQ(code(ToBytes("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n")), ErrorCode::kNotAgeFile);
  EXPECT_EQ(code(ToBytes(ByteSpan(good).first(80))), ErrorCode::kNotAgeFile);
  std::string scrypt(AsText(good));
  scrypt.insert(scrypt.find("--- "), "-> scrypt AAAA 18\n\n");
  EXPECT_EQ(code(ToBytes(scrypt)), ErrorCode::kAgeRecipients);
  const std::size_t header = agefile::MeasureHeader(good).value();
  EXPECT_EQ(code(ToBytes(ByteSpan(good).first(header + 31))), ErrorCode::kAgeLength);
  EXPECT_EQ(code(good), ErrorCode::kNone);
}

TEST_F(PersonCustody, ThePolicysSizeIsThatOfThePlaintext) {
  const auto* rule = context().policy.FindItem(ItemKind::kName);
  ASSERT_NE(rule, nullptr);
  const auto limit = static_cast<std::size_t>(rule->max_size_bytes);
  ASSERT_LT(limit, std::size_t{1} << 20);
  const auto code = [&](std::size_t size) {
    return CodeOf(
        client().Send(client().MakeFile(SomeBytes(1, size)), client().NewItem(ItemKind::kName)));
  };
  EXPECT_EQ(code(limit), ErrorCode::kNone);
  EXPECT_EQ(code(limit + 1), ErrorCode::kTooLarge);
}

TEST_F(PersonCustody, OnlyThePersonReplacesAnItem) {
  const model::ItemId item = items_[0];
  ASSERT_OK(service_.WithdrawConsent(client().Grant(posting_)));
  const Bytes file = client().MakeFile(resumes_[0]);
  BeginItemRequest begin = client().NewItem(ItemKind::kResume);
  begin.replaces = item;
  const auto code = [&](const std::optional<PersonAct>& act, const Bytes& sent) {
    begin.idempotency_key = service_.NextKey();
    return CodeOf(client().Send(sent, begin, act));
  };
  EXPECT_EQ(code(std::nullopt, file), ErrorCode::kProofRequired);
  PersonAct unsigned_act = client().ReplaceAct(item, file);
  unsigned_act.signature.clear();
  EXPECT_EQ(code(unsigned_act, file), ErrorCode::kProofRequired);
  // The portal's file under the person's act for another.
  EXPECT_EQ(code(client().ReplaceAct(item, file), client().MakeFile(ToBytes("forged"))),
            ErrorCode::kHeaderMismatch);
  const auto own = client().Read().items;
  const model::ItemId name = own[own[0].record.item == item ? 1 : 0].record.item;
  EXPECT_EQ(code(client().ReplaceAct(name, file), file), ErrorCode::kBadRequest);
  EXPECT_EQ(code(client(1).ReplaceAct(item, file), file), ErrorCode::kNotFound);
  // Nothing of it took effect.
  EXPECT_THAT(client().OpenOwn(item), IsOkAndHolds(resumes_[0]));
  begin.replaces.reset();
  EXPECT_EQ(code(client().ReplaceAct(item, file), file), ErrorCode::kBadRequest);
  begin.replaces = items_[1];  // another person's
  EXPECT_EQ(code(client().ReplaceAct(items_[1], file), file), ErrorCode::kNotFound);
  begin.replaces = item;
  begin.kind = ItemKind::kName;
  EXPECT_EQ(code(client().ReplaceAct(item, file), file), ErrorCode::kBadRequest);
}

TEST_F(PersonCustody, AnItemThatALiveConsentNamesIsNotReplaced) {
  client().Grant(posting_);
  EXPECT_EQ(
      CodeOf(client().ReplaceItem(ItemKind::kResume, items_[0], client().MakeFile(resumes_[0]))),
      ErrorCode::kStateConflict);
}

bool MarkedFor(PersonClient& client, const model::ItemId& item) {
  for (const OwnItem& own : client.Read().items) {
    if (own.record.item == item) return own.reencrypt;
  }
  ADD_FAILURE() << "no such item";
  return false;
}

TEST_F(PersonCustody, AfterAWithdrawalThePersonIsAskedToEncryptAnew) {
  const TestApplication application = client().Grant(posting_);
  const auto release = Collect(application);
  ASSERT_OK(release);
  EXPECT_FALSE(MarkedFor(client(), items_[0]));
  ASSERT_OK(service_.WithdrawConsent(application));
  EXPECT_TRUE(MarkedFor(client(), items_[0]));
  ASSERT_OK(service_.Restart());  // the service cannot do it by itself
  EXPECT_TRUE(MarkedFor(client(), items_[0]));

  // The old payload under a new header would still open with the old file key.
  const Bytes same = client().MakeFile(resumes_[0]);
  ASSERT_OK(client().ReplaceItem(ItemKind::kResume, items_[0], same));
  EXPECT_FALSE(MarkedFor(client(), items_[0]));
  EXPECT_THAT(client().OpenOwn(items_[0]), IsOkAndHolds(resumes_[0]));
  for (const OwnItem& own : client().Read().items) {
    if (own.record.item != items_[0]) continue;
    EXPECT_EQ(own.record.version, 2u);
  }
  // What the company had opens nothing that is stored.
  service_.clock().AdvanceSeconds(100'000);
  ASSERT_OK(SweepBlobs(context()));
  for (const personal_data::ReleasedItem& item : release->record.items) {
    if (item.kind != ItemKind::kResume) continue;
    EXPECT_FALSE(service_.blobs().Size(item.payload_sha256).ok());
  }
}

TEST_F(PersonCustody, TheOldPayloadOrHeaderIsNoNewVersion) {
  ASSERT_OK(service_.WithdrawConsent(client().Grant(posting_)));
  Bytes header, payload;
  for (const OwnItem& own : client().Read().items) {
    if (own.record.item != items_[0]) continue;
    header = own.record.header;
    const auto stored = service_.blobs().ReadAt(own.record.payload_sha256, 0, 1 << 20);
    ASSERT_OK(stored);
    payload = *stored;
  }
  const auto code = [&](const Bytes& h, const Bytes& p) {
    Bytes file = h;
    file.insert(file.end(), p.begin(), p.end());
    return CodeOf(client().ReplaceItem(ItemKind::kResume, items_[0], file));
  };
  const Bytes other = client().MakeFile(resumes_[0]);
  const std::size_t cut = agefile::MeasureHeader(other).value();
  const Bytes new_header(other.begin(), other.begin() + static_cast<std::ptrdiff_t>(cut));
  const Bytes new_payload(other.begin() + static_cast<std::ptrdiff_t>(cut), other.end());
  EXPECT_EQ(code(new_header, payload), ErrorCode::kHeaderReused);
  EXPECT_EQ(code(header, new_payload), ErrorCode::kHeaderReused);
  EXPECT_EQ(code(new_header, new_payload), ErrorCode::kNone);
}

TEST_F(PersonCustody, AMarkWaitsWhileAnotherLiveConsentNamesTheItem) {
  const TestApplication application = client().Grant(posting_);
  ASSERT_OK(Collect(application));
  const model::PostingId other = service_.RegisterPosting("second-company");
  service_.AddKey("second-company");
  service_.InviteAll(other, "second-company");
  const TestApplication second = client().Grant(other, "second-company");
  ASSERT_OK(service_.WithdrawConsent(application));
  EXPECT_FALSE(MarkedFor(client(), items_[0]));
  ASSERT_OK(service_.WithdrawConsent(second));
  EXPECT_TRUE(MarkedFor(client(), items_[0]));
}

TEST_F(PersonCustody, ANewCompanyKeyIsAnsweredByARewrap) {
  const TestApplication application = client().Grant(posting_);
  const auto old_release = Collect(application);
  ASSERT_OK(old_release);
  EXPECT_TRUE(client().Read().rewraps.empty());
  const agefile::Identity third = service_.AddKey();  // the others are lost
  auto rewraps = client().Read().rewraps;
  ASSERT_EQ(rewraps.size(), 1u);
  EXPECT_EQ(rewraps[0].consent, application.consent);
  EXPECT_EQ(rewraps[0].recipients.size(), 3u);
  EXPECT_EQ(rewraps[0].company_key, personal_data::FingerprintOf(rewraps[0].recipients));
  EXPECT_THAT(Open(*old_release, third), StatusIs(StatusCode::kNotFound));

  const PersonAct act =
      client().RewrapAct(rewraps[0], client().Wrap(rewraps[0].items, rewraps[0].recipients));
  const auto done = Rewrap(act);
  ASSERT_OK(done);
  EXPECT_EQ(done->proof, personal_data::ProofLevel::kSignature);
  EXPECT_TRUE(client().Read().rewraps.empty());
  // One order has one release; another gets the new headers.
  const auto same = Collect(application);
  ASSERT_OK(same);
  EXPECT_EQ(same->record, old_release->record);
  const auto release = Collect(application, "order-2");
  ASSERT_OK(release);
  EXPECT_THAT(Open(*release, third), IsOkAndHolds(resumes_[0]));
  const auto manifest = model::ParseJson(release->record.manifest);
  ASSERT_OK(manifest);
  EXPECT_EQ(*manifest->Find("rewrap_statement_sha256")->text(),
            HexEncode(personal_data::StatementDigest(act.statement)));
  EXPECT_EQ(CodeOf(Rewrap(act)), ErrorCode::kActStale);
  EXPECT_OK(service_.VerifyExportedLog());
}

TEST_F(PersonCustody, ARewrapIsCheckedLikeAGrant) {
  client().Grant(posting_);
  service_.AddKey();
  const RewrapNeeded needed = client().Read().rewraps.at(0);
  const auto good = client().Wrap(needed.items, needed.recipients);
  const auto code = [&](const std::function<void(PersonAct&)>& change,
                        const std::vector<ItemHeader>& headers) {
    PersonAct act = client().RewrapAct(needed, headers);
    change(act);
    return CodeOf(Rewrap(act));
  };
  const auto unchanged = [](PersonAct&) {};
  EXPECT_EQ(code([](PersonAct& a) { std::swap(a.headers[0].header, a.headers[1].header); }, good),
            ErrorCode::kHeaderMismatch);
  EXPECT_EQ(code([](PersonAct& a) { a.headers.clear(); }, good), ErrorCode::kHeaderMismatch);
  EXPECT_EQ(code([](PersonAct& a) { a.signature.clear(); }, good), ErrorCode::kProofRequired);
  EXPECT_EQ(code([](PersonAct& a) { a.signature[0] ^= 1; }, good), ErrorCode::kProofInvalid);
  EXPECT_EQ(code(unchanged, client().Wrap(needed.items, {needed.recipients[0]})),
            ErrorCode::kAgeRecipients);
  std::vector<ItemHeader> twice = good;
  twice[1].header = twice[0].header;
  EXPECT_EQ(code(unchanged, twice), ErrorCode::kHeaderReused);
  const auto restated = [&](const std::function<void(personal_data::Act&)>& change) {
    PersonAct act = client().RewrapAct(needed, good);
    auto parsed = personal_data::ParseAct(act.statement);
    EXPECT_OK(parsed);
    change(*parsed);
    PersonAct changed = client().Sign(personal_data::StatementOf(*parsed));
    changed.headers = act.headers;
    return CodeOf(Rewrap(changed));
  };
  EXPECT_EQ(restated([](auto& a) { a.rewrap->company_key[0] ^= 1; }), ErrorCode::kBadRequest);
  EXPECT_EQ(restated([](auto& a) { a.rewrap->company = "second-company"; }),
            ErrorCode::kBadRequest);
  EXPECT_EQ(restated([](auto& a) { a.rewrap->items[0].payload_sha256[0] ^= 1; }),
            ErrorCode::kBadRequest);
  EXPECT_EQ(restated([](auto& a) {
              a.rewrap->items.pop_back();
              a.rewrap->headers_sha256.pop_back();
            }),
            ErrorCode::kBadRequest);
  EXPECT_EQ(restated([&](auto& a) { a.consent = client(1).InvitationTo(posting_).consent; }),
            ErrorCode::kNotFound);
  EXPECT_EQ(code(unchanged, good), ErrorCode::kNone);
}

TEST_F(PersonCustody, OnlyALiveConsentIsRewrapped) {
  const TestApplication application = client().Grant(posting_);
  service_.AddKey();
  const RewrapNeeded needed = client().Read().rewraps.at(0);
  const PersonAct act = client().RewrapAct(needed, client().Wrap(needed.items, needed.recipients));
  ASSERT_OK(service_.WithdrawConsent(application));
  EXPECT_TRUE(client().Read().rewraps.empty());
  EXPECT_EQ(CodeOf(Rewrap(act)), ErrorCode::kConsentWithdrawn);
  RewrapNeeded requested = needed;  // of somebody who has not answered
  requested.consent = client(1).InvitationTo(posting_).consent;
  const auto statement =
      PrepareAct(context(), service_.portal(), "rewrap", client(1).person().handle,
                 {{"consent", requested.consent.ToString()}});
  EXPECT_EQ(CodeOf(statement), ErrorCode::kConsentMissing);
}

TEST_F(PersonCustody, AnotherPortalReachesNothingOfIt) {
  const Call other = service_.portal("second-portal");
  EXPECT_EQ(CodeOf(ReadOwnItem(context(), other, client().person().handle, items_[0], 0)),
            ErrorCode::kNotFound);
  EXPECT_EQ(
      CodeOf(ReadOwnItem(context(), service_.portal(), client().person().handle, items_[1], 0)),
      ErrorCode::kNotFound);
}

TEST_F(PersonCustody, ReadingOnesOwnItemIsInTheRecord) {
  ASSERT_OK(client().OpenOwn(items_[0]));
  const auto disclosures = client().Read().disclosures;
  ASSERT_FALSE(disclosures.empty());
  EXPECT_EQ(disclosures.back().what, "read_own_item");
  EXPECT_EQ(disclosures.back().who, "portal:first-portal");
  EXPECT_EQ(disclosures.back().items, std::vector<model::ItemId>{items_[0]});
}

TEST_F(PersonCustody, DestructionIsTheSame) {
  const TestApplication application = client().Grant(posting_);
  const auto release = Collect(application);
  ASSERT_OK(release);
  const model::RequestId request = service_.AskForErasure(client().person());
  const Hash256 payload = release->record.items[0].payload_sha256;
  ASSERT_OK(DestroyPerson(context(), service_.officer(),
                          {service_.NextKey(), request, "asked by the person"}));
  EXPECT_EQ(CodeOf(GetSeeker(context(), service_.portal(), client().person().handle)),
            ErrorCode::kNotFound);
  EXPECT_FALSE(Collect(application).ok());
  service_.clock().AdvanceSeconds(100'000);
  ASSERT_OK(service_.Restart());
  EXPECT_FALSE(service_.blobs().Size(payload).ok());
  EXPECT_THAT(client(1).OpenOwn(items_[1]), IsOkAndHolds(resumes_[1]));
  EXPECT_OK(service_.CheckLog());
}

}  // namespace
}  // namespace noren::operations
