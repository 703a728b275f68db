// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/sealed_stream.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/aead.h"
#include "crypto/primitives/hkdf.h"

namespace noren::operations {
namespace {

constexpr std::string_view kMagic = "noren-snapshot/1\n";
constexpr std::string_view kInfo = "noren/v1/market-snapshot";
constexpr std::size_t kSaltBytes = 32;
constexpr std::size_t kHeadBytes = kMagic.size() + 8 + kSaltBytes;
constexpr std::uint32_t kLastBit = 0x80000000;

SecretBytes StreamKey(const SecretBytes& key, ByteSpan salt) {
  return primitives::HkdfSha256Key(key, {salt, AsBytes(kInfo)});
}

Bytes ChunkContext(ByteSpan head, std::uint64_t number, bool last) {
  return RecordWriter().Field(head).U64(number).U8(last ? 1 : 0).Take();
}

Status Damaged() { return DataLoss("snapshot: damaged or cut off"); }

Status ReadAll(SnapshotPlace::Reader& from, MutableByteSpan out) {
  NOREN_ASSIGN_OR_RETURN(const std::size_t size, from.Read(out));
  return size == out.size() ? OkStatus() : Damaged();
}

}  // namespace

SealingSink::SealingSink(SnapshotPlace::Writer& to, const Under& under, Random& random)
    : to_(to), random_(random) {
  Bytes salt(kSaltBytes);
  random.Fill(salt);
  head_ = RecordWriter().Raw(AsBytes(kMagic)).U64(under.generation).Raw(salt).Take();
  key_ = StreamKey(under.key, salt);
  chunk_.reserve(kStreamChunkBytes);
}

Status SealingSink::Append(ByteSpan bytes) {
  bytes_count_ += bytes.size();
  return to_.Append(bytes);
}

Status SealingSink::WriteChunk(bool last) {
  if (!std::exchange(head_written_, true)) NOREN_RETURN_IF_ERROR(Append(head_));
  const Bytes context = ChunkContext(head_, number_++, last);
  const Bytes sealed = primitives::Seal(key_, primitives::AssociatedData{context}, chunk_, random_);
  chunk_.clear();
  const auto size = static_cast<std::uint32_t>(sealed.size());
  NOREN_RETURN_IF_ERROR(Append(RecordWriter().U32(last ? size | kLastBit : size).bytes()));
  return Append(sealed);
}

Status SealingSink::Write(ByteSpan bytes) {
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kStreamChunkBytes - chunk_.size());
    chunk_.insert(chunk_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    bytes = bytes.subspan(size);
    if (chunk_.size() == kStreamChunkBytes) NOREN_RETURN_IF_ERROR(WriteChunk(false));
  }
  return OkStatus();
}

Status SealingSink::End() { return WriteChunk(true); }

StatusOr<std::unique_ptr<OpeningSource>> OpeningSource::Open(SnapshotPlace::Reader& from,
                                                             const SealingSink::Under& under) {
  std::unique_ptr<OpeningSource> source(new OpeningSource(from));
  source->head_.resize(kHeadBytes);
  NOREN_RETURN_IF_ERROR(ReadAll(from, source->head_));
  RecordReader reader(source->head_);
  if (AsText(reader.Raw(kMagic.size())) != kMagic) return DataLoss("snapshot: another format");
  if (reader.U64() != under.generation) {
    return FailedPrecondition("snapshot: older than a destruction, its key is gone");
  }
  source->key_ = StreamKey(under.key, reader.Raw(kSaltBytes));
  return source;
}

Status OpeningSource::ReadChunk() {
  if (last_) return Damaged();
  Bytes prefix(4);
  NOREN_RETURN_IF_ERROR(ReadAll(from_, prefix));
  const std::uint32_t word = RecordReader(prefix).U32();
  const std::uint32_t size = word & ~kLastBit;
  if (size > kStreamChunkBytes + primitives::kAeadOverheadBytes) return Damaged();
  Bytes sealed(size);
  NOREN_RETURN_IF_ERROR(ReadAll(from_, sealed));
  last_ = (word & kLastBit) != 0;
  const Bytes context = ChunkContext(head_, number_++, last_);
  StatusOr<Bytes> opened = primitives::Open(key_, primitives::AssociatedData{context}, sealed);
  if (!opened.ok()) return Damaged();
  chunk_ = std::move(*opened);
  at_ = 0;
  return OkStatus();
}

Status OpeningSource::Read(MutableByteSpan out) {
  while (!out.empty()) {
    if (at_ == chunk_.size()) NOREN_RETURN_IF_ERROR(ReadChunk());
    const std::size_t size = std::min(out.size(), chunk_.size() - at_);
    std::copy_n(chunk_.begin() + static_cast<std::ptrdiff_t>(at_), size, out.begin());
    at_ += size;
    out = out.subspan(size);
  }
  return OkStatus();
}

Status OpeningSource::End() {
  if (at_ == chunk_.size() && !last_) NOREN_RETURN_IF_ERROR(ReadChunk());
  if (at_ != chunk_.size() || !last_) return Damaged();
  Bytes more(1);
  NOREN_ASSIGN_OR_RETURN(const std::size_t size, from_.Read(more));
  return size == 0 ? OkStatus() : Damaged();
}

}  // namespace noren::operations
