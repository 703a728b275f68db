// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/person_merges.h"

#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/people.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;

constexpr int kMaxChain = 64;  // merges are few; a chain that never ends is damage

}  // namespace

StatusOr<std::optional<KnownPerson>> FindKnownPerson(ServiceContext& context,
                                                     const model::PersonId& person) {
  std::optional<KnownPerson> none;
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored,
                         ReadOne(context, keyspaces::PersonKey(person)));
  if (!stored) return none;
  NOREN_ASSIGN_OR_RETURN(personal_data::PersonAddress address,
                         personal_data::OpenPersonAddress(person, *stored, context.keys));
  auto keys = context.keyring.Open(address.leaf);
  if (model::CodeOf(keys.status()) == ErrorCode::kNotFound) return none;
  NOREN_RETURN_IF_ERROR(keys.status());
  return std::optional(
      KnownPerson{person, std::move(address), std::move(*stored), std::move(*keys)});
}

StatusOr<std::optional<StoredMerge>> FindMerge(ServiceContext& context, const KnownPerson& person) {
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored,
                         ReadOne(context, keyspaces::MergeKey(person.person)));
  if (!stored) return std::optional<StoredMerge>();
  NOREN_ASSIGN_OR_RETURN(const personal_data::MergeEntry entry,
                         personal_data::DecodeMerge(person.person, *stored, *person.keys));
  return std::optional(StoredMerge{entry, std::move(*stored)});
}

StatusOr<model::PersonId> RootOf(ServiceContext& context, const model::PersonId& person) {
  model::PersonId root = person;
  for (int i = 0; i < kMaxChain; ++i) {
    NOREN_ASSIGN_OR_RETURN(const auto known, FindKnownPerson(context, root));
    if (!known) return root;
    NOREN_ASSIGN_OR_RETURN(const auto merge, FindMerge(context, *known));
    if (!merge) return root;
    root = merge->entry.into;
  }
  return model::MakeError(ErrorCode::kDataCorrupt, "merges go in a circle");
}

}  // namespace noren::operations
