/** Destruction by plan and legal holds: what privacy officers do. docs/design/0013-destruction.md */
include "common.thrift"
namespace cpp noren.wire
namespace py noren_wire.destruction

/** What is selected. Each way to select belongs to one level. */
struct DestructionRule {
  1: string level,                 // "people", "items", "file", "held"
  2: list<string> requests,        // people: "request-..." of list_erasure_requests
  3: list<string> people,          // people: "portal/seeker-..."
  4: optional i64 idle_since,      // people: who did nothing since
  5: list<string> items,           // items: "portal/seeker-.../item-..."
  6: optional string kind,         // items: of this kind, with older_than
  7: optional i64 older_than,
  8: optional string file,         // file: id of the policy
  9: list<string> holds            // held: "hold-..."; none: all that are due
}
struct DestructionPlan {
  1: string plan,                  // "plan-..."; "" of a dry run
  2: string state,                 // planned, approved, executing, done, void
  3: string level, 4: string by, 5: string file,
  6: i64 people, 7: i64 items, 8: i64 held_people, 9: i64 held_items,
  10: string statement,            // canonical JSON; "" of a dry run
  11: binary digest,               // SHA-256 of it: what is approved
  12: string reason,
  13: string planner, 14: string approver,
  15: i64 created_at, 16: i64 expires_at,
  17: i32 parts, 18: i32 parts_done,
  19: i64 spared,
  20: string receipt               // "receipt-..." when it is done
}
struct PlanDestruction {
  1: common.Idempotency idempotency,
  2: DestructionRule rule,
  3: string reason,                // ground and internal plan, 3..300 characters
  4: bool dry_run                  // counts, and stores nothing
}
struct ApproveDestruction {
  1: common.Idempotency idempotency,
  2: string plan,
  3: binary digest                 // of the statement that was read
}
struct DestructionReceipt {
  1: string receipt,               // "receipt-..."
  2: string text,                  // canonical JSON, docs/formats/destruction.md
  3: binary signature,             // Ed25519 by the receipt key
  4: i64 audit_sequence,           // of the entry that has its digest
  5: binary public_key             // of the receipt key
}
struct ExecutionProgress { 1: DestructionPlan plan, 2: optional DestructionReceipt receipt }
struct PlanPage { 1: list<DestructionPlan> plans, 2: string next_cursor }
struct ReceiptPage { 1: list<DestructionReceipt> receipts, 2: string next_cursor }

struct PlaceHold {
  1: common.Idempotency idempotency,
  2: string person,                // "portal/seeker-..."
  3: list<string> kinds,           // of the policy's hold.items
  4: i64 held_until,
  5: string authority,             // law and article
  6: string reason
}
struct PlacedHold { 1: string hold, 2: common.AuditPosition audit }
struct HeldItem { 1: string item, 2: string kind, 3: string media_type, 4: string name, 5: i64 size_bytes,
  6: string custody                // operator; person: only the person's own key opens it
}
struct HoldAccess { 1: i64 at, 2: string officer, 3: string item, 4: string reason }
struct Hold {
  1: string hold, 2: string state, 3: bool due, 4: i64 placed_at, 5: i64 held_until, 6: string authority,
  7: binary handle_commitment,     // docs/formats/legal_hold.md
  8: list<HeldItem> items, 9: list<HoldAccess> accesses,
  10: string destroy_by            // "2028-01-15": by when the copy is destroyed, once the hold has ended
}
struct HoldPage { 1: list<Hold> holds, 2: string next_cursor }
struct OpenHeld { 1: string hold, 2: string item, 3: string recipient, 4: string reason }
struct OpenedHeld { 1: binary header, 2: i64 payload_size_bytes, 3: common.AuditPosition audit, 4: string custody }

service DestructionService {
  DestructionPlan plan_destruction(1: PlanDestruction request) throws (1: common.ServiceError error),
  DestructionPlan show_plan(1: string plan) throws (1: common.ServiceError error),
  PlanPage list_plans(1: common.PageRequest page) throws (1: common.ServiceError error),
  common.AuditPosition approve_destruction(1: ApproveDestruction request) throws (1: common.ServiceError error),
  /** Works for about two seconds; call again until the receipt is there. */
  ExecutionProgress execute_destruction(1: string plan) throws (1: common.ServiceError error),
  ReceiptPage list_destruction_receipts(1: common.PageRequest page) throws (1: common.ServiceError error),
  /** docs/formats/proof_bundle.md, under a checkpoint of now: verifies offline. */
  string destruction_receipt_bundle(1: string receipt) throws (1: common.ServiceError error),
  PlacedHold place_hold(1: PlaceHold request) throws (1: common.ServiceError error),
  HoldPage list_holds(1: common.PageRequest page) throws (1: common.ServiceError error),
  common.AuditPosition release_hold(1: common.Idempotency idempotency, 2: string hold, 3: string reason) throws (1: common.ServiceError error),
  /** Leaves an access record; the header is wrapped to the officer's age key (in person custody it is the person's), the payload follows. */
  OpenedHeld open_held(1: OpenHeld request) throws (1: common.ServiceError error),
  binary read_held(1: string hold, 2: string item, 3: i64 offset) throws (1: common.ServiceError error)
}
