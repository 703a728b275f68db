// The registers of the privacy officers: adding an entry, reading a register, and what is due or
// missing. Entries are append-only; each has its digest in the audit log.
// Source:   docs/formats/register_entry.md
// Threads:  free functions concurrently
// Why safe: an entry's number is one more than the last, and its place has to be empty; of two
//           officers who add at once one is staged again.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/operations/idempotent_run.h"
#include "engine/operations/register_record.h"

namespace noren::operations {

struct AddRegisterEntryRequest {
  std::string idempotency_key;
  policy::RegisterKind kind = policy::RegisterKind::kCommitments;
  std::string step;
  UnixSeconds at;       // when it happened; not in the future
  std::string subject;  // whom or what it is about; may be empty
  std::vector<std::string> clauses, parts;
  std::map<std::string, std::string> fields;
  std::uint64_t follows = 0;  // number of an entry of the register; 0: none
};
struct AddedRegisterEntry {
  std::uint64_t number = 0;
  EntryPosition position;
};
//   errors   kNotAllowed; those of policy::MayRecord; kBadRequest: in the future, or what it goes
//            on from is not there
StatusOr<AddedRegisterEntry> AddRegisterEntry(ServiceContext& context, const Call& call,
                                              const AddRegisterEntryRequest& request);

// For operations that record something themselves, in an attempt of their own; no role is asked
// for.
StatusOr<Attempt> StageRegisterEntry(ServiceContext& context, const Call& call,
                                     const AddRegisterEntryRequest& request);

// Every entry of the register in order; leaves an entry in the log.
//   errors   kNotAllowed; kDataCorrupt: a number is missing
StatusOr<std::vector<RegisterEntry>> ListRegister(ServiceContext& context, const Call& call,
                                                  policy::RegisterKind kind);

// What is due or missing now, in all registers; leaves an entry in the log.
StatusOr<std::vector<policy::DueRow>> ListDue(ServiceContext& context, const Call& call,
                                              model::Language language);

// As ListRegister, for other operations: no role, no entry in the log.
StatusOr<std::vector<RegisterEntry>> LoadRegister(ServiceContext& context,
                                                  policy::RegisterKind kind);

// What happened by one register; for other operations.
StatusOr<std::vector<policy::RegisteredStep>> StepsOf(ServiceContext& context,
                                                      policy::RegisterKind kind);
// What happened by all registers, in its order; for other operations, too.
StatusOr<std::vector<policy::RegisteredStep>> LoadRegisters(ServiceContext& context);

}  // namespace noren::operations
