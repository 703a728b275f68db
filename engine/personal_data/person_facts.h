// What holds of a person from one day to another: of which kind they are, and to which partner they
// permit what.
// Source:   docs/formats/person_record.md (Facts), docs/design/0033-kinds-of-people-with-dates.md
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/encoding.h"
#include "crypto/base/status.h"
#include "engine/model/civil_day.h"

namespace noren::personal_data {

inline constexpr std::size_t kMaxKindPeriods = 64;
inline constexpr std::size_t kMaxPermissions = 64;
inline constexpr std::size_t kMaxFactTextBytes = 200;
inline constexpr std::size_t kMaxPermittedItems = 40;

// A kind from its first day on takes the place of the kind before; a sub-kind holds beside others
// of its kind, on the days on which the person is of that kind.
struct KindPeriod {
  std::string kind;      // id of stated.subject
  std::string sub_kind;  // as printed; empty: the kind itself
  model::CivilDay first_day;
  std::optional<model::CivilDay> last_day;
  bool operator==(const KindPeriod&) const = default;
};

// A permission to one partner. It is no consent: nothing is ever made of it but a hand-over to
// this partner.
struct PartnerPermission {
  std::string partner;
  std::vector<std::string> items;  // printed names; in the order given
  model::CivilDay first_day;
  std::optional<model::CivilDay> last_day;
  bool operator==(const PartnerPermission&) const = default;
};

struct PersonFacts {
  std::vector<KindPeriod> kinds;               // in the order in which they were recorded
  std::vector<PartnerPermission> permissions;  // likewise
  bool operator==(const PersonFacts&) const = default;
};

// In place of the period with the same kind, sub-kind and first day, else after the others.
//   returns  false: it stands so already
//   errors   kLimitReached
StatusOr<bool> PutKind(PersonFacts& facts, const KindPeriod& period);
// By partner and first day.
StatusOr<bool> PutPermission(PersonFacts& facts, const PartnerPermission& permission);

// A kind that no policy has: what the person was has ended, and nothing came after it.
inline constexpr std::string_view kNoKind = "-";

// Of which kind somebody is on a day; `registered` is the kind of the registration.
//   returns  a text that lives as long as both arguments
std::string_view KindOn(const PersonFacts& facts, std::string_view registered, model::CivilDay day);
std::vector<std::string> SubKindsOn(const PersonFacts& facts, std::string_view kind,
                                    model::CivilDay day);
// The first day after `day` on which kind or sub-kinds may be others; nothing: none.
std::optional<model::CivilDay> NextTurn(const PersonFacts& facts, model::CivilDay day);
// What is permitted to the partner on the day; null: nothing.
const PartnerPermission* PermissionOn(const PersonFacts& facts, std::string_view partner,
                                      model::CivilDay day);

// As part of a record. One value has one text.
void WriteFacts(const PersonFacts& facts, RecordWriter& writer);
//   errors   kDataCorrupt
StatusOr<PersonFacts> ReadFacts(RecordReader& reader);

}  // namespace noren::personal_data
