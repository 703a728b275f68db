// Editions of figures, and what an analyst is told of them.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "engine/operations/statistics.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

// Counts people of one kind to the end.
void Edition(Scene& scene, const Step& step) {
  const operations::Call officer = scene.CallerOf(step, "officer");
  const auto begun = operations::BeginEdition(scene.context(), officer,
                                              {scene.service().NextKey(), step.Text("subject")});
  if (!begun.ok()) return scene.Answer(step, begun.status());
  scene.named()[step.Text("name", "edition")] = begun->edition.ToString();
  StatusOr<operations::EditionView> view = InvalidArgument("nothing was counted");
  do {
    view = operations::CountEdition(scene.context(), officer, begun->edition,
                                    operations::kMaxPeoplePerCount);
  } while (view.ok() && !view->done_at);
  scene.Answer(step, view.status());
  if (!view.ok()) return;
  if (step.Has("least")) {
    EXPECT_EQ(std::to_string(view->least), step.Text("least"));
  }
}

// "JP-13=30", "2 JP-13=30"; "JP-13=suppressed".
std::string TextOf(const operations::ShownFigure& figure) {
  std::string text;
  for (const std::string& value : figure.values) text += (text.empty() ? "" : " ") + value;
  return text + "=" + (figure.people ? std::to_string(*figure.people) : "suppressed");
}

operations::EditionId EditionOf(Scene& scene, const Step& step) {
  // Of a kind that has no edition, its first one is asked for.
  const std::string name = step.Text("name", "edition");
  const std::string text = step.Has("subject") ? step.Text("subject") + "/1" : scene.named()[name];
  const auto id = operations::EditionId::Parse(text);
  EXPECT_OK(id);
  return id.ok() ? *id : operations::EditionId();
}

void Figures(Scene& scene, const Step& step) {
  operations::ReadFiguresRequest request;
  request.edition = EditionOf(scene, step);
  request.by = step.Many("by");
  for (const std::string& one : step.Many("where")) {
    const std::size_t equals = one.find('=');
    request.where.emplace_back(one.substr(0, equals), one.substr(equals + 1));
  }
  request.target = step.Text("shown_to", "operator");
  request.use = step.Text("use", "statistics");
  const auto shown =
      operations::ReadFigures(scene.context(), scene.CallerOf(step, "analyst"), request);
  scene.Answer(step, shown.status());
  if (!shown.ok()) return;
  std::vector<std::string> texts;
  for (const operations::ShownFigure& one : shown->figures) texts.push_back(TextOf(one));
  if (step.Has("figures")) {
    EXPECT_THAT(texts, ::testing::UnorderedElementsAreArray(step.Many("figures")));
  }
  if (step.Has("folded")) {
    EXPECT_EQ(std::to_string(shown->folded), step.Text("folded"));
  }
}

// What an officer can show of it: "JP-13" stands for a table or a figure by its place.
void Released(Scene& scene, const Step& step) {
  const auto released = operations::ListFiguresReleased(
      scene.context(), scene.CallerOf(step, "officer"), EditionOf(scene, step));
  scene.Answer(step, released.status());
  if (!released.ok()) return;
  std::vector<std::string> texts;
  for (const operations::FiguresReleased& one : *released) {
    texts.push_back(one.table + " for " + one.target + ", least " + std::to_string(one.least) +
                    ", suppressed " + std::to_string(one.suppressed));
  }
  EXPECT_THAT(texts, ::testing::ElementsAreArray(step.Many("has")));
}

}  // namespace

StepTable StatisticsSteps() {
  return {{"edition", Edition}, {"figures", Figures}, {"figures_released", Released}};
}

}  // namespace noren::clauses
