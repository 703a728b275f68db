// What the service "custody" asks of the daemon: to forget every key, and to open again.
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"

namespace noren::server {

struct CustodyState {
  bool sealed = true;
  std::string custody;        // "passphrase", "pkcs11", "shares"
  std::string erasure_claim;  // "device", "backups-only"
  unsigned shares_needed = 0;
  unsigned shares_given = 0;
};

class CustodyControl {
 public:
  virtual ~CustodyControl() = default;
  virtual CustodyState State() = 0;
  // Waits for the calls that are running; ok when the service was sealed already.
  virtual Status Seal() = 0;
  // Ok without opening when more shares are needed, and when the service is open.
  //   secret   passphrase, PIN or the text of one share; empty: the configured source
  //   errors   kPassphraseWrong, kToken..., kShare...; kMissingField: no source is configured;
  //            kSealed: the keys are right and the data do not open under them
  virtual Status Unseal(const SecretBytes& secret) = 0;
};

}  // namespace noren::server
