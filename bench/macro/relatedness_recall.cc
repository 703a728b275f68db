// What relatedness is good for, on workload W1: a share of everybody's skills is hidden,
// relatedness is learned from what is left, and the people who would have been the best are looked
// for with and without the credit for related skills. Settings are compared on the first half of
// the postings; the second half, which chose nothing, says what the choice is worth. Prints JSON.
// Source:   docs/design/0003-relatedness.md
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/baseline/w1_points.h"
#include "bench/macro/answer.h"
#include "bench/macro/clocks.h"
#include "bench/macro/environment.h"
#include "bench/macro/w1_data.h"
#include "datasets/generate/w1/w1_bytes.h"
#include "datasets/generate/w1/w1_rows.h"
#include "engine/matching/points_query.h"
#include "engine/matching/relatedness/expand.h"
#include "engine/matching/relatedness/train.h"

namespace noren::bench {
namespace {

using matching::ExpansionOptions;
using matching::PointsQuery;
using matching::PostingRow;
using matching::RelatednessModel;
using matching::RelatedSkill;
using matching::SeekerRow;
using matching::Token;

constexpr std::size_t kBest = 100;  // who would have been found
constexpr std::size_t kWide = 500;  // looked at when the first page is not enough
constexpr std::size_t kCheckedWithOracle = 3;

struct Options {
  std::size_t seekers_count = w1::kFullSeekersCount;
  std::size_t postings_count = w1::kFullPostingsCount;
  std::uint32_t hidden_per_cent = 30;
  std::string commit = "unknown";
};

// How related skills are used in one line of the result.
struct Setting {
  std::string name;
  std::optional<ExpansionOptions> expansion;  // nullopt: not at all
  bool closeness_alone = false;               // without ShareAmongNear: for comparison
};

// Which points count: all of W1b, or those of skills alone (nobody has said an occupation).
enum class Form : std::uint8_t { kAllPoints, kSkillPoints };
constexpr std::array kForms = {Form::kAllPoints, Form::kSkillPoints};

struct Recall {
  double at_100 = 0;  // share of the best 100 that are among the first 100
  double at_500 = 0;  // that are among the first 500
};

// Ties are decided by a number that has nothing to do with the person.
class HashedTies final : public matching::TieRule {
 public:
  std::uint64_t Of(matching::PostingRowId posting, matching::SeekerRowId seeker) const override {
    return MixBits(MixBits(posting.value) + seeker.value);
  }
};

// One stated skill of one person.
struct Holding {
  std::uint32_t seeker = 0;
  std::uint8_t level = 0;
  bool is_hidden = false;
};

class Market {
 public:
  Market(const W1Data& data, std::uint32_t hidden_per_cent)
      : data_(data), holdings_(w1::kSkillsCount) {
    for (std::uint32_t i = 0; i < data.seekers.size(); ++i) {
      w1::Stream stream(w1::StreamSeed(0x68696464656E, i));
      std::vector<Token> stated;
      const auto skills = data.seekers.skills.Of(i);
      for (std::size_t s = 0; s < skills.size(); ++s) {
        const bool is_hidden = stream.Percent(hidden_per_cent);
        holdings_[skills[s]].push_back({i, data.seekers.LevelsOf(i)[s], is_hidden});
        if (!is_hidden) stated.push_back(TokenOf(skills[s]));
      }
      baskets_.Add(stated);
    }
    for (std::uint32_t skill = 0; skill < w1::kSkillsCount; ++skill) {
      skill_of_[TokenOf(skill)] = skill;
    }
  }

  const w1::PlainTokens& tokens() const { return tokens_; }
  const W1Data& data() const { return data_; }
  const matching::TokenBaskets& baskets() const { return baskets_; }
  const std::vector<Holding>& HoldersOf(Token skill) const {
    return holdings_[skill_of_.at(skill)];
  }

 private:
  Token TokenOf(std::uint32_t skill) const { return tokens_.Of(w1::TokenKind::kSkill, skill); }

