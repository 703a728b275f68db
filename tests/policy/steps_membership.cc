// Companies that leave, what is left of them, and postings: as documents, and as anybody sees them.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/company_leaving.h"
#include "engine/operations/events.h"
#include "engine/operations/open_postings.h"
#include "engine/operations/posting_documents.h"
#include "engine/operations/record_origin.h"
#include "engine/operations/site_policy.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

// The company itself, or an officer who names it.
void Leave(Scene& scene, const Step& step) {
  const operations::Call call = scene.CallerOf(step, "company");
  const std::string key = scene.service().NextKey();
  const auto left = call.principal.role == model::Role::kCompany
                        ? operations::LeaveAsCompany(scene.context(), call, key)
                        : operations::EndCompany(scene.context(), call, key, scene.company(step));
  scene.Answer(step, left.status());
}

// The row of the company in the officer's queue.
void CompanyQueue(Scene& scene, const Step& step) {
  const auto rows =
      operations::ListCompanyRetention(scene.context(), scene.CallerOf(step, "officer"));
  scene.Answer(step, rows.status());
  if (!rows.ok()) return;
  const auto row = std::ranges::find_if(*rows, [&](const operations::CompanyRetention& one) {
    return one.leaving.company == scene.company(step);
  });
  if (step.Is("absent")) {
    EXPECT_EQ(row, rows->end());
    return;
  }
  ASSERT_NE(row, rows->end()) << "the company is not in the queue";
  EXPECT_TRUE(row->leaving.settled);
  ASSERT_TRUE(row->due);
  if (step.Has("last_day")) {
    EXPECT_EQ(model::ToIso(row->due->kept_until), step.Text("last_day"));
  }
  if (step.Has("destroy_by")) {
    EXPECT_EQ(model::ToIso(row->due->destroy_by), step.Text("destroy_by"));
  }
  if (step.Has("state")) {
    EXPECT_EQ(policy::calendar::StandingName(row->due->standing), step.Text("state"));
  }
  if (step.Has("said_by")) {
    EXPECT_EQ(row->leaving.said_by, step.Text("said_by"));
  }
  for (const std::string& clause : step.Many("clauses")) {
    EXPECT_THAT(row->due->clauses, Contains(clause));
  }
}

// What the portal is told of the person, or the company of anything: "expiry company_left".
void Told(Scene& scene, const Step& step) {
  const auto page = operations::ReadEvents(scene.context(), scene.CallerOf(step, "portal"), 0,
                                           operations::kMaxEventRows);
  scene.Answer(step, page.status());
  if (!page.ok()) return;
  std::vector<std::string> told;
  for (const operations::PositionedEvent& one : page->events) {
    const bool is_meant =
        !step.Has("person") || one.event.subject == scene.person(step).known->handle.ToString();
    if (is_meant)
      told.push_back(std::string(operations::EventKindName(one.event.kind)) + " " +
                     one.event.detail);
  }
  for (const std::string& part : step.Many("has")) {
    EXPECT_THAT(told, Contains(part));
  }
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_THAT(told, Not(Contains(part)));
  }
}

void ReadPolicyOfSite(Scene& scene, const Step& step) {
  const auto read = operations::ReadSitePolicy(scene.context(), scene.CallerOf(step, "portal"));
  scene.Answer(step, read.status());
  if (!read.ok()) return;
  EXPECT_EQ(read->policy, step.Text("policy", read->policy));
  EXPECT_EQ(read->published, step.Text("published", read->published));
  for (const std::string& part : step.Many("has")) {
    EXPECT_THAT(read->text, HasSubstr(part));
  }
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_THAT(read->text, Not(HasSubstr(part)));
  }
}

// Page by page, `rows` each.
void OpenPostings(Scene& scene, const Step& step) {
  const auto rows = static_cast<std::size_t>(std::stoul(step.Text("rows", "50")));
  std::vector<model::PostingId> ids;
  std::string text;
  std::optional<model::PostingId> after;
  std::size_t pages = 0;
  do {
    const auto page =
        operations::ListOpenPostings(scene.context(), scene.CallerOf(step, "portal"), after, rows);
    scene.Answer(step, page.status());
    if (!page.ok()) return;
    ++pages;
    EXPECT_LE(page->postings.size(), rows);
    for (const operations::OpenPosting& one : page->postings) {
      ids.push_back(one.posting);
      text += one.company + "\n" + one.title + "\n" + one.description + "\n";
    }
    after = page->next;
  } while (after);
  if (step.Has("count")) {
    EXPECT_EQ(ids.size(), std::stoull(step.Text("count")));
  }
  if (step.Has("pages")) {
    EXPECT_EQ(pages, std::stoull(step.Text("pages")));
  }
  for (const std::string& name : step.Many("has")) {
    EXPECT_THAT(ids, Contains(scene.postings().at(name)));
  }
  for (const std::string& name : step.Many("lacks")) {
    EXPECT_THAT(ids, Not(Contains(scene.postings().at(name))));
  }
  for (const std::string& part : step.Many("shows")) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  for (const std::string& part : step.Many("hides")) {
    EXPECT_THAT(text, Not(HasSubstr(part)));
  }
}

// A row of Noren JSON Lines, as a portal sends it.
void PostDocument(Scene& scene, const Step& step) {
  const auto registered =
      operations::RegisterPostingDocument(scene.context(), scene.CallerOf(step, "portal"),
                                          scene.service().NextKey(), step.Text("document"));
  scene.Answer(step, registered.status());
  if (step.Has("field") && !registered.ok()) {
    EXPECT_EQ(model::FieldOf(registered.status()), step.Text("field"));
  }
  if (!registered.ok()) return;
  scene.postings()[step.Text("name")] = registered->posting;
  if (step.Has("personal")) {
    EXPECT_THAT(registered->personal, ::testing::UnorderedElementsAreArray(step.Many("personal")));
  }
}

// Which member of the joint use first acquired the person's record.
void OriginOf(Scene& scene, const Step& step) {
  scene.Answer(step, operations::RecordOrigin(scene.context(), scene.CallerOf(step, "officer"),
                                              {scene.service().NextKey(),
                                               {scene.service().portal().principal.name,
                                                scene.person(step).known->handle},
                                               step.Text("member")})
                         .status());
}

}  // namespace

StepTable MembershipSteps() {
  return {{"company_leaves", Leave},
          {"company_queue", CompanyQueue},
          {"told", Told},
          {"origin", OriginOf},
          {"open_postings", OpenPostings},
          {"site_policy", ReadPolicyOfSite},
          {"post_document", PostDocument}};
}

}  // namespace noren::clauses
