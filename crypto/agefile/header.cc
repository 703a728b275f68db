// SPDX-License-Identifier: Apache-2.0
#include "crypto/agefile/header.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/agefile/header_parser.h"
#include "crypto/base/encoding.h"
#include "crypto/primitives/chacha20poly1305.h"
#include "crypto/primitives/hkdf.h"
#include "crypto/primitives/hmac.h"
#include "crypto/primitives/key_agreement.h"

namespace noren::agefile {
namespace {

using primitives::AgreementKey;
using primitives::AgreementPublicKey;

constexpr std::string_view kX25519 = "X25519";
constexpr std::string_view kX25519Info = "age-encryption.org/v1/X25519";
constexpr std::size_t kWrappedFileKeySizeBytes =
    kFileKeySizeBytes + primitives::kChaChaTagSizeBytes;
// The wrap key is used once, so its nonce is fixed by the format.
constexpr primitives::ChaChaNonce kZeroNonce{};

void AppendText(Bytes& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

// The key that wraps the file key for one recipient: bound to the ephemeral share and to the
// recipient.
SecretBytes WrapKey(const SecretBytes& shared, const AgreementPublicKey& ephemeral,
                    const AgreementPublicKey& recipient) {
  Bytes salt = ToBytes(ephemeral.bytes);
  salt.insert(salt.end(), recipient.bytes.begin(), recipient.bytes.end());
  return primitives::HkdfSha256Key(shared, {.salt = salt, .info = AsBytes(kX25519Info)});
}

Hash256 HeaderMac(const SecretBytes& file_key, ByteSpan authenticated) {
  const SecretBytes key =
      primitives::HkdfSha256Key(file_key, {.salt = {}, .info = AsBytes("header")});
  return primitives::HmacSha256(key, authenticated);
}

bool HeaderMacMatches(const SecretBytes& file_key, const ParsedHeader& header) {
  const SecretBytes key =
      primitives::HkdfSha256Key(file_key, {.salt = {}, .info = AsBytes("header")});
  return primitives::HmacSha256Matches(key, header.authenticated, header.mac);
}

Status AppendStanza(const SecretBytes& file_key, const Recipient& recipient, Random& random,
                    Bytes& out) {
  const AgreementKey ephemeral = AgreementKey::Generate(random);
  NOREN_ASSIGN_OR_RETURN(const SecretBytes shared, ephemeral.Agree(recipient.key()));
  Bytes wrapped;
  primitives::UncheckedChaChaSeal(WrapKey(shared, ephemeral.public_key(), recipient.key()),
                                  kZeroNonce, file_key.ExposeSecret(), wrapped);
  AppendText(out, "-> X25519 ");
  AppendText(out, Base64EncodeUnpadded(ephemeral.public_key().bytes));
  AppendText(out, "\n");
  AppendText(out, Base64EncodeUnpadded(wrapped));
  AppendText(out, "\n");
  return OkStatus();
}

// What makes a stanza of a known type malformed is an error of the header, whoever it was made for.
StatusOr<AgreementPublicKey> EphemeralShare(const Stanza& stanza) {
  const Status malformed = InvalidArgument("age header: malformed X25519 stanza");
  if (stanza.arguments.size() != 2 || stanza.body.size() != kWrappedFileKeySizeBytes) {
    return malformed;
  }
  const StatusOr<Bytes> share = Base64DecodeUnpadded(stanza.arguments[1]);
  if (!share.ok()) return malformed;
  StatusOr<AgreementPublicKey> key = AgreementPublicKey::FromBytes(*share);
  return key.ok() ? std::move(key) : StatusOr<AgreementPublicKey>(malformed);
}

// kNotFound when the stanza is for somebody else.
StatusOr<SecretBytes> UnwrapFileKey(const Stanza& stanza, const Identity& identity) {
  NOREN_ASSIGN_OR_RETURN(const AgreementPublicKey ephemeral, EphemeralShare(stanza));
  NOREN_ASSIGN_OR_RETURN(const SecretBytes shared, identity.key().Agree(ephemeral));
  StatusOr<SecretBytes> file_key = primitives::UncheckedChaChaOpenSecret(
      WrapKey(shared, ephemeral, identity.key().public_key()), kZeroNonce, stanza.body);
  if (!file_key.ok()) return NotFound("age header: no stanza for this identity");
  return file_key;
}

// Every X25519 stanza is looked at, so that a malformed one is refused wherever it stands.
StatusOr<SecretBytes> FindFileKey(const ParsedHeader& header, const Identity& identity) {
  StatusOr<SecretBytes> found = NotFound("age header: no stanza for this identity");
  for (const Stanza& stanza : header.stanzas) {
    if (stanza.arguments.front() == "scrypt" && header.stanzas.size() > 1) {
      return InvalidArgument("age header: a scrypt stanza must be alone");
    }
    if (stanza.arguments.front() != kX25519) continue;
    StatusOr<SecretBytes> file_key = UnwrapFileKey(stanza, identity);
    if (file_key.status().code() == StatusCode::kInvalidArgument) return file_key.status();
    if (file_key.ok() && !found.ok()) found = std::move(file_key);
  }
  return found;
}

}  // namespace

SecretBytes GenerateFileKey(Random& random) {
  return SecretBytes::Random(random, kFileKeySizeBytes);
}

StatusOr<Bytes> EncryptHeader(const SecretBytes& file_key, std::span<const Recipient> recipients,
                              Random& random) {
  if (file_key.size() != kFileKeySizeBytes) {
    return InvalidArgument("age: a file key has 16 bytes");
  }
  if (recipients.empty()) return InvalidArgument("age: at least one recipient is needed");
  if (recipients.size() > kStanzasMaxCount) return InvalidArgument("age: too many recipients");
  Bytes header = ToBytes(kVersionLine);
  for (const Recipient& recipient : recipients) {
    NOREN_RETURN_IF_ERROR(AppendStanza(file_key, recipient, random, header));
  }
  AppendText(header, "---");
  const Hash256 mac = HeaderMac(file_key, header);
  AppendText(header, " ");
  AppendText(header, Base64EncodeUnpadded(mac));
  AppendText(header, "\n");
  return header;
}

StatusOr<std::size_t> MeasureHeader(ByteSpan file) {
  NOREN_ASSIGN_OR_RETURN(const ParsedHeader parsed, ParseHeader(file));
  return parsed.size_bytes;
}

StatusOr<HeaderForm> InspectHeader(ByteSpan file) {
  NOREN_ASSIGN_OR_RETURN(const ParsedHeader parsed, ParseHeader(file));
  HeaderForm form;
  form.size_bytes = parsed.size_bytes;
  for (const Stanza& stanza : parsed.stanzas) {
    if (stanza.arguments.front() != kX25519) {
      ++form.other_stanzas;
      continue;
    }
    NOREN_ASSIGN_OR_RETURN(const AgreementPublicKey share, EphemeralShare(stanza));
    if (!Recipient(share).IsUsable()) {
      return InvalidArgument("age header: malformed X25519 stanza");
    }
    form.shares.push_back(share.bytes);
  }
  return form;
}

StatusOr<SecretBytes> OpenHeader(ByteSpan header, const Identity& identity) {
  NOREN_ASSIGN_OR_RETURN(const ParsedHeader parsed, ParseHeader(header));
  if (parsed.size_bytes != header.size()) return InvalidArgument("age header: bytes left over");
  NOREN_ASSIGN_OR_RETURN(SecretBytes file_key, FindFileKey(parsed, identity));
  if (!HeaderMacMatches(file_key, parsed)) return DataLoss("age header: MAC does not match");
  return file_key;
}

StatusOr<Bytes> Rewrap(ByteSpan header, const Identity& identity,
                       std::span<const Recipient> new_recipients, Random& random) {
  NOREN_ASSIGN_OR_RETURN(const SecretBytes file_key, OpenHeader(header, identity));
  return EncryptHeader(file_key, new_recipients, random);
}

}  // namespace noren::agefile
