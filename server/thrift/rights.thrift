/** Requests about one's own data: what privacy officers do with them. docs/design/0020-rights-requests.md */
include "common.thrift"
namespace cpp noren.wire
namespace py noren_wire.rights

/** A paper as whoever checked it saw it; names as the policy prints them, in its language or in English. */
struct SeenPaper { 1: string name, 2: string whose, 3: bool photo, 4: bool both_sides, 5: bool masked, 6: list<string> shows }
struct ReceiveRight {
  1: common.Idempotency idempotency,
  2: string right,                 // "ACCESS", "CORRECT", ...: docs/formats/rights_request.md
  3: string requester,             // person, agent, representative
  4: string channel,               // as the policy calls it
  5: string form,                  // "": none
  6: list<string> parts,           // of the form, filled in: "part", "part=choice", "part=choice=described"
  7: i64 fee_paid,
  8: i64 received_at,              // 0: now
  9: string person,                // "portal/seeker-..."; "": not yet known
  10: string text,                 // what is asked; only once it is known who it is about
  11: string agent,
  12: list<string> items,          // "item-..." that it names; none: everything
  13: bool ends_contract,          // the person leaves the service
  14: string objects_to,           // "request-..." that was answered; "": none
  15: string dated,                // the date on the form, "2026-05-01"; "": none
  16: string on_form_of            // "request-..." that came on the same form; "": a form of its own
}
struct ReceivedRight { 1: string request, 2: string state, 3: string missing, 4: common.AuditPosition audit }
struct IdentifyRight {
  1: common.Idempotency idempotency,
  2: string request,
  3: string person,                // where it was not yet known
  4: list<string> facts,           // that agree with the record
  5: list<SeenPaper> papers,
  6: string born,                  // "2010-03-01" where the age matters, else ""
  7: string form, 8: list<string> parts, 9: i64 fee_paid,
  10: string text, 11: string agent
}
struct DecideRight {
  1: common.Idempotency idempotency,
  2: string request,
  3: string outcome,               // accepted, partly, refused
  4: string ground,                // of what is refused: a code of the policy
  5: map<string, string> evidence, // by the words of the policy
  6: bool ongoing,
  7: string reason,                // a sentence for the person
  8: list<string> withheld         // of an answer in part: parts of the export, or items that it names
}
struct DecidedRight { 1: string outcome, 2: list<string> clauses, 3: string erasure, 4: common.AuditPosition audit }
struct SettleRight {
  1: common.Idempotency idempotency,
  2: string request,
  3: bool acted, 4: bool told, 5: string way, 6: bool resumed, 7: bool withdrawn,
  8: string way_reason,            // why not in the way that the form asks for
  9: bool form_sent                // the form went out, by `way`
}
struct DueDay {
  1: string rule, 2: string last_day, 3: list<string> reminders,
  4: string standing,              // waiting, due, overdue, kept, blocked, ready
  5: list<string> clauses, 6: bool target, 7: bool minimum, 8: list<string> blocked_by
}
struct Right {
  1: string request, 2: string right, 3: string state, 4: string requester,
  5: i64 received_at, 6: i64 complete_at, 7: string channel, 8: string form, 9: list<string> parts, 10: i64 fee_paid,
  11: bool ends_contract, 12: string carried_by, 13: string objects_to, 14: list<string> items,
  15: i64 checked_at, 16: string checked_by, 17: list<string> facts, 18: list<SeenPaper> papers,
  19: i64 papers_destroyed_at, 20: string papers_method,
  21: string outcome, 22: i64 decided_at, 23: string decided_by, 24: string ground,
  25: map<string, string> evidence, 26: list<string> clauses,
  27: i64 acted_at, 28: i64 told_at, 29: string way, 30: i64 resumed_at, 31: string policy_version,
  32: bool has_text,               // the words still open
  33: string text, 34: string agent, 35: string reason,
  36: string missing, 37: bool frozen,
  38: optional DueDay due, 39: optional DueDay papers_due,
  40: list<string> remarks,        // not_traceable, FEE_AMOUNT_UNSPECIFIED, special_care, legal_review, "under_review item-..."
  41: string desk,                 // where it is dealt with; "": the policy does not say
  42: string redress,              // once it is overdue or refused: bodies and appeal, as Markdown
  43: string dated, 44: string on_form_of, 45: i64 form_sent_at, 46: string form_sent_way,
  47: list<string> withheld, 48: string way_reason,
  49: string owner,                // the client who is asked; "": nobody
  50: i64 owner_asked_at, 51: i64 owner_answered_at, 52: bool owner_allows, 53: string owner_document
}
/** A page of the policy alone: no word about a person is in it. name: NO_RETURN, OWNER_QUESTION. */
struct StandardAnswer { 1: string request, 2: string name, 3: string page, 4: list<string> clauses, 5: common.AuditPosition audit }
struct AskOwner { 1: common.Idempotency idempotency, 2: string request, 3: string owner, 4: string language, 5: bool html }
struct OwnerAnswer { 1: common.Idempotency idempotency, 2: string request, 3: bool allows, 4: string document }
struct SealAnswer {
  1: string request,
  2: string address,               // where the form asks the answer to be sent; kept nowhere
  3: string recipient,             // "age1...", the requester's; "": the one they registered
  4: string language
}
struct SealedAnswer { 1: string address, 2: binary file, 3: common.AuditPosition audit }
/** A registration of about the time that a letter names. */
struct FoundRegistration { 1: string person, 2: string registered }
/** linked: the request is the only candidate's from now on. Else who it can be about: of several the officer chooses with identify_requester. */
struct LinkedLetter { 1: bool linked, 2: list<FoundRegistration> candidates, 3: common.AuditPosition audit }
struct RightPage { 1: list<Right> rights, 2: string next_cursor }

