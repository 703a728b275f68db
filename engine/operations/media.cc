// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/media.h"

#include <set>
#include <utility>

#include "crypto/agefile/agefile.h"
#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/export_person.h"
#include "engine/operations/freezes.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/register_media.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;
using policy::RegisterKind;

constexpr std::size_t kMaxReasonBytes = 1200;
constexpr std::size_t kMaxAffected = 1000;
constexpr std::size_t kMaxPackageBytes = std::size_t{768} << 10;  // fits into one answer
constexpr std::string_view kPackageFormat = "noren-medium-package/1";

Status CheckReason(const std::string& reason) {
  if (reason.size() >= 3 && reason.size() <= kMaxReasonBytes) return OkStatus();
  return MakeFieldError(ErrorCode::kReasonRequired, "reason", "3..300 characters");
}

Status CheckPut(const PutOnMediumRequest& request) {
  NOREN_RETURN_IF_ERROR(CheckReason(request.reason));
  if (request.people.empty()) return MakeFieldError(ErrorCode::kMissingField, "people");
  if (request.people.size() > kMaxOnMedium) return MakeFieldError(ErrorCode::kTooLarge, "people");
  std::set<std::pair<std::string, model::SeekerHandle>> seen;
  for (const NamedPerson& one : request.people) {
    if (!seen.emplace(one.portal, one.handle).second)
      return MakeFieldError(ErrorCode::kDuplicateValue, "people");
  }
  return OkStatus();
}

Status IsLost() { return MakeError(ErrorCode::kStateConflict, "the medium is lost"); }

struct OpenMedium {
  MediumKey medium;
  std::optional<Bytes> stored;  // nothing: this is the first package
  std::shared_ptr<const personal_data::PersonKeys> keys;
};

// A leaf that loses the race for being the medium's is taken out at the next start.
StatusOr<OpenMedium> MediumFor(ServiceContext& context, const std::string& name) {
  NOREN_ASSIGN_OR_RETURN(std::optional<LoadedMedium> known, LoadMedium(context, name));
  OpenMedium open;
  if (!known) {
    NOREN_ASSIGN_OR_RETURN(personal_data::AddedLeaf leaf, context.keyring.AddLeaf());
    open.medium.leaf = leaf.leaf;
    open.medium.since = context.time.Now();
    open.medium.name = name;
    open.keys = std::move(leaf.keys);
    return open;
  }
  if (known->medium.state == MediumKey::State::kLost) return IsLost();
  open.medium = std::move(known->medium);
  open.stored = std::move(known->stored);
  auto keys = context.keyring.Open(open.medium.leaf);
  if (model::CodeOf(keys.status()) == ErrorCode::kNotFound) return IsLost();
  NOREN_RETURN_IF_ERROR(keys.status());
  open.keys = std::move(*keys);
  return open;
}

// That something of theirs is on it, until they are destroyed; they are as they were read, and not
// frozen, until this very commit.
Status StageOnMedium(ServiceContext& context, const LoadedPerson& person, const std::string& medium,
                     personal_data::Staged& staged) {
  NOREN_RETURN_IF_ERROR(RequireMayProvide(context, person, staged));
  staged.Require(personal_data::keyspaces::PersonKey(person.person), person.stored);
  const std::string key = keyspaces::OnMediumKey(person.person, HashOfMedium(medium));
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  OnMedium record{context.time.Now(), context.time.Now(), 0, medium};
  if (stored) {
    NOREN_ASSIGN_OR_RETURN(record, OpenOnMedium(person.context(), key, *stored));
    record.last_at = context.time.Now();
  }
  ++record.packages;
  NOREN_ASSIGN_OR_RETURN(Bytes value, SealOnMedium(person.context(), key, record, context.random));
  staged.Replace(key, std::move(stored), std::move(value));
  return OkStatus();
}

