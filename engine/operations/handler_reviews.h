// Who may open items, and who did: the review of handlers, which withdraws access that nobody uses,
// and the rows of the registers "uses" and "processor_uses".
// Source:   docs/formats/register_entry.md, sections "Review of handlers" and "Tables"
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/operations/item_use_record.h"
#include "engine/operations/registers.h"

namespace noren::operations {

struct ReviewedHandler {
  std::string handler, role, processor;
  UnixSeconds granted_at;
  std::optional<UnixSeconds> last_use;
  bool withdrawn = false;  // by this review: idle for more than kIdleAccessDays
};
struct HandlerReview {
  std::vector<ReviewedHandler> handlers;  // with access when it began, sorted
  std::uint64_t entry = 0;                // of the register of handlers: "reviewed"
};
// Withdraws idle access, an entry each, and records that the review was held; `clause`: of the
// measure that it attests, empty: of none. Repeating it withdraws nothing twice.
//   errors   kNotAllowed; those of AddRegisterEntry
StatusOr<HandlerReview> ReviewHandlers(ServiceContext& context, const Call& call,
                                       const std::string& clause);

// Every handler's uses within the days, day by day.
struct UseRow {
  std::string handler;
  std::uint64_t day = 0;
  ItemUseLine line;
};
StatusOr<std::vector<UseRow>> ListUses(ServiceContext& context, UnixSeconds from, UnixSeconds to);

// Every processor that the register knows, with what its handlers opened within the days.
struct ProcessorReport {
  std::string processor, task;
  std::uint32_t handlers = 0;  // with access now
  std::uint64_t uses = 0, items = 0;
  std::optional<UnixSeconds> last_inspected;
};
StatusOr<std::vector<ProcessorReport>> ReportProcessors(ServiceContext& context, UnixSeconds from,
                                                        UnixSeconds to);

}  // namespace noren::operations
