// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/put_item.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/correct_item.h"
#include "engine/operations/corrections.h"
#include "engine/operations/form_ties.h"
#include "engine/operations/held_items.h"
#include "engine/operations/kept_until.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/personal_numbers.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/registers.h"
#include "engine/operations/stated_gate.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/policy/register_files.h"
#include "engine/policy/stated/acquisition.h"
#include "engine/policy/stated/care.h"
#include "engine/policy/stated/forms.h"
#include "engine/policy/stated/items.h"
#include "engine/policy/stated/sites.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

bool IsMediaType(std::string_view text) {
  return text.size() >= 3 && text.size() <= 100 && std::count(text.begin(), text.end(), '/') == 1 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Status CheckBegin(const BeginItemRequest& request) {
  if (request.idempotency_key.empty() || request.idempotency_key.size() > 64) {
    return MakeFieldError(ErrorCode::kBadRequest, "idempotency.key");
  }
  if (!IsMediaType(request.media_type)) return MakeFieldError(ErrorCode::kBadRequest, "media_type");
  if (request.name.empty() || request.name.size() > personal_data::kMaxItemNameSizeBytes) {
    return MakeFieldError(ErrorCode::kBadRequest, "name", "1..480 bytes");
  }
  return OkStatus();
}

// Nothing is taken into a file that has ended.
StatusOr<policy::Decision> JudgeFile(ServiceContext& context, model::ItemKind kind) {
  NOREN_ASSIGN_OR_RETURN(const auto files, StepsOf(context, policy::RegisterKind::kFiles));
  return policy::MayTakeIntoFile(context.policy, files, kind, context.time.Now());
}

// What the notice declares comes first: its refusal names what the public can read.
StatusOr<std::vector<std::string>> CheckDeclared(ServiceContext& context, const Call& call,
                                                 const LoadedPerson& person,
                                                 const BeginItemRequest& request) {
  const policy::Policy& policy = context.policy;
  const UnixSeconds now = context.time.Now();
  const TakenHow& how = request.how;
  std::vector<policy::Decision> decisions = {
      policy::MayTake(policy, request.kind, KindNameToday(context, person))};
  if (request.form || policy::IsOfOnePosting(policy, request.kind))
    decisions.push_back(policy::MayTakeForPosting(policy, request.kind, request.form.has_value()));
  if (!how.category.empty()) {
    decisions.push_back(
        policy::MayTakeCategory(policy, {how.category, how.explained_at, how.consented_at, now}));
  }
  decisions.push_back(policy::MayTakeFrom(policy, {how.from_person, how.consented_at, now}));
  if (policy::SiteWithItsOwnPolicy(policy, call.principal.name) != nullptr)
    decisions.push_back(policy::MayServeSite(policy, call.principal.name));
  std::vector<std::string> clauses;
  for (const policy::Decision& decision : decisions) {
    NOREN_RETURN_IF_ERROR(
        RequireStated(context, call, {audit::Operation::kPutItem, "", &person}, decision));
    clauses = JoinClauses(std::move(clauses), decision.clauses);
  }
  NOREN_ASSIGN_OR_RETURN(const policy::Decision file, JudgeFile(context, request.kind));
  NOREN_RETURN_IF_ERROR(
      RequireStated(context, call, {audit::Operation::kPutItem, "", &person}, file));
  NOREN_RETURN_IF_ERROR(policy::ToStatus(policy::MayRegisterItem(policy, request.kind, 0)));
  return clauses;
}

// The writer of this person's custody.
StatusOr<std::shared_ptr<Upload>> OpenUpload(ServiceContext& context, const LoadedPerson& person) {
  if (person.record.custody == model::Custody::kPerson) {
    NOREN_ASSIGN_OR_RETURN(auto writer, personal_data::HeldItemWriter::Begin(context.blobs));
    return std::make_shared<Upload>(std::move(writer));
  }
  NOREN_ASSIGN_OR_RETURN(
      auto writer, personal_data::ItemWriter::Begin(context.blobs, *person.keys, context.random));
  return std::make_shared<Upload>(std::move(writer));
}

Status CheckReplaces(ServiceContext& context, const LoadedPerson& person,
                     const BeginItemRequest& request) {
  if (!request.replaces) return OkStatus();
  if (person.record.custody == model::Custody::kOperator)
    NOREN_RETURN_IF_ERROR(RequireAcceptedCorrection(context, person, *request.replaces));
  NOREN_ASSIGN_OR_RETURN(const LoadedItem before, LoadItem(context, person, *request.replaces));
  return before.record.kind == request.kind
             ? OkStatus()
             : MakeFieldError(ErrorCode::kBadRequest, "kind", "another than before");
}

std::uint64_t SizeOf(const Upload& upload) {
  return std::visit([](const auto& writer) { return writer.size_bytes(); }, upload.writer);
}

// Documents in a form of their own are not looked into; a telephone number is twelve digits, too.
bool IsReadableText(const Upload& upload) {
  return upload.custody() == model::Custody::kOperator && upload.media_type.starts_with("text/") &&
         upload.kind != model::ItemKind::kPhone;
}

// What the policy's limit is compared with, once `more` bytes have been added.
std::int64_t PlainSizeWith(const Upload& upload, std::size_t more) {
  if (const auto* held = std::get_if<personal_data::HeldItemWriter>(&upload.writer)) {
    return static_cast<std::int64_t>(held->plain_size_at_least());
  }
  return static_cast<std::int64_t>(SizeOf(upload) + more);
}

}  // namespace