  const W1Data& data_;
  w1::PlainTokens tokens_;
  std::vector<std::vector<Holding>> holdings_;  // by skill
  matching::TokenBaskets baskets_;
  std::map<Token, std::uint32_t> skill_of_;
};

// Points of W1b for a person's occupations: a bit for each asked unit group, minor group and
// sub-major group, so that each counts once however many wishes lie in it.
class OccupationPoints {
 public:
  explicit OccupationPoints(const w1::Posting& posting) {
    Add(posting, [](std::uint32_t occupation) { return occupation; }, kOccupationPoints);
    Add(posting, w1::MinorOf, kMinorGroupPoints);
    Add(posting, w1::SubMajorOf, kSubMajorGroupPoints);
  }
  std::int32_t Of(std::span<const std::uint16_t> occupations) const {
    std::uint32_t bits = 0;
    for (const std::uint16_t occupation : occupations) bits |= bits_of_[occupation];
    std::int32_t sum = 0;
    for (std::size_t bit = 0; bit < points_.size(); ++bit) {
      if ((bits >> bit & 1U) != 0) sum += points_[bit];
    }
    return sum;
  }

 private:
  template <typename GroupOf>
  void Add(const w1::Posting& posting, GroupOf group_of, std::int32_t points) {
    for (const std::uint16_t group : DistinctGroups(posting.occupations, group_of)) {
      for (std::uint32_t occupation = 0; occupation < w1::kOccupationsCount; ++occupation) {
        if (group_of(occupation) == group) bits_of_[occupation] |= 1U << points_.size();
      }
      points_.push_back(points);
    }
  }
  std::array<std::uint32_t, w1::kOccupationsCount> bits_of_{};
  std::vector<std::int32_t> points_;  // by bit
};

std::int32_t CountIn(std::span<const std::uint16_t> held, const std::vector<std::uint16_t>& asked) {
  return static_cast<std::int32_t>(std::ranges::count_if(
      held, [&](std::uint16_t code) { return std::ranges::find(asked, code) != asked.end(); }));
}

// Everybody's points for one posting, in one form; -1 for whoever fails a condition.
class PostingScores {
 public:
  PostingScores(const Market& market, const w1::Posting& posting, const PointsQuery& query)
      : market_(market), query_(query) {
    const w1::Seekers& seekers = market.data().seekers;
    const OccupationPoints occupation_points(posting);
    for (std::size_t i = 0; i < seekers.size(); ++i) {
      const bool meets = (seekers.employment_bits[i] & posting.employment_bits) != 0 &&
                         seekers.wages[i] <= posting.wage;
      base_.push_back(!meets
                          ? -1
                          : occupation_points.Of(seekers.occupations.Of(i)) +
                                ThresholdPointsOf(seekers, i, posting) +
                                kRegionPoints * CountIn(seekers.regions.Of(i), posting.regions) +
                                kLicencePoints * CountIn(seekers.licences.Of(i), posting.licences));
    }
    credit_.resize(base_.size());
  }

  // `related` is empty or, per asked skill of the query, in its order.
  std::vector<std::uint32_t> Best(std::size_t k, Form form, bool with_hidden,
                                  const std::vector<RelatedSkill>& related) {
    scores_ = base_;
    if (form == Form::kSkillPoints) {
      for (std::int32_t& score : scores_) score = std::min(score, 0);
    }
    for (std::size_t asked = 0; asked < query_.skills.size(); ++asked) {
      AddCredit(query_.skills[asked].token, matching::kFullCloseness, with_hidden);
      for (const RelatedSkill& one : related) {
        if (one.asked == asked) AddCredit(one.token, one.closeness, with_hidden);
      }
      for (const std::uint32_t seeker : touched_) {
        const std::int32_t points = query_.skills[asked].points * credit_[seeker] / 1000;
        if (scores_[seeker] >= 0) scores_[seeker] += points;
        credit_[seeker] = 0;
      }
      touched_.clear();
    }
    return Select(k);
  }

 private:
  // The best closeness x level per person.
  void AddCredit(Token skill, std::int32_t closeness, bool with_hidden) {
    for (const Holding& holding : market_.HoldersOf(skill)) {
      if (holding.is_hidden && !with_hidden) continue;
      std::int32_t& credit = credit_[holding.seeker];
      if (credit == 0) touched_.push_back(holding.seeker);
      credit = std::max(credit, closeness * holding.level);
    }
  }

