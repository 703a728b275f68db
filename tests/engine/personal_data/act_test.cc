// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/act.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>

#include "crypto/primitives/signature.h"
#include "engine/model/canonical_json.h"
#include "tests/engine/personal_data/samples.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::JsonValue;

Act SampleAct(ActKind kind) {
  Act act;
  act.kind = kind;
  act.at = {kNow};
  act.handle = IdOf<model::SeekerHandle>(0x21);
  act.nonce.fill(0x0A);
  if (kind == ActKind::kDiscoverable) act.companies_class = "all";
  if (kind == ActKind::kWithdraw) act.consent = IdOf<model::ConsentId>(0x32);
  if (kind == ActKind::kAnswer) {
    act.invitation = SampleInvitation().invitation;
    act.decision = Decision::kGrant;
    act.terms = SampleTerms(SampleInvitation());
  }
  return act;
}

// Acts of person custody.
Act HeldAct(ActKind kind) {
  Act act = SampleAct(kind);
  if (kind == ActKind::kAnswer) act.terms->headers_sha256 = {HashOf(0x61), HashOf(0x62)};
  if (kind == ActKind::kRewrap) {
    act.consent = IdOf<model::ConsentId>(0x32);
    act.rewrap = {
        "hangang-care", HashOf(0x71), SampleInvitation().items, {HashOf(0x63), HashOf(0x64)}};
  }
  if (kind == ActKind::kReplace) {
    act.replace = {IdOf<model::ItemId>(0x41), HashOf(0x53), HashOf(0x65)};
  }
  return act;
}
constexpr ActKind kHeldKinds[] = {ActKind::kAnswer, ActKind::kRewrap, ActKind::kReplace};

constexpr ActKind kAllKinds[] = {ActKind::kDiscoverable, ActKind::kAnswer, ActKind::kWithdraw,
                                 ActKind::kErase, ActKind::kRead};

Act Refusal() {
  Act act = SampleAct(ActKind::kAnswer);
  act.decision = Decision::kRefuse;
  act.terms.reset();
  return act;
}

JsonValue ParsedStatement(const Act& act) { return model::ParseJson(StatementOf(act)).value(); }

primitives::SigningKey Signer(std::uint8_t value) {
  return primitives::SigningKey::FromSeed(SecretBytes::CopyOf(Bytes(32, value))).value();
}

Bytes Sign(const primitives::SigningKey& signer, std::string_view statement) {
  const std::string message = std::string(kActSignaturePrefix) + std::string(statement);
  return ToBytes(signer.Sign(AsBytes(message)));
}

TEST(Act, EveryKindReadsBackFromItsStatement) {
  for (const ActKind kind : kAllKinds) {
    EXPECT_THAT(ParseAct(StatementOf(SampleAct(kind))), IsOkAndHolds(SampleAct(kind)));
    EXPECT_EQ(FindActKind(ActKindName(kind)), kind);
  }
  EXPECT_THAT(ParseAct(StatementOf(Refusal())), IsOkAndHolds(Refusal()));
  Act withdraw = SampleAct(ActKind::kWithdraw);
  withdraw.consent = model::ConsentId();  // discoverability
  EXPECT_THAT(ParseAct(StatementOf(withdraw)), IsOkAndHolds(withdraw));
  EXPECT_FALSE(FindActKind("other").has_value());
}

TEST(Act, StatementsAreThoseOfTheGoldenFile) {
  std::string all;
  for (const ActKind kind : kAllKinds) all += StatementOf(SampleAct(kind)) + "\n";
  all += StatementOf(Refusal()) + "\n";
  all += HexEncode(StatementDigest(StatementOf(SampleAct(ActKind::kErase)))) + "\n";
  all += HexEncode(Sign(Signer(1), StatementOf(SampleAct(ActKind::kErase))));
  EXPECT_EQ(all, ReadGolden("act_v1.txt"));
}

TEST(Act, ActsOfPersonCustodyReadBackFromTheirStatements) {
  for (const ActKind kind : kHeldKinds) {
    EXPECT_THAT(ParseAct(StatementOf(HeldAct(kind))), IsOkAndHolds(HeldAct(kind)));
    EXPECT_EQ(FindActKind(ActKindName(kind)), kind);
  }
}

