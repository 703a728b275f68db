// What the service signs about its log: C2SP checkpoints for the world, and the promise in an
// answer.
// Source:   C2SP tlog-checkpoint; docs/formats/audit_export.md, docs/formats/proof_bundle.md
// Threads:  const members concurrently.
// Secrets:  the Ed25519 seed, in SecretBytes; wiped with the object.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "crypto/primitives/signature.h"
#include "engine/audit/log_state.h"

namespace noren::audit {

// "This entry is in the log at `sequence`, and the chain head after it is `head`": given with an
// answer at once; the inclusion proof under a later checkpoint must agree with it.
struct Promise {
  std::uint32_t partition = 0;
  std::uint64_t sequence = 0;
  Hash256 head{};
  bool operator==(const Promise&) const = default;
};
inline constexpr std::size_t kSignedPromiseSizeBytes = 1 + 4 + 8 + 32 + 64;

// `origin` is "noren/<operator>", with "/<partition>" appended for partitions other than 0.
class LogSigner {
 public:
  // `operator_name` is a principal name; `seed` the 32-byte purpose key audit-sign.
  // kInvalidArgument otherwise.
  static StatusOr<LogSigner> Create(std::string_view operator_name, const SecretBytes& seed);

  // The signed note over (origin, tree size, root).
  StatusOr<std::string> SignCheckpoint(const LogState& state) const;
  Bytes SignPromise(const Promise& promise) const;
  // The signed note that says that this document was given out
  // (docs/formats/person_export.md).
  StatusOr<std::string> SignExport(std::string_view format, std::string_view document) const;

  std::string OriginOf(storage::Partition partition) const;
  // What a verifier is given: the signed-note verifier key "<origin>+<key hash>+<key>".
  StatusOr<std::string> VerifierKey(storage::Partition partition) const;
  const primitives::VerifyingKey& verifying_key() const { return key_.verifying_key(); }

 private:
  LogSigner(std::string_view operator_name, primitives::SigningKey key)
      : operator_name_(operator_name), key_(std::move(key)) {}

  std::string operator_name_;
  primitives::SigningKey key_;
};

// kUnauthenticated: not signed by this key; kDataLoss: malformed.
StatusOr<Promise> VerifyPromise(ByteSpan signed_promise, const primitives::VerifyingKey& key);

}  // namespace noren::audit