  std::vector<std::uint32_t> Select(std::size_t k) const {
    matching::BestK<matching::SeekerRowId> best(k);
    for (std::size_t i = 0; i < scores_.size(); ++i) {
      if (scores_[i] < 0) continue;
      const matching::SeekerRowId id = w1::RowIdOf(i);
      best.Offer(id, scores_[i], [&] { return HashedTies().Of(query_.id, id); });
    }
    std::vector<std::uint32_t> order;
    for (const RankedSeeker& row : best.TakeSorted()) {
      order.push_back(static_cast<std::uint32_t>(w1::IndexOf(row.id)));
    }
    return order;
  }

  const Market& market_;
  const PointsQuery& query_;
  std::vector<std::int32_t> base_;  // without skills
  std::vector<std::int32_t> scores_;
  std::vector<std::int32_t> credit_;
  std::vector<std::uint32_t> touched_;
};

Recall RecallOf(std::vector<std::uint32_t> best, const std::vector<std::uint32_t>& found) {
  std::ranges::sort(best);
  Recall recall;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!std::ranges::binary_search(best, found[i])) continue;
    if (i < kBest) recall.at_100 += 1;
    recall.at_500 += 1;
  }
  const double count = std::max<double>(1, static_cast<double>(best.size()));
  return {recall.at_100 / count, recall.at_500 / count};
}

std::vector<RelatedSkill> RelatedOf(const PointsQuery& query, const RelatednessModel& model,
                                    const Setting& setting) {
  if (!setting.expansion) return {};
  PostingRow posting;  // the query's skills in their order
  for (const matching::TokenPoints& asked : query.skills) {
    posting.preferred_skills.push_back({asked.token, 0, asked.points});
  }
  ExpandPosting(posting, model, *setting.expansion);
  if (setting.closeness_alone) {
    for (RelatedSkill& one : posting.related_skills) {
      one.closeness =
          static_cast<std::uint16_t>(model.Closeness(query.skills[one.asked].token, one.token));
    }
  }
  return posting.related_skills;
}

std::vector<Setting> Settings() {
  std::vector<Setting> settings = {{"without", std::nullopt}};
  for (const std::size_t most : {2, 5, 10, 20}) {
    for (const std::int32_t closeness : {400, 900}) {
      settings.push_back(
          {std::to_string(most) + " per skill, closeness from " + std::to_string(closeness),
           ExpansionOptions{most, closeness, 20}});
    }
  }
  settings.push_back(
      {"5 per skill, closeness alone as credit", ExpansionOptions{5, 400, 20}, true});
  return settings;
}

// By form, setting and half of the postings.
using Sums = std::vector<std::vector<std::array<Recall, 2>>>;

void MeasurePosting(const Market& market, std::size_t index, const RelatednessModel& model,
                    Sums& sums) {
  const std::vector<w1::Posting>& postings = market.data().postings;
  PointsQuery query = W1bQuery(postings[index], market.tokens());
  query.id = {index + 1};
  PostingScores scores(market, postings[index], query);
  const std::size_t half = index < postings.size() / 2 ? 0 : 1;
  const std::vector<Setting> settings = Settings();
  for (std::size_t form = 0; form < kForms.size(); ++form) {
    const std::vector<std::uint32_t> best = scores.Best(kBest, kForms[form], true, {});
    for (std::size_t s = 0; s < settings.size(); ++s) {
      const auto related = RelatedOf(query, model, settings[s]);
      const Recall recall = RecallOf(best, scores.Best(kWide, kForms[form], false, related));
      sums[form][s][half].at_100 += recall.at_100;
      sums[form][s][half].at_500 += recall.at_500;
    }
  }
}

// The ranking's own oracle finds the same people for the first postings when nothing is hidden.
bool AgreesWithOracle(const Market& market) {
  const std::vector<SeekerRow> rows = w1::W1SeekerRows(market.data().seekers, market.tokens());
  const std::vector<w1::Posting>& postings = market.data().postings;
  for (std::size_t i = 0; i < std::min(kCheckedWithOracle, postings.size()); ++i) {
    PointsQuery query = W1bQuery(postings[i], market.tokens());
    query.id = {i + 1};
    PostingScores scores(market, postings[i], query);
    const auto oracle = RankByPoints(query, rows, kBest, HashedTies());
    const auto same = [](std::uint32_t seeker, const RankedSeeker& row) {
      return w1::RowIdOf(seeker) == row.id;
    };
    if (!std::ranges::equal(scores.Best(kBest, Form::kAllPoints, true, {}), oracle.best, same)) {
      return false;
    }
  }
  return true;
}

