// SPDX-License-Identifier: Apache-2.0
#include "server/services/handler_service.h"

#include "engine/operations/item_use.h"
#include "server/services/wire_codec.h"
#include "server/services/wire_destruction.h"

namespace noren::server {

using operations::Call;

void HandlerService::use_items(wire::UsedItems& answer, const wire::UseItems& request) {
  calls_.Run("handler.use_items", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto person, NamedPersonFromWire(request.person, "person"));
    const operations::UseItemsRequest use{person.portal,   person.handle, request.file,
                                          request.purpose, request.items, request.recipient};
    NOREN_ASSIGN_OR_RETURN(const auto used, operations::UseItems(calls_.operations(), call, use));
    answer.ticket = BytesToWire(used.ticket);
    for (const operations::UsedItem& one : used.items) {
      wire::UsedItem& item = answer.items.emplace_back();
      item.item = one.item.ToString();
      item.kind = std::string(model::ItemKindName(one.kind));
      item.media_type = one.media_type;
      item.name = one.name;
      item.header = BytesToWire(one.header);
      item.payload_size_bytes = static_cast<std::int64_t>(one.payload_size_bytes);
    }
    answer.good_until = used.until.value;
    answer.audit = ToWire(used.position);
    return OkStatus();
  });
}

void HandlerService::read_used_item(std::string& answer, const std::string& ticket,
                                    const std::string& item, const std::int64_t offset) {
  calls_.Run("handler.read_used_item", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::ItemId>(item, "item"));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t at, CountFromWire(offset, "offset"));
    NOREN_ASSIGN_OR_RETURN(const Bytes bytes, operations::ReadUsedItem(calls_.operations(), call,
                                                                       AsBytes(ticket), id, at));
    answer = BytesToWire(bytes);
    return OkStatus();
  });
}

}  // namespace noren::server