StatusOr<Bytes> SealPackage(ServiceContext& context, const OpenMedium& medium,
                            model::JsonValue people) {
  model::JsonValue document;
  document.Set("format", kPackageFormat).Set("medium", medium.medium.name);
  document.Set("at", context.time.Now().value).Set("people", std::move(people));
  const std::string text = model::DumpCanonical(document) + "\n";
  if (text.size() > kMaxPackageBytes)
    return MakeFieldError(ErrorCode::kTooLarge, "people", "name fewer people");
  NOREN_ASSIGN_OR_RETURN(const agefile::Recipient recipient,
                         agefile::Recipient::Parse(medium.keys->items_recipient));
  return agefile::EncryptFile(AsBytes(text), std::span(&recipient, 1), context.random);
}

StatusOr<Attempt> StagePut(ServiceContext& context, const Call& call,
                           const PutOnMediumRequest& request, const policy::Decision& decision,
                           Bytes& file) {
  AddRegisterEntryRequest loaded;
  loaded.kind = RegisterKind::kMedia;
  loaded.step = "loaded";
  loaded.at = context.time.Now();
  loaded.subject = request.medium;
  loaded.fields["what"] = "records of " + std::to_string(request.people.size()) + " people";
  NOREN_ASSIGN_OR_RETURN(Attempt attempt, StageRegisterEntry(context, call, loaded));
  NOREN_ASSIGN_OR_RETURN(OpenMedium medium, MediumFor(context, request.medium));
  personal_data::Staged& staged = attempt.change.staged;
  auto people = model::JsonValue::MakeArray();
  for (const NamedPerson& named : request.people) {
    NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                           LoadPersonByHandle(context, named.portal, named.handle));
    NOREN_RETURN_IF_ERROR(StageOnMedium(context, person, request.medium, staged));
    NOREN_ASSIGN_OR_RETURN(model::JsonValue record, WholeExport(context, person));
    model::JsonValue row;
    row.Set("person", named.portal + "/" + named.handle.ToString());
    people.Append(row.Set("record", std::move(record)));
  }
  NOREN_ASSIGN_OR_RETURN(file, SealPackage(context, medium, std::move(people)));
  ++medium.medium.packages;
  NOREN_ASSIGN_OR_RETURN(Bytes value, EncodeMediumKey(medium.medium, context.keys, context.random));
  staged.Replace(keyspaces::MediumKeyKey(HashOfMedium(request.medium)), std::move(medium.stored),
                 std::move(value));
  attempt.change.entry.operation = audit::Operation::kPutOnMedium;
  attempt.change.entry.clause_ids = decision.clauses;
  return attempt;
}

StatusOr<Bytes> HeaderFor(ServiceContext& context, const OpenPackageRequest& request) {
  NOREN_ASSIGN_OR_RETURN(const auto known, LoadMedium(context, request.medium));
  if (!known) return MakeError(ErrorCode::kNotFound);
  if (known->medium.state == MediumKey::State::kLost) return IsLost();
  const auto keys = context.keyring.Open(known->medium.leaf);
  if (model::CodeOf(keys.status()) == ErrorCode::kNotFound) return IsLost();
  NOREN_RETURN_IF_ERROR(keys.status());
  StatusOr<Bytes> header =
      personal_data::Rewrap(**keys, request.header, {request.recipient}, context.random);
  if (model::CodeOf(header.status()) == ErrorCode::kDataCorrupt)
    return MakeFieldError(ErrorCode::kHeaderMismatch, "header", "of no package for this medium");
  return header;
}

// The medium that the incident is about.
StatusOr<std::string> MediumOf(ServiceContext& context, std::uint64_t incident) {
  NOREN_ASSIGN_OR_RETURN(const auto entries, LoadRegister(context, RegisterKind::kIncidents));
  if (incident == 0 || incident > entries.size()) return MakeError(ErrorCode::kNotFound);
  const std::string& name = entries[incident - 1].step.subject;
  NOREN_ASSIGN_OR_RETURN(const auto known, LoadMedium(context, name));
  return known ? StatusOr<std::string>(name) : MakeError(ErrorCode::kNotFound);
}

}  // namespace

