// What a person takes away: given apart from derived, complete, and with proofs that verify without
// the service.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/export_person.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/person_acts.h"
#include "server/verifier/verify.h"
#include "tests/engine/operations/person_client.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::JsonValue;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class PersonExportTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 4; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/true));
      service_.PutItem(*people_.back(), model::ItemKind::kResume,
                       SomeBytes(static_cast<std::uint64_t>(i), 500));
      service_.BecomeDiscoverable(*people_.back());
    }
    service_.AddKey();
    const auto posting = service_.RegisterPosting();
    service_.InviteAll(posting);
    application_ = service_.Grant(*people_[0], posting);
  }
  StatusOr<PersonExport> Export(const TestPerson& person) {
    const std::string statement = service_.Prepare(person, "read");
    return ExportOwnRecord(service_.context(), service_.portal(), service_.Prove(person, statement),
                           service_.signer());
  }
  JsonValue DocumentOf(const TestPerson& person) {
    const auto exported = Export(person);
    EXPECT_OK(exported);
    if (!exported.ok()) return {};
    std::string text = exported->document;
    EXPECT_EQ(text.back(), '\n');
    text.pop_back();
    EXPECT_TRUE(model::IsCanonical(text));
    return model::ParseJson(text).value();
  }
  verifier::Report Verified(const std::string& bundle, const Bytes& signer) {
    auto report = verifier::VerifyBundle(
        bundle, {*service_.signer().VerifierKey(kEmbeddedPartition), signer});
    EXPECT_OK(report);
    return *std::move(report);
  }
  static std::size_t SizeOf(const JsonValue& document, std::string_view part,
                            std::string_view list) {
    return document.Find(part)->Find(list)->array()->size();
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  TestApplication application_;
};

TEST_F(PersonExportTest, KeepsWhatWasGivenApartFromWhatWasDerived) {
  ASSERT_OK(CollectRelease(service_.context(), service_.company(),
                           {service_.NextKey(), application_.candidate, "o", "first reading"}));
  const JsonValue document = DocumentOf(*people_[0]);
  const JsonValue& given = *document.Find("given");
  EXPECT_EQ(*given.Find("contact")->text(), people_[0]->contact);
  EXPECT_EQ(given.Find("profile")->Find("occupations")->array()->size(),
            SomeProfile(0).occupations.size());
  EXPECT_EQ(SizeOf(document, "given", "items"), 1u);
  EXPECT_EQ(SizeOf(document, "given", "acts"), 1u);
  EXPECT_EQ(SizeOf(document, "received", "invitations"), 1u);
  EXPECT_EQ(SizeOf(document, "received", "decisions"), 1u) << "who invited";
  ASSERT_EQ(SizeOf(document, "derived", "provisions"), 1u);
  const JsonValue& provision = document.Find("derived")->Find("provisions")->array()->front();
  EXPECT_EQ(*provision.Find("company")->text(), "hangang-care");
  EXPECT_EQ(*provision.Find("consent")->text(), application_.consent.ToString());
  EXPECT_EQ(SizeOf(document, "derived", "consents"), 1u);
  const JsonValue& consent = document.Find("derived")->Find("consents")->array()->front();
  EXPECT_EQ(*consent.Find("state")->text(), "granted");
  EXPECT_EQ(*consent.Find("candidate")->text(), application_.candidate.ToString());
  EXPECT_EQ(SizeOf(document, "derived", "exposures"), 2u) << "a card, and the release";
  // Nothing that the service made is among what was given.
  EXPECT_THAT(model::DumpCanonical(given), Not(HasSubstr(application_.candidate.ToString())));
}

TEST_F(PersonExportTest, IsOfThisPersonAlone) {
  const auto exported = Export(*people_[1]);
  ASSERT_OK(exported);
  EXPECT_THAT(exported->document, Not(HasSubstr(people_[0]->contact)));
  EXPECT_THAT(exported->document, Not(HasSubstr(application_.candidate.ToString())));
  EXPECT_TRUE(exported->proofs.empty()) << "did not answer yet";
}

// Goal: a bundle of a real act convinces somebody who has the log's key and nothing else.
TEST_F(PersonExportTest, ProofsOfRealActsVerifyOfflineAndNoChangedOneDoes) {
  ASSERT_OK(service_.WithdrawConsent(application_));
  const auto exported = Export(*people_[0]);
  ASSERT_OK(exported);
  ASSERT_EQ(exported->proofs.size(), 2u) << "the grant, and the withdrawal";
  const Bytes key = ToBytes(people_[0]->key->verifying_key().bytes);
  const verifier::Report grant = Verified(exported->proofs[0], key);
  EXPECT_TRUE(grant.ok()) << verifier::ToText(grant);
  EXPECT_EQ(grant.checks.size(), 5u) << verifier::ToText(grant);
  // Withdrawing needs no key: nobody signed.
  const verifier::Report withdrawal = Verified(exported->proofs[1], {});
  EXPECT_TRUE(withdrawal.ok()) << verifier::ToText(withdrawal);
  EXPECT_FALSE(Verified(exported->proofs[1], key).ok());
  EXPECT_FALSE(Verified(exported->proofs[0], Bytes(32, 1)).ok());
  for (std::size_t at = 0; at < exported->proofs[0].size(); at += 7) {
    std::string changed = exported->proofs[0];
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(Verified(changed, key).ok()) << at;
  }
}

