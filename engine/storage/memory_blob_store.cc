// SPDX-License-Identifier: Apache-2.0
#include "engine/storage/memory_blob_store.h"

#include <algorithm>

#include "crypto/primitives/hash.h"

namespace noren::storage {
namespace {

Status NoSuchBlob() { return NotFound("blob: not there"); }

}  // namespace

class MemoryBlobStore::Writer final : public BlobWriter {
 public:
  explicit Writer(MemoryBlobStore& store) : store_(store) {}

  Status Append(ByteSpan bytes) override {
    if (is_done_) return FailedPrecondition("blob: the writer is finished");
    content_.insert(content_.end(), bytes.begin(), bytes.end());
    return OkStatus();
  }

  StatusOr<BlobDigest> Commit() override {
    if (is_done_) return FailedPrecondition("blob: the writer is finished");
    is_done_ = true;
    const BlobDigest digest = primitives::Sha256(content_);
    std::lock_guard lock(store_.mutex_);
    store_.blobs_[digest] = {std::move(content_), store_.clock_.Now()};
    return digest;
  }

 private:
  MemoryBlobStore& store_;
  Bytes content_;
  bool is_done_ = false;
};

StatusOr<std::unique_ptr<BlobWriter>> MemoryBlobStore::Begin() {
  return std::unique_ptr<BlobWriter>(std::make_unique<Writer>(*this));
}

StatusOr<std::uint64_t> MemoryBlobStore::Size(const BlobDigest& digest) {
  std::lock_guard lock(mutex_);
  auto found = blobs_.find(digest);
  if (found == blobs_.end()) return NoSuchBlob();
  return found->second.content.size();
}

StatusOr<Bytes> MemoryBlobStore::ReadAt(const BlobDigest& digest, std::uint64_t offset,
                                        std::size_t size_bytes) {
  std::lock_guard lock(mutex_);
  auto found = blobs_.find(digest);
  if (found == blobs_.end()) return NoSuchBlob();
  const ByteSpan content = found->second.content;
  if (offset >= content.size()) return Bytes();
  const auto rest = content.subspan(static_cast<std::size_t>(offset));
  return ToBytes(rest.first(std::min(rest.size(), size_bytes)));
}

Status MemoryBlobStore::Verify(const BlobDigest& digest) {
  std::lock_guard lock(mutex_);
  auto found = blobs_.find(digest);
  if (found == blobs_.end()) return NoSuchBlob();
  const bool is_same = primitives::Sha256(found->second.content) == digest;
  return is_same ? OkStatus() : DataLoss("blob: the content is not what its name says");
}

StatusOr<SweepReport> MemoryBlobStore::Sweep(const IsReferenced& is_referenced,
                                             std::int64_t grace_seconds) {
  std::vector<BlobDigest> digests;
  {
    std::lock_guard lock(mutex_);
    for (const auto& [digest, blob] : blobs_) digests.push_back(digest);
  }
  SweepReport report;
  for (const BlobDigest& digest : digests) {
    NOREN_ASSIGN_OR_RETURN(const bool is_kept, is_referenced(digest));
    std::lock_guard lock(mutex_);
    auto found = blobs_.find(digest);
    if (found == blobs_.end()) continue;
    if (is_kept || clock_.Now().value - found->second.written_at.value <= grace_seconds) {
      ++report.kept_count;
      continue;
    }
    ++report.removed_count;
    report.removed_bytes += found->second.content.size();
    blobs_.erase(found);
  }
  return report;
}

}  // namespace noren::storage
