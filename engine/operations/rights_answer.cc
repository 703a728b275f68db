// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rights_answer.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/export_person.h"
#include "engine/operations/rights_work.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::JsonValue;
using model::MakeFieldError;
using model::Right;

constexpr std::size_t kMaxWithheld = 64;
constexpr std::size_t kMaxPartBytes = 200;
constexpr std::string_view kItems = "given.items.";
constexpr std::string_view kItemMember = "item";

// In the order of the export.
constexpr std::array<std::string_view, 12> kParts = {
    "given.profile",   "given.contact",    "given.items",        "given.acts",
    "given.questions", "derived.consents", "derived.exposures",  "derived.provisions",
    "derived.scores",  "received.answers", "received.decisions", "received.invitations"};

bool IsLater(const RightHead& head, const RightHead& than) {
  return std::tie(head.decision.at, head.request) > std::tie(than.decision.at, than.request);
}

// The person's requests for access that are decided: the last one, or nothing.
StatusOr<std::optional<RightHead>> LastAccess(ServiceContext& context, const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto requests, RequestsOf(context, person));
  std::optional<RightHead> last;
  for (const model::RequestId& id : requests) {
    NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context, RightKey(id)));
    if (!stored) continue;
    NOREN_ASSIGN_OR_RETURN(RightHead head, OpenRightHead(id, *stored, context.keys));
    const bool answers =
        head.right == Right::kAccess && (head.decision.outcome == RightOutcome::kAccepted ||
                                         head.decision.outcome == RightOutcome::kPartly);
    if (answers && (!last || IsLater(head, *last))) last = std::move(head);
  }
  return last;
}

JsonValue WithoutMember(const JsonValue& object, std::string_view member) {
  JsonValue::Object members = *object.object();
  members.erase(members.find(member));
  return JsonValue::MakeObject(std::move(members));
}

// A row by its item, or a member of every row.
std::optional<JsonValue> WithoutRows(const JsonValue& list, std::string_view what) {
  JsonValue::Array kept;
  bool found = false;
  for (const JsonValue& row : *list.array()) {
    const JsonValue* const item = row.Find(kItemMember);
    const bool is_named = item != nullptr && item->text() != nullptr && *item->text() == what;
    const bool has_member = row.Find(what) != nullptr;
    found = found || is_named || has_member;
    if (!is_named) kept.push_back(has_member ? WithoutMember(row, what) : row);
  }
  if (!found) return std::nullopt;
  return JsonValue::MakeArray(std::move(kept));
}

}  // namespace

std::optional<JsonValue> WithoutPart(const JsonValue& document, std::string_view part) {
  const std::size_t dot = part.find('.');
  const std::string_view name = part.substr(0, dot);
  const JsonValue* const inner = document.Find(name);
  if (inner == nullptr) return std::nullopt;
  if (dot == std::string_view::npos) return WithoutMember(document, name);
  const std::string_view rest = part.substr(dot + 1);
  std::optional<JsonValue> less =
      inner->array() != nullptr ? WithoutRows(*inner, rest) : WithoutPart(*inner, rest);
  if (!less) return std::nullopt;
  JsonValue copy = document;
  copy.Set(name, *std::move(less));
  return copy;
}

StatusOr<std::vector<WithheldPart>> LoadWithheld(ServiceContext& context,
                                                 const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<RightHead> last, LastAccess(context, person));
  std::vector<WithheldPart> withheld;
  if (last) {
    for (const std::string& part : last->decision.withheld)
      withheld.push_back({part, last->request, last->decision.ground, last->decision.clauses});
    return withheld;
  }
  const auto reviewed = policy::ReviewedFirst(context.policy, Right::kAccess);
  if (reviewed.empty()) return withheld;
  NOREN_ASSIGN_OR_RETURN(const auto rule, policy::RuleOfRight(context.policy, Right::kAccess));
  NOREN_ASSIGN_OR_RETURN(const auto items, LoadItems(context, person));
  for (const personal_data::ItemRecord& item : items) {
    if (std::ranges::find(reviewed, item.kind) == reviewed.end()) continue;
    withheld.push_back(
        {std::string(kItems) + item.item.ToString(), {}, std::string(kUnderReview), rule.clauses});
  }
  return withheld;
}

Status CheckWithheld(ServiceContext& context, const LoadedRight& loaded,
                     const DecideRightRequest& request) {
  if (request.withheld.size() > kMaxWithheld)
    return MakeFieldError(ErrorCode::kTooLarge, "withheld");
  const bool is_part = request.outcome == RightOutcome::kPartly;
  if (!is_part) {
    return request.withheld.empty() ? OkStatus()
                                    : MakeFieldError(ErrorCode::kBadRequest, "withheld");
  }
  if (loaded.head.right != Right::kAccess) {
    for (const std::string& part : request.withheld) {
      const auto id = model::ItemId::Parse(part);
      const bool is_named =
          id.ok() && std::ranges::find(loaded.head.items, *id) != loaded.head.items.end();
      if (!is_named) return MakeFieldError(ErrorCode::kBadRequest, "withheld", "no item it names");
    }
    return OkStatus();
  }
  if (request.withheld.empty()) return MakeFieldError(ErrorCode::kMissingField, "withheld");
  NOREN_ASSIGN_OR_RETURN(const JsonValue document, WholeExport(context, *loaded.person));
  for (const std::string& part : request.withheld) {
    const bool is_inner = part.find('.') != std::string::npos && part.size() <= kMaxPartBytes;
    if (!is_inner || !WithoutPart(document, part))
      return MakeFieldError(ErrorCode::kBadRequest, "withheld", "no such part of the answer");
  }
  return OkStatus();
}

std::vector<std::string> GivenParts(const RightHead& head) {
  std::vector<std::string> given;
  if (head.right != Right::kAccess || head.decision.outcome != RightOutcome::kPartly) return given;
  for (const std::string_view part : kParts) {
    if (std::ranges::find(head.decision.withheld, part) == head.decision.withheld.end())
      given.emplace_back(part);
  }
  return given;
}

}  // namespace noren::operations
