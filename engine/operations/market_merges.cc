// People whom the officer found to be one, in the market: companies are shown one of them.
// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "engine/operations/market_state.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/person_record.h"
#include "engine/personal_data/review_record.h"

namespace noren::operations {

namespace keyspaces = personal_data::keyspaces;

// In each audience whoever is discoverable to it and first in the group is shown. Each keeps a
// consent of their own, so when that one withdraws, the next is shown.
void KeyedMarket::ShowOneOf(const std::vector<model::PersonId>& group) {
  for (const std::shared_ptr<CardRoll>& roll : *people_->rolls.load()) {
    bool is_shown = false;
    for (const model::PersonId& person : group) {
      const matching::SeekerRowId row = RowIdOf(person);
      const auto entry = people_->directory.Find(row);
      const bool is_live =
          entry && entry->person == person && entry->discoverable &&
          roll->audience().Contains(people_->classes.NameOf(entry->companies_class));
      roll->SetLive(row, is_live && !is_shown);
      is_shown |= is_live;
    }
  }
}

// Alone, or as one of a group.
void KeyedMarket::ShowPerson(const model::PersonId& person) {
  const std::vector<model::PersonId> group = people_->merged.GroupOf(person);
  ShowOneOf(group.empty() ? std::vector{person} : group);
}

// nullopt: not discoverable to the audience, or another of the group is shown instead.
std::optional<PersonEntry> KeyedMarket::FindShown(matching::SeekerRowId row,
                                                  const ShownTo& shown) const {
  auto entry = people_->directory.Find(row);
  if (!entry || !shown(*entry)) return std::nullopt;
  for (const model::PersonId& person : people_->merged.GroupOf(entry->person)) {
    if (person == entry->person) break;
    const auto before = people_->directory.Find(RowIdOf(person));
    if (before && before->person == person && shown(*before)) return std::nullopt;
  }
  return entry;
}

std::vector<model::PersonId> KeyedMarket::OnePersonWith(const model::PersonId& person) const {
  return people_->merged.GroupOf(person);
}

// Nothing when the person or the entry does not open: then the person stands alone.
std::optional<model::PersonId> KeyedMarket::OpenMerge(const model::PersonId& person,
                                                      ByteSpan record, ByteSpan merge) const {
  const auto address = personal_data::OpenPersonAddress(person, record, parts_.keys);
  if (!address.ok()) return std::nullopt;
  const auto keys = parts_.keyring.Open(address->leaf);
  if (!keys.ok()) return std::nullopt;
  const auto entry = personal_data::DecodeMerge(person, merge, **keys);
  return entry.ok() ? std::optional(entry->into) : std::nullopt;
}

void KeyedMarket::TakeMerge(const model::PersonId& person,
                            const std::optional<model::PersonId>& into) {
  const std::vector<model::PersonId> before = people_->merged.GroupOf(person);
  people_->merged.Set(person, into);
  for (const model::PersonId& other : before) ShowPerson(other);
  ShowPerson(person);
}

Status KeyedMarket::LoadMerges() {
  for (const model::PersonId& person : people_->merged.pointing()) TakeMerge(person, std::nullopt);
  return ScanPrefix(keyspaces::kMerge, [this](const storage::KeyValue& item) -> Status {
    NOREN_ASSIGN_OR_RETURN(const auto person, keyspaces::IdOfKey<model::PersonId>(item.key, 0));
    NOREN_ASSIGN_OR_RETURN(const auto values,
                           parts_.store.Read(kEmbeddedPartition, {keyspaces::PersonKey(person)}));
    if (values[0]) TakeMerge(person, OpenMerge(person, *values[0], item.value));
    return OkStatus();
  });
}

}  // namespace noren::operations
