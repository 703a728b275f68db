// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/act_gate.h"
#include "engine/operations/authorize.h"
#include "engine/operations/company_keys.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeFieldError;
using personal_data::ActKind;
using Fields = std::map<std::string, std::string>;

std::string FieldOr(const Fields& fields, const std::string& name, const std::string& otherwise) {
  const auto found = fields.find(name);
  return found == fields.end() ? otherwise : found->second;
}

StatusOr<std::int32_t> DaysOf(const Fields& fields, std::uint32_t otherwise) {
  const std::string text = FieldOr(fields, "days", std::to_string(otherwise));
  std::int32_t days = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), days);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || days < 1) {
    return MakeFieldError(ErrorCode::kBadRequest, "fields.days", "a number of days");
  }
  return days;
}

// What was asked for, as it is now: it may have been corrected since.
StatusOr<std::vector<personal_data::ConsentItem>> AsTheyAreNow(
    ServiceContext& context, const LoadedPerson& person,
    std::vector<personal_data::ConsentItem> asked) {
  NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context, person));
  for (personal_data::ConsentItem& one : asked) {
    const auto now = std::ranges::find(items, one.item, &personal_data::ItemRecord::item);
    if (now != items.end()) one.payload_sha256 = now->payload_sha256;
  }
  return asked;
}

// The items of the invitation that the person ticked; all of them when none is named.
StatusOr<std::vector<personal_data::ConsentItem>> TickedItems(
    const Fields& fields, const std::vector<personal_data::ConsentItem>& asked) {
  const std::string text = FieldOr(fields, "items", "");
  if (text.empty()) return asked;
  std::set<model::ItemId> ticked;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const auto item = model::ItemId::Parse(std::string_view(text).substr(begin, end - begin));
    if (!item.ok()) return MakeFieldError(ErrorCode::kBadRequest, "fields.items");
    ticked.insert(*item);
    begin = end + 1;
  }
  std::vector<personal_data::ConsentItem> items;
  for (const personal_data::ConsentItem& item : asked) {
    if (ticked.erase(item.item) == 1) items.push_back(item);
  }
  if (!ticked.empty())
    return MakeFieldError(ErrorCode::kBadRequest, "fields.items", "not asked for");
  return items;
}

