// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/uploads.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

std::string UploadKeyOf(const model::Principal& caller, const std::string& idempotency_key) {
  return model::ToUri(caller) + "/" + idempotency_key;
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

}  // namespace noren::operations
