/** What holds of a person from a day on: what privacy officers and portals say of it. docs/design/0033-kinds-of-people-with-dates.md */
include "common.thrift"
namespace cpp noren.wire
namespace py noren_wire.people

struct KindPeriod {
  1: string kind,                  // id of the policy's stated.subject
  2: string sub_kind,              // as the policy prints it; "": the kind itself
  3: string first_day,             // "2025-04-01"
  4: string last_day               // "" for open
}
struct SetPersonKind {
  1: common.Idempotency idempotency,
  2: string person,                // "portal/seeker-..."
  3: KindPeriod period             // the same again with a last day ends it
}
struct PersonKinds {
  1: string registered_as,         // "": the usual kind
  2: list<KindPeriod> periods,     // in the order in which they were recorded
  3: string kind,                  // today; "-": of none any more
  4: list<string> sub_kinds        // today
}

struct PermitPartner {
  1: common.Idempotency idempotency,
  2: string person,                // "portal/seeker-..."
  3: string partner,               // as the register of provisions calls it
  4: list<string> items,           // printed names
  5: string first_day,             // "2025-04-01"
  6: string last_day               // "" for open; the same again with one ends it
}
service PeopleService {
  common.AuditPosition set_person_kind(1: SetPersonKind request) throws (1: common.ServiceError error),
  PersonKinds read_person_kinds(1: string person) throws (1: common.ServiceError error),
  /** Says that the person's data are used now, for a purpose by its printed name. */
  common.AuditPosition use_for_purpose(1: string person, 2: string purpose) throws (1: common.ServiceError error),
  /** Which member of the joint use, as its register calls it, first acquired the person's record; it stays. */
  common.AuditPosition record_origin(1: common.Idempotency idempotency, 2: string person, 3: string member) throws (1: common.ServiceError error),
  /** What a person permits one partner to have; no consent to anything else. */
  common.AuditPosition permit_partner(1: PermitPartner request) throws (1: common.ServiceError error)
}
