// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/person_keys.h"

#include <string_view>

#include "crypto/agefile/recipient.h"
#include "crypto/primitives/hkdf.h"

namespace noren::personal_data {
namespace {

SecretBytes DerivePart(const SecretBytes& data_key, std::string_view info) {
  return primitives::HkdfSha256Key(data_key, {.salt = {}, .info = AsBytes(info)});
}

}  // namespace

StatusOr<PersonKeys> DerivePersonKeys(const SecretBytes& data_key) {
  PersonKeys keys{.profile = DerivePart(data_key, "noren/v1/person/profile"),
                  .records = DerivePart(data_key, "noren/v1/person/records"),
                  .items_identity = DerivePart(data_key, "noren/v1/person/items"),
                  .items_recipient = {}};
  NOREN_ASSIGN_OR_RETURN(const agefile::Identity identity,
                         agefile::Identity::FromScalar(keys.items_identity.Clone()));
  keys.items_recipient = identity.recipient().ToString();
  return keys;
}

}  // namespace noren::personal_data
