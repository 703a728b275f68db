// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/announcements.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/model/utf8.h"
#include "engine/operations/authorize.h"
#include "engine/operations/contacts.h"
#include "engine/operations/events.h"
#include "engine/operations/freezes.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/scan.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/stated/contacting.h"
#include "engine/policy/stated/subjects.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

Bytes Seal(ServiceContext& context, const AnnouncementRecord& record) {
  const std::string key = AnnouncementKey(record.announcement);
  return storage::SealValue(context.keys.store_seal(), {keyspaces::kAnnouncement, key}, 1,
                            EncodeAnnouncement(record), context.random);
}

StatusOr<AnnouncementRecord> Open(ServiceContext& context, const std::string& key,
                                  ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<AnnouncementId>(key, 0));
  const auto opened =
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kAnnouncement, key}, stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "announcement");
  return DecodeAnnouncement(id, opened->plaintext);
}

struct LoadedAnnouncement {
  AnnouncementRecord record;
  Bytes stored;
};
StatusOr<LoadedAnnouncement> Load(ServiceContext& context, const AnnouncementId& announcement) {
  const std::string key = AnnouncementKey(announcement);
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(AnnouncementRecord record, Open(context, key, *stored));
  return LoadedAnnouncement{std::move(record), *std::move(stored)};
}

bool IsText(std::string_view text, std::size_t max_bytes) {
  return text.size() <= max_bytes && model::FindInvalidUtf8(text) == std::string_view::npos &&
         std::ranges::none_of(text,
                              [](char c) { return (c >= 0 && c < ' ' && c != '\n') || c == 127; });
}

Status CheckRequest(const AnnounceRequest& request) {
  if (request.text.empty() || !IsText(request.text, kMaxAnnouncementTextBytes))
    return MakeFieldError(ErrorCode::kBadRequest, "text", "1..4000 bytes of text");
  if (!IsText(request.about, kMaxAboutBytes))
    return MakeFieldError(ErrorCode::kBadRequest, "about");
  if (request.kind == AnnouncementKind::kPurpose) return OkStatus();
  if (!request.purpose.empty()) return MakeFieldError(ErrorCode::kBadRequest, "purpose");
  return request.subject.empty() ? OkStatus() : MakeFieldError(ErrorCode::kBadRequest, "subject");
}

policy::Decision Judge(const policy::Policy& policy, AnnouncementKind kind,
                       const policy::ContactTerms& terms) {
  return kind == AnnouncementKind::kProcessor ? policy::MayTellOfProcessor(policy, terms.about)
                                              : policy::MayAnnounce(policy, terms);
}

// The purpose and the kind of person by their ids, so that a later name for them changes nothing.
AnnouncementRecord RecordOf(ServiceContext& context, const Call& call,
                            const AnnounceRequest& request) {
  AnnouncementRecord record;
  record.announcement = AnnouncementId::Generate(context.random);
  record.kind = request.kind;
  record.about = request.about;
  record.text = request.text;
  record.queued_by = call.principal.name;
  record.queued_at = context.time.Now();
  record.policy = context.policy.digest;
  if (request.kind == AnnouncementKind::kProcessor) return record;
  record.purpose = policy::PurposeOf(context.policy, request.purpose)->id;
  record.subject = policy::SubjectOf(*context.policy.statement, request.subject)->id;
  return record;
}

Attempt StartAttempt(const Call& call, audit::Operation operation, const AnnouncementId& about) {
  Attempt attempt;
  attempt.change.entry.operation = operation;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = about.ToString();
  return attempt;
}

// One person and one announcement, as they stand now.
class Telling {
 public:
  Telling(ServiceContext& context, const Call& call, const AnnouncementRecord& announcement)
      : context_(context), call_(call), announcement_(announcement) {}

  struct Outcome {
    bool is_addressed = true;
    std::string left_out;  // why; empty: told
  };
  StatusOr<Outcome> Tell(const model::PersonId& person) {
    outcome_ = {};
    const Status told = Record(context_, [&] { return Stage(person); }).status();
    // What was found out in between counts, not that it changed meanwhile.
    if (!outcome_.is_addressed || !outcome_.left_out.empty() || is_told_) return outcome_;
    NOREN_RETURN_IF_ERROR(told);
    return outcome_;
  }

 private:
  Status LeaveOut(std::string_view why) {
    outcome_.left_out = std::string(why);
    return MakeError(ErrorCode::kPolicyForbids, "left out");
  }