StatusOr<Hash256> DigestOf(const Fields& fields, const std::string& name) {
  const auto bytes = HexDecode(FieldOr(fields, name, ""));
  Hash256 digest{};
  if (!bytes.ok() || bytes->size() != digest.size()) {
    return MakeFieldError(ErrorCode::kBadRequest, "fields." + name, "64 hex digits");
  }
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

// Person custody: the digests of the headers that the client made, one for each item.
StatusOr<std::vector<Hash256>> HeadersOf(const LoadedPerson& person, const Fields& fields,
                                         const std::vector<personal_data::ConsentItem>& items) {
  std::vector<Hash256> digests;
  if (person.record.custody == model::Custody::kOperator) return digests;
  for (const personal_data::ConsentItem& item : items) {
    NOREN_ASSIGN_OR_RETURN(const Hash256 digest,
                           DigestOf(fields, "header." + item.item.ToString()));
    digests.push_back(digest);
  }
  return digests;
}

StatusOr<personal_data::GrantTerms> TermsOf(ServiceContext& context, const LoadedPerson& person,
                                            const Fields& fields,
                                            const personal_data::Invitation& invitation) {
  personal_data::GrantTerms terms;
  terms.posting = invitation.posting;
  terms.company = invitation.company;
  terms.company_key = invitation.company_key;
  NOREN_ASSIGN_OR_RETURN(const auto asked, AsTheyAreNow(context, person, invitation.items));
  NOREN_ASSIGN_OR_RETURN(terms.items, TickedItems(fields, asked));
  terms.purpose = invitation.purpose;
  NOREN_ASSIGN_OR_RETURN(const std::int32_t days, DaysOf(fields, invitation.consent_days));
  std::vector<model::ItemKind> kinds = invitation.item_kinds;
  terms.expires_at = policy::ConsentExpiry(
      context.policy,
      {invitation.purpose, kinds, days, static_cast<std::int32_t>(invitation.retention_days)},
      context.time.Now());
  terms.retention_days = invitation.retention_days;
  terms.notice_sha256 = invitation.notice_sha256;
  terms.policy_version = invitation.policy_version;
  return terms;
}

Status FillAnswer(ServiceContext& context, const LoadedPerson& person, const Fields& fields,
                  personal_data::Act& act) {
  const auto invitation = model::InvitationId::Parse(FieldOr(fields, "invitation", ""));
  if (!invitation.ok()) return MakeFieldError(ErrorCode::kBadRequest, "fields.invitation");
  act.invitation = *invitation;
  const std::string decision = FieldOr(fields, "decision", "");
  if (decision != "grant" && decision != "refuse") {
    return MakeFieldError(ErrorCode::kBadRequest, "fields.decision", "grant or refuse");
  }
  act.decision =
      decision == "grant" ? personal_data::Decision::kGrant : personal_data::Decision::kRefuse;
  NOREN_ASSIGN_OR_RETURN(const personal_data::Invitation asked,
                         LoadInvitation(context, person, act.invitation));
  if (act.decision == personal_data::Decision::kRefuse) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(act.terms, TermsOf(context, person, fields, asked));
  NOREN_ASSIGN_OR_RETURN(act.terms->headers_sha256, HeadersOf(person, fields, act.terms->items));
  return OkStatus();
}

Status FillConsent(const Fields& fields, personal_data::Act& act) {
  const auto id = model::ConsentId::Parse(FieldOr(fields, "consent", ""));
  if (!id.ok()) return MakeFieldError(ErrorCode::kBadRequest, "fields.consent");
  act.consent = *id;
  return OkStatus();
}

Status FillRewrap(ServiceContext& context, const LoadedPerson& person, const Fields& fields,
                  personal_data::Act& act) {
  NOREN_RETURN_IF_ERROR(FillConsent(fields, act));
  NOREN_ASSIGN_OR_RETURN(const auto loaded, LoadConsentOf(context, person, act.consent));
  if (!loaded.consent.terms) return model::MakeError(ErrorCode::kConsentMissing);
  NOREN_ASSIGN_OR_RETURN(auto recipients, RecipientsOf(context, loaded.consent.company));
  personal_data::RewrapTerms& terms = act.rewrap.emplace();
  terms.company = loaded.consent.company;
  terms.company_key = personal_data::FingerprintOf(std::move(recipients));
  terms.items = loaded.consent.terms->items;
  NOREN_ASSIGN_OR_RETURN(terms.headers_sha256, HeadersOf(person, fields, terms.items));
  return OkStatus();
}

Status FillReplace(const Fields& fields, personal_data::Act& act) {
  const auto item = model::ItemId::Parse(FieldOr(fields, "item", ""));
  if (!item.ok()) return MakeFieldError(ErrorCode::kBadRequest, "fields.item");
  personal_data::ReplaceTerms& terms = act.replace.emplace();
  terms.item = *item;
  NOREN_ASSIGN_OR_RETURN(terms.payload_sha256, DigestOf(fields, "digest"));
  NOREN_ASSIGN_OR_RETURN(terms.header_sha256, DigestOf(fields, "header_sha256"));
  return OkStatus();
}

Status FillAsk(const Fields& fields, personal_data::Act& act) {
  NOREN_RETURN_IF_ERROR(FillConsent(fields, act));
  personal_data::AskTerms& terms = act.ask.emplace();
  const auto decision = model::DecisionId::Parse(FieldOr(fields, "decision", ""));
  if (!decision.ok()) return MakeFieldError(ErrorCode::kBadRequest, "fields.decision");
  terms.decision = *decision;
  const auto kind = personal_data::FindQuestionKind(FieldOr(fields, "ask", "explanation"));
  if (!kind) return MakeFieldError(ErrorCode::kBadRequest, "fields.ask", "explanation or review");
  terms.kind = *kind;
  terms.text = FieldOr(fields, "text", "");
  return OkStatus();
}

Status FillRight(const Fields& fields, personal_data::Act& act) {
  personal_data::RightTerms& terms = act.right.emplace();
  const auto right = model::FindRight(FieldOr(fields, "right", ""));
  if (!right) return MakeFieldError(ErrorCode::kBadRequest, "fields.right");
  terms.right = *right;
  terms.text = FieldOr(fields, "text", "");
  terms.ends_contract = FieldOr(fields, "ends_contract", "no") == "yes";
  const std::string objects_to = FieldOr(fields, "objects_to", "");
  if (objects_to.empty()) return OkStatus();
  const auto request = model::RequestId::Parse(objects_to);
  if (!request.ok()) return MakeFieldError(ErrorCode::kBadRequest, "fields.objects_to");
  terms.objects_to = *request;
  return OkStatus();
}

Status FillEmployers(const Fields& fields, personal_data::Act& act) {
  const std::string text = FieldOr(fields, "employers", "");
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    auto number = model::ParseCorporateNumber(std::string_view(text).substr(begin, end - begin));
    if (!number.ok() || act.employers.size() == personal_data::kMaxEmployersPerAct)
      return MakeFieldError(ErrorCode::kBadRequest, "fields.employers");
    act.employers.push_back(*std::move(number));
    begin = end + 1;
  }
  std::sort(act.employers.begin(), act.employers.end(),
            [](const auto& a, const auto& b) { return a.ToString() < b.ToString(); });
  act.employers.erase(std::unique(act.employers.begin(), act.employers.end()), act.employers.end());
  return OkStatus();
}

