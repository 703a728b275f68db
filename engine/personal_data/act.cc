// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/act.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "crypto/primitives/signature.h"
#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"
#include "engine/model/principal.h"
#include "engine/personal_data/json_fields.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::JsonValue;
using model::MakeError;
using model::MakeFieldError;

constexpr std::string_view kLayout = "act/1";
constexpr std::string_view kDiscoverability = "discoverability";
constexpr std::size_t kMaxNameSizeBytes = 64;
constexpr std::size_t kMaxPolicyVersionSizeBytes = 128;
constexpr std::int64_t kMaxRetentionDays = 3650;

struct ActName {
  ActKind kind;
  std::string_view name;
};
constexpr ActName kActNames[] = {{ActKind::kDiscoverable, "discoverable"},
                                 {ActKind::kAnswer, "answer"},
                                 {ActKind::kWithdraw, "withdraw"},
                                 {ActKind::kErase, "erase"},
                                 {ActKind::kRead, "read"},
                                 {ActKind::kRewrap, "rewrap"},
                                 {ActKind::kReplace, "replace"},
                                 {ActKind::kBlock, "block"},
                                 {ActKind::kUnblock, "unblock"},
                                 {ActKind::kAsk, "ask"},
                                 {ActKind::kRight, "right"},
                                 {ActKind::kUnsubscribe, "unsubscribe"},
                                 {ActKind::kSubscribe, "subscribe"},
                                 {ActKind::kContinue, "continue"}};

struct LevelName {
  ProofLevel level;
  std::string_view name;
};
constexpr LevelName kLevelNames[] = {{ProofLevel::kPortalAsserted, "portal-asserted"},
                                     {ProofLevel::kCode, "code"},
                                     {ProofLevel::kSignature, "signature"}};

// Names of classes and policy versions: printable, without what a log or a terminal could trip
// over.
bool IsPlainName(std::string_view text) {
  return !text.empty() && text.size() <= kMaxNameSizeBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("-_.:/+").find(c) != std::string_view::npos;
         });
}

// "example 2026-1 (sha256:0123456789abcdef)"
bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// `headers_sha256` is empty or has one for each item.
JsonValue ItemsOf(const std::vector<ConsentItem>& items,
                  const std::vector<Hash256>& headers_sha256) {
  JsonValue array = JsonValue::MakeArray();
  for (std::size_t i = 0; i < items.size(); ++i) {
    JsonValue entry;
    entry.Set("item", std::string_view(items[i].item.ToString()));
    entry.Set("digest", std::string_view(HexEncode(items[i].payload_sha256)));
    if (i < headers_sha256.size()) {
      entry.Set("header_sha256", std::string_view(HexEncode(headers_sha256[i])));
    }
    array.Append(std::move(entry));
  }
  return array;
}

void WriteTerms(const GrantTerms& terms, JsonValue& json) {
  json.Set("posting", std::string_view(terms.posting.ToString()))
      .Set("company", std::string_view(terms.company))
      .Set("company_key", std::string_view(HexEncode(terms.company_key)))
      .Set("items", ItemsOf(terms.items, terms.headers_sha256))
      .Set("purpose", model::PurposeName(terms.purpose))
      .Set("expires", terms.expires_at.value)
      .Set("retention_days", std::int64_t{terms.retention_days})
      .Set("notice_sha256", std::string_view(HexEncode(terms.notice_sha256)))
      .Set("policy_version", std::string_view(terms.policy_version));
}

void WriteRewrap(const RewrapTerms& terms, JsonValue& json) {
  json.Set("company", std::string_view(terms.company))
      .Set("company_key", std::string_view(HexEncode(terms.company_key)))
      .Set("items", ItemsOf(terms.items, terms.headers_sha256));
}

void WriteReplace(const ReplaceTerms& terms, JsonValue& json) {
  json.Set("item", std::string_view(terms.item.ToString()))
      .Set("digest", std::string_view(HexEncode(terms.payload_sha256)))
      .Set("header_sha256", std::string_view(HexEncode(terms.header_sha256)));
}

void WriteAsk(const AskTerms& terms, JsonValue& json) {
  json.Set("decision", std::string_view(terms.decision.ToString()))
      .Set("ask", QuestionKindName(terms.kind))
      .Set("text", std::string_view(terms.text));
}

