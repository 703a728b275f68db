// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/put_item.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

std::string UploadKeyOf(const model::Principal& caller, const std::string& idempotency_key) {
  return model::ToUri(caller) + "/" + idempotency_key;
}

bool IsMediaType(std::string_view text) {
  return text.size() >= 3 && text.size() <= 100 && std::count(text.begin(), text.end(), '/') == 1 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Status CheckBegin(ServiceContext& context, const BeginItemRequest& request) {
  if (request.idempotency_key.empty() || request.idempotency_key.size() > 64) {
    return MakeFieldError(ErrorCode::kBadRequest, "idempotency.key");
  }
  if (!IsMediaType(request.media_type)) return MakeFieldError(ErrorCode::kBadRequest, "media_type");
  if (request.name.empty() || request.name.size() > personal_data::kMaxItemNameSizeBytes) {
    return MakeFieldError(ErrorCode::kBadRequest, "name", "1..480 bytes");
  }
  return policy::ToStatus(policy::MayRegisterItem(context.policy, request.kind, 0));
}

}  // namespace

void Uploads::DropOld(UnixSeconds now) {
  std::erase_if(open_, [now](const auto& entry) {
    return entry.second->begun_at.value + kUploadLifeSeconds < now.value;
  });
  std::erase_if(by_key_, [this](const auto& entry) { return !open_.contains(entry.second); });
}

StatusOr<model::UploadId> Uploads::Add(std::shared_ptr<Upload> upload,
                                       const std::string& idempotency_key, UnixSeconds now,
                                       Random& random) {
  const std::lock_guard lock(mutex_);
  DropOld(now);
  const auto of_caller = std::count_if(open_.begin(), open_.end(), [&upload](const auto& entry) {
    return entry.second->caller == upload->caller;
  });
  if (open_.size() >= kMaxOpenUploads ||
      static_cast<std::size_t>(of_caller) >= kMaxOpenUploadsPerCaller) {
    return MakeError(ErrorCode::kLimitReached, "open uploads");
  }
  const auto id = model::UploadId::Generate(random);
  by_key_[UploadKeyOf(upload->caller, idempotency_key)] = id;
  open_[id] = std::move(upload);
  return id;
}

StatusOr<std::shared_ptr<Upload>> Uploads::Find(const Call& call, const model::UploadId& id,
                                                UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  DropOld(now);
  const auto found = open_.find(id);
  if (found == open_.end() || found->second->caller != call.principal)
    return MakeError(ErrorCode::kNotFound);
  return found->second;
}

std::optional<model::UploadId> Uploads::FindKey(const Call& call,
                                                const std::string& idempotency_key,
                                                UnixSeconds now) {
  const std::lock_guard lock(mutex_);
  DropOld(now);
  const auto found = by_key_.find(UploadKeyOf(call.principal, idempotency_key));
  return found == by_key_.end() ? std::nullopt : std::optional(found->second);
}

void Uploads::Remove(const model::UploadId& id) {
  const std::lock_guard lock(mutex_);
  open_.erase(id);
}

StatusOr<model::UploadId> BeginItem(ServiceContext& context, const Call& call,
                                    const BeginItemRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  NOREN_RETURN_IF_ERROR(CheckBegin(context, request));
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, request.handle));
  const UnixSeconds now = context.time.Now();
  if (const auto before = context.uploads.FindKey(call, request.idempotency_key, now))
    return *before;
  NOREN_ASSIGN_OR_RETURN(
      personal_data::ItemWriter writer,
      personal_data::ItemWriter::Begin(context.blobs, *person.keys, context.random));
  auto upload = std::make_shared<Upload>(std::move(writer));
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
  const std::uint64_t size_bytes = upload->writer.size_bytes();
  const Hash256 digest = primitives::Sha256(chunk);
  if (offset != size_bytes) {
    const bool repeated = offset == upload->last_offset && offset + chunk.size() == size_bytes &&
                          digest == upload->last_digest;
    if (repeated) return size_bytes;
    return MakeFieldError(ErrorCode::kStateConflict, "offset",
                          "bytes so far: " + std::to_string(size_bytes));
  }
  const auto new_size = static_cast<std::int64_t>(size_bytes + chunk.size());
  NOREN_RETURN_IF_ERROR(
      policy::ToStatus(policy::MayRegisterItem(context.policy, upload->kind, new_size)));
  NOREN_RETURN_IF_ERROR(upload->writer.Update(chunk));
  upload->last_offset = offset;
  upload->last_digest = digest;
  return upload->writer.size_bytes();
}