StatusOr<model::UploadId> BeginItem(ServiceContext& context, const Call& call,
                                    const BeginItemRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_RETURN_IF_ERROR(CheckBegin(request));
  NOREN_RETURN_IF_ERROR(RequireNoPersonalNumber(context.policy, request.name, "name"));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, request.handle));
  NOREN_ASSIGN_OR_RETURN(auto clauses, CheckDeclared(context, call, person, request));
  const UnixSeconds now = context.time.Now();
  if (const auto before = context.uploads.FindKey(call, request.idempotency_key, now))
    return *before;
  NOREN_RETURN_IF_ERROR(RequireInTime(context, person, "handle"));
  NOREN_RETURN_IF_ERROR(CheckReplaces(context, person, request));
  NOREN_ASSIGN_OR_RETURN(auto upload, OpenUpload(context, person));
  upload->replaces = request.replaces;
  upload->form = request.form;
  upload->clauses = std::move(clauses);
  upload->caller = call.principal;
  upload->person = person.person;
  upload->kind = request.kind;
  upload->media_type = request.media_type;
  upload->name = request.name;
  upload->begun_at = now;
  return context.uploads.Add(std::move(upload), request.idempotency_key, now, context.random);
}

StatusOr<std::uint64_t> AppendItem(ServiceContext& context, const Call& call,
                                   const model::UploadId& id, std::uint64_t offset,
                                   ByteSpan chunk) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  if (chunk.empty() || chunk.size() > kMaxItemChunkBytes) {
    return MakeFieldError(ErrorCode::kTooLarge, "chunk", "1..262144 bytes");
  }
  NOREN_ASSIGN_OR_RETURN(const std::shared_ptr<Upload> upload,
                         context.uploads.Find(call, id, context.time.Now()));
  const std::lock_guard lock(upload->mutex);
  const std::uint64_t size_bytes = SizeOf(*upload);
  const Hash256 digest = primitives::Sha256(chunk);
  if (offset != size_bytes) {
    const bool repeated = offset == upload->last_offset && offset + chunk.size() == size_bytes &&
                          digest == upload->last_digest;
    if (repeated) return size_bytes;
    return MakeFieldError(ErrorCode::kStateConflict, "offset",
                          "bytes so far: " + std::to_string(size_bytes));
  }
  NOREN_RETURN_IF_ERROR(policy::ToStatus(
      policy::MayRegisterItem(context.policy, upload->kind, PlainSizeWith(*upload, chunk.size()))));
  if (IsReadableText(*upload))
    NOREN_RETURN_IF_ERROR(RequireNoPersonalNumberIn(context.policy, chunk, upload->tail, "chunk"));
  NOREN_RETURN_IF_ERROR(
      std::visit([chunk](auto& writer) { return writer.Update(chunk); }, upload->writer));
  upload->last_offset = offset;
  upload->last_digest = digest;
  return SizeOf(*upload);
}