void WriteRight(const RightTerms& terms, JsonValue& json) {
  const std::string objects_to = terms.objects_to.is_none() ? "" : terms.objects_to.ToString();
  json.Set("right", model::RightName(terms.right))
      .Set("text", std::string_view(terms.text))
      .Set("ends_contract", std::string_view(terms.ends_contract ? "yes" : "no"))
      .Set("objects_to", std::string_view(objects_to));
}

JsonValue EmployersOf(const std::vector<model::CorporateNumber>& employers) {
  JsonValue array = JsonValue::MakeArray();
  for (const model::CorporateNumber& employer : employers) {
    array.Append(JsonValue::Text(employer.ToString()));
  }
  return array;
}

// Ascending and as the server prints them, so that one set of employers has one text.
std::vector<model::CorporateNumber> ReadEmployers(JsonFields& fields) {
  std::vector<model::CorporateNumber> employers;
  const JsonValue::Array* array = fields.Array("employers", kMaxEmployersPerAct);
  if (array == nullptr || array->empty()) {
    fields.Fail("employers");
    return employers;
  }
  std::string before;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const std::string* text = (*array)[i].text();
    const StatusOr<model::CorporateNumber> number = text == nullptr
                                                        ? MakeError(model::ErrorCode::kBadRequest)
                                                        : model::ParseCorporateNumber(*text);
    if (!number.ok() || number->ToString() != *text || *text <= before) {
      fields.Fail("employers[" + std::to_string(i) + "]");
      return employers;
    }
    before = *text;
    employers.push_back(*number);
  }
  return employers;
}

// Header digests stand with every item or with none.
void ReadItems(JsonFields& fields, std::vector<ConsentItem>& items,
               std::vector<Hash256>& headers_sha256) {
  const JsonValue::Array* array = fields.Array("items", kMaxConsentItems);
  if (array == nullptr || array->empty()) return fields.Fail("items");
  for (std::size_t i = 0; i < array->size(); ++i) {
    JsonFields entry((*array)[i], fields.PathOf("items[" + std::to_string(i) + "]"));
    ConsentItem item;
    item.item = entry.PrintedId<model::ItemId>("item");
    item.payload_sha256 = entry.Hash("digest");
    if (entry.Has("header_sha256")) headers_sha256.push_back(entry.Hash("header_sha256"));
    if (!entry.status().ok()) return fields.Fail(entry.status());
    // Ascending, so that one set of items has one text.
    if (!items.empty() && !(items.back().item < item.item)) return fields.Fail("items");
    items.push_back(item);
  }
  if (!headers_sha256.empty() && headers_sha256.size() != items.size()) fields.Fail("items");
}

std::string ReadCompany(JsonFields& fields) {
  std::string company = fields.Text("company", kMaxNameSizeBytes);
  if (!model::IsPrincipalName(company)) fields.Fail("company");
  return company;
}

GrantTerms ReadTerms(JsonFields& fields) {
  GrantTerms terms;
  terms.posting = fields.PrintedId<model::PostingId>("posting");
  terms.company = ReadCompany(fields);
  terms.company_key = fields.Hash("company_key");
  ReadItems(fields, terms.items, terms.headers_sha256);
  const std::optional<model::Purpose> purpose =
      model::FindPurpose(fields.Text("purpose", kMaxNameSizeBytes));
  if (!purpose) fields.Fail("purpose");
  terms.purpose = purpose.value_or(model::Purpose::kApplicationScreening);
  terms.expires_at = {fields.Integer("expires", 1, model::kMaxJsonInteger)};
  terms.retention_days =
      static_cast<std::uint32_t>(fields.Integer("retention_days", 0, kMaxRetentionDays));
  terms.notice_sha256 = fields.Hash("notice_sha256");
  terms.policy_version = fields.Text("policy_version", kMaxPolicyVersionSizeBytes);
  if (!IsPrintable(terms.policy_version)) fields.Fail("policy_version");
  return terms;
}

