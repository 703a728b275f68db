// The sealed 4 KiB form of an AnchorRecord.
// Source:   docs/formats/anchor.md
// Secrets:  the key tree's root key leaves its SecretBytes only wrapped.
// Threads:  free functions, concurrently.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "crypto/base/random.h"
#include "engine/storage/anchor.h"

namespace noren::storage {

inline constexpr std::size_t kAnchorSlotBytes = 4096;
inline constexpr std::size_t kMaxAnchorPartitions = 64;

//   seal_key  the purpose key `anchor-seal`, 32 bytes
//   returns   exactly kAnchorSlotBytes
//   errors    kInvalidArgument: more than kMaxAnchorPartitions, or a root key that is not 0 or 32
//             bytes
StatusOr<Bytes> SealAnchorSlot(const SecretBytes& seal_key, const AnchorRecord& record,
                               Random& random);

//   errors   kNotFound: a slot never written (all zero); kDataLoss: anything else that does not
//            open
StatusOr<AnchorRecord> OpenAnchorSlot(const SecretBytes& seal_key, ByteSpan slot);

}  // namespace noren::storage
