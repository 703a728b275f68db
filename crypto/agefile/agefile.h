// Whole age files, header and payload in one, at once or piece by piece.
// Source:   docs/formats/age.md; C2SP age.md, version age-encryption.org/v1
// Threads:  functions concurrently; a decryptor is externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "crypto/agefile/header.h"
#include "crypto/agefile/payload.h"
#include "crypto/agefile/recipient.h"

namespace noren::agefile {

// A complete file that `age -d` opens.
//   errors   kInvalidArgument: see EncryptHeader
StatusOr<Bytes> EncryptFile(ByteSpan plaintext, std::span<const Recipient> recipients,
                            Random& random);

//   errors   see OpenHeader; kDataLoss: the payload is changed or not complete
StatusOr<Bytes> DecryptFile(ByteSpan file, const Identity& identity);

// Finds the end of the header by itself, then opens the payload as it comes.
class FileDecryptor {
 public:
  // `identity` must outlive the decryptor.
  explicit FileDecryptor(const Identity& identity) : identity_(identity) {}
  StatusOr<Bytes> Update(ByteSpan file);  // plaintext so far; errors as DecryptFile
  StatusOr<Bytes> Finish();               // the rest

 private:
  const Identity& identity_;
  Bytes header_;  // until it is complete
  std::optional<PayloadDecryptor> payload_;
  Status failure_;
};

}  // namespace noren::agefile