RewrapTerms ReadRewrap(JsonFields& fields) {
  RewrapTerms terms;
  terms.company = ReadCompany(fields);
  terms.company_key = fields.Hash("company_key");
  ReadItems(fields, terms.items, terms.headers_sha256);
  if (terms.headers_sha256.empty()) fields.Fail("items");
  return terms;
}

ReplaceTerms ReadReplace(JsonFields& fields) {
  ReplaceTerms terms;
  terms.item = fields.PrintedId<model::ItemId>("item");
  terms.payload_sha256 = fields.Hash("digest");
  terms.header_sha256 = fields.Hash("header_sha256");
  return terms;
}

AskTerms ReadAsk(JsonFields& fields) {
  AskTerms terms;
  terms.decision = fields.PrintedId<model::DecisionId>("decision");
  const auto kind = FindQuestionKind(fields.Text("ask", kMaxNameSizeBytes));
  if (!kind) fields.Fail("ask");
  terms.kind = kind.value_or(QuestionKind::kExplanation);
  terms.text = fields.TextOrEmpty("text", kMaxQuestionSizeBytes);
  return terms;
}

RightTerms ReadRight(JsonFields& fields) {
  RightTerms terms;
  const auto right = model::FindRight(fields.Text("right", kMaxNameSizeBytes));
  if (!right) fields.Fail("right");
  terms.right = right.value_or(model::Right::kAccess);
  terms.text = fields.TextOrEmpty("text", kMaxRightTextBytes);
  const std::string ends = fields.Text("ends_contract", kMaxNameSizeBytes);
  if (ends != "yes" && ends != "no") fields.Fail("ends_contract");
  terms.ends_contract = ends == "yes";
  const std::string objects_to = fields.TextOrEmpty("objects_to", kMaxNameSizeBytes);
  if (objects_to.empty()) return terms;
  const auto request = model::RequestId::Parse(objects_to);
  if (!request.ok()) fields.Fail("objects_to");
  if (request.ok()) terms.objects_to = *request;
  return terms;
}

std::string ReadPurpose(JsonFields& fields) {
  std::string purpose = fields.Text("purpose", kMaxPurposeNameBytes);
  if (purpose.empty()) fields.Fail("purpose");
  return purpose;
}

ContinueTerms ReadContinue(JsonFields& fields) {
  ContinueTerms terms;
  const std::string answer = fields.Text("answer", kMaxNameSizeBytes);
  if (answer != "stay" && answer != "leave") fields.Fail("answer");
  terms.stays = answer == "stay";
  terms.confirms = fields.TextOrEmpty("confirms", kMaxNameSizeBytes);
  if (!terms.confirms.empty() && (terms.stays || !IsPlainName(terms.confirms)))
    fields.Fail("confirms");
  return terms;
}

void ReadConsent(JsonFields& fields, Act& act) {
  act.consent = fields.PrintedId<model::ConsentId>("consent");
  if (act.consent.is_none()) fields.Fail("consent");
}

void ReadAnswer(JsonFields& fields, Act& act) {
  act.invitation = fields.PrintedId<model::InvitationId>("invitation");
  const std::string decision = fields.Text("decision", kMaxNameSizeBytes);
  if (decision == "grant") {
    act.decision = Decision::kGrant;
    act.terms = ReadTerms(fields);
  } else if (decision == "refuse") {
    act.decision = Decision::kRefuse;
  } else {
    fields.Fail("decision");
  }
}

void ReadByKind(JsonFields& fields, Act& act) {
  switch (act.kind) {
    case ActKind::kDiscoverable:
      act.companies_class = fields.Text("companies_class", kMaxNameSizeBytes);
      if (!IsPlainName(act.companies_class)) fields.Fail("companies_class");
      return;
    case ActKind::kAnswer:
      return ReadAnswer(fields, act);
    case ActKind::kWithdraw:
      if (fields.Text("consent", kMaxNameSizeBytes) == kDiscoverability) return;
      return ReadConsent(fields, act);
    case ActKind::kRewrap:
      act.rewrap = ReadRewrap(fields);
      return ReadConsent(fields, act);
    case ActKind::kReplace:
      act.replace = ReadReplace(fields);
      return;
    case ActKind::kAsk:
      act.ask = ReadAsk(fields);
      return ReadConsent(fields, act);
    case ActKind::kRight:
      act.right = ReadRight(fields);
      return;
    case ActKind::kBlock:
    case ActKind::kUnblock:
      act.employers = ReadEmployers(fields);
      return;
    case ActKind::kUnsubscribe:
    case ActKind::kSubscribe:
      act.purpose = ReadPurpose(fields);
      return;
    case ActKind::kContinue:
      act.stay = ReadContinue(fields);
      return;
    case ActKind::kErase:
    case ActKind::kRead:
      return;
  }
}

