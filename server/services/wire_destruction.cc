// SPDX-License-Identifier: Apache-2.0
#include "server/services/wire_destruction.h"

#include <utility>

#include "server/services/wire_codec.h"

namespace noren::server {
namespace {

using model::ErrorCode;
using model::MakeFieldError;
using operations::DestructionLevel;
using operations::SelectBy;

// "a/b/c" in parts; empty when there are not `count` of them.
std::vector<std::string_view> Split(std::string_view text, std::size_t count) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find('/');
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) break;
    text.remove_prefix(at + 1);
  }
  return parts.size() == count ? parts : std::vector<std::string_view>();
}

StatusOr<operations::NamedPerson> PersonOf(std::string_view portal, std::string_view handle,
                                           std::string_view field) {
  if (!model::IsPrincipalName(portal)) return MakeFieldError(ErrorCode::kBadRequest, field);
  operations::NamedPerson person;
  person.portal = std::string(portal);
  NOREN_ASSIGN_OR_RETURN(person.handle, ParseId<model::SeekerHandle>(handle, field));
  return person;
}

StatusOr<operations::NamedItem> ItemOf(std::string_view text) {
  const auto parts = Split(text, 3);
  if (parts.empty()) return MakeFieldError(ErrorCode::kBadRequest, "rule.items");
  operations::NamedItem item;
  NOREN_ASSIGN_OR_RETURN(item.person, PersonOf(parts[0], parts[1], "rule.items"));
  NOREN_ASSIGN_OR_RETURN(item.item, ParseId<model::ItemId>(parts[2], "rule.items"));
  return item;
}

// One way to select, or none at level "held".
StatusOr<SelectBy> WayOf(const wire::DestructionRule& rule, DestructionLevel level) {
  std::vector<SelectBy> ways;
  if (!rule.requests.empty()) ways.push_back(SelectBy::kRequests);
  if (!rule.people.empty()) ways.push_back(SelectBy::kHandles);
  if (rule.__isset.idle_since) ways.push_back(SelectBy::kIdleSince);
  if (!rule.items.empty()) ways.push_back(SelectBy::kItems);
  if (rule.__isset.kind || rule.__isset.older_than) ways.push_back(SelectBy::kKindOlderThan);
  if (rule.__isset.file) ways.push_back(SelectBy::kFile);
  if (!rule.holds.empty()) ways.push_back(SelectBy::kHolds);
  if (ways.empty() && level == DestructionLevel::kHeld) return SelectBy::kDueHolds;
  if (ways.size() == 1) return ways.front();
  return MakeFieldError(ErrorCode::kBadRequest, "rule", "one way to select");
}

template <typename Id>
Status ParseIds(const std::vector<std::string>& texts, std::string_view field,
                std::vector<Id>& ids) {
  for (const std::string& text : texts) {
    NOREN_ASSIGN_OR_RETURN(Id id, ParseId<Id>(text, field));
    ids.push_back(id);
  }
  return OkStatus();
}

std::int64_t Signed(std::uint64_t count) { return static_cast<std::int64_t>(count); }

}  // namespace

StatusOr<operations::NamedPerson> NamedPersonFromWire(std::string_view text,
                                                      std::string_view field) {
  const auto parts = Split(text, 2);
  if (parts.empty()) return MakeFieldError(ErrorCode::kBadRequest, field, "portal/seeker-...");
  return PersonOf(parts[0], parts[1], field);
}