namespace {

// What an upload became, before it is stored.
struct ClosedUpload {
  model::PersonId person;
  std::optional<model::ItemId> replaces;
  personal_data::ItemRecord record;
  std::optional<personal_data::AddedLeaf> leaf;  // of a new item
  std::vector<std::string> clauses;
  std::optional<FormTie> form;
};

StatusOr<ClosedUpload> CloseUpload(ServiceContext& context, const FinishItemRequest& request,
                                   Upload& upload) {
  if (SizeOf(upload) != request.size_bytes) {
    return MakeFieldError(ErrorCode::kBadRequest, "size_bytes", "not what arrived");
  }
  // Under operator custody it is the accepted request that says so.
  const bool needs_act = upload.replaces && upload.custody() == model::Custody::kPerson;
  if (request.act.has_value() != needs_act) {
    return needs_act ? MakeError(ErrorCode::kProofRequired, "act 'replace'")
                     : MakeFieldError(ErrorCode::kBadRequest, "act", "nothing to replace");
  }
  NOREN_ASSIGN_OR_RETURN(personal_data::WrittenItem written,
                         std::visit([](auto& writer) { return writer.Finish(); }, upload.writer));
  if (written.sent_sha256 != request.sha256) {
    return MakeFieldError(ErrorCode::kBadRequest, "sha256", "not what arrived");
  }
  NOREN_RETURN_IF_ERROR(policy::ToStatus(policy::MayRegisterItem(
      context.policy, upload.kind, static_cast<std::int64_t>(written.plain_size_bytes))));
  ClosedUpload closed{upload.person, upload.replaces, {},
                      std::nullopt,  upload.clauses,  upload.form};
  personal_data::ItemRecord& record = closed.record;
  record.item = upload.replaces ? *upload.replaces : model::ItemId::Generate(context.random);
  record.version = 1;
  record.kind = upload.kind;
  record.media_type = upload.media_type;
  record.name = upload.name;
  record.header = std::move(written.header);
  record.payload_sha256 = written.payload_sha256;
  record.payload_size_bytes = written.payload_size_bytes;
  record.plain_size_bytes = written.plain_size_bytes;
  record.created_at = context.time.Now();
  record.custody = upload.custody();
  return closed;
}

audit::EntryDraft DraftFor(const Call& call, const ClosedUpload& closed) {
  audit::EntryDraft draft;
  draft.operation = audit::Operation::kPutItem;
  draft.principal = call.principal;
  draft.subject = closed.person.ToString();
  draft.object = closed.record.item.ToString();
  draft.clause_ids = closed.clauses;
  return draft;
}

std::vector<std::string> AnswerOf(const personal_data::ItemRecord& record) {
  return {record.item.ToString(), HexEncode(record.payload_sha256)};
}

StatusOr<Attempt> StageItem(ServiceContext& context, const Call& call, const ClosedUpload& closed) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadPerson(context, closed.person));
  NOREN_ASSIGN_OR_RETURN(const policy::Decision file, JudgeFile(context, closed.record.kind));
  NOREN_RETURN_IF_ERROR(policy::ToStatus(file));  // it may have ended meanwhile
  Attempt attempt;
  NOREN_ASSIGN_OR_RETURN(attempt.change.staged,
                         StageNewItem(context, person, closed.record, *closed.leaf));
  attempt.change.staged.Require(personal_data::keyspaces::PersonKey(closed.person), person.stored);
  if (closed.form) {
    const model::PostingId& posting = closed.form->posting;
    StageFormTie(context, person, closed.record.item, *closed.form, attempt.change.staged);
    NOREN_RETURN_IF_ERROR(
        StageIntoInvitations(context, person, posting, closed.record, attempt.change.staged));
  }
  attempt.change.entry = DraftFor(call, closed);
  NOREN_RETURN_IF_ERROR(AddCorrectionEvents(context, person, closed.record.kind, attempt.change));
  attempt.answer = AnswerOf(closed.record);
  attempt.subject = closed.person;
  attempt.subject_keys = person.keys;
  return attempt;
}

// Under operator custody, for a correction that is accepted.
StatusOr<Attempt> StageCorrectedItem(ServiceContext& context, const Call& call,
                                     ClosedUpload closed) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadPerson(context, closed.person));
  NOREN_RETURN_IF_ERROR(RequireAcceptedCorrection(context, person, closed.record.item));
  NOREN_ASSIGN_OR_RETURN(LoadedItem before, LoadItem(context, person, closed.record.item));
  NOREN_RETURN_IF_ERROR(SupersedeGrants(context, call, person, before.record));
  closed.record.version = before.record.version + 1;
  Attempt attempt;
  NOREN_ASSIGN_OR_RETURN(attempt.change.staged,
                         StageReplacedItem(context, person, std::move(before), closed.record));
  attempt.change.staged.Require(personal_data::keyspaces::PersonKey(closed.person), person.stored);
  attempt.change.staged.Delete(keyspaces::ReencryptKey(closed.person, closed.record.item));
  attempt.change.entry = DraftFor(call, closed);
  attempt.answer = AnswerOf(closed.record);
  attempt.subject = closed.person;
  attempt.subject_keys = person.keys;
  return attempt;
}

