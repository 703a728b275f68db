// The root key's file, sealed with a passphrase, and where the passphrase comes from.
// Source:   docs/formats/key_file.md
// Secrets:  passphrase and root key; in SecretBytes only, read buffers are wiped.
// Threads:  free functions, concurrently (the prompt: one at a time).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::server {

// The first that is set is used.
struct PassphraseSource {
  std::optional<std::string> file;  // a file with mode 0600; one trailing newline is not part of it
  std::optional<std::string> environment_name;  // a variable that names such a file
  bool prompt = false;                          // ask on the terminal, without echo
};

//   errors   kNotFound: no such file, variable or terminal; kPermissionDenied: readable by others,
//            with the command that mends it; kInvalidArgument: empty or longer than 1024 bytes, or
//            no source set
StatusOr<SecretBytes> ReadPassphrase(const PassphraseSource& source);

// Writes a new file with mode 0600, durably.
//   errors   kAlreadyExists: a root key is never written over
Status WriteRootKeyFile(const std::string& path, const SecretBytes& root_key,
                        const SecretBytes& passphrase, Random& random);

//   errors   kNotFound; kPermissionDenied: readable by others, with the command that mends it;
//            kUnauthenticated: wrong passphrase or damaged file (not told apart)
StatusOr<SecretBytes> ReadRootKeyFile(const std::string& path, const SecretBytes& passphrase);

}  // namespace noren::server