// Goal: what was taken away convinces somebody who has the log's key and nothing else, and nothing
// that was changed in it does.
TEST_F(PersonExportTest, VerifiesAsAWholeOfflineAndNoChangedOneDoes) {
  ASSERT_OK(service_.WithdrawConsent(application_));
  const auto exported = Export(*people_[0]);
  ASSERT_OK(exported);
  const verifier::PersonExportFiles files{exported->document, exported->note, exported->proofs};
  const std::string key = *service_.signer().VerifierKey(kEmbeddedPartition);
  const auto verified = [&key](const verifier::PersonExportFiles& changed) {
    const auto report = verifier::VerifyPersonExport(changed, key);
    EXPECT_OK(report);
    return *report;
  };
  const verifier::Report report = verified(files);
  EXPECT_TRUE(report.ok()) << verifier::ToText(report);
  EXPECT_TRUE(report.notes.empty()) << "each act has its proof";
  ASSERT_EQ(report.checks.size(), 3u) << verifier::ToText(report);
  EXPECT_EQ(report.checks[2].count, 2u);
  for (std::size_t at = 0; at < files.document.size(); at += 7) {
    verifier::PersonExportFiles changed = files;
    changed.document[at] = static_cast<char>(changed.document[at] ^ 1);
    EXPECT_FALSE(verified(changed).ok()) << at;
  }
  for (std::size_t at = 0; at < files.note.size(); ++at) {
    verifier::PersonExportFiles changed = files;
    changed.note[at] = static_cast<char>(changed.note[at] ^ 1);
    EXPECT_FALSE(verified(changed).ok()) << at;
  }
  verifier::PersonExportFiles fewer = files;
  fewer.proofs.pop_back();
  EXPECT_TRUE(verified(fewer).ok());
  EXPECT_THAT(verified(fewer).notes, ElementsAre("acts of the document without a proof: 1"));
}

TEST_F(PersonExportTest, AnothersProofOrKeyIsNoneOfThisExport) {
  const auto posting = service_.RegisterPosting();
  service_.InviteAll(posting);
  service_.Grant(*people_[1], posting);
  const auto own = Export(*people_[0]);
  const auto others = Export(*people_[1]);
  ASSERT_OK(own);
  ASSERT_OK(others);
  ASSERT_EQ(others->proofs.size(), 1u);
  const std::string key = *service_.signer().VerifierKey(kEmbeddedPartition);
  const auto mixed = verifier::VerifyPersonExport({own->document, own->note, others->proofs}, key);
  ASSERT_OK(mixed);
  EXPECT_FALSE(mixed->ok());
  EXPECT_EQ(mixed->findings[0].finding, verifier::Finding::kSignatureInvalid) << "another signer";
  const auto note = verifier::VerifyPersonExport({own->document, others->note, own->proofs}, key);
  ASSERT_OK(note);
  ASSERT_EQ(note->findings.size(), 1u);
  EXPECT_EQ(note->findings[0].finding, verifier::Finding::kStatementMismatch);
  // A checkpoint of the same key is no signature of an export.
  const auto checkpoint = service_.signer().SignCheckpoint(service_.pipeline().log_state());
  ASSERT_OK(checkpoint);
  const auto borrowed =
      verifier::VerifyPersonExport({own->document, *checkpoint, own->proofs}, key);
  ASSERT_OK(borrowed);
  EXPECT_EQ(borrowed->findings.at(0).finding, verifier::Finding::kStatementMismatch);
}

// The act under person custody: statement, headers, and the rewrap after it.
TEST_F(PersonExportTest, ProvesTheActsOfPersonCustody) {
  PersonClient client(service_, 20);
  client.PutItem(model::ItemKind::kResume, ToBytes("held"));
  service_.BecomeDiscoverable(client.person());
  for (int i = 21; i < 23; ++i) {
    people_.push_back(service_.Register(i, /*with_key=*/true));
    service_.PutItem(*people_.back(), model::ItemKind::kResume, SomeBytes(9, 100));
    service_.BecomeDiscoverable(*people_.back());
  }
  ASSERT_OK(service_.context().card_epochs.Renew(service_.context(), service_.officer(),
                                                 service_.NextKey()));
  const auto posting = service_.RegisterPosting();
  service_.InviteAll(posting);
  client.Grant(posting);
  const auto exported = Export(client.person());
  ASSERT_OK(exported);
  ASSERT_EQ(exported->proofs.size(), 1u);
  const Bytes key = ToBytes(client.person().key->verifying_key().bytes);
  const verifier::Report report = Verified(exported->proofs[0], key);
  EXPECT_TRUE(report.ok()) << verifier::ToText(report);
  EXPECT_THAT(exported->proofs[0], HasSubstr("header_sha256"));
}

TEST_F(PersonExportTest, NeedsThePersonsAct) {
  const std::string statement = service_.Prepare(*people_[0], "read");
  EXPECT_EQ(CodeOf(ExportOwnRecord(service_.context(), service_.portal(), {statement, {}, ""},
                                   service_.signer())
                       .status()),
            ErrorCode::kProofRequired);
  const PersonAct act = service_.Prove(*people_[0], statement);
  EXPECT_EQ(CodeOf(ExportOwnRecord(service_.context(), service_.portal("second-portal"), act,
                                   service_.signer())
                       .status()),
            ErrorCode::kNotFound);
}

}  // namespace
}  // namespace noren::operations
