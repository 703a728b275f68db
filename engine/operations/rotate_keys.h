// New versions of keys while the service runs: rotate makes one, rewrap moves what is under older
// ones to it, a few hundred values at a time.
// Source:   docs/design/0011-key-custody.md, What has versions; for keys of tokens
//           docs/design/0018-rotation-of-tokens.md
// Threads:  concurrently with every other operation; two rewraps of one key only hinder each other
// Why safe: each value is replaced in one batch, conditional on the bytes that were opened;
//           whoever changed it meanwhile sealed it under the newest version already. Stopped
//           anywhere, every value is under a live version
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/commit_pipeline.h"
#include "engine/operations/service_context.h"

namespace noren::operations {

enum class VersionedKey { kStoreSeal, kRecord, kKeyTree, kMatchToken, kStatistics, kEmployerToken };
std::string_view NameOf(VersionedKey key);  // "store-seal", "key-tree", "match-token"
//   errors   kBadRequest, field purpose
StatusOr<VersionedKey> FindVersionedKey(std::string_view name);

struct KeyStatus {
  VersionedKey key;
  std::uint32_t current = 1;
  std::uint32_t oldest = 1;
  std::int64_t left = -1;  // values or nodes under older versions; -1: not counted
};
//   count_left   reads every sealed value once
StatusOr<std::vector<KeyStatus>> ReadKeyStatus(ServiceContext& context, const Call& call,
                                               bool count_left);

struct RotationAnswer {
  std::uint32_t version = 0;
  EntryPosition position;
};
// One version more, under which everything new is sealed from the next batch on.
//   errors   kLimitReached: an older version is not rewrapped yet (one at a time)
StatusOr<RotationAnswer> RotateKey(ServiceContext& context, const Call& call,
                                   const std::string& idempotency_key, VersionedKey key);

struct RewrapAnswer {
  std::uint64_t rewrapped = 0;
  // Nothing is left under older versions, and they are retired: they open until the next unsealing,
  // for whoever had just read one, and not after.
  bool done = false;
};
// Where the next portion begins; made empty by whoever begins, and forgotten at will: it saves
// looking again at what was looked at.
struct RewrapPlace {
  std::size_t keyspace = 0;  // of SealedKeyspaces
  std::string after;         // store key
  bool found_some = false;   // in this pass over the store
};
// One portion. To be called until it is done, which only a whole pass that finds nothing says.
StatusOr<RewrapAnswer> RewrapKeys(ServiceContext& context, const Call& call, VersionedKey key,
                                  RewrapPlace& place);

}  // namespace noren::operations
