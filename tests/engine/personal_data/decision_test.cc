// The statements of named humans: one text each, and whatever else it says is refused.
// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/decision.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/primitives/signature.h"
#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/personal_data/keyspaces.h"
#include "tests/engine/personal_data/samples.h"
#include "tests/support/status_matchers.h"

namespace noren::personal_data {
namespace {

using model::CodeOf;
using model::ErrorCode;

HumanDecision Sample(DecisionAct act) {
  HumanDecision decision;
  decision.act = act;
  decision.company = "hangang-care";
  decision.at = {kNow};
  decision.decided_by = "김민지";
  decision.role = "recruiter";
  decision.reason = DecisionReason::kExperience;
  decision.nonce.fill(0x0a);
  if (act == DecisionAct::kInvite) {
    decision.posting = IdOf<model::PostingId>(0x33);
    decision.card = "card-1";
    decision.how_many = 3;
    decision.item_kinds = {model::ItemKind::kResume, model::ItemKind::kEmail};
    std::sort(decision.item_kinds.begin(), decision.item_kinds.end());
  }
  if (act == DecisionAct::kReject) decision.candidate = IdOf<model::CandidateRef>(0x81);
  if (act == DecisionAct::kAnswer) {
    decision.question = IdOf<model::QuestionId>(0x91);
    decision.outcome = "upheld";
    decision.answer_sha256 = HashOf(0x92);
  }
  return decision;
}

constexpr DecisionAct kActs[] = {DecisionAct::kInvite, DecisionAct::kReject, DecisionAct::kAnswer};

TEST(HumanDecision, ReadsBackWhatItWrote) {
  for (const DecisionAct act : kActs) {
    ASSERT_OK_AND_ASSIGN(const HumanDecision read, ParseDecision(StatementOf(Sample(act))));
    EXPECT_EQ(read, Sample(act));
  }
}

TEST(HumanDecision, WritesItsGoldenFile) {
  std::string text;
  for (const DecisionAct act : kActs) text += StatementOf(Sample(act)) + "\n";
  text.pop_back();
  EXPECT_EQ(text, ReadGolden("decision_v1.txt"));
}

TEST(HumanDecision, HasOneTextOnly) {
  const std::string text = StatementOf(Sample(DecisionAct::kReject));
  EXPECT_EQ(CodeOf(ParseDecision(text + " ")), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(ParseDecision("{\"more\":1," + text.substr(1))), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(ParseDecision(text.substr(0, text.size() - 1))), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(ParseDecision("[]")), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(ParseDecision(std::string(17 * 1024, ' '))), ErrorCode::kTooLarge);
}

TEST(HumanDecision, LacksNoMember) {
  for (const DecisionAct act : kActs) {
    const std::string text = StatementOf(Sample(act));
    const auto json = model::ParseJson(text);
    ASSERT_TRUE(json.ok());
    for (const auto& [name, value] : *json->object()) {
      model::JsonValue without;
      for (const auto& [other, other_value] : *json->object()) {
        if (other != name) without.Set(other, other_value);
      }
      EXPECT_EQ(CodeOf(ParseDecision(model::DumpCanonical(without))), ErrorCode::kBadRequest)
          << name;
    }
  }
}

TEST(HumanDecision, RefusesKindsThatAreNotInOrder) {
  HumanDecision decision = Sample(DecisionAct::kInvite);
  std::reverse(decision.item_kinds.begin(), decision.item_kinds.end());
  EXPECT_EQ(CodeOf(ParseDecision(StatementOf(decision))), ErrorCode::kBadRequest);
  decision.item_kinds = {model::ItemKind::kResume, model::ItemKind::kResume};
  EXPECT_EQ(CodeOf(ParseDecision(StatementOf(decision))), ErrorCode::kBadRequest);
  decision.item_kinds.clear();
  EXPECT_EQ(CodeOf(ParseDecision(StatementOf(decision))), ErrorCode::kBadRequest);
}

TEST(HumanDecision, IsNamedByItsText) {
  const std::string text = StatementOf(Sample(DecisionAct::kReject));
  HumanDecision other = Sample(DecisionAct::kReject);
  other.nonce[3] ^= 1;
  EXPECT_EQ(DecisionIdOf(text), DecisionIdOf(text));
  EXPECT_NE(DecisionIdOf(text), DecisionIdOf(StatementOf(other)));
}

TEST(HumanDecision, ASignatureIsOfOneTextOnePurposeAndOneKey) {
  SeededRandom random(1);
  const auto key = primitives::SigningKey::Generate(random);
  const auto stranger = primitives::SigningKey::Generate(random);
  const std::string text = StatementOf(Sample(DecisionAct::kReject));
  const std::string message = std::string(kDecisionSignaturePrefix) + text;
  const auto signature = key.Sign(AsBytes(message));
  const auto check = [&](std::string_view prefix, std::string_view said, ByteSpan signed_by) {
    return CodeOf(VerifyHumanSignature(prefix, said, signature, signed_by));
  };
  const auto& public_key = key.verifying_key().bytes;
  EXPECT_EQ(check(kDecisionSignaturePrefix, text, public_key), ErrorCode::kNone);
  EXPECT_EQ(check(kDutySignaturePrefix, text, public_key), ErrorCode::kProofInvalid);
  EXPECT_EQ(check(kDecisionSignaturePrefix, text + " ", public_key), ErrorCode::kProofInvalid);
  EXPECT_EQ(check(kDecisionSignaturePrefix, text, stranger.verifying_key().bytes),
            ErrorCode::kProofInvalid);
  EXPECT_EQ(check(kDecisionSignaturePrefix, text, Bytes(31)), ErrorCode::kProofInvalid);
}

Act SampleAsk() {
  Act act;
  act.kind = ActKind::kAsk;
  act.at = {kNow};
  act.handle = IdOf<model::SeekerHandle>(0x21);
  act.nonce.fill(0x0a);
  act.consent = IdOf<model::ConsentId>(0x32);
  act.ask = {IdOf<model::DecisionId>(0x93), QuestionKind::kReview, "왜인가요?"};
  return act;
}

TEST(ActOfAsking, ReadsBackWhatItWroteAndHasEveryMember) {
  const std::string text = StatementOf(SampleAsk());
  ASSERT_OK_AND_ASSIGN(const Act read, ParseAct(text));
  EXPECT_EQ(read, SampleAsk());
  const auto json = model::ParseJson(text);
  ASSERT_TRUE(json.ok());
  for (const char* const name : {"consent", "decision", "ask", "text"}) {
    model::JsonValue without;
    for (const auto& [other, value] : *json->object()) {
      if (other != name) without.Set(other, value);
    }
    EXPECT_EQ(CodeOf(ParseAct(model::DumpCanonical(without))), ErrorCode::kBadRequest) << name;
  }
  Act long_one = SampleAsk();
  long_one.ask->text = std::string(kMaxQuestionSizeBytes + 1, 'x');
  EXPECT_EQ(CodeOf(ParseAct(StatementOf(long_one))), ErrorCode::kBadRequest);
  Act wordless = SampleAsk();
  wordless.ask->text.clear();
  EXPECT_OK(ParseAct(StatementOf(wordless)));
}

TEST(Provision, OfTheFirstLayoutIsStillRead) {
  ASSERT_OK_AND_ASSIGN(const Bytes stored, HexDecode(ReadGolden("provision_v1.hex")));
  const std::string key =
      keyspaces::ProvisionKey(SampleProvision().at.value, SampleProvision().release);
  ASSERT_OK_AND_ASSIGN(const ProvisionRecord read, DecodeProvision(key, stored, KeysOf(0x01)));
  EXPECT_EQ(read.reason, "1차 서류 심사");
  EXPECT_EQ(read.reason_code, DownloadReason::kOther);
  EXPECT_EQ(read.recipient, RecipientDetails());
  EXPECT_EQ(read.company, SampleProvision().company);
  EXPECT_EQ(read.clauses, SampleProvision().clauses);
}

}  // namespace
}  // namespace noren::personal_data
