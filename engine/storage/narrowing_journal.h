// The journal of narrowing acts: withdrawals, suspensions, employer blocks, erasures and requests
// for them. It lives beside the anchor, outside the database, so that after a restore every one of
// them is applied again before anything is unsealed.
// Source:   docs/design/0001-the-doorway.md, docs/formats/journal.md
// Threads:  thread-safe.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "engine/storage/anchor.h"

namespace noren::storage {

enum class NarrowingKind : std::uint8_t {
  kWithdrawal = 1,
  kSuspension = 2,
  kEmployerBlock = 3,
  kErasure = 4,
  kErasureRequest = 5,
  kHold = 6,  // keeps rather than takes away, and must come back with a restore all the same
  kFacts = 7  // what holds of a person from a day on: it takes the place of what held before
};

struct NarrowingAct {
  NarrowingKind kind = NarrowingKind::kWithdrawal;
  Partition partition;
  std::uint64_t sequence = 0;  // the audit sequence of the batch that carries the act
  Bytes payload;               // what re-applying needs; at most kMaxNarrowingPayloadBytes
};

inline constexpr std::size_t kMaxNarrowingPayloadBytes = std::size_t{64} << 10;

class NarrowingJournal {
 public:
  virtual ~NarrowingJournal() = default;
  // Appends the acts in order with one sync; durable when it returns ok. After a failed write every
  // later call fails.
  //   returns  the journal's state after them, for the anchor
  //   errors   kInvalidArgument: payload too long (nothing was written); kUnavailable,
  //            kResourceExhausted
  virtual StatusOr<JournalHead> Append(const std::vector<NarrowingAct>& acts) = 0;
  virtual JournalHead head() const = 0;
  // Calls `visit` with every act from the first on; stops at its first error and returns it.
  virtual Status Replay(const std::function<Status(const NarrowingAct&)>& visit) = 0;
};

// The chain hash after `act`, when it was `previous` before.
Hash256 ChainNarrowingAct(const Hash256& previous, const NarrowingAct& act);

// The plain form of one act; what is sealed in the journal and hashed in its chain.
Bytes EncodeNarrowingAct(const NarrowingAct& act);
StatusOr<NarrowingAct> DecodeNarrowingAct(ByteSpan bytes);  // kDataLoss

}  // namespace noren::storage
