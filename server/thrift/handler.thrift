/** What handlers do: whoever works for the operator or for a processor, and opens items of one person. docs/design/0032-use-of-items.md */
include "common.thrift"
namespace cpp noren.wire
namespace py noren_wire.handler

struct UseItems {
  1: string person,                // "portal/seeker-..."
  2: string file,                  // id of the policy, or its printed name
  3: string purpose,               // id of the policy, or its printed name
  4: list<string> items,           // kinds ("resume"), or printed names; 1..16, none twice
  5: string recipient              // "age1...": whose key opens the answer
}
struct UsedItem {
  1: string item,                  // "item-..."
  2: string kind,
  3: string media_type,
  4: string name,
  5: binary header,                // age header; the payload of read_used_item follows it
  6: i64 payload_size_bytes
}
struct UsedItems {
  1: binary ticket,                // for read_used_item, of this handler
  2: list<UsedItem> items,
  3: i64 good_until,               // the ticket is good until then
  4: common.AuditPosition audit
}

service HandlerService {
  /** Leaves an entry in the log and one with the person, before anything is handed out; a refusal leaves one in the log. */
  UsedItems use_items(1: UseItems request) throws (1: common.ServiceError error),
  /** Ciphertext from `offset`, at most 64 KiB; empty at the end. Judged anew at every call. */
  binary read_used_item(1: binary ticket, 2: string item, 3: i64 offset) throws (1: common.ServiceError error)
}
