// A person's statement on its way to the portal: proved elsewhere, or here with the person's key.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/primitives/signature.h"
#include "gen-cpp/person_types.h"
#include "server/cli/command_line.h"

namespace noren::cli {

// A statement as it was given on the command line, with its proof.
struct ProvedStatement {
  std::string statement, signature, code, key_path;
  std::vector<std::string> headers;  // item-...=FILE
};

Bytes SignatureOf(const primitives::SigningKey& key, std::string_view statement);

//   errors   usage: a signature that is no hex, a header that is no item=FILE
StatusOr<wire::PersonAct> MakeAct(CommandContext& context, const ProvedStatement& proved);

// A statement of act "read" about `handle`, made by the service, looked through, and signed here
// with the key in the file.
//   errors   usage: the service prepared something else than was asked
StatusOr<wire::PersonAct> MakeReadAct(CommandContext& context, const std::string& handle,
                                      const std::string& key_path);

}  // namespace noren::cli