Act Blocking(ActKind kind) {
  Act act = SampleAct(kind);
  act.employers = {model::ParseCorporateNumber("jp-corporation:7000012050002").value(),
                   model::ParseCorporateNumber("kr-business:123-45-67891").value()};
  return act;
}

TEST(Act, BlockingReadsBackFromItsStatement) {
  for (const ActKind kind : {ActKind::kBlock, ActKind::kUnblock}) {
    EXPECT_THAT(ParseAct(StatementOf(Blocking(kind))), IsOkAndHolds(Blocking(kind)));
    EXPECT_EQ(FindActKind(ActKindName(kind)), kind);
  }
}

TEST(Act, ARequestAboutOnesOwnDataReadsBackFromItsStatement) {
  for (const model::Right right : model::AllRights()) {
    Act act = SampleAct(ActKind::kRight);
    act.right = RightTerms{right, "my phone number is wrong", right == model::Right::kSuspend, {}};
    EXPECT_THAT(ParseAct(StatementOf(act)), IsOkAndHolds(act));
    act.right->text.clear();
    act.right->objects_to = model::RequestId::FromBytes(Bytes(16, 3)).value();
    EXPECT_THAT(ParseAct(StatementOf(act)), IsOkAndHolds(act));
  }
  Act act = SampleAct(ActKind::kRight);
  act.right =
      RightTerms{model::Right::kAccess, std::string(kMaxRightTextBytes + 1, 'a'), false, {}};
  EXPECT_EQ(model::CodeOf(ParseAct(StatementOf(act)).status()), model::ErrorCode::kBadRequest);
  std::string statement = StatementOf(SampleAct(ActKind::kRead));
  statement.replace(statement.find("read"), 4, "right");
  EXPECT_EQ(model::CodeOf(ParseAct(statement).status()), model::ErrorCode::kBadRequest)
      << "every member is required";
}

TEST(Act, WhatIsSaidOfBeingSentSomethingReadsBackFromItsStatement) {
  for (const ActKind kind : {ActKind::kUnsubscribe, ActKind::kSubscribe}) {
    Act act = SampleAct(kind);
    act.purpose = "メールマガジンの配信";
    EXPECT_THAT(ParseAct(StatementOf(act)), IsOkAndHolds(act));
    EXPECT_EQ(FindActKind(ActKindName(kind)), kind);
    for (const std::string& purpose : {std::string(), std::string(kMaxPurposeNameBytes + 1, 'a')}) {
      act.purpose = purpose;
      EXPECT_EQ(CodeOf(ParseAct(StatementOf(act)).status()), ErrorCode::kBadRequest);
    }
  }
}

TEST(Act, TheAnswerWhetherToStayReadsBackFromItsStatement) {
  Act act = SampleAct(ActKind::kContinue);
  EXPECT_EQ(FindActKind(ActKindName(act.kind)), act.kind);
  for (const ContinueTerms& terms :
       {ContinueTerms{true, ""}, ContinueTerms{false, ""}, ContinueTerms{false, "contact-00"}}) {
    act.stay = terms;
    EXPECT_THAT(ParseAct(StatementOf(act)), IsOkAndHolds(act));
  }
  // Who stays confirms nothing, and what is confirmed is an id.
  for (const ContinueTerms& terms :
       {ContinueTerms{true, "contact-00"}, ContinueTerms{false, "two words"}}) {
    act.stay = terms;
    EXPECT_EQ(CodeOf(ParseAct(StatementOf(act)).status()), ErrorCode::kBadRequest);
  }
  JsonValue json = ParsedStatement(act);
  json.Set("confirms", std::string_view("")).Set("answer", std::string_view("perhaps"));
  EXPECT_EQ(CodeOf(ParseAct(model::DumpCanonical(json)).status()), ErrorCode::kBadRequest);
}

