// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/erase_history.h"

#include <array>
#include <string>
#include <vector>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/keyspaces.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

std::array<std::string, 6> PrefixesOf(const model::PersonId& person) {
  return {personal_data::keyspaces::DisclosurePrefix(person),
          keyspaces::SubjectOpeningPrefix(person),
          keyspaces::ShownClassPrefix(person),
          keyspaces::ShownListPrefix(person),
          keyspaces::HandOverPrefix(person),
          keyspaces::OnMediumPrefix(person)};
}

StatusOr<std::vector<std::string>> SomeKeys(ServiceContext& context,
                                            const model::PersonId& person) {
  std::vector<std::string> keys;
  for (const std::string& prefix : PrefixesOf(person)) {
    if (keys.size() == kMaxHistoryInErasure) break;
    auto page =
        context.store.Scan(kEmbeddedPartition, prefix, "", kMaxHistoryInErasure - keys.size());
    if (!page.ok()) return model::MakeError(model::ErrorCode::kStorage);
    for (storage::KeyValue& item : page->items) keys.push_back(std::move(item.key));
  }
  return keys;
}

}  // namespace

Status StageHistoryErasure(ServiceContext& context, const model::PersonId& person,
                           personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const std::vector<std::string> keys, SomeKeys(context, person));
  for (const std::string& key : keys) staged.Delete(key);
  return OkStatus();
}

Status EraseRestOfHistory(ServiceContext& context, const model::PersonId& person) {
  while (true) {
    NOREN_ASSIGN_OR_RETURN(const std::vector<std::string> keys, SomeKeys(context, person));
    if (keys.empty()) return OkStatus();
    NOREN_RETURN_IF_ERROR(Record(context, [&keys]() -> StatusOr<Attempt> {
                            Attempt attempt;
                            attempt.change.entry.operation = audit::Operation::kDestroyPerson;
                            attempt.change.entry.principal = kServiceItself;
                            for (const std::string& key : keys) attempt.change.staged.Delete(key);
                            return attempt;
                          }).status());
  }
}

}  // namespace noren::operations
