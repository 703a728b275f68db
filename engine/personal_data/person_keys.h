// Derives a person's keys from the person's data key.
// Source:   docs/design/0001-the-doorway.md, Keys
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "engine/personal_data/keyring.h"

namespace noren::personal_data {

//   data_key  32 bytes: a leaf of the key tree
StatusOr<PersonKeys> DerivePersonKeys(const SecretBytes& data_key);

}  // namespace noren::personal_data