// The kinds that the golden file of the first acts has not: every text that the person's client
// writes is one that the server writes, too.
TEST(Act, StatementsOfLaterKindsAreThoseOfTheGoldenFile) {
  std::string all;
  const auto add = [&all](const Act& act) { all += StatementOf(act) + "\n"; };
  for (const ActKind kind : {ActKind::kBlock, ActKind::kUnblock}) add(Blocking(kind));
  for (const ActKind kind : kHeldKinds) add(HeldAct(kind));
  Act act = SampleAct(ActKind::kAsk);
  act.consent = IdOf<model::ConsentId>(0x32);
  act.ask = AskTerms{IdOf<model::DecisionId>(0x33), QuestionKind::kReview, "왜 떨어졌나요?"};
  add(act);
  act = SampleAct(ActKind::kRight);
  for (const model::Right right : model::AllRights()) {
    act.right = RightTerms{right, "私のデータについて", right == model::Right::kErase, {}};
    add(act);
  }
  act.right->objects_to = IdOf<model::RequestId>(0x34);
  add(act);
  for (const ActKind kind : {ActKind::kUnsubscribe, ActKind::kSubscribe}) {
    act = SampleAct(kind);
    act.purpose = "メールマガジンの配信";
    add(act);
  }
  act = SampleAct(ActKind::kContinue);
  for (const ContinueTerms& terms :
       {ContinueTerms{true, ""}, ContinueTerms{false, ""}, ContinueTerms{false, "contact-00"}}) {
    act.stay = terms;
    add(act);
  }
  all.pop_back();
  EXPECT_EQ(all, ReadGolden("act_later_v1.txt"));
}

TEST(Act, RefusesEmployersThatCouldBeWrittenInAnotherWay) {
  const auto refused = [](std::vector<std::string> employers) {
    JsonValue json = ParsedStatement(Blocking(ActKind::kBlock));
    JsonValue array = JsonValue::MakeArray();
    for (const std::string& one : employers) array.Append(JsonValue::Text(one));
    json.Set("employers", std::move(array));
    return CodeOf(ParseAct(model::DumpCanonical(json))) == ErrorCode::kBadRequest;
  };
  const std::string jp = "jp-corporation:7000012050002", kr = "kr-business:1234567891";
  EXPECT_FALSE(refused({jp, kr}));
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({kr, jp}));
  EXPECT_TRUE(refused({jp, jp}));
  EXPECT_TRUE(refused({"kr-business:123-45-67891"}));  // hyphens
  EXPECT_TRUE(refused({"kr-business:1234567890"}));    // check digit
  EXPECT_TRUE(refused({"hangang-care"}));
  EXPECT_TRUE(refused(std::vector<std::string>(kMaxEmployersPerAct + 1, jp)));
}

TEST(Act, RefusesHeaderDigestsOfSomeItemsOnly) {
  for (const ActKind kind : {ActKind::kAnswer, ActKind::kRewrap}) {
    JsonValue json = ParsedStatement(HeldAct(kind));
    JsonValue::Array items = *json.Find("items")->array();
    JsonValue bare;
    bare.Set("item", *items[1].Find("item")->text());
    bare.Set("digest", *items[1].Find("digest")->text());
    JsonValue changed = JsonValue::MakeArray();
    changed.Append(items[0]);
    changed.Append(std::move(bare));
    json.Set("items", std::move(changed));
    const auto act = ParseAct(model::DumpCanonical(json));
    EXPECT_EQ(CodeOf(act), ErrorCode::kBadRequest);
    EXPECT_EQ(model::FieldOf(act.status()), "statement.items");
  }
}

TEST(Act, ARewrapNeedsHeaderDigests) {
  Act act = HeldAct(ActKind::kRewrap);
  act.rewrap->headers_sha256.clear();
  const auto parsed = ParseAct(StatementOf(act));
  EXPECT_EQ(CodeOf(parsed), ErrorCode::kBadRequest);
  EXPECT_EQ(model::FieldOf(parsed.status()), "statement.items");
}