StatusOr<Act> ReadAct(const JsonValue& json) {
  JsonFields fields(json, "statement");
  if (json.object() == nullptr) fields.Fail("");
  if (fields.Text("noren", kMaxNameSizeBytes) != kLayout) fields.Fail("noren");
  Act act;
  const std::optional<ActKind> kind = FindActKind(fields.Text("act", kMaxNameSizeBytes));
  if (!kind) fields.Fail("act");
  act.kind = kind.value_or(ActKind::kRead);
  act.at = {fields.Integer("at", 0, model::kMaxJsonInteger)};
  act.handle = fields.PrintedId<model::SeekerHandle>("handle");
  const StatusOr<Bytes> nonce = HexDecode(fields.Text("nonce", 2 * act.nonce.size()));
  if (nonce.ok() && nonce->size() == act.nonce.size()) {
    std::copy(nonce->begin(), nonce->end(), act.nonce.begin());
  } else {
    fields.Fail("nonce");
  }
  ReadByKind(fields, act);
  NOREN_RETURN_IF_ERROR(fields.status());
  return act;
}

Bytes SignedBytes(std::string_view statement) {
  Bytes bytes = ToBytes(kActSignaturePrefix);
  bytes.insert(bytes.end(), statement.begin(), statement.end());
  return bytes;
}

}  // namespace

