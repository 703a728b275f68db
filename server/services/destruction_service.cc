// SPDX-License-Identifier: Apache-2.0
#include "server/services/destruction_service.h"

#include <algorithm>
#include <chrono>

#include "crypto/base/encoding.h"
#include "engine/model/canonical_json.h"
#include "engine/operations/destruction_run.h"
#include "engine/operations/legal_holds.h"
#include "server/services/wire_codec.h"
#include "server/services/wire_destruction.h"

namespace noren::server {
namespace {

using operations::Call;

constexpr std::chrono::seconds kWorkPerCall{2};  // a part more stays below a request's deadline

// The rows of one page, and the cursor of the next.
template <typename Row, typename Add>
noren::Status FillPage(const ServiceCalls& calls, std::string_view method,
                       const wire::PageRequest& page, const std::vector<Row>& rows,
                       std::string& next_cursor, Add add) {
  const Listing listing = calls.ListingOf(method);
  NOREN_ASSIGN_OR_RETURN(const std::size_t limit, PageRows(page.limit));
  NOREN_ASSIGN_OR_RETURN(const PagePosition position, calls.cursors().Open(listing, page.cursor));
  const PageRange range = RangeOf(position.offset, limit, rows.size());
  for (std::size_t i = range.begin; i < range.end; ++i) add(rows[i]);
  if (range.has_more) next_cursor = calls.cursors().Seal(listing, {range.end, ""});
  return OkStatus();
}

std::string BundleOf(const operations::ReceiptProof& proof, const std::string& checkpoint,
                     ByteSpan receipt_key) {
  const auto& signed_receipt = proof.stored.signed_receipt;
  model::JsonValue signature, bundle;
  signature.Set("key", std::string_view(Base64Encode(receipt_key)));
  signature.Set("value", std::string_view(Base64Encode(signed_receipt.signature)));
  auto inclusion = model::JsonValue::MakeArray();
  for (const Hash256& hash : proof.path)
    inclusion.Append(model::JsonValue::Text(Base64Encode(hash)));
  bundle.Set("format", std::string_view("noren/proof-bundle/1"));
  bundle.Set("statement", std::string_view(signed_receipt.text));
  bundle.Set("signature", std::move(signature));
  bundle.Set("entry", std::string_view(Base64Encode(proof.entry)));
  bundle.Set("index", static_cast<std::int64_t>(proof.index));
  bundle.Set("inclusion", std::move(inclusion));
  bundle.Set("checkpoint", std::string_view(checkpoint));
  bundle.Set("openings", model::JsonValue::MakeObject());
  return model::DumpCanonical(bundle) + "\n";
}

}  // namespace

void DestructionService::plan_destruction(wire::DestructionPlan& answer,
                                          const wire::PlanDestruction& request) {
  calls_.Run("destruction.plan_destruction", [&](const Call& call) -> noren::Status {
    operations::PlanRequest plan;
    plan.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(plan.rule, RuleFromWire(request.rule));
    plan.reason = request.reason;
    NOREN_ASSIGN_OR_RETURN(const auto planned,
                           request.dry_run
                               ? operations::DryRunDestruction(calls_.operations(), call, plan)
                               : operations::PlanDestruction(calls_.operations(), call, plan));
    answer = ToWire(planned.plan);
    return OkStatus();
  });
}

void DestructionService::show_plan(wire::DestructionPlan& answer, const std::string& plan) {
  calls_.Run("destruction.show_plan", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::PlanId>(plan, "plan"));
    NOREN_ASSIGN_OR_RETURN(const auto record, operations::ReadPlan(calls_.operations(), call, id));
    answer = ToWire(record);
    return OkStatus();
  });
}

void DestructionService::list_plans(wire::PlanPage& answer, const wire::PageRequest& page) {
  calls_.Run("destruction.list_plans", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto plans, operations::ListPlans(calls_.operations(), call));
    return FillPage(calls_, "destruction.list_plans", page, plans, answer.next_cursor,
                    [&answer](const auto& plan) { answer.plans.push_back(ToWire(plan)); });
  });
}

void DestructionService::approve_destruction(wire::AuditPosition& answer,
                                             const wire::ApproveDestruction& request) {
  calls_.Run("destruction.approve_destruction", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::PlanId>(request.plan, "plan"));
    NOREN_ASSIGN_OR_RETURN(const Hash256 digest, Binary32FromWire(request.digest, "digest"));
    NOREN_ASSIGN_OR_RETURN(const auto position,
                           operations::ApproveDestruction(calls_.operations(), call,
                                                          request.idempotency.key, id, digest));
    answer = ToWire(position);
    return OkStatus();
  });
}

void DestructionService::execute_destruction(wire::ExecutionProgress& answer,
                                             const std::string& plan) {
  calls_.Run("destruction.execute_destruction", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::PlanId>(plan, "plan"));
    operations::ServiceContext& context = calls_.operations();
    const auto end = std::chrono::steady_clock::now() + kWorkPerCall;
    while (true) {
      NOREN_ASSIGN_OR_RETURN(const auto progress,
                             operations::ExecuteDestruction(context, call, id, 1));
      answer.plan = ToWire(progress.plan);
      if (progress.receipt) {
        NOREN_ASSIGN_OR_RETURN(const Bytes key, personal_data::ReceiptVerifyingKey(context.keys));
        answer.__set_receipt(ToWire(progress.plan.receipt, *progress.receipt, key));
        return OkStatus();
      }
      if (std::chrono::steady_clock::now() >= end) return OkStatus();
    }
  });
}

