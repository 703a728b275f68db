// A legal hold's copy: the minimum that a law wants kept, under the purpose key `hold` and a leaf
// of its own. Ranking and release never read it; destroying the person leaves it, destroying its
// leaf destroys it.
// Source:   docs/formats/legal_hold.md, docs/design/0013-destruction.md
// Threads:  values; free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/custody.h"
#include "engine/model/ids.h"
#include "engine/model/purposes.h"
#include "engine/personal_data/keyring.h"
#include "engine/personal_data/purpose_keys.h"

namespace noren::personal_data {

inline constexpr std::size_t kMaxHeldItems = 64;
inline constexpr std::size_t kMaxHoldAccesses = 200;  // older ones stay in the audit log alone

// What is known without the hold's own leaf.
struct HoldAddress {
  enum class State : std::uint8_t { kActive = 1, kReleased = 2 };
  State state = State::kActive;
  LeafIndex leaf = 0;
  model::PersonId person;
  UnixSeconds placed_at;
  UnixSeconds until;      // by trusted time; a released hold: when it was released
  std::string authority;  // law and article
  bool operator==(const HoldAddress&) const = default;
};
struct HeldItem {
  model::ItemId item;
  model::ItemKind kind = model::ItemKind::kName;
  std::string media_type;
  std::string name;
  Bytes
      header;  // age header, wrapped to the hold's leaf; in person custody to the person's own key
  Hash256 payload_sha256{};
  std::uint64_t payload_size_bytes = 0;
  model::Custody custody = model::Custody::kOperator;
  bool operator==(const HeldItem&) const = default;
};
struct HoldAccess {
  UnixSeconds at;
  std::string officer;
  model::ItemId item;
  std::string reason;
  bool operator==(const HoldAccess&) const = default;
};
// What destroying the hold's leaf destroys.
struct HoldContent {
  Hash256 handle_commitment{};  // SHA-256 over hold and handle: who has both can check it
  std::string reason;
  std::vector<HeldItem> items;
  std::vector<HoldAccess> accesses;
  bool operator==(const HoldContent&) const = default;
};
struct HoldRecord {
  HoldAddress address;
  HoldContent content;
};

Hash256 CommitToHeldHandle(const model::HoldId& hold, const model::SeekerHandle& handle);

StatusOr<Bytes> EncodeHold(std::string_view store_key, const HoldRecord& record,
                           const PersonKeys& leaf_keys, const PurposeKeys& purpose_keys,
                           Random& random);
//   errors   kDataCorrupt
StatusOr<HoldAddress> OpenHoldAddress(std::string_view store_key, ByteSpan stored,
                                      const PurposeKeys& purpose_keys);
StatusOr<HoldRecord> DecodeHold(std::string_view store_key, ByteSpan stored,
                                const PersonKeys& leaf_keys, const PurposeKeys& purpose_keys);

}  // namespace noren::personal_data
