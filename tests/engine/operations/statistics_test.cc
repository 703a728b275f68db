// Editions of figures: who is counted, what stands afterwards, and what an analyst can and cannot
// find out.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/statistics.h"

#include <gmock/gmock.h>

#include <set>

#include "engine/operations/register_seeker.h"
#include "engine/policy/loader.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using storage::CrashPoint;
using ::testing::HasSubstr;

constexpr std::int64_t kDay = 86400;

// The example's operator, who makes statistics of seekers for itself.
const policy::Policy& CountingPolicy() {
  static const policy::Policy policy = [] {
    std::string text = model::ReadSourceFile("datasets/policies/example.toml");
    const std::string after = "[[stated.purpose]]\nid = \"company_service\"";
    const std::size_t at = text.find(after);
    EXPECT_NE(at, std::string::npos);
    text.insert(at,
                "[[stated.purpose]]\nid = \"counting\"\nfrom = \"B-3\"\nname = \"counting\"\n"
                "subject = \"seeker\"\nstatistics = true\n");
    const std::string words = "[stated.words]\n";
    text.insert(text.find(words) + words.size(), "counting = \"counting\"\n");
    text +=
        "\n[stated.statistics]\nfrom = \"B-3\"\nrelease_to = [\"operator\"]\n"
        "operator = { output = \"aggregate\", minimum_cell = 6 }\n";
    auto parsed = policy::ParsePolicy(text);
    EXPECT_OK(parsed);
    return *std::move(parsed);
  }();
  return policy;
}

struct CountingScene {
  TestService service{1, {FixedClock::kDefaultNow}, &CountingPolicy()};
  std::vector<std::unique_ptr<TestPerson>> people;

  explicit CountingScene(int count = 12) {
    for (int i = 0; i < count; ++i) people.push_back(service.Register(i));
  }
  ServiceContext& context() { return service.context(); }
  static Call Analyst(TestService& of) {
    return {{model::Role::kAnalyst, "counter"}, of.NextKey()};
  }
  StatusOr<BegunEdition> Begin() {
    return BeginEdition(context(), service.officer(), {service.NextKey(), ""});
  }
  StatusOr<EditionView> CountToEnd(const EditionId& edition, std::size_t limit = 5) {
    StatusOr<EditionView> view = CountEdition(context(), service.officer(), edition, limit);
    while (view.ok() && !view->done_at)
      view = CountEdition(context(), service.officer(), edition, limit);
    return view;
  }
  EditionId Edition() {
    const auto begun = Begin();
    EXPECT_OK(begun);
    if (!begun.ok()) return {};
    EXPECT_OK(CountToEnd(begun->edition));
    return begun->edition;
  }
  StatusOr<ShownFigures> Read(ReadFiguresRequest request) {
    request.target = "operator";
    request.use = "statistics";
    return ReadFigures(context(), Analyst(service), request);
  }
  // The total as it is shown; none: it is not.
  std::optional<std::uint64_t> Total(const EditionId& edition) {
    const auto shown = Read({edition, {}, {}, "", ""});
    if (!shown.ok()) return std::nullopt;
    return shown->figures.at(0).people;
  }
};

TEST(Edition, CountsWhoIsThereAndMayBeUsedAndNobodyElse) {
  CountingScene scene(13);
  scene.service.AskForErasure(*scene.people[0]);  // frozen from this write on
  const EditionId edition = scene.Edition();
  EXPECT_EQ(edition.ToString(), "seeker/1");
  EXPECT_EQ(scene.Total(edition), 12u);
  // Who comes or goes afterwards changes nothing of it.
  scene.people.push_back(scene.service.Register(77));
  scene.service.AskForErasure(*scene.people[1]);
  EXPECT_EQ(scene.Total(edition), 12u);
  EXPECT_OK(scene.service.CheckLog());
}

