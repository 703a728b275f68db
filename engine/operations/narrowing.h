// Narrowing acts as the journal keeps them: everything that must hold again after an older backup
// is restored.
// Source:   docs/formats/journal.md (payloads)
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::operations {

// What a destruction needs to be carried on with after a restore, when the records are gone.
struct NarrowedErasure {
  model::RequestId request;
  model::ReceiptId receipt;
  Hash256 handle_commitment{};
  std::optional<std::uint32_t> leaf;    // of the person's key
  std::uint64_t generation_before = 0;  // of the key tree
  std::uint64_t generation_after = 0;   // an anchor below it still has the root that opens the key
};

// A person's own wish to be erased, which an officer carries out later.
struct NarrowedRequest {
  model::RequestId request;
  std::string asked_by;
};

// Employers that must not ask (employer_tokens.h).
struct NarrowedEmployers {
  std::vector<Hash256> tokens;  // of acts before numbers were kept, else none; under the first key
  Bytes sealed = {};            // under the person's own key: a list of BlockedEmployer
  bool replaces = false;        // they are all of hers, under another key than before
};

// Withdrawal: of one consent, or of discoverability when `consent` is none, or of being sent what
// serves `purpose` when there is one. Erasure, and the request for it: of the whole person.
struct NarrowedPerson {
  model::PersonId person;
  model::ConsentId consent;
  UnixSeconds at;  // of discoverability: the bar, also for the restored record
  std::optional<NarrowedErasure> erasure = {};      // of an erasure always
  std::optional<NarrowedRequest> request = {};      // of an erasure request always
  std::optional<NarrowedEmployers> employers = {};  // of an employer block always
  std::string purpose = {};                         // of a withdrawal: its id in the policy
};

storage::NarrowingAct MakeNarrowingAct(storage::NarrowingKind kind, const NarrowedPerson& narrowed);
//   errors   kDataCorrupt
StatusOr<NarrowedPerson> NarrowedPersonOf(const storage::NarrowingAct& act);

}  // namespace noren::operations