  StatusOr<Attempt> Stage(const model::PersonId& id) {
    outcome_ = {};
    is_told_ = false;
    const StatusOr<LoadedPerson> person = LoadPerson(context_, id);
    outcome_.is_addressed = model::CodeOf(person.status()) != ErrorCode::kNotFound;
    NOREN_RETURN_IF_ERROR(person.status());
    NOREN_ASSIGN_OR_RETURN(const auto contact,
                           ContactId::FromBytes(announcement_.announcement.bytes()));
    NOREN_ASSIGN_OR_RETURN(const auto before, FindContact(context_, *person, contact));
    is_told_ = before.has_value();
    if (is_told_) return MakeError(ErrorCode::kConflict);
    Attempt attempt =
        StartAttempt(call_, audit::Operation::kTellPerson, announcement_.announcement);
    attempt.change.entry.subject = id.ToString();
    attempt.subject = id;
    attempt.subject_keys = person->keys;
    ContactRecord record;
    record.contact = contact;
    record.purpose = announcement_.purpose;
    record.about = announcement_.about;
    record.at = context_.time.Now();
    if (announcement_.kind == AnnouncementKind::kPurpose)
      NOREN_RETURN_IF_ERROR(StagePurpose(*person, record, attempt));
    // The person is there until this very commit.
    attempt.change.staged.Require(person_keyspaces::PersonKey(id), person->stored);
    attempt.change.staged.Replace(ContactKey(id, contact), std::nullopt,
                                  SealContact(context_, *person, record));
    AddEvents(context_, attempt.change, {{PortalOf(*person), EventOf(*person, record)}});
    return attempt;
  }

  // Everything that stands between somebody and being sent something for a purpose.
  Status StagePurpose(const LoadedPerson& person, ContactRecord& record, Attempt& attempt) {
    const policy::Policy& policy = context_.policy;
    const policy::Entry* kind =
        policy::SubjectOf(*policy.statement, KindNameToday(context_, person));
    outcome_.is_addressed = kind != nullptr && kind->id == announcement_.subject;
    if (!outcome_.is_addressed) return MakeError(ErrorCode::kNotFound);
    const Status usable = RequireMayUse(context_, person, attempt.change.staged);
    if (model::CodeOf(usable) == ErrorCode::kPolicyForbids) return LeaveOut(kLeftOutFrozen);
    NOREN_RETURN_IF_ERROR(usable);
    NOREN_ASSIGN_OR_RETURN(const policy::Decision agreed,
                           JudgePurpose(context_, person, announcement_.purpose));
    if (!agreed.allowed) return LeaveOut(kLeftOutNotAgreed);
    attempt.change.entry.clause_ids = agreed.clauses;
    NOREN_ASSIGN_OR_RETURN(Unsubscribed unsubscribed, LoadUnsubscribed(context_, person));
    if (std::ranges::binary_search(unsubscribed.purposes, announcement_.purpose))
      return LeaveOut(kLeftOutUnsubscribed);
    attempt.change.staged.Require(UnsubscribedKey(person.person), std::move(unsubscribed.stored));
    return FindItems(person, record);
  }

  // The newest address, and that everything else is there, too.
  Status FindItems(const LoadedPerson& person, ContactRecord& record) {
    NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context_, person));
    for (const policy::ItemNeeded& needed :
         policy::ItemsNeeded(context_.policy, announcement_.purpose)) {
      const personal_data::ItemRecord* newest = nullptr;
      for (const personal_data::ItemRecord& item : items) {
        const bool is_newer = newest == nullptr || newest->created_at < item.created_at;
        if (item.kind == needed.kind && is_newer) newest = &item;
      }
      if (newest == nullptr) return LeaveOut("missing:" + needed.printed);
      if (needed.kind != model::ItemKind::kEmail) continue;
      record.item = newest->item;
      record.item_version = newest->version;
    }
    return OkStatus();
  }

  Event EventOf(const LoadedPerson& person, const ContactRecord& record) const {
    Event event;
    event.kind = EventKind::kContact;
    event.at = record.at;
    event.subject = person.record.address.handle.ToString();
    event.detail = announcement_.announcement.ToString();
    if (record.item.is_none()) return event;
    event.object = record.item.ToString();
    event.detail += " " + std::to_string(record.item_version);
    return event;
  }

  ServiceContext& context_;
  const Call& call_;
  const AnnouncementRecord& announcement_;
  Outcome outcome_;
  bool is_told_ = false;
};

void Count(const Telling::Outcome& outcome, AnnouncementRecord& record) {
  if (!outcome.is_addressed) return;
  if (outcome.left_out.empty()) {
    record.told += 1;
  } else {
    record.left_out[outcome.left_out] += 1;
  }
}

}  // namespace

StatusOr<QueuedAnnouncement> Announce(ServiceContext& context, const Call& call,
                                      const AnnounceRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  NOREN_RETURN_IF_ERROR(CheckRequest(request));
  const policy::Decision decision =
      Judge(context.policy, request.kind, {request.purpose, request.subject, request.about});
  NOREN_RETURN_IF_ERROR(RequireStated(context, call, {audit::Operation::kAnnounce, ""}, decision));
  RecordWriter encoded;
  encoded.U8(static_cast<std::uint8_t>(request.kind)).Field(request.purpose);
  encoded.Field(request.subject).Field(request.about).Field(request.text);
  const auto identity = IdentifyRequest(request.idempotency_key, "announce", encoded.bytes());
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        const AnnouncementRecord record = RecordOf(context, call, request);
        Attempt attempt = StartAttempt(call, audit::Operation::kAnnounce, record.announcement);
        attempt.change.entry.clause_ids = decision.clauses;
        attempt.change.staged.Replace(AnnouncementKey(record.announcement), std::nullopt,
                                      Seal(context, record));
        attempt.answer = {record.announcement.ToString()};
        return attempt;
      }));
  NOREN_ASSIGN_OR_RETURN(const auto id, AnnouncementId::Parse(run.answer.at(0)));
  return QueuedAnnouncement{id, std::move(run.position)};
}

