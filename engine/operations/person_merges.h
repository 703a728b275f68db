// Which person ids the officer found to be one person: an entry points one id at another, and the
// last one in the chain stands for all. Acts, items and consents stay with the id they were given
// under; the entry says only that these are one.
// Source:   docs/design/0007-blind-enrolment.md (Merge and un-merge); docs/formats/enrolment.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "engine/operations/service_context.h"
#include "engine/personal_data/person_record.h"
#include "engine/personal_data/review_record.h"

namespace noren::operations {

// A person's record and keys, without what is inside.
struct KnownPerson {
  model::PersonId person;
  personal_data::PersonAddress address;
  Bytes stored;
  std::shared_ptr<const personal_data::PersonKeys> keys;
};
// nullopt: no such person, or destroyed.
StatusOr<std::optional<KnownPerson>> FindKnownPerson(ServiceContext& context,
                                                     const model::PersonId& person);

// Where `person` points; nullopt: at nobody.
struct StoredMerge {
  personal_data::MergeEntry entry;
  Bytes stored;
};
StatusOr<std::optional<StoredMerge>> FindMerge(ServiceContext& context, const KnownPerson& person);
// The end of the chain. Somebody in it who is destroyed ends it.
StatusOr<model::PersonId> RootOf(ServiceContext& context, const model::PersonId& person);

}  // namespace noren::operations