// The act names this very file, and the file is another than before.
Status CheckReplacement(const personal_data::ReplaceTerms& terms,
                        const personal_data::ItemRecord& before,
                        const personal_data::ItemRecord& after) {
  if (terms.item != after.item) {
    return MakeFieldError(ErrorCode::kBadRequest, "statement.item");
  }
  if (terms.payload_sha256 != after.payload_sha256 ||
      terms.header_sha256 != primitives::Sha256(after.header)) {
    return MakeFieldError(ErrorCode::kHeaderMismatch, "act.statement");
  }
  if (after.payload_sha256 == before.payload_sha256) {
    return MakeFieldError(ErrorCode::kHeaderReused, "file", "the payload of before");
  }
  personal_data::HeaderShares old, all;
  NOREN_RETURN_IF_ERROR(personal_data::AddShares(before.header, old));
  NOREN_RETURN_IF_ERROR(personal_data::AddShares(after.header, all));
  const std::size_t both = old.size() + all.size();
  all.merge(old);
  return all.size() == both ? OkStatus() : MakeFieldError(ErrorCode::kHeaderReused, "file");
}

// Puts a new version in the place of the one before, by the person's own act.
StatusOr<Attempt> StageReplacement(ServiceContext& context, const Call& call, const PersonAct& act,
                                   ClosedUpload closed) {
  NOREN_ASSIGN_OR_RETURN(const AdmittedAct admitted,
                         AdmitAct(context, call, act, personal_data::ActKind::kReplace));
  const LoadedPerson& person = admitted.person;
  if (person.person != closed.person) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(LoadedItem before, LoadItem(context, person, closed.record.item));
  NOREN_RETURN_IF_ERROR(CheckReplacement(*admitted.act.replace, before.record, closed.record));
  NOREN_ASSIGN_OR_RETURN(const bool needed,
                         IsStillConsentedTo(context, person, closed.record.item));
  if (needed) return MakeError(ErrorCode::kStateConflict, "a live consent names the item");
  closed.record.version = before.record.version + 1;
  Attempt attempt;
  attempt.change.staged = admitted.staged;
  NOREN_ASSIGN_OR_RETURN(personal_data::Staged replaced,
                         StageReplacedItem(context, person, std::move(before), closed.record));
  attempt.change.staged.Append(std::move(replaced));
  attempt.change.staged.Delete(keyspaces::ReencryptKey(closed.person, closed.record.item));
  attempt.change.entry = DraftFor(call, closed);
  attempt.change.entry.clause_ids = JoinClauses(admitted.clauses, attempt.change.entry.clause_ids);
  attempt.change.entry.statement_digest =
      personal_data::StatementDigest(admitted.evidence.statement);
  attempt.answer = AnswerOf(closed.record);
  attempt.subject = closed.person;
  attempt.subject_keys = person.keys;
  return attempt;
}

RequestIdentity Identify(const FinishItemRequest& request) {
  // The upload's number is not part of the request's identity: whoever sends the same item again
  // under the same key, after a crash on either side, gets the item that is there.
  RecordWriter encoded;
  encoded.U64(request.size_bytes).Raw(request.sha256);
  if (request.act) {
    encoded.Field(request.act->statement).Field(request.act->signature);
  }
  return IdentifyRequest(request.idempotency_key, "finish_item", encoded.bytes());
}

}  // namespace

StatusOr<FinishedItem> FinishItem(ServiceContext& context, const Call& call,
                                  const FinishItemRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  std::optional<ClosedUpload> closed;
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, Identify(request), [&]() -> StatusOr<Attempt> {
        if (!closed) {
          NOREN_ASSIGN_OR_RETURN(const auto upload,
                                 context.uploads.Find(call, request.upload, context.time.Now()));
          const std::lock_guard lock(upload->mutex);
          NOREN_ASSIGN_OR_RETURN(ClosedUpload whole, CloseUpload(context, request, *upload));
          if (!whole.replaces) {
            NOREN_ASSIGN_OR_RETURN(whole.leaf, context.keyring.AddLeaf());
          }
          closed = std::move(whole);
        }
        if (!closed->replaces) return StageItem(context, call, *closed);
        if (!request.act) return StageCorrectedItem(context, call, *closed);
        return StageReplacement(context, call, *request.act, *closed);
      }));
  context.uploads.Remove(request.upload);
  FinishedItem finished;
  NOREN_ASSIGN_OR_RETURN(finished.item, model::ItemId::Parse(run.answer.at(0)));
  // Answers that were kept by an earlier version end here.
  if (run.answer.size() > 1) {
    NOREN_ASSIGN_OR_RETURN(const Bytes digest, HexDecode(run.answer[1]));
    if (digest.size() != finished.payload_sha256.size()) return MakeError(ErrorCode::kDataCorrupt);
    std::copy(digest.begin(), digest.end(), finished.payload_sha256.begin());
  }
  finished.position = std::move(run.position);
  return finished;
}

}  // namespace noren::operations