StatusOr<AnnouncementRecord> RunAnnouncement(ServiceContext& context, const Call& call,
                                             const AnnouncementId& announcement,
                                             std::size_t limit) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (limit < 1 || limit > kMaxPeoplePerRun)
    return MakeFieldError(ErrorCode::kBadRequest, "limit", "1..1000");
  NOREN_ASSIGN_OR_RETURN(LoadedAnnouncement loaded, Load(context, announcement));
  AnnouncementRecord record = loaded.record;
  if (record.done_at) return record;
  // Nobody is told by a clock that nobody vouches for: whose period is over cannot be said.
  if (!context.time.trusted()) return MakeError(ErrorCode::kClockUntrusted);
  const policy::Decision decision =
      Judge(context.policy, record.kind, {record.purpose, record.subject, record.about});
  NOREN_RETURN_IF_ERROR(RequireStated(
      context, call, {audit::Operation::kRunAnnouncement, announcement.ToString()}, decision));
  const auto page = context.store.Scan(kEmbeddedPartition, std::string(person_keyspaces::kPerson),
                                       record.after, limit);
  if (!page.ok()) return MakeError(ErrorCode::kStorage);
  for (const storage::KeyValue& item : page->items) {
    NOREN_ASSIGN_OR_RETURN(const auto id, person_keyspaces::IdOfKey<model::PersonId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(const auto outcome, Telling(context, call, record).Tell(id));
    Count(outcome, record);
    record.after = item.key;
  }
  if (!page->more) record.done_at = context.time.Now();
  NOREN_RETURN_IF_ERROR(Record(context, [&]() -> StatusOr<Attempt> {
                          Attempt attempt =
                              StartAttempt(call, audit::Operation::kRunAnnouncement, announcement);
                          attempt.change.entry.clause_ids = decision.clauses;
                          attempt.change.staged.Replace(AnnouncementKey(announcement),
                                                        loaded.stored, Seal(context, record));
                          return attempt;
                        }).status());
  return record;
}

StatusOr<std::vector<AnnouncementRecord>> ListAnnouncements(ServiceContext& context,
                                                            const Call& call) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  std::vector<AnnouncementRecord> records;
  NOREN_RETURN_IF_ERROR(
      VisitAll(context, keyspaces::kAnnouncement, [&](const storage::KeyValue& one) -> Status {
        NOREN_ASSIGN_OR_RETURN(records.emplace_back(), Open(context, one.key, one.value));
        return OkStatus();
      }));
  std::ranges::sort(records, [](const AnnouncementRecord& a, const AnnouncementRecord& b) {
    return a.queued_at != b.queued_at ? a.queued_at < b.queued_at : a.announcement < b.announcement;
  });
  return records;
}

StatusOr<AnnouncementRecord> ReadAnnouncement(ServiceContext& context, const Call& call,
                                              const AnnouncementId& announcement) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal, model::Role::kOfficer}));
  NOREN_ASSIGN_OR_RETURN(LoadedAnnouncement loaded, Load(context, announcement));
  if (call.principal.role == model::Role::kOfficer) return std::move(loaded.record);
  // How many were told and left out is the operator's to know.
  loaded.record.told = 0;
  loaded.record.left_out.clear();
  loaded.record.after.clear();
  loaded.record.queued_by.clear();
  return std::move(loaded.record);
}

namespace {

// Somebody agreed to a version that does not name the company: they have to be told.
StatusOr<bool> HasToBeTold(ServiceContext& context, std::string_view company) {
  return AnyPolicyVersion(context, [&](const policy::Policy& version) {
    return !policy::NamesProcessor(version, company);
  });
}

StatusOr<bool> WasTold(ServiceContext& context, std::string_view company) {
  bool was = false;
  const auto look = [&](const storage::KeyValue& one) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto record, Open(context, one.key, one.value));
    const bool is_it = record.kind == AnnouncementKind::kProcessor && record.about == company;
    was = was || (is_it && record.done_at);
    return OkStatus();
  };
  NOREN_RETURN_IF_ERROR(VisitAll(context, keyspaces::kAnnouncement, look));
  return was;
}

}  // namespace

Status RequireMadeKnown(ServiceContext& context, std::string_view company) {
  if (!policy::TellsOfProcessors(context.policy)) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const bool has_to, HasToBeTold(context, company));
  if (!has_to) return OkStatus();
  policy::Decision decision = policy::MayTellOfProcessor(context.policy, company);
  if (!decision.allowed) return policy::ToStatus(decision);
  NOREN_ASSIGN_OR_RETURN(const bool was_told, WasTold(context, company));
  if (was_told) return OkStatus();
  decision.allowed = false;
  decision.error = ErrorCode::kProcessorUnregistered;
  return policy::ToStatus(decision);
}

}  // namespace noren::operations
