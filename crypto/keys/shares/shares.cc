// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/shares/shares.h"

#include <algorithm>
#include <utility>

#include "crypto/base/check.h"
#include "crypto/base/encoding.h"
#include "crypto/keys/shares/field.h"
#include "crypto/primitives/keyed_token.h"

namespace noren::keys {
namespace {

static_assert(FieldMultiply(0x57, 0x83) == 0xc1 && FieldMultiply(0x57, 0x13) == 0xfe);  // FIPS 197

// Binds the key to its set, so that a share with changed numbers restores nothing.
SecretBytes DigestOf(const SecretBytes& root_key, const ShareSet& set) {
  RecordWriter writer;
  writer.Raw(set.id).U8(set.needed).U8(set.count);
  const primitives::Token16 digest =
      primitives::KeyedToken16(root_key, "key-shares/1", writer.bytes());
  return SecretBytes::CopyOf(digest);
}

// root key | digest
SecretBytes SharedBytes(const SecretBytes& root_key, const ShareSet& set) {
  SecretBytes shared(kShareBodySizeBytes);
  const MutableByteSpan out = shared.ExposeSecretForWriting();
  const SecretBytes digest = DigestOf(root_key, set);
  const ByteSpan key_bytes = root_key.ExposeSecret();
  std::copy(key_bytes.begin(), key_bytes.end(), out.begin());
  const ByteSpan digest_bytes = digest.ExposeSecret();
  std::copy(digest_bytes.begin(), digest_bytes.end(), out.begin() + kSharedKeySizeBytes);
  return shared;
}

// coefficients[0] is the secret; each holds one coefficient per byte of the body.
SecretBytes ValueAt(std::span<const SecretBytes> coefficients, std::uint8_t x) {
  SecretBytes value(kShareBodySizeBytes);
  const MutableByteSpan out = value.ExposeSecretForWriting();
  for (auto coefficient = coefficients.rbegin(); coefficient != coefficients.rend();
       ++coefficient) {
    const ByteSpan bytes = coefficient->ExposeSecret();
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = FieldAdd(FieldMultiply(out[i], x), bytes[i]);
    }
  }
  return value;
}

// What the polynomial through `shares` has at `x` (Lagrange). Indexes are public and distinct.
SecretBytes Interpolate(std::span<const KeyShare> shares, std::uint8_t x) {
  SecretBytes value(kShareBodySizeBytes);
  const MutableByteSpan out = value.ExposeSecretForWriting();
  for (const KeyShare& share : shares) {
    std::uint8_t weight = 1;
    for (const KeyShare& other : shares) {
      if (other.index == share.index) continue;
      const std::uint8_t distance = FieldAdd(share.index, other.index);
      weight =
          FieldMultiply(weight, FieldMultiply(FieldAdd(x, other.index), FieldInvert(distance)));
    }
    const ByteSpan body = share.body.ExposeSecret();
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = FieldAdd(out[i], FieldMultiply(body[i], weight));
    }
  }
  return value;
}

Status WrongShares() {
  return Unauthenticated("key shares: they do not give the key that was split; one is wrong");
}

}  // namespace

StatusOr<std::vector<KeyShare>> SplitKey(const SecretBytes& root_key, unsigned needed,
                                         unsigned count, Random& random) {
  if (root_key.size() != kSharedKeySizeBytes) {
    return InvalidArgument("key shares: a key of 32 bytes expected");
  }
  if (needed < kMinSharesNeeded || needed > count || count > kMaxShares) {
    return InvalidArgument("key shares: at least 2 of at most 16");
  }
  ShareSet set;
  random.Fill(set.id);
  set.needed = static_cast<std::uint8_t>(needed);
  set.count = static_cast<std::uint8_t>(count);
  std::vector<SecretBytes> coefficients;
  coefficients.push_back(SharedBytes(root_key, set));
  for (unsigned i = 1; i < needed; ++i) {
    coefficients.push_back(SecretBytes::Random(random, kShareBodySizeBytes));
  }
  std::vector<KeyShare> shares;
  for (unsigned index = 1; index <= count; ++index) {
    const auto x = static_cast<std::uint8_t>(index);
    shares.push_back({set, x, ValueAt(coefficients, x)});
  }
  return shares;
}

Status CheckShareFits(std::span<const KeyShare> present, const KeyShare& share) {
  for (const KeyShare& other : present) {
    if (other.set != share.set) return FailedPrecondition("key shares: of different sets");
    if (other.index == share.index) return AlreadyExists("key shares: the same share twice");
  }
  return OkStatus();
}

StatusOr<SecretBytes> CombineShares(std::span<const KeyShare> shares) {
  for (std::size_t i = 0; i < shares.size(); ++i) {
    NOREN_RETURN_IF_ERROR(CheckShareFits(shares.first(i), shares[i]));
  }
  if (shares.empty() || shares.size() < shares.front().set.needed) {
    return MakeStatus(StatusCode::kOutOfRange, "key shares: fewer than needed");
  }
  const ShareSet& set = shares.front().set;
  const std::span<const KeyShare> enough = shares.first(set.needed);
  for (const KeyShare& further : shares.subspan(set.needed)) {
    if (!(Interpolate(enough, further.index) == further.body)) return WrongShares();
  }
  const SecretBytes shared = Interpolate(enough, 0);
  SecretBytes root_key = SecretBytes::CopyOf(shared.ExposeSecret().first(kSharedKeySizeBytes));
  if (!(SharedBytes(root_key, set) == shared)) return WrongShares();
  return root_key;
}

}  // namespace noren::keys