nlohmann::ordered_json ToJson(const Sums& sums, const std::array<double, 2>& postings_count) {
  const std::vector<Setting> settings = Settings();
  nlohmann::ordered_json forms;
  for (std::size_t form = 0; form < kForms.size(); ++form) {
    nlohmann::ordered_json lines = nlohmann::ordered_json::array();
    for (std::size_t s = 0; s < settings.size(); ++s) {
      const auto& halves = sums[form][s];
      lines.push_back({{"setting", settings[s].name},
                       {"tuned_recall_100", halves[0].at_100 / postings_count[0]},
                       {"tuned_recall_500", halves[0].at_500 / postings_count[0]},
                       {"recall_100", halves[1].at_100 / postings_count[1]},
                       {"recall_500", halves[1].at_500 / postings_count[1]}});
    }
    forms[kForms[form] == Form::kAllPoints ? "all_points" : "skill_points"] = lines;
  }
  return forms;
}

StatusOr<nlohmann::ordered_json> Run(const Options& options) {
  NOREN_ASSIGN_OR_RETURN(const W1Data data,
                         MakeW1Data(options.seekers_count, options.postings_count, Vectors::kNone));
  const Market market(data, options.hidden_per_cent);
  if (!AgreesWithOracle(market)) {
    return Internal("the scores of this program and the ranking's oracle differ");
  }
  const double begin = ThreadCpuSeconds();
  NOREN_ASSIGN_OR_RETURN(const RelatednessModel model,
                         matching::TrainRelatedness(market.baskets(), {}));
  const double training_seconds = ThreadCpuSeconds() - begin;
  Sums sums(kForms.size(), std::vector<std::array<Recall, 2>>(Settings().size()));
  std::array<double, 2> postings_count = {0, 0};
  for (std::size_t i = 0; i < data.postings.size(); ++i) {
    MeasurePosting(market, i, model, sums);
    postings_count[i < data.postings.size() / 2 ? 0 : 1] += 1;
    if ((i + 1) % 100 == 0) std::cerr << i + 1 << " postings" << std::endl;
  }
  const Environment environment = DescribeEnvironment(options.commit, "");
  return nlohmann::ordered_json{{"commit", environment.commit},
                                {"cpu", environment.cpu},
                                {"compiler", environment.compiler},
                                {"seekers", data.seekers.size()},
                                {"seekers_fingerprint", data.seekers_fingerprint},
                                {"postings_fingerprint", data.postings_fingerprint},
                                {"hidden_per_cent", options.hidden_per_cent},
                                {"training_core_seconds", training_seconds},
                                {"tokens", model.tokens_count()},
                                {"dimension", model.dimension()},
                                {"tuning_postings", postings_count[0]},
                                {"reported_postings", postings_count[1]},
                                {"recall", ToJson(sums, postings_count)}};
}

std::optional<Options> ParseOptions(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const std::string_view value = option.substr(std::min(option.find('=') + 1, option.size()));
    const auto number = [value](auto& out) {
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out);
      return error == std::errc() && end == value.data() + value.size() && out > 0;
    };
    if (option == "--smoke") {
      options.seekers_count = 10'000;
      options.postings_count = 6;
    } else if (option.starts_with("--commit=")) {
      options.commit = value;
    } else if (option.starts_with("--hidden=")     ? !number(options.hidden_per_cent)
               : option.starts_with("--postings=") ? !number(options.postings_count)
                                                   : true) {
      return std::nullopt;
    }
  }
  return options;
}

int Main(int argc, char** argv) {
  const std::optional<Options> options = ParseOptions(argc, argv);
  if (!options) {
    std::cerr << "usage: noren_relatedness_recall [--smoke] [--hidden=PER_CENT] [--postings=N] "
                 "[--commit=ID]\n";
    return 1;
  }
  const StatusOr<nlohmann::ordered_json> result = Run(*options);
  if (!result.ok()) {
    std::cerr << MessageOf(result.status()) << '\n';
    return 2;
  }
  std::cout << result->dump(2) << '\n';
  return 0;
}

}  // namespace
}  // namespace noren::bench

int main(int argc, char** argv) { return noren::bench::Main(argc, argv); }