TEST(Edition, KeepsNoCountOnceItStands) {
  CountingScene scene(10);
  const auto begun = scene.Begin();
  ASSERT_OK(begun);
  ASSERT_OK(CountEdition(scene.context(), scene.service.officer(), begun->edition, 5));
  auto loaded = LoadEdition(scene.context(), begun->edition);
  ASSERT_OK(loaded);
  EXPECT_FALSE(loaded->record.done_at);
  EXPECT_EQ(loaded->record.counts.at({}).people, 5u);
  // Nobody reads what is being counted.
  EXPECT_EQ(CodeOf(scene.Read({begun->edition, {}, {}, "", ""}).status()), ErrorCode::kNotFound);
  ASSERT_OK(scene.CountToEnd(begun->edition));
  loaded = LoadEdition(scene.context(), begun->edition);
  ASSERT_OK(loaded);
  EXPECT_TRUE(loaded->record.counts.empty());
  EXPECT_TRUE(loaded->record.after.empty());
  for (const auto& [place, figure] : loaded->record.figures) {
    if (!figure) continue;
    EXPECT_EQ(*figure % statistics::kRoundTo, 0u);
    EXPECT_GE(*figure, 6u);
  }
}

TEST(Edition, ComesOnceInFourWeeksForAKindAndOneAtATime) {
  CountingScene scene;
  const auto first = scene.Begin();
  ASSERT_OK(first);
  EXPECT_EQ(CodeOf(scene.Begin().status()), ErrorCode::kStateConflict) << "it is being counted";
  ASSERT_OK(scene.CountToEnd(first->edition));
  EXPECT_EQ(CodeOf(scene.Begin().status()), ErrorCode::kLimitReached);
  scene.service.clock().AdvanceSeconds(kDaysBetweenEditions * kDay - 1);
  EXPECT_EQ(CodeOf(scene.Begin().status()), ErrorCode::kLimitReached);
  scene.service.clock().AdvanceSeconds(1);
  const auto second = scene.Begin();
  ASSERT_OK(second);
  EXPECT_EQ(second->edition.ToString(), "seeker/2");
}

// The same people are rounded the same way again: no mean of many editions tells the number.
TEST(Edition, RoundsTheSamePeopleTheSameWay) {
  CountingScene scene(11);
  std::set<std::optional<std::uint64_t>> totals;
  for (int i = 0; i < 5; ++i) {
    totals.insert(scene.Total(scene.Edition()));
    scene.service.clock().AdvanceSeconds(kDaysBetweenEditions * kDay);
  }
  EXPECT_EQ(totals.size(), 1u);
}

// Everything that there is to ask, again and again: one answer each, nothing below the least
// figure, and every answer on record.
TEST(Analyst, LearnsNoMoreByAskingAgain) {
  CountingScene scene;
  const EditionId edition = scene.Edition();
  std::size_t answers = 0;
  std::vector<std::string> first;
  for (int round = 0; round < 3; ++round) {
    std::vector<std::string> texts;
    for (const statistics::Facet one : statistics::kFacets) {
      for (const statistics::Facet other : statistics::kFacets) {
        ReadFiguresRequest request{edition, {std::string(FacetName(one))}, {}, "", ""};
        if (other != one) request.by.emplace_back(FacetName(other));
        const auto shown = scene.Read(request);
        ASSERT_OK(shown);
        ++answers;
        for (const ShownFigure& figure : shown->figures) {
          if (!figure.people) continue;
          EXPECT_GE(*figure.people, 6u);
          texts.push_back(figure.values.front() + " " + std::to_string(*figure.people));
        }
      }
    }
    if (round == 0) first = texts;
    EXPECT_EQ(texts, first);
  }
  EXPECT_FALSE(first.empty());
  const auto released = ListFiguresReleased(scene.context(), scene.service.officer(), edition);
  ASSERT_OK(released);
  EXPECT_EQ(released->size(), answers);
  EXPECT_EQ(released->back().by, "counter");
}

// Whether nobody is there, too few are, or there is no such value: one answer.
TEST(Analyst, CannotTellAnEmptyFigureFromASmallOne) {
  CountingScene scene;
  const EditionId edition = scene.Edition();
  std::set<std::string> refusals;
  for (const char* region : {"KR-26", "JP-13", "XX-99"}) {
    const auto shown = scene.Read({edition, {}, {{"region", region}}, "", ""});
    EXPECT_EQ(CodeOf(shown.status()), ErrorCode::kPolicyForbids);
    refusals.insert(model::DetailOf(shown.status()));
  }
  EXPECT_EQ(refusals.size(), 1u);
  EXPECT_THAT(*refusals.begin(), HasSubstr("E_SMALL_CELL"));
}

