// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/person_facts.h"

#include <algorithm>

#include "engine/model/errors.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

using model::CivilDay;
using model::ErrorCode;

bool Covers(CivilDay first_day, const std::optional<CivilDay>& last_day, CivilDay day) {
  return first_day <= day && (!last_day || day <= *last_day);
}

void WriteDay(CivilDay day, RecordWriter& writer) {
  writer.U32(static_cast<std::uint32_t>(day.days_since_1970));
}
void WriteDays(CivilDay first_day, const std::optional<CivilDay>& last_day, RecordWriter& writer) {
  WriteDay(first_day, writer);
  writer.U8(last_day ? 1 : 0);
  if (last_day) WriteDay(*last_day, writer);
}

CivilDay ReadDay(RecordReader& reader) { return {static_cast<std::int32_t>(reader.U32())}; }
// False: damaged.
bool ReadDays(RecordReader& reader, CivilDay& first_day, std::optional<CivilDay>& last_day) {
  first_day = ReadDay(reader);
  const std::uint8_t has_last = reader.U8();
  if (has_last == 1) last_day = ReadDay(reader);
  const bool in_order = !last_day || (first_day <= *last_day && model::IsInRange(*last_day));
  return has_last <= 1 && model::IsInRange(first_day) && in_order;
}

// `is_same`: takes the place of that one.
template <typename Fact, typename Same>
StatusOr<bool> Put(std::vector<Fact>& all, const Fact& fact, std::size_t most, Same is_same) {
  const auto found = std::ranges::find_if(all, is_same);
  if (found != all.end()) {
    if (*found == fact) return false;
    *found = fact;
    return true;
  }
  if (all.size() >= most) return model::MakeError(ErrorCode::kLimitReached, "facts of a person");
  all.push_back(fact);
  return true;
}

}  // namespace

StatusOr<bool> PutKind(PersonFacts& facts, const KindPeriod& period) {
  return Put(facts.kinds, period, kMaxKindPeriods, [&period](const KindPeriod& one) {
    return one.kind == period.kind && one.sub_kind == period.sub_kind &&
           one.first_day == period.first_day;
  });
}

StatusOr<bool> PutPermission(PersonFacts& facts, const PartnerPermission& permission) {
  return Put(facts.permissions, permission, kMaxPermissions,
             [&permission](const PartnerPermission& one) {
               return one.partner == permission.partner && one.first_day == permission.first_day;
             });
}

// Of kinds that begin on the same day the one that was recorded last.
std::string_view KindOn(const PersonFacts& facts, std::string_view registered, CivilDay day) {
  const KindPeriod* now = nullptr;
  for (const KindPeriod& one : facts.kinds) {
    if (!one.sub_kind.empty() || one.first_day > day) continue;
    if (now == nullptr || one.first_day >= now->first_day) now = &one;
  }
  if (now == nullptr) return registered;
  return Covers(now->first_day, now->last_day, day) ? std::string_view(now->kind) : kNoKind;
}

std::vector<std::string> SubKindsOn(const PersonFacts& facts, std::string_view kind, CivilDay day) {
  std::vector<std::string> names;
  for (const KindPeriod& one : facts.kinds) {
    if (one.sub_kind.empty() || one.kind != kind || !Covers(one.first_day, one.last_day, day))
      continue;
    if (std::ranges::find(names, one.sub_kind) == names.end()) names.push_back(one.sub_kind);
  }
  return names;
}

std::optional<CivilDay> NextTurn(const PersonFacts& facts, CivilDay day) {
  std::optional<CivilDay> next;
  const auto take = [&](CivilDay turn) {
    if (turn > day && (!next || turn < *next)) next = turn;
  };
  for (const KindPeriod& one : facts.kinds) {
    take(one.first_day);
    if (one.last_day) take({one.last_day->days_since_1970 + 1});
  }
  return next;
}

const PartnerPermission* PermissionOn(const PersonFacts& facts, std::string_view partner,
                                      CivilDay day) {
  const PartnerPermission* found = nullptr;
  for (const PartnerPermission& one : facts.permissions) {
    if (one.partner != partner || one.first_day > day) continue;
    if (found == nullptr || one.first_day > found->first_day) found = &one;
  }
  return found != nullptr && Covers(found->first_day, found->last_day, day) ? found : nullptr;
}

void WriteFacts(const PersonFacts& facts, RecordWriter& writer) {
  writer.U8(static_cast<std::uint8_t>(facts.kinds.size()));
  for (const KindPeriod& one : facts.kinds) {
    writer.Field(one.kind).Field(one.sub_kind);
    WriteDays(one.first_day, one.last_day, writer);
  }
  writer.U8(static_cast<std::uint8_t>(facts.permissions.size()));
  for (const PartnerPermission& one : facts.permissions) {
    writer.Field(one.partner).U8(static_cast<std::uint8_t>(one.items.size()));
    for (const std::string& item : one.items) writer.Field(item);
    WriteDays(one.first_day, one.last_day, writer);
  }
}

StatusOr<PersonFacts> ReadFacts(RecordReader& reader) {
  PersonFacts facts;
  const std::size_t kinds = reader.U8();
  if (kinds > kMaxKindPeriods) return DamagedRecord();
  for (std::size_t i = 0; i < kinds && reader.ok(); ++i) {
    KindPeriod one;
    one.kind = reader.Text(kMaxFactTextBytes);
    one.sub_kind = reader.Text(kMaxFactTextBytes);
    if (!ReadDays(reader, one.first_day, one.last_day) || one.kind.empty()) return DamagedRecord();
    facts.kinds.push_back(std::move(one));
  }
  const std::size_t permissions = reader.U8();
  if (permissions > kMaxPermissions) return DamagedRecord();
  for (std::size_t i = 0; i < permissions && reader.ok(); ++i) {
    PartnerPermission one;
    one.partner = reader.Text(kMaxFactTextBytes);
    const std::size_t items = reader.U8();
    if (items > kMaxPermittedItems) return DamagedRecord();
    for (std::size_t item = 0; item < items && reader.ok(); ++item)
      one.items.push_back(reader.Text(kMaxFactTextBytes));
    if (!ReadDays(reader, one.first_day, one.last_day) || one.partner.empty())
      return DamagedRecord();
    facts.permissions.push_back(std::move(one));
  }
  return reader.ok() ? StatusOr<PersonFacts>(std::move(facts)) : DamagedRecord();
}

}  // namespace noren::personal_data
