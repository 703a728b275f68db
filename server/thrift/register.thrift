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

service RegisterService {
  AddedRegisterEntry add_register_entry(1: AddRegisterEntry request) throws (1: common.ServiceError error),
  /** What happened in [from_time, to_time); language ko, ja or en. */
  RegisterTable read_register(1: string register_name, 2: i64 from_time, 3: i64 to_time, 4: string language, 5: common.PageRequest page) throws (1: common.ServiceError error),
  list<RegisterTitle> list_registers(1: string language) throws (1: common.ServiceError error)
}
