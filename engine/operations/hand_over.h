// Hand-overs of named people outside the service (to the commissioning city, to a partner): the
// register has what was asked for, and each person who is in it gets a record of their own.
// Source:   docs/design/0033-kinds-of-people-with-dates.md, docs/formats/hand_over.md
// Threads:  free functions concurrently
// Secrets:  days of birth: used for the age on the day, and not kept
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/operations/act_gate.h"
#include "engine/operations/destruction_select.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct PermitPartnerRequest {
  std::string idempotency_key;
  NamedPerson person;
  std::string partner;             // as the register of provisions calls it
  std::vector<std::string> items;  // printed names
  model::CivilDay first_day;
  std::optional<model::CivilDay> last_day;  // the same again with one ends it
};
// What the person permits one partner to have, as the officer or their portal says. It is no
// consent: nothing is released to a company on it.
//   errors   kNotFound; kRecipientUndeclared, kItemNotListed (policy::MayPermit); kOutOfRange;
//            kLimitReached
StatusOr<EntryPosition> PermitPartner(ServiceContext& context, const Call& call,
                                      const PermitPartnerRequest& request);

inline constexpr std::size_t kMaxHandedOver = 200;  // people of one call

struct HandedPerson {
  NamedPerson person;
  std::optional<model::CivilDay> born;  // exactly where the age is among the items
};
struct HandOverRequest {
  std::string idempotency_key;
  std::uint64_t entry = 0;  // of the register hand_overs: what was asked for
  std::vector<HandedPerson> people;
};
struct HandedOver {
  std::uint64_t entry = 0;         // of the register: that it was provided
  model::CivilDay day;             // whose kinds, permissions and ages count
  std::vector<std::int32_t> ages;  // in the order of the people; empty: no age was asked for
  EntryPosition position;
};
// Everybody or nobody: one entry of the register, and one record per person.
//   errors   kNotFound: a person, or the entry; kStateConflict: the entry is not one that asks;
//            kDuplicateValue; kTooLarge; kMissingField, kBadRequest: born; those of
//            policy::MayProvidePerson and of RequireMayProvide; those of AddRegisterEntry
StatusOr<HandedOver> HandOver(ServiceContext& context, const Call& call,
                              const HandOverRequest& request);

struct HandOverRecord {
  UnixSeconds at;
  model::CivilDay day;
  std::string recipient_kind, recipient;  // as the policy prints it; its name
  std::string purpose, means;
  std::vector<std::string> items;
  std::string kind;         // of the person, on the day; "": the usual one
  std::uint64_t entry = 0;  // of the register hand_overs: what was asked for
  std::string policy_version;
  bool operator==(const HandOverRecord&) const = default;
};
StatusOr<Bytes> SealHandOver(personal_data::PersonContext person, std::string_view store_key,
                             const HandOverRecord& record, Random& random);
//   errors   kDataCorrupt
StatusOr<HandOverRecord> OpenHandOver(personal_data::PersonContext person,
                                      std::string_view store_key, ByteSpan stored);

// Oldest first.
StatusOr<std::vector<HandOverRecord>> LoadHandOvers(ServiceContext& context,
                                                    const LoadedPerson& person);
// act "read": the person's own.
StatusOr<std::vector<HandOverRecord>> ReadOwnHandOvers(ServiceContext& context, const Call& call,
                                                       const PersonAct& act);

}  // namespace noren::operations
