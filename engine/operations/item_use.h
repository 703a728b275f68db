// A handler opens items of one person: for one declared purpose, within the scope that registers
// give the handler (and the processor they work for), from a listed terminal, within a case where
// the purpose needs one. What is handed out are age files for the handler's own key. Each use is in
// the log and in the person's list of who saw what before a byte leaves; each refusal is in the
// log. Under person custody nothing can be opened here.
// Source:   docs/design/0032-use-of-items.md, docs/formats/item_use.md
// Threads:  free functions concurrently
// Why safe: a use is conditional on the registers, the freezes, the person's record and the items
//           as they were judged; every chunk is judged again after its bytes are at hand
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/operations/idempotent_run.h"
#include "engine/policy/handler_scope.h"

namespace noren::operations {

inline constexpr std::size_t kMaxItemsOfUse = 16;
inline constexpr std::size_t kMaxUseChunkBytes = std::size_t{64} << 10;
inline constexpr std::int64_t kUseLifeSeconds = 3600;  // how long what was opened can be read
// Access that was not used for so long is over, whether or not a review has withdrawn it. No policy
// has a limit of its own.
inline constexpr std::int64_t kIdleAccessDays = 90;

struct UseItemsRequest {
  std::string portal;  // whose person it is
  model::SeekerHandle person;
  std::string file;                // id of the policy, or printed name
  std::string purpose;             // the same
  std::vector<std::string> items;  // kinds ("resume"), or printed names
  std::string recipient;           // "age1...": whose key opens the answer
};
struct UsedItem {
  model::ItemId item;
  model::ItemKind kind = model::ItemKind::kOtherDocument;
  std::string media_type, name;
  Bytes header;  // age header for the recipient; the payload follows it
  std::uint64_t payload_size_bytes = 0;
};
struct UsedItems {
  Bytes ticket;  // sealed: what ReadUsedItem reads
  std::vector<UsedItem> items;
  UnixSeconds until;
  EntryPosition position;
};
//   errors   kNotAllowed: no access, another scope or terminal, no case (whether or not there is
//            such a person); kPurposeUndeclared, kItemUndeclared, kBannedCategory, kNoFile: by the
//            notice; kProcessorUnregistered: outside the contract; kConsentAnew: a purpose that the
//            person did not agree to; kLimitReached; kNotFound: no such person or item in the file;
//            kPolicyForbids: frozen, or the period is over; kStateConflict: person custody;
//            kBadRequest: items, recipient
StatusOr<UsedItems> UseItems(ServiceContext& context, const Call& call,
                             const UseItemsRequest& request);

// Ciphertext from `offset`, at most kMaxUseChunkBytes; empty at the end.
//   errors   those of UseItems; kNotFound: not this handler's ticket, or not its item;
//            kAccessExpired: opened more than kUseLifeSeconds ago
StatusOr<Bytes> ReadUsedItem(ServiceContext& context, const Call& call, ByteSpan ticket,
                             const model::ItemId& item, std::uint64_t offset);

// Since when a handler's access is idle: from when it was given, or its last use.
StatusOr<UnixSeconds> IdleSince(ServiceContext& context, std::string_view handler,
                                const policy::HandlerScope& scope);

// A handler who asks for a release: refused, and in the log when it is a processor's.
//   errors   kNotAllowed; kProcessorUnregistered: their task is another
Status RefuseHandlersRelease(ServiceContext& context, const Call& call);

}  // namespace noren::operations