Status FillContinue(const Fields& fields, personal_data::Act& act) {
  const std::string answer = FieldOr(fields, "answer", "");
  if (answer != "stay" && answer != "leave")
    return MakeFieldError(ErrorCode::kBadRequest, "fields.answer", "stay or leave");
  act.stay = {answer == "stay", FieldOr(fields, "confirms", "")};
  return OkStatus();
}

Status FillByKind(ServiceContext& context, const LoadedPerson& person, const Fields& fields,
                  personal_data::Act& act) {
  switch (act.kind) {
    case ActKind::kDiscoverable:
      act.companies_class = FieldOr(fields, "companies_class", "");
      return OkStatus();
    case ActKind::kAnswer:
      return FillAnswer(context, person, fields, act);
    case ActKind::kWithdraw:
      return FieldOr(fields, "consent", "").empty() ? OkStatus() : FillConsent(fields, act);
    case ActKind::kRewrap:
      return FillRewrap(context, person, fields, act);
    case ActKind::kReplace:
      return FillReplace(fields, act);
    case ActKind::kAsk:
      return FillAsk(fields, act);
    case ActKind::kRight:
      return FillRight(fields, act);
    case ActKind::kBlock:
    case ActKind::kUnblock:
      return FillEmployers(fields, act);
    case ActKind::kUnsubscribe:
    case ActKind::kSubscribe:
      act.purpose = FieldOr(fields, "purpose", "");
      return OkStatus();
    case ActKind::kContinue:
      return FillContinue(fields, act);
    case ActKind::kErase:
    case ActKind::kRead:
      return OkStatus();
  }
  return OkStatus();
}

}  // namespace

StatusOr<std::string> PrepareAct(ServiceContext& context, const Call& call,
                                 std::string_view act_name, const model::SeekerHandle& handle,
                                 const Fields& fields) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  const auto kind = personal_data::FindActKind(act_name);
  if (!kind) return MakeFieldError(ErrorCode::kBadRequest, "act");
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, handle));
  personal_data::Act act;
  act.kind = *kind;
  act.handle = handle;
  NOREN_RETURN_IF_ERROR(FillByKind(context, person, fields, act));
  return personal_data::PrepareStatement(std::move(act), context.time.Now(), context.random);
}

}  // namespace noren::operations
