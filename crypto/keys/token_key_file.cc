// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/token_key_file.h"

#include <algorithm>
#include <string_view>

#include "crypto/base/encoding.h"
#include "crypto/keys/key_file.h"

namespace noren::keys {
namespace {

constexpr std::string_view kMagic = "NORENHSM";
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kAes256Gcm = 1;
constexpr std::size_t kSealedSizeBytes = kRootKeySizeBytes + kTokenTagSizeBytes;

template <typename Array>
Array ReadArray(RecordReader& reader) {
  Array array{};
  const ByteSpan bytes = reader.Raw(array.size());
  if (bytes.size() == array.size()) std::copy(bytes.begin(), bytes.end(), array.begin());
  return array;
}

}  // namespace

StatusOr<Bytes> SealRootKeyByToken(const SecretBytes& root_key, const TokenKeyId& key,
                                   TokenCipher& token, Random& random) {
  if (root_key.size() != kRootKeySizeBytes) {
    return InvalidArgument("token key file: root key of 32 bytes expected");
  }
  TokenNonce nonce;
  random.Fill(nonce);
  RecordWriter writer;
  writer.Raw(AsBytes(kMagic)).U8(kVersion).U8(kAes256Gcm).Raw(key).Raw(nonce);
  Bytes file = writer.Take();
  NOREN_ASSIGN_OR_RETURN(const Bytes sealed,
                         token.Encrypt(key, nonce, file, root_key.ExposeSecret()));
  if (sealed.size() != kSealedSizeBytes) {
    return InvalidArgument("token key file: the token gave another length");
  }
  file.insert(file.end(), sealed.begin(), sealed.end());
  return file;
}

StatusOr<SecretBytes> OpenRootKeyByToken(ByteSpan file, TokenCipher& token) {
  RecordReader reader(file);
  const std::string_view magic = AsText(reader.Raw(kMagic.size()));
  const std::uint8_t version = reader.U8();
  const std::uint8_t mechanism = reader.U8();
  const auto key = ReadArray<TokenKeyId>(reader);
  const auto nonce = ReadArray<TokenNonce>(reader);
  const ByteSpan sealed = reader.Raw(kSealedSizeBytes);
  if (!reader.Finish().ok() || magic != kMagic || version != kVersion || mechanism != kAes256Gcm) {
    return InvalidArgument("token key file: not such a file, or of another version");
  }
  const ByteSpan associated_data = file.first(file.size() - kSealedSizeBytes);
  SecretBytes root_key(kRootKeySizeBytes);
  NOREN_RETURN_IF_ERROR(
      token.Decrypt(key, nonce, associated_data, sealed, root_key.ExposeSecretForWriting()));
  return root_key;
}

}  // namespace noren::keys
