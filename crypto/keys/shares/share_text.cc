// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "crypto/agefile/bech32.h"
#include "crypto/base/check.h"
#include "crypto/base/encoding.h"
#include "crypto/keys/shares/shares.h"
#include "crypto/primitives/hash.h"

namespace noren::keys {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kChecksumSizeBytes = 4;
constexpr std::size_t kHeaderSizeBytes = 1 + 8 + 3;
static_assert(kHeaderSizeBytes + kShareBodySizeBytes + kChecksumSizeBytes == kShareSizeBytes);

constexpr std::string_view kPrefix = "noren-share-";
constexpr std::string_view kChecksumLabel = "noren/key-share/1";
constexpr std::size_t kTextSize = agefile::Bech32Size(kPrefix.size(), kShareSizeBytes);
// A text may be written in groups, but not be of any length.
constexpr std::size_t kTextMaxSize = 512;

std::array<std::uint8_t, kChecksumSizeBytes> ChecksumOf(ByteSpan bytes) {
  primitives::Sha256Hasher hasher;
  const Hash256 digest = hasher.Update(AsBytes(kChecksumLabel)).Update(bytes).Finish();
  std::array<std::uint8_t, kChecksumSizeBytes> checksum{};
  std::copy_n(digest.begin(), checksum.size(), checksum.begin());
  return checksum;
}

Status Mistyped() { return InvalidArgument("key share: mistyped, or not a share"); }

bool IsSeparator(std::uint8_t c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-';
}

bool GoTogether(const KeyShare& share) {
  const ShareSet& set = share.set;
  return set.needed >= kMinSharesNeeded && set.needed <= set.count && set.count <= kMaxShares &&
         share.index >= 1 && share.index <= set.count;
}

// Prefix and data without what stands between them, as Bech32 wants it.
// Empty when there are too many or too few characters.
SecretBytes WithoutSeparators(ByteSpan text) {
  const auto kept = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](std::uint8_t c) { return !IsSeparator(c); }));
  const auto dashes = static_cast<std::size_t>(std::count(kPrefix.begin(), kPrefix.end(), '-'));
  if (text.size() > kTextMaxSize || kept + dashes != kTextSize) return SecretBytes();
  SecretBytes joined(kTextSize);
  const MutableByteSpan out = joined.ExposeSecretForWriting();
  std::size_t at = 0;
  for (const std::uint8_t c : text) {
    if (IsSeparator(c)) continue;
    while (at < kPrefix.size() && kPrefix[at] == '-') out[at++] = '-';
    out[at++] = c;
    while (at < kPrefix.size() && kPrefix[at] == '-') out[at++] = '-';
  }
  return joined;
}

}  // namespace

SecretBytes EncodeShare(const KeyShare& share) {
  NOREN_CHECK(share.body.size() == kShareBodySizeBytes, "a share's body has 48 bytes");
  RecordWriter header;
  header.U8(kVersion).Raw(share.set.id).U8(share.set.needed).U8(share.set.count).U8(share.index);
  SecretBytes encoded(kShareSizeBytes);
  const MutableByteSpan out = encoded.ExposeSecretForWriting();
  std::copy(header.bytes().begin(), header.bytes().end(), out.begin());
  const ByteSpan body = share.body.ExposeSecret();
  std::copy(body.begin(), body.end(), out.begin() + kHeaderSizeBytes);
  const auto checksum = ChecksumOf(out.first(kShareSizeBytes - kChecksumSizeBytes));
  std::copy(checksum.begin(), checksum.end(), out.end() - kChecksumSizeBytes);
  return encoded;
}

StatusOr<KeyShare> DecodeShare(const SecretBytes& bytes) {
  if (bytes.size() != kShareSizeBytes) return Mistyped();
  const ByteSpan all = bytes.ExposeSecret();
  const auto checksum = ChecksumOf(all.first(kShareSizeBytes - kChecksumSizeBytes));
  RecordReader reader(all);
  const std::uint8_t version = reader.U8();
  KeyShare share;
  const ByteSpan id = reader.Raw(share.set.id.size());
  std::copy(id.begin(), id.end(), share.set.id.begin());
  share.set.needed = reader.U8();
  share.set.count = reader.U8();
  share.index = reader.U8();
  share.body = SecretBytes::CopyOf(reader.Raw(kShareBodySizeBytes));
  const ByteSpan stored = reader.Raw(kChecksumSizeBytes);
  const bool fits = std::equal(stored.begin(), stored.end(), checksum.begin(), checksum.end());
  if (!reader.Finish().ok() || version != kVersion || !fits || !GoTogether(share)) {
    return Mistyped();
  }
  return share;
}

SecretBytes ShareToText(const KeyShare& share) {
  SecretBytes text(kTextSize);
  const MutableByteSpan characters = text.ExposeSecretForWriting();
  agefile::EncodeBech32(kPrefix, EncodeShare(share).ExposeSecret(), characters);
  for (std::uint8_t& c : characters) {
    if (c >= 'a' && c <= 'z') c = static_cast<std::uint8_t>(c - 'a' + 'A');
  }
  return text;
}

StatusOr<KeyShare> ShareFromText(const SecretBytes& text) {
  const SecretBytes joined = WithoutSeparators(text.ExposeSecret());
  if (joined.empty()) return Mistyped();
  SecretBytes bytes(kShareSizeBytes);
  if (!agefile::DecodeBech32(AsText(joined.ExposeSecret()), kPrefix, bytes.ExposeSecretForWriting())
           .ok()) {
    return Mistyped();
  }
  return DecodeShare(bytes);
}

}  // namespace noren::keys
