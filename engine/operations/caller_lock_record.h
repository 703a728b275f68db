// A lock of a caller as it is stored and journalled: whose calls are refused, and until when.
// Source:   docs/formats/operations_records.md, docs/formats/journal.md (payload of format 11)
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "crypto/base/clock.h"
#include "engine/operations/service_context.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::operations {

// Whom a lock is about: the role and the name of the certificate, and its key. Two certificates of
// one name are two callers, so that nobody is locked out by what another key does.
using CallerId = Hash256;
//   Zeros: a caller without a name, of whom nothing says who it is
CallerId CallerIdOf(const Call& call);
std::string ToText(const CallerId& caller);
//   errors   kBadRequest, with the field "caller"
StatusOr<CallerId> ParseCallerId(std::string_view text);

struct CallerLock {
  CallerId caller{};
  model::Principal principal;
  UnixSeconds since, until;
  std::uint32_t refusals = 0;  // that led to it
  bool operator==(const CallerLock&) const = default;
};

// Without `caller`, which the key of the record says.
Bytes EncodeCallerLock(const CallerLock& lock);
//   errors   kDataCorrupt
StatusOr<CallerLock> DecodeCallerLock(const CallerId& caller, ByteSpan plaintext);

storage::NarrowingAct MakeCallerLockAct(const CallerLock& lock);
bool IsCallerLockAct(const storage::NarrowingAct& act);
//   errors   kDataCorrupt
StatusOr<CallerLock> CallerLockActOf(const storage::NarrowingAct& act);

}  // namespace noren::operations
