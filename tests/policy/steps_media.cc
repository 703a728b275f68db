// What is put on media that leave the service, and what becomes of it when one is lost.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "crypto/agefile/agefile.h"
#include "engine/operations/media.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using ::testing::HasSubstr;

// Packages are kept as a finder has them: in `scene.packages()`, by the name of the medium.
void PutOn(Scene& scene, const Step& step) {
  operations::PutOnMediumRequest request;
  request.medium = step.Text("medium");
  request.reason = "carried to the branch";
  request.plain = step.Is("plain");
  for (const std::string& name : step.Many("people"))
    request.people.push_back({"first-portal", scene.people().at(name).known->handle});
  const auto put =
      operations::PutOnMedium(scene.context(), scene.CallerOf(step, "officer"), request);
  scene.Answer(step, put.status());
  if (!put.ok()) return;
  const std::string_view file = AsText(put->file);
  EXPECT_EQ(file.find("seeker-"), std::string_view::npos) << "a package names nobody";
  scene.packages()[request.medium] = put->file;
}

// What was read from the medium, for a key of the officer's own.
StatusOr<std::string> ReadPackage(Scene& scene, const Step& step) {
  const Bytes& file = scene.packages().at(step.Text("medium"));
  NOREN_ASSIGN_OR_RETURN(const std::size_t size, agefile::MeasureHeader(file));
  const agefile::Identity key = agefile::Identity::Generate(scene.service().random());
  operations::OpenPackageRequest request;
  request.medium = step.Text("medium");
  request.header = Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size));
  request.recipient = key.recipient().ToString();
  request.reason = "arrived at the branch";
  NOREN_ASSIGN_OR_RETURN(
      const operations::OpenedPackage opened,
      operations::OpenMediumPackage(scene.context(), scene.CallerOf(step, "officer"), request));
  EXPECT_FALSE(agefile::DecryptFile(file, key).ok()) << "without the service's answer";
  Bytes whole = opened.header;
  whole.insert(whole.end(), file.begin() + static_cast<std::ptrdiff_t>(size), file.end());
  NOREN_ASSIGN_OR_RETURN(const Bytes plain, agefile::DecryptFile(whole, key));
  return std::string(AsText(plain));
}

void OpenOn(Scene& scene, const Step& step) {
  const auto text = ReadPackage(scene, step);
  scene.Answer(step, text.status());
  if (!text.ok()) return;
  for (const std::string& name : step.Many("has")) {
    EXPECT_THAT(*text, HasSubstr(scene.people().at(name).known->handle.ToString()));
  }
}

void Lose(Scene& scene, const Step& step) {
  operations::LoseMediumRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.medium = step.Text("medium");
  request.at = step.Has("at") ? TimeOf(step.Text("at")) : scene.context().time.Now();
  const auto lost =
      operations::LoseMedium(scene.context(), scene.CallerOf(step, "officer"), request);
  scene.Answer(step, lost.status());
  if (!lost.ok()) return;
  if (step.Has("count")) {
    EXPECT_EQ(lost->people, std::stoull(step.Text("count")));
  }
  if (step.Has("incident")) {
    EXPECT_EQ(lost->incident, std::stoull(step.Text("incident")));
  }
}

// Page by page, two people a page.
void Affected(Scene& scene, const Step& step) {
  std::vector<std::string> handles, wanted;
  operations::AffectedQuery query{std::stoull(step.Text("incident")), std::nullopt, 2};
  do {
    const auto page =
        operations::ListAffected(scene.context(), scene.CallerOf(step, "officer"), query);
    scene.Answer(step, page.status());
    if (!page.ok()) return;
    EXPECT_LE(page->people.size(), 2U);
    for (const auto& one : page->people) handles.push_back(one.person.handle.ToString());
    query.after = page->next;
  } while (query.after);
  for (const std::string& name : step.Many("people"))
    wanted.push_back(scene.people().at(name).known->handle.ToString());
  EXPECT_THAT(handles, ::testing::UnorderedElementsAreArray(wanted));
}

}  // namespace

StepTable MediaSteps() {
  return {{"put_on", PutOn}, {"open_on", OpenOn}, {"lose", Lose}, {"affected", Affected}};
}

}  // namespace noren::clauses