TEST(Act, PreparingKeepsEachDigestWithItsItem) {
  Act act = HeldAct(ActKind::kRewrap);
  std::swap(act.rewrap->items[0], act.rewrap->items[1]);
  std::swap(act.rewrap->headers_sha256[0], act.rewrap->headers_sha256[1]);
  SeededRandom random(1);
  ASSERT_OK_AND_ASSIGN(const std::string statement, PrepareStatement(act, {kNow}, random));
  ASSERT_OK_AND_ASSIGN(const Act parsed, ParseAct(statement));
  EXPECT_EQ(parsed.rewrap, HeldAct(ActKind::kRewrap).rewrap);
}

RC_GTEST_PROP(Act, AnyGrantReadsBackFromItsStatement, ()) {
  Act act = SampleAct(ActKind::kAnswer);
  GrantTerms& terms = *act.terms;
  act.at = {*rc::gen::inRange<std::int64_t>(0, model::kMaxJsonInteger)};
  terms.expires_at = {*rc::gen::inRange<std::int64_t>(1, model::kMaxJsonInteger)};
  terms.retention_days = *rc::gen::inRange<std::uint32_t>(0, 3651);
  terms.company_key = HashOf(*rc::gen::arbitrary<std::uint8_t>());
  const auto all = model::AllPurposes();
  terms.purpose = all[*rc::gen::inRange<std::size_t>(0, all.size())];
  terms.items.clear();
  const auto count = *rc::gen::inRange<std::size_t>(1, kMaxConsentItems + 1);
  for (std::size_t i = 0; i < count; ++i) {
    terms.items.push_back({IdOf<model::ItemId>(static_cast<std::uint8_t>(i + 1)),
                           HashOf(*rc::gen::arbitrary<std::uint8_t>())});
  }
  const StatusOr<Act> parsed = ParseAct(StatementOf(act));
  RC_ASSERT(parsed.ok());
  RC_ASSERT(*parsed == act);
}

TEST(Act, RefusesAMemberTooFewTooManyOrOfAnotherType) {
  for (const ActKind kind : kAllKinds) {
    const JsonValue whole = ParsedStatement(SampleAct(kind));
    for (const auto& [name, value] : *whole.object()) {
      JsonValue::Object members = *whole.object();
      members.erase(name);
      EXPECT_EQ(CodeOf(ParseAct(model::DumpCanonical(JsonValue::MakeObject(members)))),
                ErrorCode::kBadRequest)
          << name;
      for (const JsonValue& other :
           {JsonValue(), JsonValue::Bool(true), JsonValue::MakeArray(), JsonValue::MakeObject(),
            JsonValue::Text(""), JsonValue::Text(std::string(200, 'a')), JsonValue::Integer(-1)}) {
        members[name] = other;
        EXPECT_EQ(CodeOf(ParseAct(model::DumpCanonical(JsonValue::MakeObject(members)))),
                  ErrorCode::kBadRequest)
            << name;
      }
    }
    JsonValue more = whole;
    more.Set("zzz", 1);
    EXPECT_EQ(CodeOf(ParseAct(model::DumpCanonical(more))), ErrorCode::kBadRequest);
  }
}

TEST(Act, NamesTheMemberThatIsWrong) {
  JsonValue json = ParsedStatement(SampleAct(ActKind::kAnswer));
  json.Set("retention_days", 3651);
  EXPECT_EQ(model::FieldOf(ParseAct(model::DumpCanonical(json)).status()),
            "statement.retention_days");
  json = ParsedStatement(SampleAct(ActKind::kAnswer));
  JsonValue item;
  item.Set("item", std::string_view(IdOf<model::ItemId>(1).ToString())).Set("digest", "00");
  JsonValue items = JsonValue::MakeArray();
  json.Set("items", items.Append(item));
  EXPECT_EQ(model::FieldOf(ParseAct(model::DumpCanonical(json)).status()),
            "statement.items[0].digest");
}

