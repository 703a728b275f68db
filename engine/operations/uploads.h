// The uploads that are open: bytes are encrypted as they come, and one that is not finished leaves
// nothing behind.
// Threads:  Uploads is thread-safe; pieces of one upload are taken one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/primitives/hash.h"
#include "engine/operations/form_record.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/held_item.h"
#include "engine/personal_data/vault.h"

namespace noren::operations {

inline constexpr std::size_t kMaxItemChunkBytes = std::size_t{256} << 10;
inline constexpr std::int64_t kUploadLifeSeconds = 600;
inline constexpr std::size_t kMaxOpenUploads = 64;  // in all: each holds one 64 KiB chunk
inline constexpr std::size_t kMaxOpenUploadsPerCaller = 16;

// One item on its way in.
struct Upload {
  std::mutex mutex;  // one piece at a time
  model::Principal caller;
  model::PersonId person;
  model::ItemKind kind = model::ItemKind::kOtherDocument;
  std::string media_type;
  std::string name;
  UnixSeconds begun_at;
  std::uint64_t last_offset =
      0;  // where the last piece began, and what it was: a repeated piece is harmless
  Hash256 last_digest{};
  std::optional<model::ItemId> replaces;  // person custody
  std::optional<FormTie> form;            // whose answers it is
  std::vector<std::string> clauses;       // that allow it
  std::string tail;                       // of a text that is looked at while it comes in
  std::variant<personal_data::ItemWriter, personal_data::HeldItemWriter> writer;

  explicit Upload(personal_data::ItemWriter item_writer) : writer(std::move(item_writer)) {}
  explicit Upload(personal_data::HeldItemWriter item_writer) : writer(std::move(item_writer)) {}
  model::Custody custody() const {
    return writer.index() == 0 ? model::Custody::kOperator : model::Custody::kPerson;
  }
};

// The open uploads of the process; they die with it.
class Uploads {
 public:
  // The same (caller, key) gives the same upload again.
  StatusOr<model::UploadId> Add(std::shared_ptr<Upload> upload, const std::string& idempotency_key,
                                UnixSeconds now, Random& random);
  StatusOr<std::shared_ptr<Upload>> Find(const Call& call, const model::UploadId& id,
                                         UnixSeconds now);
  std::optional<model::UploadId> FindKey(const Call& call, const std::string& idempotency_key,
                                         UnixSeconds now);
  void Remove(const model::UploadId& id);

 private:
  void DropOld(UnixSeconds now);
  std::mutex mutex_;
  std::map<model::UploadId, std::shared_ptr<Upload>> open_;
  std::map<std::string, model::UploadId> by_key_;
};

}  // namespace noren::operations
