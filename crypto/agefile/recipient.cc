// SPDX-License-Identifier: Apache-2.0
#include "crypto/agefile/recipient.h"

#include <utility>

#include "crypto/agefile/bech32.h"

namespace noren::agefile {
namespace {

constexpr std::string_view kRecipientPrefix = "age";
constexpr std::string_view kIdentityPrefix = "age-secret-key-";

}  // namespace

StatusOr<Recipient> Recipient::Parse(std::string_view text) {
  // age writes recipients in lower case and reads nothing else.
  if (!text.starts_with("age1")) return InvalidArgument("age recipient: malformed");
  primitives::AgreementPublicKey key;
  if (!DecodeBech32(text, kRecipientPrefix, key.bytes).ok()) {
    return InvalidArgument("age recipient: malformed");
  }
  return Recipient(key);
}

bool Recipient::IsUsable() const {
  // Such a point agrees on zero with every scalar.
  static const StatusOr<primitives::AgreementKey> probe =
      primitives::AgreementKey::FromScalar(SecretBytes(primitives::kAgreementScalarSizeBytes));
  return probe.ok() && probe->Agree(key_).ok();
}

std::string Recipient::ToString() const {
  std::string text(Bech32Size(kRecipientPrefix.size(), key_.bytes.size()), '\0');
  EncodeBech32(kRecipientPrefix, key_.bytes,
               {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  return text;
}

Identity Identity::Generate(Random& random) {
  return Identity(primitives::AgreementKey::Generate(random));
}

StatusOr<Identity> Identity::FromScalar(SecretBytes scalar) {
  NOREN_ASSIGN_OR_RETURN(primitives::AgreementKey key,
                         primitives::AgreementKey::FromScalar(std::move(scalar)));
  return Identity(std::move(key));
}

StatusOr<Identity> Identity::Parse(std::string_view text) {
  SecretBytes scalar(primitives::kAgreementScalarSizeBytes);
  if (!text.starts_with("AGE-SECRET-KEY-1") ||
      !DecodeBech32(text, kIdentityPrefix, scalar.ExposeSecretForWriting()).ok()) {
    return InvalidArgument("age identity: malformed");
  }
  return FromScalar(std::move(scalar));
}

SecretBytes Identity::ToSecretText() const {
  SecretBytes text(Bech32Size(kIdentityPrefix.size(), key_.scalar().size()));
  const MutableByteSpan characters = text.ExposeSecretForWriting();
  EncodeBech32(kIdentityPrefix, key_.scalar().ExposeSecret(), characters);
  for (std::uint8_t& c : characters) {
    if (c >= 'a' && c <= 'z') c = static_cast<std::uint8_t>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace noren::agefile
