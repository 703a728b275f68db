// Media and devices that leave the service: what is written for one is sealed under a key of its
// own in the key tree; who is in it is on record; whoever reports it lost destroys that key, opens
// the incident and gets the list of the people.
// Source:   docs/design/0036-media.md, docs/formats/medium.md
// Threads:  free functions concurrently
// Secrets:  what is put on a medium passes through in the clear, and is kept nowhere
// Why safe: the key of a medium is a leaf of the key tree: destroying it leaves nothing that opens
//           its packages, not even with every backup (docs/design/0013-destruction.md).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/operations/destruction_record.h"
#include "engine/operations/destruction_select.h"
#include "engine/operations/media_record.h"
#include "engine/operations/registers.h"

namespace noren::operations {

inline constexpr std::size_t kMaxOnMedium = 100;  // people of one package

struct PutOnMediumRequest {
  std::string medium;  // as the register of media has it
  std::vector<NamedPerson> people;
  std::string reason;  // 3..300 characters
  bool plain = false;  // refused: a package is sealed
};
struct MediumPackage {
  Bytes file;               // an age file that the service alone opens, until the medium is lost
  std::uint64_t entry = 0;  // of the register: that it was put there
  EntryPosition position;
};
// The whole record of each (never the contents of items), for whoever carries the medium.
//   errors   kPolicyForbids: unsealed, onto what is not listed or lost, and those of freezes;
//            kNotFound: a person; kDuplicateValue; kTooLarge; kReasonRequired
StatusOr<MediumPackage> PutOnMedium(ServiceContext& context, const Call& call,
                                    const PutOnMediumRequest& request);

struct OpenPackageRequest {
  std::string medium;
  Bytes header;           // the age header that the package begins with
  std::string recipient;  // "age1...": whose key opens the answer
  std::string reason;
};
struct OpenedPackage {
  Bytes header;  // in the place of the package's own
  EntryPosition position;
};
// Where the medium has arrived.
//   errors   kNotFound: nothing was put on it; kStateConflict: it is lost, and nothing opens what
//            is on it; kDataCorrupt: not of a package for it; kBadRequest: recipient
StatusOr<OpenedPackage> OpenMediumPackage(ServiceContext& context, const Call& call,
                                          const OpenPackageRequest& request);

struct LoseMediumRequest {
  std::string idempotency_key;
  std::string medium;
  UnixSeconds at;  // since when it is missing; not in the future
};
struct LostMedium {
  std::uint64_t entry = 0;     // of the register of media
  std::uint64_t incident = 0;  // of the register of incidents
  std::uint64_t people = 0;    // registered now, of whom something was on it
  EntryPosition position;
};
// Its key is gone when this returns, and with every older backup.
//   errors   kNotFound: nothing was put on it by the service (then the register has it alone);
//            kStateConflict: lost already; kBadRequest: in the future; those of AddRegisterEntry
StatusOr<LostMedium> LoseMedium(ServiceContext& context, const Call& call,
                                const LoseMediumRequest& request);

struct AffectedQuery {
  std::uint64_t incident = 0;            // of the register of incidents
  std::optional<model::PersonId> after;  // of the page before
  std::size_t limit = 100;               // 1..1000
};
struct AffectedPerson {
  NamedPerson person;
  OnMedium put;
};
struct AffectedPeople {
  std::string medium;
  std::vector<AffectedPerson> people;
  std::optional<model::PersonId> next;  // nothing: this is the last page
};
// Who is registered and was on the medium that the incident is about, from the records alone.
//   errors   kNotFound: no such incident, or it is about no medium of the service's; kOutOfRange
StatusOr<AffectedPeople> ListAffected(ServiceContext& context, const Call& call,
                                      const AffectedQuery& query);

// For the registers: a medium with a key is reported lost by LoseMedium alone.
Status RequireNoMediumKey(ServiceContext& context, const AddRegisterEntryRequest& request);
// How many people an incident of a lost medium is about is counted and not typed.
//   errors   kBadRequest: another number is given
Status CountIncident(ServiceContext& context, policy::RegisteredStep& found);
// After a restore: lost as before, with its entries. Returns how many that was.
StatusOr<std::size_t> LoseMediumAgain(ServiceContext& context, const DestructionAct& act);

}  // namespace noren::operations
