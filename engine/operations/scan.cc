// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/scan.h"

#include "engine/model/errors.h"

namespace noren::operations {
namespace {

constexpr std::size_t kPage = 1024;

}  // namespace

Status VisitAll(ServiceContext& context, std::string_view prefix,
                const std::function<Status(const storage::KeyValue&)>& visit) {
  std::string after;
  for (bool more = true; more;) {
    auto page = context.store.Scan(kEmbeddedPartition, std::string(prefix), after, kPage);
    if (!page.ok()) return model::MakeError(model::ErrorCode::kStorage);
    for (const storage::KeyValue& item : page->items) NOREN_RETURN_IF_ERROR(visit(item));
    if (!page->items.empty()) after = page->items.back().key;
    more = page->more;
  }
  return OkStatus();
}

}  // namespace noren::operations