StatusOr<MediumPackage> PutOnMedium(ServiceContext& context, const Call& call,
                                    const PutOnMediumRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckPut(request));
  NOREN_ASSIGN_OR_RETURN(const auto steps, StepsOf(context, RegisterKind::kMedia));
  const policy::Decision decision =
      policy::MayPutOnMedium(context.policy, steps, request.medium, request.plain);
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kPutOnMedium, ""}, decision));
  MediumPackage package;
  std::uint64_t entry = 0;
  NOREN_ASSIGN_OR_RETURN(package.position, Record(context, [&]() -> StatusOr<Attempt> {
                           NOREN_ASSIGN_OR_RETURN(
                               Attempt attempt,
                               StagePut(context, call, request, decision, package.file));
                           entry = std::stoull(attempt.answer.at(0));
                           return attempt;
                         }));
  package.entry = entry;
  return package;
}

StatusOr<OpenedPackage> OpenMediumPackage(ServiceContext& context, const Call& call,
                                          const OpenPackageRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckReason(request.reason));
  NOREN_RETURN_IF_ERROR(personal_data::CheckRecipient(request.recipient));
  const auto size = agefile::MeasureHeader(request.header);
  if (!size.ok() || *size != request.header.size())
    return MakeFieldError(ErrorCode::kNotAgeFile, "header");
  OpenedPackage opened;
  NOREN_ASSIGN_OR_RETURN(opened.position, Record(context, [&]() -> StatusOr<Attempt> {
                           NOREN_ASSIGN_OR_RETURN(opened.header, HeaderFor(context, request));
                           Attempt attempt;
                           audit::EntryDraft& entry = attempt.change.entry;
                           entry.operation = audit::Operation::kOpenMediumPackage;
                           entry.principal = call.principal;
                           entry.object = request.medium;
                           RecordWriter said;
                           said.Field(request.recipient).Field(request.reason);
                           entry.statement_digest = primitives::Sha256(said.bytes());
                           return attempt;
                         }));
  return opened;
}

StatusOr<AffectedPeople> ListAffected(ServiceContext& context, const Call& call,
                                      const AffectedQuery& query) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (query.limit == 0 || query.limit > kMaxAffected)
    return MakeFieldError(ErrorCode::kOutOfRange, "limit", "1..1000");
  AffectedPeople affected;
  NOREN_ASSIGN_OR_RETURN(affected.medium, MediumOf(context, query.incident));
  NOREN_RETURN_IF_ERROR(Record(context, [&]() -> StatusOr<Attempt> {
                          Attempt attempt;
                          attempt.change.entry.operation = audit::Operation::kReadAffected;
                          attempt.change.entry.principal = call.principal;
                          attempt.change.entry.object =
                              "incidents-" + std::to_string(query.incident);
                          return attempt;
                        }).status());
  const Hash256 medium = HashOfMedium(affected.medium);
  std::optional<model::PersonId> last;
  const auto add = [&](const model::PersonId& id) -> StatusOr<bool> {
    if (affected.people.size() == query.limit) {
      affected.next = last;
      return false;
    }
    last = id;
    const auto person = LoadPerson(context, id);
    if (model::CodeOf(person.status()) == ErrorCode::kNotFound) return true;  // being destroyed
    NOREN_RETURN_IF_ERROR(person.status());
    const std::string key = keyspaces::OnMediumKey(id, medium);
    NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, key));
    if (!stored) return true;
    AffectedPerson& one = affected.people.emplace_back();
    one.person = {person->record.address.portal, person->record.address.handle};
    NOREN_ASSIGN_OR_RETURN(one.put, OpenOnMedium(person->context(), key, *stored));
    return true;
  };
  NOREN_RETURN_IF_ERROR(VisitPeopleOnMedium(context, affected.medium, query.after, add));
  return affected;
}

}  // namespace noren::operations
