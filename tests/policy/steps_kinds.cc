// Of which kind people are on which days, and what their data may be used for then.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "engine/operations/hand_over.h"
#include "engine/operations/person_kinds.h"
#include "engine/operations/rank.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

operations::NamedPerson NameOf(Scene& scene, const Step& step) {
  return {"first-portal", scene.person(step).known->handle};
}

model::CivilDay DayOf(const std::string& text) {
  const auto day = model::ParseCivilDay(text);
  EXPECT_OK(day);
  return day.value_or(model::CivilDay());
}

// "kind = employee", from a day on; with `sub_kind`, a part of it.
void Kind(Scene& scene, const Step& step) {
  operations::SetPersonKindRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.person = NameOf(scene, step);
  request.kind = step.Text("kind");
  request.sub_kind = step.Text("sub_kind");
  request.first_day = DayOf(step.Text("from"));
  if (step.Has("until")) request.last_day = DayOf(step.Text("until"));
  scene.Answer(step,
               operations::SetPersonKind(scene.context(), scene.CallerOf(step, "officer"), request)
                   .status());
}

void UseFor(Scene& scene, const Step& step) {
  scene.Answer(step, operations::UseForPurpose(scene.context(), scene.CallerOf(step, "portal"),
                                               NameOf(scene, step), step.Text("purpose"))
                         .status());
}

// To a partner, from a day on.
void Permit(Scene& scene, const Step& step) {
  operations::PermitPartnerRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.person = NameOf(scene, step);
  request.partner = step.Text("partner");
  request.items = step.Many("items");
  request.first_day = DayOf(step.Text("from"));
  if (step.Has("until")) request.last_day = DayOf(step.Text("until"));
  scene.Answer(
      step,
      operations::PermitPartner(scene.context(), scene.CallerOf(step, "portal"), request).status());
}

// Of the people named, by the entry of the register that asks for it.
void HandOverPeople(Scene& scene, const Step& step) {
  operations::HandOverRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.entry = std::stoull(step.Text("entry"));
  for (const std::string& name : step.Many("people")) {
    request.people.push_back({{"first-portal", scene.people().at(name).known->handle}, {}});
    if (step.Has("born")) request.people.back().born = DayOf(step.Text("born"));
  }
  const auto handed =
      operations::HandOver(scene.context(), scene.CallerOf(step, "officer"), request);
  scene.Answer(step, handed.status());
  if (!handed.ok()) return;
  std::vector<std::string> ages;
  for (const std::int32_t age : handed->ages) ages.push_back(std::to_string(age));
  if (step.Has("ages")) {
    EXPECT_THAT(ages, ::testing::ElementsAreArray(step.Many("ages")));
  }
}

// What the person is shown of hand-overs that they were in; `has` is compared with the last one.
void OwnHandOvers(Scene& scene, const Step& step) {
  const Scene::Person& person = scene.person(step);
  const std::string statement = scene.service().Prepare(*person.known, "read");
  const auto records = operations::ReadOwnHandOvers(scene.context(), scene.service().portal(),
                                                    scene.ActOf(step, person, statement));
  scene.Answer(step, records.status());
  if (!records.ok()) return;
  EXPECT_EQ(records->size(), std::stoull(step.Text("count")));
  if (records->empty()) return;
  const operations::HandOverRecord& last = records->back();
  if (step.Has("day")) {
    EXPECT_EQ(model::ToIso(last.day), step.Text("day"));
  }
  if (step.Has("purpose")) {
    EXPECT_EQ(last.purpose, step.Text("purpose"));
  }
  if (step.Has("means")) {
    EXPECT_EQ(last.means, step.Text("means"));
  }
  if (step.Has("items")) {
    EXPECT_THAT(last.items, ::testing::ElementsAreArray(step.Many("items")));
  }
}

// One person for one opening.
void Explain(Scene& scene, const Step& step) {
  scene.Answer(step, operations::ExplainPair(scene.context(), scene.CallerOf(step, "portal"),
                                             scene.posting(step), scene.person(step).known->handle)
                         .status());
}

}  // namespace

StepTable KindSteps() {
  return {{"kind", Kind},
          {"use_for", UseFor},
          {"rank_one", Explain},
          {"permit", Permit},
          {"hand_over", HandOverPeople},
          {"own_hand_overs", OwnHandOvers}};
}

}  // namespace noren::clauses