TEST(Analyst, GetsNoRowsAndNoFinerTables) {
  CountingScene scene;
  const EditionId edition = scene.Edition();
  for (const std::vector<std::string>& by : std::vector<std::vector<std::string>>{
           {"person"}, {"occupation", "region", "education"}, {"region", "region"}, {""}}) {
    const auto shown = scene.Read({edition, by, {}, "", ""});
    EXPECT_EQ(CodeOf(shown.status()), ErrorCode::kPolicyForbids);
    EXPECT_THAT(model::DetailOf(shown.status()), HasSubstr("E_NONIDENT"));
  }
  EXPECT_EQ(CodeOf(scene.Read({edition, {"region"}, {{"education", "none"}}, "", ""}).status()),
            ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(scene.Read({{"seeker", 2}, {"region"}, {}, "", ""}).status()),
            ErrorCode::kNotFound);
}

TEST(Statistics, AreOfOfficersAndAnalystsEachTheirPart) {
  CountingScene scene;
  const EditionId edition = scene.Edition();
  const Call analyst = CountingScene::Analyst(scene.service);
  for (const Call& call : {scene.service.portal(), scene.service.company(), analyst}) {
    EXPECT_EQ(CodeOf(BeginEdition(scene.context(), call, {"key", ""}).status()),
              ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(CountEdition(scene.context(), call, edition, 1).status()),
              ErrorCode::kNotAllowed);
    EXPECT_EQ(CodeOf(ListFiguresReleased(scene.context(), call, edition).status()),
              ErrorCode::kNotAllowed);
  }
  const ReadFiguresRequest read{edition, {"region"}, {}, "operator", "statistics"};
  for (const Call& call :
       {scene.service.portal(), scene.service.company(), scene.service.officer()}) {
    EXPECT_EQ(CodeOf(ReadFigures(scene.context(), call, read).status()), ErrorCode::kNotAllowed);
  }
  EXPECT_OK(ListEditions(scene.context(), analyst));
  EXPECT_OK(ListEditions(scene.context(), scene.service.officer()));
  EXPECT_EQ(CodeOf(ListEditions(scene.context(), scene.service.portal()).status()),
            ErrorCode::kNotAllowed);
}

// The power fails at every write of counting and of reading: nobody is counted twice, and no
// answer leaves without its record.
class EditionPower : public ::testing::TestWithParam<CrashPoint::LastWrite> {};
TEST_P(EditionPower, CountsEverybodyOnce) {
  for (std::uint64_t step = 0;; ++step) {
    SCOPED_TRACE("write " + std::to_string(step));
    CountingScene scene(9);
    const auto begun = scene.Begin();
    ASSERT_OK(begun);
    scene.service.power().CrashAt(step, GetParam());
    const auto counted = scene.CountToEnd(begun->edition, 4);
    const auto shown = scene.Read({begun->edition, {"region"}, {}, "", ""});
    const bool crashed = scene.service.power().is_down();
    EXPECT_NE(counted.ok() && shown.ok(), crashed);
    ASSERT_OK(scene.service.Restart());
    ASSERT_OK(scene.CountToEnd(begun->edition, 4));
    EXPECT_EQ(scene.Total(begun->edition), 9u);
    const auto released =
        ListFiguresReleased(scene.context(), scene.service.officer(), begun->edition);
    ASSERT_OK(released);
    EXPECT_GE(released->size(), shown.ok() ? 2u : 1u);
    EXPECT_OK(scene.service.CheckLog());
    if (!crashed) {
      EXPECT_GT(step, 3u);
      return;
    }
  }
}
INSTANTIATE_TEST_SUITE_P(LastWrite, EditionPower,
                         ::testing::Values(CrashPoint::LastWrite::kLost,
                                           CrashPoint::LastWrite::kWritten),
                         [](const auto& one) {
                           return one.param == CrashPoint::LastWrite::kLost ? "Lost" : "Written";
                         });

}  // namespace
}  // namespace noren::operations