service RightsService {
  ReceivedRight receive_right(1: ReceiveRight request) throws (1: common.ServiceError error),
  /** What was looked at to know who asks, and what completes the request. */
  ReceivedRight identify_requester(1: IdentifyRight request) throws (1: common.ServiceError error),
  DecidedRight decide_right(1: DecideRight request) throws (1: common.ServiceError error),
  /** Carried out, told, resumed or withdrawn. */
  common.AuditPosition settle_right(1: SettleRight request) throws (1: common.ServiceError error),
  common.AuditPosition destroy_right_papers(1: common.Idempotency idempotency, 2: string request, 3: string method) throws (1: common.ServiceError error),
  /** filter: all, open, due (reminded of or overdue), review (refused by the policy alone, for people to look at). */
  RightPage list_rights(1: string filter, 2: common.PageRequest page) throws (1: common.ServiceError error),
  Right show_right(1: string request) throws (1: common.ServiceError error),
  /** The letter that goes out. language: ko, ja, en; "": the person's. */
  string write_right_letter(1: string request, 2: string language, 3: bool html) throws (1: common.ServiceError error),
  /** A request to give data back, from anybody: nothing of it is kept. received_at: 0: now; language "": the operator's. */
  StandardAnswer answer_return_request(1: common.Idempotency idempotency, 2: i64 received_at, 3: string language, 4: bool html) throws (1: common.ServiceError error),
  /** Data held for a client: the request waits until the client's answer is recorded. */
  StandardAnswer ask_owner(1: AskOwner request) throws (1: common.ServiceError error),
  common.AuditPosition record_owner_answer(1: OwnerAnswer request) throws (1: common.ServiceError error),
  /** The answer as an age file, to whoever asked for it by e-mail. */
  SealedAnswer seal_right_answer(1: SealAnswer request) throws (1: common.ServiceError error),
  /** around: "2023", "2023-04" or "2023-04-15", each also with an ending such as "about". */
  list<FoundRegistration> find_registrations(1: string around) throws (1: common.ServiceError error),
  /** Finds whose a waiting request is, of which it is not known, by what the letter says. */
  LinkedLetter link_letter(1: common.Idempotency idempotency, 2: string request, 3: common.LetterFacts facts) throws (1: common.ServiceError error)
}