TEST(Act, RefusesItemsThatAreEmptyTwiceOutOfOrderOrTooMany) {
  const auto with_items = [](std::vector<ConsentItem> items) {
    Act act = SampleAct(ActKind::kAnswer);
    act.terms->items = std::move(items);
    return CodeOf(ParseAct(StatementOf(act)));
  };
  const ConsentItem one{IdOf<model::ItemId>(1), HashOf(1)}, two{IdOf<model::ItemId>(2), HashOf(2)};
  EXPECT_EQ(with_items({one, two}), ErrorCode::kNone);
  EXPECT_EQ(with_items({}), ErrorCode::kBadRequest);
  EXPECT_EQ(with_items({one, one}), ErrorCode::kBadRequest);
  EXPECT_EQ(with_items({two, one}), ErrorCode::kBadRequest);
  std::vector<ConsentItem> many;
  for (std::uint8_t i = 1; i <= kMaxConsentItems + 1; ++i) {
    many.push_back({IdOf<model::ItemId>(i), HashOf(i)});
  }
  EXPECT_EQ(with_items(many), ErrorCode::kBadRequest);
}

TEST(Act, RefusesAnySpellingButTheCanonicalOne) {
  const std::string statement = StatementOf(SampleAct(ActKind::kErase));
  EXPECT_EQ(CodeOf(ParseAct(" " + statement)), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(ParseAct(statement + "\n")), ErrorCode::kBadRequest);
  std::string spaced = statement;
  spaced.insert(spaced.find(':') + 1, " ");
  EXPECT_EQ(CodeOf(ParseAct(spaced)), ErrorCode::kBadRequest);
  std::string escaped = statement;
  escaped.replace(escaped.find("erase"), 5, "\\u0065rase");
  EXPECT_EQ(CodeOf(ParseAct(escaped)), ErrorCode::kBadRequest);
}

TEST(Act, RefusesWhatIsNoStatement) {
  for (const std::string_view text :
       {"", "{}", "[]", "null", "1", "{", "\xff", "{\"noren\":\"act/2\"}"}) {
    EXPECT_EQ(CodeOf(ParseAct(text)), ErrorCode::kBadRequest) << text;
  }
  EXPECT_EQ(CodeOf(ParseAct(std::string(kMaxStatementSizeBytes + 1, ' '))), ErrorCode::kTooLarge);
}

TEST(Act, ForeignNamesAreRefused) {
  for (const char* name : {"", "a b", "a\n", "\xea\xb0\x80", "a\"b"}) {
    Act act = SampleAct(ActKind::kDiscoverable);
    act.companies_class = name;
    EXPECT_EQ(CodeOf(ParseAct(StatementOf(act))), ErrorCode::kBadRequest) << name;
  }
  Act act = SampleAct(ActKind::kAnswer);
  act.terms->company = "Hangang Care";
  EXPECT_EQ(model::FieldOf(ParseAct(StatementOf(act)).status()), "statement.company");
}

TEST(Act, EveryMutationOfASignedStatementIsRefused) {
  // Goal: nothing but the signed text counts. Method: each byte of the statement and of the
  // signature is changed, dropped and doubled in turn; the signature must never verify.
  const primitives::SigningKey signer = Signer(1);
  const Bytes key = ToBytes(signer.verifying_key().bytes);
  const std::string statement = StatementOf(SampleAct(ActKind::kAnswer));
  const Bytes signature = Sign(signer, statement);
  ASSERT_OK(VerifyActSignature(statement, signature, key));
  for (std::size_t i = 0; i < statement.size(); ++i) {
    std::string changed = statement, shorter = statement, longer = statement;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    shorter.erase(i, 1);
    longer.insert(i, 1, 'x');
    for (const std::string& text : {changed, shorter, longer}) {
      ASSERT_EQ(CodeOf(VerifyActSignature(text, signature, key)), ErrorCode::kProofInvalid) << i;
    }
  }
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    Bytes changed = signature;
    changed[bit / 8] ^= static_cast<std::uint8_t>(1u << (bit % 8));
    ASSERT_EQ(CodeOf(VerifyActSignature(statement, changed, key)), ErrorCode::kProofInvalid) << bit;
  }
}

