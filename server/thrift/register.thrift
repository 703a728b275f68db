/** The registers that a privacy officer must be able to show, and what is due in them. docs/formats/register_entry.md */
include "common.thrift"
namespace cpp noren.wire
namespace py noren_wire.register

struct AddRegisterEntry {
  1: common.Idempotency idempotency,
  2: string register_name,         // "training", "incidents", ...
  3: string step,                  // of the register: "held", "found", ...
  4: i64 at,                       // when it happened; not in the future
  5: string subject,               // whom or what it is about; may be empty
  6: list<string> clauses,         // of the measures that it attests
  7: list<string> parts,           // of the measure; none: the whole
  8: map<string, string> fields,   // of the register
  9: i64 follows                   // number of the entry it goes on from; 0: none
}
struct AddedRegisterEntry { 1: i64 number, 2: common.AuditPosition audit }
struct RegisterRow { 1: list<string> cells }
/** A register as a table, in the language. */
struct RegisterTable {
  1: string register_name,
  2: string title,
  3: list<string> heading,
  4: list<RegisterRow> rows,
  5: string operator_name,
  6: string policy_version,
  7: string next_cursor
}
struct RegisterTitle { 1: string register_name, 2: string title }

/** A handler works with a person. */
struct OpenCase {
  1: common.Idempotency idempotency,
  2: string reference,             // the operator's own number; says nothing about the person
  3: string person,                // "portal/seeker-..."
  4: string handler                // name of the certificate
}
struct ReviewedHandler {
  1: string handler, 2: string role, 3: string processor,
  4: i64 granted_at,
  5: i64 last_use,                 // 0: never
  6: bool withdrawn                // by this review
}
struct HandlerReview { 1: list<ReviewedHandler> handlers, 2: i64 number }
struct HandedPerson {
  1: string person,                // "portal/seeker-..."
  2: string born                   // "2000-02-29" exactly where the age is among the items, else ""; it is not kept
}
struct HandOver {
  1: common.Idempotency idempotency,
  2: i64 entry,                    // of the register hand_overs: what was asked for
  3: list<HandedPerson> people     // at most 200
}
struct HandedOver {
  1: i64 entry,                    // of the register: that it was provided
  2: string day,                   // whose kinds, permissions and ages count
  3: list<i32> ages,               // in the order of the people; empty: none was asked for
  4: common.AuditPosition audit
}

struct PutOnMedium {
  1: string medium,                // as the register of media has it
  2: list<string> people,          // "portal/seeker-...", at most 100
  3: string reason,
  4: bool plain                    // refused: a package is sealed
}
struct MediumPackage {
  1: binary file,                  // an age file that the service alone opens
  2: i64 entry,                    // of the register of media
  3: common.AuditPosition audit
}
struct OpenMediumPackage {
  1: string medium,
  2: binary header,                // the age header that the package begins with
  3: string recipient,             // "age1...": whose key opens the answer
  4: string reason
}
struct OpenedMediumPackage { 1: binary header, 2: common.AuditPosition audit }
struct LoseMedium {
  1: common.Idempotency idempotency,
  2: string medium,
  3: i64 at                        // since when it is missing
}
struct LostMedium {
  1: i64 entry,                    // of the register of media
  2: i64 incident,                 // of the register of incidents
  3: i64 people,                   // registered, of whom something was on it
  4: common.AuditPosition audit
}
struct AffectedPerson { 1: string person, 2: i64 first_at, 3: i64 last_at, 4: i32 packages }
struct AffectedPeople { 1: string medium, 2: list<AffectedPerson> people, 3: string next_cursor }

service RegisterService {
  AddedRegisterEntry add_register_entry(1: AddRegisterEntry request) throws (1: common.ServiceError error),
  /** What happened in [from_time, to_time); language ko, ja or en. */
  RegisterTable read_register(1: string register_name, 2: i64 from_time, 3: i64 to_time, 4: string language, 5: common.PageRequest page) throws (1: common.ServiceError error),
  list<RegisterTitle> list_registers(1: string language) throws (1: common.ServiceError error),
  /** Closed by add_register_entry: register "cases", step "closed", follows. */
  AddedRegisterEntry open_case(1: OpenCase request) throws (1: common.ServiceError error),
  /** Withdraws access that nobody uses; `clause`: of the measure that the review attests, "": of none. */
  HandlerReview review_handlers(1: string clause) throws (1: common.ServiceError error),
  /** Hands over what an entry of hand_overs asks for of the people named: all or nobody; each gets a record of their own. */
  HandedOver hand_over(1: HandOver request) throws (1: common.ServiceError error),
  /** The records of people, sealed to the medium's own key, for whoever carries it. */
  MediumPackage put_on_medium(1: PutOnMedium request) throws (1: common.ServiceError error),
  /** Where it has arrived: the header in the place of the package's own. Not once the medium is lost. */
  OpenedMediumPackage open_medium_package(1: OpenMediumPackage request) throws (1: common.ServiceError error),
  /** Destroys the medium's key and opens the incident. */
  LostMedium lose_medium(1: LoseMedium request) throws (1: common.ServiceError error),
  /** Who was on the medium that the incident is about. */
  AffectedPeople list_affected(1: i64 incident, 2: common.PageRequest page) throws (1: common.ServiceError error)
}
