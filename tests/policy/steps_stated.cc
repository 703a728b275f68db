// What the stated part of a notice lets in: kinds of people, items with how they were taken, and
// openings for a person.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "crypto/primitives/hash.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/put_item.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_company.h"
#include "engine/operations/register_seeker.h"
#include "engine/policy/stated/subjects.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

constexpr std::int32_t kOpenings = 50;

// The notice that the portal says the person has confirmed: the one in force, another, or none.
std::optional<Hash256> NoticeOf(Scene& scene, const Step& step) {
  const std::string notice = step.Text("notice", "in_force");
  if (notice == "none") return std::nullopt;
  if (notice == "other") return Hash256{1};
  return operations::PublicNoticeOf(scene.context().policy);
}

// A person of a kind that the notice names.
void Enrol(Scene& scene, const Step& step) {
  const std::string name = step.Text("person");
  const bool is_new = !scene.people().contains(name);
  Scene::Person& person = is_new ? scene.AddPerson(name) : scene.people().at(name);
  if (is_new) {
    person.known = std::make_unique<operations::TestPerson>();
    person.known->ref = "ref-" + std::to_string(person.number);
    person.known->contact = step.Text("contact", name + "@mail.example");
    person.known->key = primitives::SigningKey::Generate(scene.service().random());
  }
  operations::RegisterSeekerRequest request;
  request.idempotency_key = scene.service().NextKey();
  request.ref = person.known->ref;
  request.profile = operations::SomeProfile(0);
  request.person_key = person.known->key->verifying_key().bytes;
  request.contact = step.Has("contact") ? step.Text("contact") : person.known->contact;
  request.language = "en";
  request.subject = step.Text("subject");
  request.notice = NoticeOf(scene, step);
  request.is_child = step.Is("child");
  request.guardian_agrees = step.Is("guardian");
  request.agrees = is_new && policy::IsKeptByConsent(scene.context().policy, request.subject);
  const auto registered =
      operations::RegisterSeeker(scene.context(), scene.service().portal(), request);
  if (registered.ok()) person.known->handle = registered->handle;
  if (!registered.ok() && is_new) scene.people().erase(name);
  scene.Answer(step, registered.status());
}

// A company that is checked and of every class that has a list of members.
void Company(Scene& scene, const Step& step) {
  std::vector<std::string> classes;
  for (const policy::RecipientClass& one : scene.context().policy.recipient_classes) {
    if (one.members == policy::ClassMembers::kRegistered) classes.push_back(one.id);
  }
  scene.Answer(step, operations::RegisterCompany(
                         scene.context(), scene.service().officer(), scene.service().NextKey(),
                         {scene.company(step),
                          "주식회사 한강돌봄(가상)",
                          "서울특별시 마포구 가상로 1",
                          "홍가상",
                          "kr-business:" + step.Text("number", "123-45-67891"),
                          {},
                          classes})
                         .status());
}

std::optional<UnixSeconds> TimeIn(const Step& step, const std::string& argument) {
  if (!step.Has(argument)) return std::nullopt;
  return TimeOf(step.Text(argument));
}

// The whole of a document, with how it was taken.
Status Take(Scene& scene, const Step& step) {
  const operations::Call call = scene.CallerOf(step, "portal");
  const auto kind = model::FindItemKind(step.Text("kind", "certificate"));
  if (!kind) return InvalidArgument("no such kind of item");
  operations::BeginItemRequest request{scene.service().NextKey(), scene.person(step).known->handle,
                                       *kind, "application/pdf", "document.pdf"};
  request.how = {step.Text("category"), TimeIn(step, "explained"), TimeIn(step, "consented"),
                 !step.Is("from_others")};
  NOREN_ASSIGN_OR_RETURN(const model::UploadId upload,
                         operations::BeginItem(scene.context(), call, request));
  const std::string text = step.Text("text", "some text");
  const Bytes content(text.begin(), text.end());
  NOREN_RETURN_IF_ERROR(operations::AppendItem(scene.context(), call, upload, 0, content).status());
  return operations::FinishItem(
             scene.context(), call,
             {scene.service().NextKey(), upload, content.size(), primitives::Sha256(content)})
      .status();
}

void TakeItem(Scene& scene, const Step& step) { scene.Answer(step, Take(scene, step)); }

StatusOr<std::vector<operations::RankedOpening>> OpeningsFor(Scene& scene, const Step& step,
                                                             const std::string& person) {
  NOREN_ASSIGN_OR_RETURN(
      auto ranked, operations::RankPostings(scene.context(), scene.CallerOf(step, "portal"),
                                            scene.people().at(person).known->handle, kOpenings));
  return std::move(ranked.best);
}

// Openings for the person, best first.
void Openings(Scene& scene, const Step& step) {
  const auto best = OpeningsFor(scene, step, step.Text("person"));
  scene.Answer(step, best.status());
  if (!best.ok()) return;
  std::vector<model::PostingId> openings;
  for (const operations::RankedOpening& one : *best) openings.push_back(one.posting);
  for (const std::string& name : step.Many("has")) {
    EXPECT_THAT(openings, ::testing::Contains(scene.postings().at(name)));
  }
  for (const std::string& name : step.Many("lacks")) {
    EXPECT_THAT(openings, ::testing::Not(::testing::Contains(scene.postings().at(name))));
  }
  std::set<std::int32_t> alike;  // scores of openings that differ in nothing that counts
  for (const std::string& name : step.Many("alike")) {
    const auto one =
        std::ranges::find(*best, scene.postings().at(name), &operations::RankedOpening::posting);
    ASSERT_NE(one, best->end()) << name;
    alike.insert(one->score.score);
  }
  EXPECT_LE(alike.size(), 1u);
  if (!step.Has("score_as")) return;
  const auto others = OpeningsFor(scene, step, step.Text("score_as"));
  ASSERT_OK(others);
  ASSERT_EQ(others->size(), best->size());
  for (std::size_t i = 0; i < best->size(); ++i) {
    EXPECT_EQ(::testing::PrintToString((*best)[i].score.score),
              ::testing::PrintToString((*others)[i].score.score));
  }
}

}  // namespace

StepTable StatedSteps() {
  return {{"company", Company}, {"enrol", Enrol}, {"take", TakeItem}, {"openings", Openings}};
}

}  // namespace noren::clauses
