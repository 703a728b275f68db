// Who speaks for a company: the named humans whose signatures stand under its decisions and
// acknowledgements. Each registration is in the log.
// Source:   docs/formats/operations_records.md, docs/formats/decision.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <vector>

#include "engine/operations/idempotent_run.h"
#include "engine/personal_data/decision.h"
#include "engine/personal_data/release.h"

namespace noren::operations {

inline constexpr std::size_t kMaxSigners = 32;

struct CompanySigner {
  std::string name;  // a human
  std::string role;  // what they are at the company
  std::array<std::uint8_t, 32> public_key{};
  UnixSeconds registered_at;
};
// The same key again changes nothing; a key has one human.
//   errors   kBadRequest: signer.name, .role, .public_key; kLimitReached; kStateConflict: the key
//            is somebody else's
StatusOr<EntryPosition> AddSigner(ServiceContext& context, const Call& call,
                                  const std::string& idempotency_key, const CompanySigner& signer);
StatusOr<std::vector<CompanySigner>> SignersOf(ServiceContext& context, std::string_view company);

// As it came over the wire.
struct SignedStatement {
  std::string statement;
  Bytes signature;
};
// The human whose registered key made the signature.
//   errors   kHumanRequired: nobody is registered; kProofInvalid
StatusOr<CompanySigner> FindSignerOf(ServiceContext& context, std::string_view company,
                                     std::string_view prefix, const SignedStatement& carried);

}  // namespace noren::operations
