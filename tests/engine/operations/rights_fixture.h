// The scene of destruction (six people, two applications) under one operator's statement, and what
// requests about one's own data need.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "engine/operations/rank.h"
#include "engine/operations/rights_requests.h"
#include "engine/policy/loader.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/engine/operations/destruction_fixture.h"
#include "tests/engine/policy/operators.h"

namespace noren::operations {

using model::Right;

// What the operator states of requests and of keeping, over all else that the example says: five
// operators with the same items and recipients, so that the same people can be handled under each.
inline policy::Statement StatedTogether(const policy::Statement& example,
                                        const policy::Statement& stated) {
  const auto is_example = [](const policy::Entry& entry) {
    static const std::set<std::string_view> sections = {
        "additional_use", "banned",      "coded",   "collection",      "factor",
        "ground",         "joint_use",   "minors",  "open_services",   "processor",
        "processor_rule", "publication", "purpose", "purpose_rule",    "recipient",
        "special_care",   "storage",     "subject", "recipient_items", "third_party",
    };
    return sections.contains(entry.section->name);
  };
  policy::Statement both = stated;
  std::erase_if(both.entries, is_example);
  std::ranges::copy_if(example.entries, std::back_inserter(both.entries), [&](const auto& entry) {
    return is_example(entry) || entry.section->name == "file";
  });
  std::ranges::stable_sort(both.entries, {}, &policy::Entry::section);
  const auto leads_nowhere = [&both](const policy::Fact& fact) {
    return fact.row->kind == policy::ValueKind::kRef &&
           std::ranges::any_of(fact.values, [&](const policy::Value& value) {
             return both.ById(fact.row->of, value.text) == nullptr;
           });
  };
  for (policy::Entry& entry : both.entries) std::erase_if(entry.facts, leads_nowhere);
  return both;
}

inline const policy::Policy& StatedBy(std::string_view name) {
  static std::map<std::string, policy::Policy> made;
  const auto found = made.find(std::string(name));
  if (found != made.end()) return found->second;
  policy::Policy policy =
      policy::ParsePolicy(model::ReadSourceFile("datasets/policies/example.toml")).value();
  const policy::Policy stated = policy::OperatorPolicy(name);
  policy.id = stated.id;
  policy.statement = std::make_shared<const policy::Statement>(
      StatedTogether(*policy.statement, *stated.statement));
  policy.timezone = stated.timezone;
  policy.utc_offset_seconds = stated.utc_offset_seconds;
  return made.emplace(std::string(name), std::move(policy)).first->second;
}

struct RightsScene : DestructionScene {
  explicit RightsScene(std::string_view name = "gojobs", int count = 6)
      : DestructionScene(count, &StatedBy(name)) {}

  ReceiveRightRequest Asked(Right right, std::optional<std::size_t> about = 0) {
    ReceiveRightRequest request;
    request.idempotency_key = service.NextKey();
    request.handed_in.right = right;
    request.handed_in.channel = "서면";
    request.handed_in.form = "form 8";
    request.received_at = service.clock().Now();
    if (about) request.about = Named(*about);
    if (about) request.text = "an invented sentence";
    return request;
  }
  StatusOr<ReceivedRight> Receive(Right right, std::optional<std::size_t> about = 0) {
    return ReceiveRight(context(), service.officer(), Asked(right, about));
  }
  IdentifyRightRequest Known(const model::RequestId& request) {
    IdentifyRightRequest identify;
    identify.idempotency_key = service.NextKey();
    identify.request = request;
    identify.facts = {"name", "phone"};
    return identify;
  }
  StatusOr<ReceivedRight> Identify(const model::RequestId& request) {
    return IdentifyRequester(context(), service.officer(), Known(request));
  }
  // Received, and who asks is known.
  model::RequestId Ready(Right right, std::size_t about = 0,
                         const std::vector<model::ItemId>& items = {}) {
    ReceiveRightRequest request = Asked(right, about);
    request.items = items;
    const auto received = ReceiveRight(context(), service.officer(), request);
    EXPECT_OK(received);
    if (!received.ok()) return {};
    const auto known = Identify(received->request);
    EXPECT_OK(known);
    EXPECT_EQ(known.ok() ? known->state : RightState::kWaiting, RightState::kReady);
    return received->request;
  }
  StatusOr<DecidedRight> Decide(const model::RequestId& request,
                                RightOutcome outcome = RightOutcome::kAccepted,
                                const std::string& ground = "",
                                std::map<std::string, std::string> evidence = {},
                                const std::string& officer = "privacy") {
    return DecideRight(context(), service.officer(officer),
                       {service.NextKey(),
                        request,
                        outcome,
                        ground,
                        std::move(evidence),
                        false,
                        "a sentence for the person",
                        {}});
  }
  Status Settle(const model::RequestId& request, bool acted, bool told) {
    SettleRightRequest settle;
    settle.idempotency_key = service.NextKey();
    settle.request = request;
    settle.acted = acted;
    settle.told = told;
    settle.way = "letter";
    return SettleRight(context(), service.officer(), settle).status();
  }
  Status Resume(const model::RequestId& request) {
    SettleRightRequest settle;
    settle.idempotency_key = service.NextKey();
    settle.request = request;
    settle.resumed = true;
    return SettleRight(context(), service.officer(), settle).status();
  }
  ListedRight Show(const model::RequestId& request) {
    const auto shown = ShowRight(context(), service.officer(), request);
    EXPECT_OK(shown);
    return shown.ok() ? *shown : ListedRight();
  }
  // The data are corrected: a new item of the person.
  void Correct(std::size_t i) {
    service.PutItem(*people[i], model::ItemKind::kPhone, SomeBytes(900 + i, 12));
  }

  // Whether the market has the person: what it lacks is in no ranking, on no card and in no index.
  bool IsRanked(std::size_t i) {
    EXPECT_OK(context().market.CatchUp());
    const auto person = LoadPersonByHandle(context(), "first-portal", people[i]->handle);
    EXPECT_OK(person);
    return person.ok() && context().market.FindPerson(person->person).has_value();
  }
  // "" when it goes through, else "E_..." or the error's name.
  static std::string Word(const Status& status) {
    if (status.ok()) return "";
    const std::string detail = model::DetailOf(status);
    if (detail.starts_with("E_")) return detail.substr(0, detail.find(' '));
    return std::string(model::RowOf(model::CodeOf(status)).name);
  }
  std::string CollectWord() { return Word(Collect(first).status()); }
};

}  // namespace noren::operations