namespace {

StatusOr<personal_data::ItemRecord> CloseUpload(ServiceContext& context,
                                                const FinishItemRequest& request, Upload& upload) {
  if (upload.writer.size_bytes() != request.size_bytes) {
    return MakeFieldError(ErrorCode::kBadRequest, "size_bytes", "not what arrived");
  }
  NOREN_ASSIGN_OR_RETURN(personal_data::WrittenItem written, upload.writer.Finish());
  if (written.plain_sha256 != request.sha256) {
    return MakeFieldError(ErrorCode::kBadRequest, "sha256", "not what arrived");
  }
  personal_data::ItemRecord record;
  record.item = model::ItemId::Generate(context.random);
  record.version = 1;
  record.kind = upload.kind;
  record.media_type = upload.media_type;
  record.name = upload.name;
  record.header = std::move(written.header);
  record.payload_sha256 = written.payload_sha256;
  record.payload_size_bytes = written.payload_size_bytes;
  record.plain_size_bytes = written.plain_size_bytes;
  record.created_at = context.time.Now();
  return record;
}

// An item that came in whole, and its own key.
struct ArrivedItem {
  model::PersonId person;
  personal_data::ItemRecord record;
  personal_data::AddedLeaf leaf;
};

StatusOr<Attempt> StageItem(ServiceContext& context, const Call& call, const ArrivedItem& arrived) {
  const model::PersonId& id = arrived.person;
  const personal_data::ItemRecord& record = arrived.record;
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person, LoadPerson(context, id));
  Attempt attempt;
  NOREN_ASSIGN_OR_RETURN(attempt.change.staged,
                         StageNewItem(context, person, record, arrived.leaf));
  attempt.change.staged.Require(personal_data::keyspaces::PersonKey(id), person.stored);
  attempt.change.entry.operation = audit::Operation::kPutItem;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = id.ToString();
  attempt.change.entry.object = record.item.ToString();
  attempt.answer = {record.item.ToString()};
  attempt.subject = id;
  attempt.subject_keys = person.keys;
  return attempt;
}

}  // namespace

StatusOr<FinishedItem> FinishItem(ServiceContext& context, const Call& call,
                                  const FinishItemRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  // The upload's number is not part of the request's identity: whoever sends the same item again
  // under the same key, after a
  // crash on either side, gets the item that is there.
  RecordWriter encoded;
  encoded.U64(request.size_bytes).Raw(request.sha256);
  const auto identity = IdentifyRequest(request.idempotency_key, "finish_item", encoded.bytes());
  std::optional<ArrivedItem> arrived;
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
        if (!arrived) {
          NOREN_ASSIGN_OR_RETURN(const auto upload,
                                 context.uploads.Find(call, request.upload, context.time.Now()));
          const std::lock_guard lock(upload->mutex);
          NOREN_ASSIGN_OR_RETURN(auto record, CloseUpload(context, request, *upload));
          NOREN_ASSIGN_OR_RETURN(auto leaf, context.keyring.AddLeaf());
          arrived = ArrivedItem{upload->person, std::move(record), std::move(leaf)};
        }
        return StageItem(context, call, *arrived);
      }));
  context.uploads.Remove(request.upload);
  NOREN_ASSIGN_OR_RETURN(const model::ItemId item, model::ItemId::Parse(run.answer.at(0)));
  return FinishedItem{item, std::move(run.position)};
}

}  // namespace noren::operations
