/** What a person does, carried by the portal the person uses. Every call names a statement; docs/formats/act.md lists them. */
include "common.thrift"
include "after_release.thrift"
include "rights.thrift"
include "contact.thrift"
namespace cpp noren.wire
namespace py noren_wire.person

struct Invitation {
  1: string invitation,              // "invitation-..."
  2: string posting,
  3: string posting_title,
  4: string company,
  5: list<string> items,             // item ids the company asks for
  6: string purpose,                 // "application_screening", ...
  7: i64 answer_by,
  8: i32 retention_days,             // how long the company may keep what it gets
  9: string notice,                  // the notice, in the person's language
  10: binary notice_sha256,
  11: string policy_version,
  12: string company_key,            // fingerprint of the company's key ring, hex
  13: string state,                  // requested granted refused withdrawn expired superseded; damaged: nothing is done by it
  14: string consent,                // "consent-..." once answered, else ""
  15: map<string, string> item_digests, // item id -> SHA-256 of its stored payload, hex: what the grant repeats
  16: optional list<string> company_recipients, // the age recipients behind company_key, sorted: whom headers are made for
  17: optional i32 consent_days      // a grant's `expires` is at most so many days after the grant
}
struct PersonItem {
  1: string item,                    // "item-..."
  2: string kind,
  3: string media_type,
  4: string name,
  5: i64 created_at,
  6: i64 version,                    // 1 for the first; rises when it is encrypted anew
  7: binary payload_sha256,          // `digest` in statements, 32 bytes
  8: i64 payload_size_bytes,
  9: binary header,                  // person custody: the stored header, for the person's identity; else empty
  10: bool reencrypt                 // person custody: hand in a new version (act "replace")
}
/** A live consent whose headers are not for the keys the company has now; act "rewrap" answers it. */
struct RewrapRequest {
  1: string consent,
  2: string invitation,
  3: string posting,
  4: string company,
  5: string company_key,             // fingerprint of the live recipients, hex
  6: list<string> company_recipients,   // sorted
  7: map<string, string> item_digests   // all the consent's items
}
struct DisclosureRecord {
  1: i64 at,
  2: string what,                    // operation name, e.g. "collect_release"
  3: string who,                     // "company:hangang-care"
  4: string posting,
  5: string reason,                  // as the company stated it
  6: list<string> items,
  7: i64 audit_sequence,
  8: optional string form,           // "card occupation=...", "ranking", "applicant", "documents", "explanation", "erasure-request"
  9: optional i32 people,            // shown together: how many; of a card: at least how many
  10: optional string viewer_name,   // the company's name in law, if the operator has verified it
  11: optional string posting_title,
  12: optional string processor,     // who handled it for the operator
  13: optional string task           // of the processor
}
/** Newest first; the pages of one act. Of the record at the calling portal: of another portal's record of the same human nothing is said here. */
struct ExposurePage {
  1: list<DisclosureRecord> exposures,
  2: string next_cursor,
  3: string language                 // the person's: ko, ja or en
}
struct PersonExport {
  1: string document,                // canonical JSON, docs/formats/person_export.md
  2: list<string> proofs,            // proof bundles of the person's acts, docs/formats/proof_bundle.md
  3: string note,                    // signed: that the service gave this document out
  4: string language                 // the person's: ko, ja or en
}
struct PersonRecord {
  1: list<DisclosureRecord> disclosures,   // newest last
  2: list<Invitation> invitations,
  3: bool discoverable,
  4: i32 class_size_at_least,        // "in this form you look like at least k others"; 0 when not shown at all
  5: string erasure_claim,           // "device" or "backups-only"
  6: optional string custody,        // "operator" or "person"
  7: optional string age_recipient,  // person custody
  8: optional list<PersonItem> items,
  9: optional list<RewrapRequest> rewraps,
  10: i32 blocked_employers,         // how many; which ones the service cannot tell
  11: optional string language       // the person's: ko, ja or en
}
struct ActAnswer {
  1: string result,                  // id that came of it ("consent-..."), or ""
  2: string proof,                   // "signature", "code" or "portal-asserted"
  3: common.AuditPosition audit
}

service PersonService {
  /** A statement with `at`, `nonce` and everything the server fills in, canonical, ready to be signed. `fields` depends on the act. */
  string prepare_act(1: string act, 2: string handle, 3: map<string, string> fields) throws (1: common.ServiceError error),
  /** Sends a one-time code for this very statement to the person's own contact. */
  void request_code(1: string handle, 2: string statement) throws (1: common.ServiceError error),
  /** act "discoverable": may be shown, in coded form, to a class of companies. */
  ActAnswer set_discoverable(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "answer": grants or refuses one invitation. */
  ActAnswer answer_invitation(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "withdraw": withdraws one consent, or discoverability. Needs no key. */
  ActAnswer withdraw(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "block": employers that must not ask, by corporate number; kept as keyed tokens. Needs no key. */
  ActAnswer block_employers(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "unblock": they may again. */
  ActAnswer unblock_employers(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "rewrap", person custody: new headers for a live consent, to the keys the company has now. */
  ActAnswer rewrap(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** Person custody: at most 64 KiB of an item's stored payload from `offset`; empty at the end. Header and digest: read_record. */
  binary read_own_item(1: string handle, 2: string item, 3: i64 offset) throws (1: common.ServiceError error),
  /** act "erase": asks for erasure; an officer executes it. */
  ActAnswer request_erasure(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "read": who saw what, and every invitation. Cards that others saw are in list_exposures. */
  PersonRecord read_record(1: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "read": who was shown what, when, in which form and why. Later pages take the same act while it is fresh. */
  ExposurePage list_exposures(1: common.PersonAct act, 2: common.PageRequest page) throws (1: common.ServiceError error),
  /** act "read": what is held of the person, given apart from derived, with proofs. */
  PersonExport export_record(1: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "read": the person's own lines of the provision record; language ko, ja or en. */
  after_release.ProvisionPage read_provisions(1: common.PersonAct act, 2: string language) throws (1: common.ServiceError error),
  /** act "ask": asks about a decision, for an explanation or a review by another human. */
  ActAnswer ask(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "read": human decisions about the person, what was asked and what was answered. */
  after_release.DecisionRecord read_decisions(1: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "right": a request about one's own data, or an objection to how one was answered. */
  ActAnswer ask_for_right(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "read": the person's own requests, and what was answered. */
  rights.RightPage list_own_rights(1: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "unsubscribe": is sent nothing more for this purpose. Needs no key. */
  ActAnswer unsubscribe(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "subscribe": is sent it again. */
  ActAnswer subscribe(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "continue": answers the question whether to stay registered. Leaving is said twice: the result of the first is what the second confirms. */
  ActAnswer answer_continuation(1: common.Idempotency idempotency, 2: common.PersonAct act) throws (1: common.ServiceError error),
  /** act "read": what the person was told and talked to about, and is not sent. */
  contact.PersonContacts list_own_contacts(1: common.PersonAct act) throws (1: common.ServiceError error)
}
