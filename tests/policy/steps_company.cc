// What companies do, and what they are given.
// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "crypto/agefile/agefile.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/provisions.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_posting.h"
#include "tests/policy/scene.h"
#include "tests/support/status_matchers.h"

namespace noren::clauses {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kAllCards = 100;
constexpr std::int32_t kInvitedPerCard = 10;
constexpr std::int32_t kRankedRows = 50;

void Posting(Scene& scene, const Step& step) {
  const auto registered = operations::RegisterPosting(
      scene.context(), scene.service().portal(),
      {scene.service().NextKey(), operations::SomePosting(scene.company(step))});
  scene.Answer(step, registered.status());
  if (registered.ok()) scene.postings()[step.Text("name")] = registered->posting;
  scene.KeyOf(scene.company(step));
}

void Cards(Scene& scene, const Step& step) {
  const auto page =
      operations::ListCards(scene.context(), scene.service().company(scene.company(step)),
                            scene.posting(step), 0, kAllCards);
  scene.Answer(step, page.status());
  if (!page.ok()) return;
  if (step.Has("shown")) {
    EXPECT_EQ(page->total, std::stoull(step.Text("shown")));
  }
  if (step.Is("none")) {
    EXPECT_TRUE(page->cards.empty());
  }
  std::string text;
  for (const operations::CardView& card : page->cards) {
    text += card.card + " " + card.band + " " + card.qualifying;
    for (const auto& [name, value] : card.class_row) text += " " + name + "=" + value;
  }
  for (const std::string& part : step.Many("lacks")) {
    EXPECT_THAT(text, Not(HasSubstr(part)));
  }
}

Status InviteEveryCard(Scene& scene, const Step& step) {
  const std::string company = scene.company(step);
  NOREN_ASSIGN_OR_RETURN(const auto page,
                         operations::ListCards(scene.context(), scene.service().company(company),
                                               scene.posting(step), 0, kAllCards));
  EXPECT_FALSE(page.cards.empty());
  const auto purpose = model::FindPurpose(step.Text("purpose", "application_screening"));
  EXPECT_TRUE(purpose);
  for (const operations::CardView& card : page.cards) {
    operations::InviteRequest request{scene.service().NextKey(),
                                      scene.posting(step),
                                      card.card,
                                      kInvitedPerCard,
                                      KindsOf(step, "items"),
                                      purpose.value_or(model::Purpose::kApplicationScreening)};
    NOREN_RETURN_IF_ERROR(
        operations::InviteCandidates(scene.context(), scene.service().company(company),
                                     scene.service().Decided(std::move(request), company))
            .status());
  }
  return OkStatus();
}

void Invite(Scene& scene, const Step& step) { scene.Answer(step, InviteEveryCard(scene, step)); }

}  // namespace

StatusOr<operations::InvitationView> InvitationOf(Scene& scene, const Step& step) {
  const Scene::Person& person = scene.person(step);
  NOREN_ASSIGN_OR_RETURN(
      const auto record,
      operations::ReadOwnRecord(
          scene.context(), scene.service().portal(),
          scene.service().Prove(*person.known, scene.service().Prepare(*person.known, "read"))));
  std::optional<operations::InvitationView> found;
  for (const operations::InvitationView& view : record.invitations) {
    if (view.invitation.posting == scene.posting(step)) found = view;
  }
  if (!found) return NotFound("the person was not invited to this posting");
  return *found;
}

