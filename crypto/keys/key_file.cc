// SPDX-License-Identifier: Apache-2.0
#include "crypto/keys/key_file.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/primitives/aead.h"

namespace noren::keys {
namespace {

constexpr std::string_view kMagic = "NORENKEY";
constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kArgon2id = 1;
constexpr std::size_t kSealedSizeBytes = kRootKeySizeBytes + primitives::kAeadOverheadBytes;

Bytes EncodePrefix(primitives::Argon2idCost cost, ByteSpan salt) {
  RecordWriter writer;
  writer.Raw(AsBytes(kMagic)).U8(kVersion).U8(kArgon2id);
  writer.U32(cost.passes_count).U32(cost.memory_kib).Raw(salt);
  return writer.Take();
}

struct ParsedKeyFile {
  ByteSpan prefix;  // authenticated
  primitives::Argon2idCost cost;
  ByteSpan salt;
  ByteSpan sealed;
};

StatusOr<ParsedKeyFile> ParseKeyFile(ByteSpan key_file) {
  RecordReader reader(key_file);
  const std::string_view magic = AsText(reader.Raw(kMagic.size()));
  const std::uint8_t version = reader.U8();
  const std::uint8_t derivation = reader.U8();
  ParsedKeyFile parsed;
  parsed.cost.passes_count = reader.U32();
  parsed.cost.memory_kib = reader.U32();
  parsed.salt = reader.Raw(primitives::kPasswordSaltSizeBytes);
  parsed.sealed = reader.Raw(kSealedSizeBytes);
  if (!reader.Finish().ok() || magic != kMagic) return InvalidArgument("key file: not a key file");
  if (version != kVersion || derivation != kArgon2id) {
    return InvalidArgument("key file: of another version");
  }
  parsed.prefix = key_file.first(key_file.size() - kSealedSizeBytes);
  return parsed;
}

}  // namespace

StatusOr<Bytes> SealRootKey(const SecretBytes& root_key, const SecretBytes& passphrase,
                            primitives::Argon2idCost cost, Random& random) {
  if (root_key.size() != kRootKeySizeBytes) {
    return InvalidArgument("key file: root key of 32 bytes expected");
  }
  if (passphrase.empty()) return InvalidArgument("key file: empty passphrase");
  std::array<std::uint8_t, primitives::kPasswordSaltSizeBytes> salt;
  random.Fill(salt);
  NOREN_ASSIGN_OR_RETURN(const SecretBytes key,
                         primitives::DeriveFromPassphrase(passphrase, salt, cost));
  Bytes file = EncodePrefix(cost, salt);
  const Bytes sealed =
      primitives::SealSecret(key, primitives::AssociatedData{file}, root_key, random);
  file.insert(file.end(), sealed.begin(), sealed.end());
  return file;
}

StatusOr<SecretBytes> OpenRootKey(ByteSpan key_file, const SecretBytes& passphrase) {
  NOREN_ASSIGN_OR_RETURN(const ParsedKeyFile parsed, ParseKeyFile(key_file));
  NOREN_ASSIGN_OR_RETURN(const SecretBytes key,
                         primitives::DeriveFromPassphrase(passphrase, parsed.salt, parsed.cost));
  StatusOr<SecretBytes> root_key =
      primitives::OpenSecret(key, primitives::AssociatedData{parsed.prefix}, parsed.sealed);
  if (!root_key.ok()) return Unauthenticated("key file: wrong passphrase, or the file was changed");
  return root_key;
}

}  // namespace noren::keys
