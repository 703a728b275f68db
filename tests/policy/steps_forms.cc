// Forms that companies set for their postings, and the answers to them.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "engine/model/canonical_json.h"
#include "engine/operations/company_forms.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using operations::FormQuestion;

// Questions q1, q2, ... ; the first has to be answered.
void PutForm(Scene& scene, const Step& step) {
  operations::PutFormRequest request{scene.service().NextKey(), scene.posting(step), {}};
  for (const std::string& label : step.Many("asks")) {
    const std::size_t number = request.questions.size() + 1;
    request.questions.push_back({"q" + std::to_string(number), label, number == 1});
  }
  const auto put =
      operations::PutCompanyForm(scene.context(), scene.CallerOf(step, "company"), request);
  scene.Answer(step, put.status());
  if (step.Has("field")) {
    EXPECT_EQ(model::FieldOf(put.status()), step.Text("field"));
  }
  if (put.ok() && step.Has("version")) {
    EXPECT_EQ(std::to_string(put->version), step.Text("version"));
  }
}

std::uint32_t VersionOf(const Step& step) {
  return static_cast<std::uint32_t>(std::stoul(step.Text("version", "1")));
}

void ReviewForm(Scene& scene, const Step& step) {
  scene.Answer(step, operations::ReviewCompanyForm(
                         scene.context(), scene.CallerOf(step, "officer"),
                         {scene.service().NextKey(), scene.posting(step), VersionOf(step),
                          !step.Has("reason"), step.Text("reason")})
                         .status());
}

void ReadForm(Scene& scene, const Step& step) {
  const auto form = operations::ReadCompanyForm(scene.context(), scene.CallerOf(step, "portal"),
                                                scene.posting(step));
  scene.Answer(step, form.status());
  if (!form.ok()) return;
  EXPECT_EQ(operations::FormStateName(form->state), step.Text("state", "published"));
  std::vector<std::string> labels;
  for (const FormQuestion& one : form->questions) labels.push_back(one.label);
  for (const std::string& label : step.Many("has")) EXPECT_THAT(labels, ::testing::Contains(label));
}

// One text for every question that is answered, in order.
void AnswerForm(Scene& scene, const Step& step) {
  operations::AnswerFormRequest request{scene.service().NextKey(),
                                        scene.person(step).known->handle,
                                        scene.posting(step),
                                        VersionOf(step),
                                        {}};
  for (const std::string& text : step.Many("says"))
    request.answers["q" + std::to_string(request.answers.size() + 1)] = text;
  const auto answered =
      operations::AnswerCompanyForm(scene.context(), scene.CallerOf(step, "portal"), request);
  scene.Answer(step, answered.status());
  if (answered.ok()) scene.named()["answers of " + step.Text("person")] = answered->item.ToString();
}

// A yes to another posting that names the answers, as a client that is not ours could write it.
void GrantWithAnswers(Scene& scene, const Step& step) {
  Scene::Person& person = scene.person(step);
  const auto invitation = InvitationOf(scene, step);
  ASSERT_OK(invitation);
  auto json = model::ParseJson(scene.service().Prepare(
      *person.known, "answer",
      {{"invitation", invitation->invitation.invitation.ToString()}, {"decision", "grant"}}));
  ASSERT_OK(json);
  const std::string item = scene.named().at("answers of " + step.Text("person"));
  const auto known =
      operations::LoadPersonByHandle(scene.context(), "first-portal", person.known->handle);
  ASSERT_OK(known);
  const auto items = operations::LoadItems(scene.context(), *known);
  ASSERT_OK(items);
  std::map<std::string, model::JsonValue> by_id;
  for (const model::JsonValue& one : *json->Find("items")->array())
    by_id[*one.Find("item")->text()] = one;
  for (const personal_data::ItemRecord& one : *items) {
    if (one.item.ToString() != item) continue;
    model::JsonValue row;
    row.Set("item", std::string_view(item));
    by_id[item] = row.Set("digest", std::string_view(HexEncode(one.payload_sha256)));
  }
  auto list = model::JsonValue::MakeArray();
  for (auto& [id, row] : by_id) list.Append(std::move(row));
  json->Set("items", std::move(list));
  const std::string statement = model::DumpCanonical(*json);
  scene.Answer(step, operations::AnswerInvitation(scene.context(), scene.service().portal(),
                                                  scene.service().NextKey(),
                                                  scene.ActOf(step, person, statement))
                         .status());
}

}  // namespace

StepTable FormSteps() {
  return {{"form_put", PutForm},
          {"form_review", ReviewForm},
          {"form_read", ReadForm},
          {"form_answer", AnswerForm},
          {"grant_with_answers", GrantWithAnswers}};
}

}  // namespace noren::clauses
