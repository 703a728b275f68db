// How the keys of a RocksDB store are written. Everything is in one column family, so one log
// holds a batch whole.
// Source:   docs/formats/store.md
// Threads:  free functions, concurrently.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/base/status.h"
#include "engine/storage/store.h"

namespace noren::storage {

inline constexpr std::string_view kStoreFormatKey = "m/format";
inline constexpr std::uint32_t kStoreFormatVersion = 1;

struct StoreFormat {
  std::uint32_t version = kStoreFormatVersion;
  std::uint32_t partition_count = 0;
};
struct FeedHead {
  std::uint64_t last_sequence = 0;
  std::uint64_t trimmed_up_to = 0;
};

std::string DataKey(Partition partition, std::string_view key);
std::string FeedKey(Partition partition, std::uint64_t sequence);
std::string FeedHeadKey(Partition partition);
// The key as the caller gave it, of what DataKey made.
std::string_view UserKeyOf(std::string_view data_key);
// The sequence in what FeedKey made.
StatusOr<std::uint64_t> FeedSequenceOf(std::string_view feed_key);

std::string EncodeStoreFormat(const StoreFormat& format);
StatusOr<StoreFormat> DecodeStoreFormat(std::string_view bytes);  // kDataLoss
std::string EncodeFeedHead(const FeedHead& head);
StatusOr<FeedHead> DecodeFeedHead(std::string_view bytes);  // kDataLoss

// The first string after every string that starts with `prefix`; empty when there is none.
std::string EndOfPrefix(std::string prefix);

}  // namespace noren::storage