StatusOr<operations::DestructionRule> RuleFromWire(const wire::DestructionRule& rule) {
  const auto level = operations::FindDestructionLevel(rule.level);
  if (!level) return MakeFieldError(ErrorCode::kBadRequest, "rule.level");
  operations::DestructionRule made;
  made.level = *level;
  NOREN_ASSIGN_OR_RETURN(made.by, WayOf(rule, *level));
  NOREN_RETURN_IF_ERROR(ParseIds(rule.requests, "rule.requests", made.requests));
  NOREN_RETURN_IF_ERROR(ParseIds(rule.holds, "rule.holds", made.holds));
  for (const std::string& text : rule.people) {
    NOREN_ASSIGN_OR_RETURN(auto person, NamedPersonFromWire(text, "rule.people"));
    made.people.push_back(std::move(person));
  }
  for (const std::string& text : rule.items) {
    NOREN_ASSIGN_OR_RETURN(auto item, ItemOf(text));
    made.items.push_back(std::move(item));
  }
  if (made.by == SelectBy::kKindOlderThan) {
    if (!rule.__isset.older_than) return MakeFieldError(ErrorCode::kBadRequest, "rule.older_than");
    NOREN_ASSIGN_OR_RETURN(made.kind, ItemKindFromWire(rule.kind, "rule.kind"));
    made.older_than = {rule.older_than};
  }
  if (made.by == SelectBy::kIdleSince) made.older_than = {rule.idle_since};
  made.file = rule.file;
  return made;
}

wire::DestructionPlan ToWire(const operations::PlanRecord& plan) {
  wire::DestructionPlan answer;
  if (!plan.plan.is_none()) answer.plan = plan.plan.ToString();
  answer.state = std::string(operations::PlanStateName(plan.state));
  answer.level = std::string(operations::DestructionLevelName(plan.level));
  answer.by = std::string(operations::SelectByName(plan.by));
  answer.file = plan.file;
  answer.people = Signed(plan.counts.people);
  answer.items = Signed(plan.counts.items);
  answer.held_people = Signed(plan.counts.held_people);
  answer.held_items = Signed(plan.counts.held_items);
  answer.statement = plan.statement;
  answer.digest = BytesToWire(plan.digest);
  answer.reason = plan.reason;
  answer.planner = plan.planner.name;
  answer.approver = plan.approver.name;
  answer.created_at = plan.created_at.value;
  answer.expires_at = plan.expires_at.value;
  answer.parts = static_cast<std::int32_t>(plan.parts);
  answer.parts_done = static_cast<std::int32_t>(plan.next_part);
  answer.spared = Signed(plan.spared);
  if (!plan.receipt.is_none()) answer.receipt = plan.receipt.ToString();
  return answer;
}

wire::DestructionReceipt ToWire(const model::ReceiptId& receipt,
                                const personal_data::StoredRunReceipt& stored,
                                ByteSpan public_key) {
  wire::DestructionReceipt answer;
  answer.receipt = receipt.ToString();
  answer.text = stored.signed_receipt.text;
  answer.signature = BytesToWire(stored.signed_receipt.signature);
  answer.audit_sequence = Signed(stored.audit_sequence);
  answer.public_key = BytesToWire(public_key);
  return answer;
}

wire::Hold ToWire(const operations::HoldSummary& hold) {
  wire::Hold answer;
  answer.hold = hold.hold.ToString();
  const bool is_active = hold.address.state == personal_data::HoldAddress::State::kActive;
  answer.state = is_active ? "active" : "released";
  answer.due = hold.due;
  answer.placed_at = hold.address.placed_at.value;
  answer.held_until = hold.address.until.value;
  answer.destroy_by = model::ToIso(hold.destroy_by);
  answer.authority = hold.address.authority;
  answer.handle_commitment = BytesToWire(hold.handle_commitment);
  for (const personal_data::HeldItem& item : hold.items) {
    wire::HeldItem& row = answer.items.emplace_back();
    row.item = item.item.ToString();
    row.kind = std::string(model::ItemKindName(item.kind));
    row.media_type = item.media_type;
    row.name = item.name;
    row.size_bytes = Signed(item.payload_size_bytes);
    row.custody = std::string(model::CustodyName(item.custody));
  }
  for (const personal_data::HoldAccess& access : hold.accesses) {
    wire::HoldAccess& row = answer.accesses.emplace_back();
    row.at = access.at.value;
    row.officer = access.officer;
    row.item = access.item.ToString();
    row.reason = access.reason;
  }
  return answer;
}

}  // namespace noren::server