std::string_view ActKindName(ActKind kind) {
  for (const ActName& row : kActNames) {
    if (row.kind == kind) return row.name;
  }
  return "";
}
std::optional<ActKind> FindActKind(std::string_view name) {
  for (const ActName& row : kActNames) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

std::string_view QuestionKindName(QuestionKind kind) {
  return kind == QuestionKind::kReview ? "review" : "explanation";
}
std::optional<QuestionKind> FindQuestionKind(std::string_view name) {
  for (const QuestionKind kind : {QuestionKind::kExplanation, QuestionKind::kReview}) {
    if (QuestionKindName(kind) == name) return kind;
  }
  return std::nullopt;
}

std::string_view ProofLevelName(ProofLevel level) {
  for (const LevelName& row : kLevelNames) {
    if (row.level == level) return row.name;
  }
  return "";
}
std::optional<ProofLevel> FindProofLevel(std::string_view name) {
  for (const LevelName& row : kLevelNames) {
    if (row.name == name) return row.level;
  }
  return std::nullopt;
}

namespace {

void WriteByKind(const Act& act, JsonValue& json) {
  switch (act.kind) {
    case ActKind::kDiscoverable:
      json.Set("companies_class", std::string_view(act.companies_class));
      return;
    case ActKind::kAnswer: {
      const bool grants = act.decision == Decision::kGrant;
      json.Set("invitation", std::string_view(act.invitation.ToString()));
      json.Set("decision", std::string_view(grants ? "grant" : "refuse"));
      if (grants && act.terms) WriteTerms(*act.terms, json);
      return;
    }
    case ActKind::kWithdraw: {
      const std::string consent =
          act.consent.is_none() ? std::string(kDiscoverability) : act.consent.ToString();
      json.Set("consent", std::string_view(consent));
      return;
    }
    case ActKind::kRewrap:
      json.Set("consent", std::string_view(act.consent.ToString()));
      if (act.rewrap) WriteRewrap(*act.rewrap, json);
      return;
    case ActKind::kReplace:
      if (act.replace) WriteReplace(*act.replace, json);
      return;
    case ActKind::kAsk:
      json.Set("consent", std::string_view(act.consent.ToString()));
      if (act.ask) WriteAsk(*act.ask, json);
      return;
    case ActKind::kRight:
      if (act.right) WriteRight(*act.right, json);
      return;
    case ActKind::kBlock:
    case ActKind::kUnblock:
      json.Set("employers", EmployersOf(act.employers));
      return;
    case ActKind::kUnsubscribe:
    case ActKind::kSubscribe:
      json.Set("purpose", std::string_view(act.purpose));
      return;
    case ActKind::kContinue:
      if (act.stay) {
        json.Set("answer", std::string_view(act.stay->stays ? "stay" : "leave"));
        json.Set("confirms", std::string_view(act.stay->confirms));
      }
      return;
    case ActKind::kErase:
    case ActKind::kRead:
      return;
  }
}

// By item, each with its header's digest when there are any.
void SortItems(std::vector<ConsentItem>& items, std::vector<Hash256>& headers_sha256) {
  std::vector<std::pair<ConsentItem, Hash256>> pairs;
  for (std::size_t i = 0; i < items.size(); ++i) {
    pairs.push_back({items[i], i < headers_sha256.size() ? headers_sha256[i] : Hash256{}});
  }
  std::sort(pairs.begin(), pairs.end(),
            [](const auto& a, const auto& b) { return a.first.item < b.first.item; });
  for (std::size_t i = 0; i < items.size(); ++i) {
    items[i] = pairs[i].first;
    if (i < headers_sha256.size()) headers_sha256[i] = pairs[i].second;
  }
}

}  // namespace

std::string StatementOf(const Act& act) {
  JsonValue json;
  json.Set("noren", kLayout)
      .Set("act", ActKindName(act.kind))
      .Set("at", act.at.value)
      .Set("handle", std::string_view(act.handle.ToString()))
      .Set("nonce", std::string_view(HexEncode(act.nonce)));
  WriteByKind(act, json);
  return model::DumpCanonical(json);
}

StatusOr<std::string> PrepareStatement(Act act, UnixSeconds now, Random& random) {
  act.at = now;
  random.Fill(act.nonce);
  if (act.terms) SortItems(act.terms->items, act.terms->headers_sha256);
  if (act.rewrap) SortItems(act.rewrap->items, act.rewrap->headers_sha256);
  std::string statement = StatementOf(act);
  // What could not be parsed back must not be handed out for signing.
  NOREN_RETURN_IF_ERROR(ParseAct(statement).status());
  return statement;
}

StatusOr<Act> ParseAct(std::string_view statement) {
  if (statement.size() > kMaxStatementSizeBytes) {
    return MakeFieldError(ErrorCode::kTooLarge, "statement");
  }
  const StatusOr<JsonValue> json =
      model::ParseJson(statement, {.max_size_bytes = kMaxStatementSizeBytes, .max_depth = 4});
  if (!json.ok()) return MakeFieldError(ErrorCode::kBadRequest, "statement", "not JSON");
  NOREN_ASSIGN_OR_RETURN(Act act, ReadAct(*json));
  // One act has one text: this refuses other spellings and members that the act does not have.
  if (StatementOf(act) != statement) {
    return MakeFieldError(ErrorCode::kBadRequest, "statement",
                          "not canonical, or a member too many");
  }
  return act;
}

Hash256 StatementDigest(std::string_view statement) {
  return primitives::Sha256(SignedBytes(statement));
}

Status CheckFresh(const Act& act, UnixSeconds now) {
  const bool fresh = act.at.value >= now.value - kActFreshnessSeconds &&
                     act.at.value <= now.value + kActFreshnessSeconds;
  return fresh ? OkStatus() : MakeFieldError(ErrorCode::kActStale, "statement.at");
}

Staged StageNonce(const model::PersonId& person, const Act& act) {
  Staged staged;
  staged.Replace(keyspaces::NonceKey(act.at.value, person, act.nonce), std::nullopt, Bytes{1});
  return staged;
}

Status VerifyActSignature(std::string_view statement, ByteSpan signature, ByteSpan person_key) {
  const StatusOr<primitives::VerifyingKey> key = primitives::VerifyingKey::FromBytes(person_key);
  if (!key.ok() || !primitives::Verify(*key, SignedBytes(statement), signature).ok()) {
    return MakeError(ErrorCode::kProofInvalid, "signature");
  }
  return OkStatus();
}

}  // namespace noren::personal_data