void DestructionService::list_destruction_receipts(wire::ReceiptPage& answer,
                                                   const wire::PageRequest& page) {
  calls_.Run("destruction.list_destruction_receipts", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto receipts,
                           operations::ListRunReceipts(calls_.operations(), call));
    NOREN_ASSIGN_OR_RETURN(const Bytes key,
                           personal_data::ReceiptVerifyingKey(calls_.operations().keys));
    return FillPage(calls_, "destruction.list_destruction_receipts", page, receipts,
                    answer.next_cursor, [&](const operations::ListedReceipt& one) {
                      answer.receipts.push_back(ToWire(one.receipt, one.stored, key));
                    });
  });
}

void DestructionService::destruction_receipt_bundle(std::string& answer,
                                                    const std::string& receipt) {
  calls_.Run("destruction.destruction_receipt_bundle", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::ReceiptId>(receipt, "receipt"));
    operations::ServiceContext& context = calls_.operations();
    NOREN_ASSIGN_OR_RETURN(const auto proof, operations::ProveRunReceipt(context, call, id));
    NOREN_ASSIGN_OR_RETURN(const std::string note,
                           calls_.parts().signer.SignCheckpoint(proof.state));
    NOREN_ASSIGN_OR_RETURN(const Bytes key, personal_data::ReceiptVerifyingKey(context.keys));
    answer = BundleOf(proof, note, key);
    return OkStatus();
  });
}

void DestructionService::place_hold(wire::PlacedHold& answer, const wire::PlaceHold& request) {
  calls_.Run("destruction.place_hold", [&](const Call& call) -> noren::Status {
    operations::PlaceHoldRequest place;
    place.idempotency_key = request.idempotency.key;
    NOREN_ASSIGN_OR_RETURN(const auto person, NamedPersonFromWire(request.person, "person"));
    place.portal = person.portal;
    place.handle = person.handle;
    NOREN_ASSIGN_OR_RETURN(place.kinds, ItemKindsFromWire(request.kinds, "kinds"));
    place.until = {request.held_until};
    place.authority = request.authority;
    place.reason = request.reason;
    NOREN_ASSIGN_OR_RETURN(const auto placed,
                           operations::PlaceHold(calls_.operations(), call, place));
    answer.hold = placed.hold.ToString();
    answer.audit = ToWire(placed.position);
    return OkStatus();
  });
}

void DestructionService::list_holds(wire::HoldPage& answer, const wire::PageRequest& page) {
  calls_.Run("destruction.list_holds", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto holds, operations::ListHolds(calls_.operations(), call));
    return FillPage(calls_, "destruction.list_holds", page, holds, answer.next_cursor,
                    [&answer](const auto& hold) { answer.holds.push_back(ToWire(hold)); });
  });
}

void DestructionService::release_hold(wire::AuditPosition& answer,
                                      const wire::Idempotency& idempotency, const std::string& hold,
                                      const std::string& reason) {
  calls_.Run("destruction.release_hold", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto id, ParseId<model::HoldId>(hold, "hold"));
    NOREN_ASSIGN_OR_RETURN(
        const auto position,
        operations::ReleaseHold(calls_.operations(), call, idempotency.key, id, reason));
    answer = ToWire(position);
    return OkStatus();
  });
}

void DestructionService::open_held(wire::OpenedHeld& answer, const wire::OpenHeld& request) {
  calls_.Run("destruction.open_held", [&](const Call& call) -> noren::Status {
    operations::OpenHeldRequest open;
    NOREN_ASSIGN_OR_RETURN(open.hold, ParseId<model::HoldId>(request.hold, "hold"));
    NOREN_ASSIGN_OR_RETURN(open.item, ParseId<model::ItemId>(request.item, "item"));
    open.recipient = request.recipient;
    open.reason = request.reason;
    NOREN_ASSIGN_OR_RETURN(const auto opened,
                           operations::OpenHeldItem(calls_.operations(), call, open));
    answer.header = BytesToWire(opened.header);
    answer.payload_size_bytes = static_cast<std::int64_t>(opened.payload_size_bytes);
    answer.audit = ToWire(opened.position);
    answer.custody = std::string(model::CustodyName(opened.custody));
    return OkStatus();
  });
}

void DestructionService::read_held(std::string& answer, const std::string& hold,
                                   const std::string& item, const std::int64_t offset) {
  calls_.Run("destruction.read_held", [&](const Call& call) -> noren::Status {
    NOREN_ASSIGN_OR_RETURN(const auto hold_id, ParseId<model::HoldId>(hold, "hold"));
    NOREN_ASSIGN_OR_RETURN(const auto item_id, ParseId<model::ItemId>(item, "item"));
    NOREN_ASSIGN_OR_RETURN(const std::uint64_t from, CountFromWire(offset, "offset"));
    NOREN_ASSIGN_OR_RETURN(const Bytes bytes, operations::ReadHeldPayload(calls_.operations(), call,
                                                                          hold_id, item_id, from));
    answer = BytesToWire(bytes);
    return OkStatus();
  });
}

}  // namespace noren::server
