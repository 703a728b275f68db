// Rules, plans, receipts and holds between the wire and operations.
// Source:   server/thrift/destruction.thrift
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "engine/operations/destruction_run.h"
#include "engine/operations/legal_holds.h"
#include "gen-cpp/destruction_types.h"

namespace noren::server {

// All refuse with kBadRequest and the field.
StatusOr<operations::DestructionRule> RuleFromWire(const wire::DestructionRule& rule);
StatusOr<operations::NamedPerson> NamedPersonFromWire(std::string_view text,
                                                      std::string_view field);

wire::DestructionPlan ToWire(const operations::PlanRecord& plan);
wire::DestructionReceipt ToWire(const model::ReceiptId& receipt,
                                const personal_data::StoredRunReceipt& stored, ByteSpan public_key);
wire::Hold ToWire(const operations::HoldSummary& hold);

}  // namespace noren::server
