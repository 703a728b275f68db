// A human's Ed25519 seed from a file, and what is signed with it.
// Secrets:  the seed; wiped after the key is made
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "crypto/primitives/signature.h"
#include "engine/personal_data/decision.h"
#include "gen-cpp/after_release_types.h"
#include "server/cli/command_line.h"

namespace noren::cli {

// A file with 64 hex digits, as 'noren act keygen' makes it.
StatusOr<primitives::SigningKey> ReadHumanKey(const std::string& path);
// The signature over `prefix` and the statement.
wire::SignedStatement SignStatement(const primitives::SigningKey& key, std::string_view prefix,
                                    std::string statement);

// Who decides: as registered with 'noren company add-signer'.
struct DecidingHuman {
  std::string name, role, reason, key_path;
};
// `decision` with company (of the caller's certificate), time, nonce and human, signed.
StatusOr<wire::SignedStatement> SignDecision(CommandContext& context, const DecidingHuman& human,
                                             personal_data::HumanDecision decision);

}  // namespace noren::cli
