// How often each handler opened items, day by day: what the daily limit, the review of handlers and
// the report on processors count. Nobody's items and no person are named in it.
// Source:   docs/formats/item_use.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/people.h"
#include "engine/personal_data/staged.h"

namespace noren::operations {

// What was opened on one day for one purpose, under one task.
struct ItemUseLine {
  std::string processor, task;  // empty: of the operator
  std::string purpose;          // id of the policy
  std::uint32_t uses = 0;
  std::uint32_t items = 0;
  bool operator==(const ItemUseLine&) const = default;
};
struct ItemUseDay {
  std::uint64_t day = 0;  // in the operator's zone, since 1970-01-01
  UnixSeconds last_at;
  std::vector<ItemUseLine> lines;
  std::uint32_t Items() const;
  bool operator==(const ItemUseDay&) const = default;
};
Bytes EncodeItemUseDay(const ItemUseDay& day);
//   errors   kDataCorrupt
StatusOr<ItemUseDay> DecodeItemUseDay(std::uint64_t day, ByteSpan plaintext);

struct HandlerUses {
  std::string handler;
  std::vector<ItemUseDay> days;  // oldest first
};
//   errors   kDataCorrupt
StatusOr<HandlerUses> LoadUses(ServiceContext& context, std::string_view handler);
// Of everybody, sorted by handler.
StatusOr<std::vector<HandlerUses>> LoadAllUses(ServiceContext& context);

// The day of the operator's calendar.
std::uint64_t UseDayOf(ServiceContext& context, UnixSeconds at);

// Adds to the day's record. Two uses that race are in one order.
struct ItemUseToCount {
  std::string_view handler, processor, task, purpose;
  std::uint32_t items = 0;
  UnixSeconds at;
};
//   errors   kLimitReached: with these, more than kMaxItemsOfHandlerAndDay on that day
StatusOr<personal_data::Staged> CountItemUse(ServiceContext& context, const ItemUseToCount& use);

// More than any desk opens by hand on a day, and few against the whole: whoever copies the service
// item by item is stopped here, and the refusals are in the log.
inline constexpr std::uint32_t kMaxItemsOfHandlerAndDay = 200;

}  // namespace noren::operations