namespace {

void Grant(Scene& scene, const Step& step) {
  Scene::Person& person = scene.person(step);
  const auto invitation = InvitationOf(scene, step);
  ASSERT_OK(invitation);
  const std::string statement =
      scene.service().Prepare(*person.known, "answer",
                              {{"invitation", invitation->invitation.invitation.ToString()},
                               {"decision", step.Text("decision", "grant")}});
  const auto granted =
      operations::AnswerInvitation(scene.context(), scene.service().portal(),
                                   scene.service().NextKey(), scene.ActOf(step, person, statement));
  scene.Answer(step, granted.status());
  if (granted.ok()) person.consents[step.Text("posting")] = granted->result;
}

// Of the consent to this posting; without proof, as every policy lets it.
void Withdraw(Scene& scene, const Step& step) {
  const Scene::Person& person = scene.person(step);
  const auto consent = person.consents.find(step.Text("posting"));
  ASSERT_NE(consent, person.consents.end()) << "the person did not consent to it";
  const std::string statement =
      scene.service().Prepare(*person.known, "withdraw", {{"consent", consent->second}});
  scene.Answer(step, operations::Withdraw(scene.context(), scene.service().portal(),
                                          scene.service().NextKey(), {statement, {}, ""})
                         .status());
}

// The content of every item, opened with this key.
StatusOr<std::string> OpenAll(Scene& scene, const std::string& company,
                              const operations::CollectedRelease& release,
                              const agefile::Identity& key) {
  std::string text;
  for (const personal_data::ReleasedItem& item : release.record.items) {
    Bytes file = item.header;
    for (std::uint64_t at = 0; at < item.payload_size_bytes;) {
      NOREN_ASSIGN_OR_RETURN(
          const Bytes chunk,
          operations::ReadPayload(scene.context(), scene.service().company(company),
                                  release.record.release, item.item, at));
      file.insert(file.end(), chunk.begin(), chunk.end());
      at += chunk.size();
    }
    NOREN_ASSIGN_OR_RETURN(const auto plaintext, agefile::DecryptFile(file, key));
    text.append(plaintext.begin(), plaintext.end());
    text += "\n";
  }
  return text;
}

void Collect(Scene& scene, const Step& step) {
  const std::string company = scene.company(step);
  const auto collect = [&] {
    return operations::CollectRelease(scene.context(), scene.CallerOf(step, "company"),
                                      {scene.service().NextKey(), scene.CandidateOf(step),
                                       scene.service().NextKey(), "first interview"});
  };
  for (int i = 1; i < std::stoi(step.Text("times", "1")); ++i)
    scene.Answer(step, collect().status());
  const auto release = collect();
  scene.Answer(step, release.status());
  if (!release.ok()) return;
  if (step.Has("gives")) {
    std::vector<std::string> kinds;
    for (const personal_data::ReleasedItem& item : release->record.items)
      kinds.emplace_back(model::ItemKindName(item.kind));
    EXPECT_THAT(kinds, ::testing::UnorderedElementsAreArray(step.Many("gives")));
  }
  if (step.Is("sealed")) {
    EXPECT_FALSE(
        OpenAll(scene, company, *release, agefile::Identity::Generate(scene.service().random()))
            .ok());
  }
  if (!step.Has("payload")) return;
  const auto text = OpenAll(scene, company, *release, scene.KeyOf(company));
  ASSERT_OK(text);
  for (const std::string& part : step.Many("payload")) {
    EXPECT_THAT(*text, HasSubstr(part));
  }
}

void Applicants(Scene& scene, const Step& step) {
  const auto listed = operations::ListApplicants(
      scene.context(), scene.service().company(scene.company(step)), scene.posting(step));
  scene.Answer(step, listed.status());
  if (!listed.ok()) return;
  std::vector<model::CandidateRef> candidates;
  for (const operations::Applicant& one : *listed) candidates.push_back(one.candidate);
  const auto candidate_of = [&](const std::string& name) {
    Step named = step;
    named.arguments["person"] = {name};
    return scene.CandidateOf(named);
  };
  for (const std::string& name : step.Many("has")) {
    EXPECT_THAT(candidates, Contains(candidate_of(name)));
  }
  for (const std::string& name : step.Many("lacks")) {
    EXPECT_THAT(candidates, Not(Contains(candidate_of(name))));
  }
}

void Rank(Scene& scene, const Step& step) {
  const auto ranked = operations::RankCandidates(scene.context(), scene.CallerOf(step, "portal"),
                                                 scene.posting(step), kRankedRows);
  scene.Answer(step, ranked.status());
  if (!ranked.ok()) return;
  std::vector<model::SeekerHandle> handles;
  for (const operations::RankedPerson& one : ranked->best) handles.push_back(one.handle);
  const auto handle_of = [&](const std::string& name) {
    return scene.people().at(name).known->handle;
  };
  for (const std::string& name : step.Many("has")) {
    EXPECT_THAT(handles, Contains(handle_of(name)));
  }
  for (const std::string& name : step.Many("lacks")) {
    EXPECT_THAT(handles, Not(Contains(handle_of(name))));
  }
  const auto score_of = [&](const std::string& name) {
    const auto one =
        std::ranges::find(ranked->best, handle_of(name), &operations::RankedPerson::handle);
    return one == ranked->best.end() ? std::string("absent")
                                     : ::testing::PrintToString(one->score.score);
  };
  const std::vector<std::string> same = step.Many("same");
  for (std::size_t i = 1; i < same.size(); ++i) {
    EXPECT_EQ(score_of(same[0]), score_of(same[i]));
  }
  if (step.Has("first")) {
    ASSERT_FALSE(handles.empty());
    EXPECT_EQ(handles[0], handle_of(step.Text("first")));
  }
}

void Provisions(Scene& scene, const Step& step) {
  const auto page =
      operations::ListProvisions(scene.context(), scene.CallerOf(step, "officer"),
                                 {{0}, {std::int64_t{1} << 40}, model::Language::kEnglish, "", 50});
  scene.Answer(step, page.status());
  if (!page.ok()) return;
  if (step.Has("count")) {
    EXPECT_EQ(page->lines.size(), std::stoull(step.Text("count")));
  }
  if (!step.Has("of")) return;
  ASSERT_FALSE(page->lines.empty());
  EXPECT_THAT(page->lines.back().item_names, ::testing::UnorderedElementsAreArray(step.Many("of")));
}

}  // namespace

StepTable CompanySteps() {
  return {{"posting", Posting}, {"cards", Cards},           {"invite", Invite},
          {"grant", Grant},     {"withdraw", Withdraw},     {"collect", Collect},
          {"rank", Rank},       {"applicants", Applicants}, {"provisions", Provisions}};
}

}  // namespace noren::clauses
