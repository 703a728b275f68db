// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/register_company.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/model/principal.h"
#include "engine/model/utf8.h"
#include "engine/operations/authorize.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/keyspaces.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeFieldError;

Status CheckLine(std::string_view field, const std::string& line) {
  if (line.empty()) return MakeFieldError(ErrorCode::kMissingField, field);
  if (line.size() > kMaxCompanyLineBytes) return MakeFieldError(ErrorCode::kTooLarge, field);
  if (model::FindInvalidUtf8(line) != std::string_view::npos)
    return MakeFieldError(ErrorCode::kBadEncoding, field);
  const bool is_plain = std::none_of(line.begin(), line.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  return is_plain ? OkStatus() : MakeFieldError(ErrorCode::kBadRequest, field, "one line of text");
}

template <typename T>
Status SortOnce(std::string_view field, std::size_t most, std::vector<T>& values) {
  if (values.size() > most) return MakeFieldError(ErrorCode::kTooLarge, field);
  std::sort(values.begin(), values.end());
  if (std::adjacent_find(values.begin(), values.end()) != values.end())
    return MakeFieldError(ErrorCode::kDuplicateValue, field);
  return OkStatus();
}

// A class that holds every company anyway would make a company look chosen that is not.
Status CheckClasses(const policy::Policy& policy, const std::vector<std::string>& classes) {
  for (const std::string& one : classes) {
    const policy::RecipientClass* const declared = policy.FindRecipientClass(one);
    if (declared == nullptr || declared->members != policy::ClassMembers::kRegistered) {
      return MakeFieldError(ErrorCode::kBadRequest, "classes",
                            "a class of the policy with members = \"registered\"");
    }
  }
  return OkStatus();
}

StatusOr<CompanyRecord> RecordOf(ServiceContext& context, const CompanyDetails& details) {
  if (!model::IsPrincipalName(details.name))
    return MakeFieldError(ErrorCode::kBadRequest, "name", "a principal name");
  NOREN_RETURN_IF_ERROR(CheckLine("legal_name", details.legal_name));
  NOREN_RETURN_IF_ERROR(CheckLine("address", details.address));
  NOREN_RETURN_IF_ERROR(CheckLine("representative", details.representative));
  CompanyRecord record;
  record.name = details.name;
  record.legal_name = details.legal_name;
  record.address = details.address;
  record.representative = details.representative;
  NOREN_ASSIGN_OR_RETURN(record.number, model::ParseCorporateNumber(details.number));
  for (const std::string& text : details.affiliates) {
    NOREN_ASSIGN_OR_RETURN(record.affiliates.emplace_back(), model::ParseCorporateNumber(text));
  }
  std::vector<model::CorporateNumber> numbers = record.affiliates;
  numbers.push_back(record.number);
  NOREN_RETURN_IF_ERROR(SortOnce("affiliates", kMaxCompanyAffiliates + 1, numbers));
  NOREN_RETURN_IF_ERROR(SortOnce("affiliates", kMaxCompanyAffiliates, record.affiliates));
  record.classes = details.classes;
  NOREN_RETURN_IF_ERROR(SortOnce("classes", kMaxCompanyClasses, record.classes));
  NOREN_RETURN_IF_ERROR(CheckClasses(context.policy, record.classes));
  record.registered_at = context.time.Now();
  return record;
}

RequestIdentity Identify(const std::string& idempotency_key, const CompanyRecord& record) {
  RecordWriter writer;
  writer.Field(record.name).Field(record.legal_name).Field(record.address);
  writer.Field(record.representative).Field(record.number.ToString());
  writer.U32(static_cast<std::uint32_t>(record.affiliates.size()));
  for (const model::CorporateNumber& number : record.affiliates) writer.Field(number.ToString());
  for (const std::string& one : record.classes) writer.Field(one);
  return IdentifyRequest(idempotency_key, "register_company", writer.bytes());
}

}  // namespace

StatusOr<EntryPosition> RegisterCompany(ServiceContext& context, const Call& call,
                                        const std::string& idempotency_key,
                                        const CompanyDetails& details) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(CompanyRecord record, RecordOf(context, details));
  const std::string key = CompanyKeyOf(record.name);
  NOREN_RETURN_IF_ERROR(SettleLeavings(context));  // what it had before is over first
  NOREN_ASSIGN_OR_RETURN(
      RunResult run,
      RunOnce(context, call, Identify(idempotency_key, record), [&]() -> StatusOr<Attempt> {
        NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
        record.version = 1;
        if (stored) {
          NOREN_ASSIGN_OR_RETURN(const CompanyRecord before,
                                 DecodeCompanyRecord(record.name, *stored, context.keys));
          record.version = before.version + 1;
        }
        Attempt attempt;
        NOREN_ASSIGN_OR_RETURN(Bytes value,
                               EncodeCompanyRecord(record, context.keys, context.random));
        attempt.change.staged.Replace(key, stored, std::move(value));
        NOREN_RETURN_IF_ERROR(StageReturn(context, record.name, attempt.change.staged));
        attempt.change.entry.operation = audit::Operation::kRegisterCompany;
        attempt.change.entry.principal = call.principal;
        attempt.change.entry.object = record.name;
        return attempt;
      }));
  return std::move(run.position);
}

StatusOr<std::vector<CompanyRecord>> ListCompanies(ServiceContext& context, const Call& call,
                                                   std::string_view after, std::size_t limit) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const std::string prefix(keyspaces::kCompany);
  NOREN_ASSIGN_OR_RETURN(const auto page,
                         context.store.Scan(kEmbeddedPartition, prefix,
                                            after.empty() ? "" : CompanyKeyOf(after), limit));
  std::vector<CompanyRecord> companies;
  for (const storage::KeyValue& item : page.items) {
    NOREN_ASSIGN_OR_RETURN(companies.emplace_back(),
                           DecodeCompanyRecord(std::string_view(item.key).substr(prefix.size()),
                                               item.value, context.keys));
  }
  return companies;
}

StatusOr<std::optional<CompanyRecord>> FindCompany(ServiceContext& context, std::string_view name) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, CompanyKeyOf(name)));
  if (!stored) return std::optional<CompanyRecord>();
  NOREN_ASSIGN_OR_RETURN(CompanyRecord record, DecodeCompanyRecord(name, *stored, context.keys));
  return std::optional(std::move(record));
}

namespace {

// The classes that hold every company, and those of the policy's that `is_in`.
template <typename IsIn>
Audience AudienceWhere(const policy::Policy& policy, IsIn is_in) {
  Audience audience;
  for (const policy::RecipientClass& one : policy.recipient_classes) {
    if (one.members == policy::ClassMembers::kEveryCompany || is_in(one.id))
      audience.classes.push_back(one.id);
  }
  std::sort(audience.classes.begin(), audience.classes.end());
  return audience;
}

}  // namespace

StatusOr<Audience> AudienceOf(ServiceContext& context, std::string_view company) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<CompanyRecord> record, FindCompany(context, company));
  return AudienceWhere(context.policy, [&record](const std::string& id) {
    return record && std::binary_search(record->classes.begin(), record->classes.end(), id);
  });
}

Audience SmallestAudienceOf(const policy::Policy& policy, std::string_view companies_class) {
  return AudienceWhere(policy,
                       [companies_class](const std::string& id) { return id == companies_class; });
}

}  // namespace noren::operations