TEST(Act, SignaturesOfAnotherKeyOrPurposeOrSizeAreRefused) {
  const std::string statement = StatementOf(SampleAct(ActKind::kErase));
  const Bytes key = ToBytes(Signer(1).verifying_key().bytes);
  EXPECT_EQ(CodeOf(VerifyActSignature(statement, Sign(Signer(2), statement), key)),
            ErrorCode::kProofInvalid);
  const Bytes bare = ToBytes(Signer(1).Sign(AsBytes(statement)));  // without the prefix
  EXPECT_EQ(CodeOf(VerifyActSignature(statement, bare, key)), ErrorCode::kProofInvalid);
  EXPECT_EQ(CodeOf(VerifyActSignature(statement, {}, key)), ErrorCode::kProofInvalid);
  EXPECT_EQ(CodeOf(VerifyActSignature(statement, Bytes(65), key)), ErrorCode::kProofInvalid);
  EXPECT_EQ(CodeOf(VerifyActSignature(statement, Sign(Signer(1), statement), {})),
            ErrorCode::kProofInvalid);
}

TEST(Act, IsFreshForTenMinutesOnBothSides) {
  const Act act = SampleAct(ActKind::kErase);
  EXPECT_OK(CheckFresh(act, {kNow}));
  EXPECT_OK(CheckFresh(act, {kNow + 600}));
  EXPECT_OK(CheckFresh(act, {kNow - 600}));
  EXPECT_EQ(CodeOf(CheckFresh(act, {kNow + 601})), ErrorCode::kActStale);
  EXPECT_EQ(CodeOf(CheckFresh(act, {kNow - 601})), ErrorCode::kActStale);
}

TEST(Act, NonceIsRequiredToBeNew) {
  const auto person = IdOf<model::PersonId>(1);
  const Staged staged = StageNonce(person, SampleAct(ActKind::kErase));
  ASSERT_EQ(staged.conditions.size(), 1u);
  ASSERT_EQ(staged.mutations.size(), 1u);
  EXPECT_FALSE(staged.conditions[0].equals.has_value());
  EXPECT_EQ(staged.conditions[0].key, staged.mutations[0].key);
  Act other = SampleAct(ActKind::kErase);
  other.nonce[0] ^= 1;
  EXPECT_NE(StageNonce(person, other).mutations[0].key, staged.mutations[0].key);
  EXPECT_NE(StageNonce(IdOf<model::PersonId>(2), SampleAct(ActKind::kErase)).mutations[0].key,
            staged.mutations[0].key);
}

TEST(Act, PreparedStatementIsFreshUniqueAndReady) {
  SeededRandom random(1);
  Act act = SampleAct(ActKind::kAnswer);
  std::swap(act.terms->items[0], act.terms->items[1]);  // any order will do
  ASSERT_OK_AND_ASSIGN(const std::string one, PrepareStatement(act, {kNow + 5}, random));
  ASSERT_OK_AND_ASSIGN(const std::string two, PrepareStatement(act, {kNow + 5}, random));
  EXPECT_NE(one, two);
  ASSERT_OK_AND_ASSIGN(const Act parsed, ParseAct(one));
  EXPECT_EQ(parsed.at, UnixSeconds{kNow + 5});
  EXPECT_EQ(parsed.terms->items, SampleTerms(SampleInvitation()).items);
}

TEST(Act, PrepareRefusesAnActThatLacksSomething) {
  SeededRandom random(1);
  Act act = SampleAct(ActKind::kAnswer);
  act.terms.reset();
  EXPECT_EQ(CodeOf(PrepareStatement(act, {kNow}, random)), ErrorCode::kBadRequest);
  Act nameless;
  nameless.kind = ActKind::kDiscoverable;
  EXPECT_EQ(CodeOf(PrepareStatement(nameless, {kNow}, random)), ErrorCode::kBadRequest);
}

TEST(ProofLevel, NamesReadBackAndLevelsAreOrdered) {
  for (const ProofLevel level :
       {ProofLevel::kPortalAsserted, ProofLevel::kCode, ProofLevel::kSignature}) {
    EXPECT_EQ(FindProofLevel(ProofLevelName(level)), level);
  }
  EXPECT_FALSE(FindProofLevel("none").has_value());
  EXPECT_LT(ProofLevel::kPortalAsserted, ProofLevel::kCode);
  EXPECT_LT(ProofLevel::kCode, ProofLevel::kSignature);
}

}  // namespace
}  // namespace noren::personal_data
