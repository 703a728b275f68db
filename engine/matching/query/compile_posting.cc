// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/compile_posting.h"

#include <algorithm>
#include <bit>

#include "engine/matching/index/coarse.h"
#include "engine/matching/query/kernels/person_units.h"
#include "engine/matching/query/path_fits.h"
#include "engine/matching/scoring/score.h"

namespace noren::matching {
namespace {

// What levels shared are worth; checked against the scores by the tests of the search.
constexpr PathFitPlan::Table kOccupationFits = {0, 100, 300, 600};
constexpr PathFitPlan::Table kRegionFits = {0, 100, 600, 800};
constexpr std::int32_t kUnitsPerShare = kFullFit / kScorePerUnit;
constexpr std::size_t kProvinceDepth = 2;
constexpr std::uint8_t kMostEducationByte = 15;

// Units that a fit of a share is worth, rounded up.
std::uint16_t UnitsOf(std::int32_t share, std::int32_t thousandths) {
  return static_cast<std::uint16_t>((share * kUnitsPerShare * thousandths + kFullFit - 1) /
                                    kFullFit);
}

class PostingCompiler {
 public:
  PostingCompiler(const PostingRow& posting, const SeekerIndex::View& view, CompiledQuery& compiled)
      : posting_(posting), view_(view), compiled_(compiled), shares_(PostingShares(posting)) {}

  void Run() {
    CompileConditions();
    CompileConstant();
    view_.terms().Read([this](auto lookup) {
      CompileSkills(lookup);
      CompileRequirements(lookup);
      for (const OccupationPath& path : posting_.occupations)
        occupations_.AddPath(path.levels, lookup);
      for (const RegionPath& path : posting_.regions) {
        regions_.AddPath(path.levels, lookup);
        AddReach(path, lookup);
      }
      for (const NearRegion& near : posting_.near_regions)
        regions_.AddNear(near.region, near.fit, lookup);
    });
    occupations_.Finish();
    regions_.Finish();
    CompilePostingSide();
    CompilePersonSide();
    CompilePathConditions();
    compiled_.two_sided = true;
    compiled_.unit = kScorePerUnit;
    compiled_.most = kMaxScore;
    compiled_.by_rows |= occupations_.is_odd() || regions_.is_odd();
    compiled_.by_rows |= compiled_.lanes.occupations.size() > kMaxPathTests ||
                         compiled_.lanes.regions.size() > kMaxPathTests ||
                         compiled_.person_occupation.occupations.size() > kMaxPathTests ||
                         compiled_.person_region.regions.size() > kMaxPathTests;
  }

 private:
  std::int32_t ShareOf(Feature feature) const { return shares_[static_cast<std::size_t>(feature)]; }

  void CompileConditions() {
    LaneFilter& filter = compiled_.lanes.filter;
    filter.wage_at_most =
        posting_.wage ? CoarseStated(posting_.wage->max_per_month) : std::uint8_t{0};
    compiled_.by_rows |= posting_.wage && posting_.wage->max_per_month < 0;
    filter.employment_any = static_cast<std::uint8_t>(posting_.employment_types.bits());
    if (posting_.min_experience_months)
      filter.experience_at_least = CoarseStated(*posting_.min_experience_months);
    if (posting_.min_education) {
      filter.education_at_least =
          static_cast<std::uint8_t>(std::min<unsigned>(*posting_.min_education, 0xFE) + 1);
      // Beyond what any column can say of a wide row.
      compiled_.by_rows |= filter.education_at_least > kMostEducationByte;
    }
  }

  // What no test bounds counts in full.
  void CompileConstant() {
    std::int32_t constant = 0;
    bool asks = false;
    for (std::size_t i = 0; i < kFeatureCount; ++i) {
      asks |= shares_[i] != 0;
      const auto feature = static_cast<Feature>(i);
      if (feature == Feature::kSkills || feature == Feature::kOccupation ||
          feature == Feature::kRegion) {
        continue;
      }
      constant += shares_[i] * kUnitsPerShare;
    }
    constant_ = static_cast<std::uint16_t>(asks ? constant : kNothingAskedUnits);
    compiled_.lanes.constant = constant_;
  }

  // Skills: weight x level over what is asked, scaled to the share; a lane without skills is
  // "missing".
  template <typename Lookup>
  void CompileSkills(Lookup lookup) {
    const std::int32_t share = ShareOf(Feature::kSkills);
    if (share == 0) return;
    std::uint32_t most = 0;
    const auto add = [&](Token token, std::uint8_t weight) {
      most += std::uint32_t{weight} * model::kMaxSkillLevel;
      const IndexTerm* term = lookup(token);
      if (term == nullptr || weight == 0) return;
      compiled_.skill_terms.push_back({term->id, weight});
      if (term->kind != TermKind::kSkill || !term->fits) return;
      compiled_.by_rows |= !compiled_.record.Add(term->number, weight);
    };
    for (const LeveledToken& asked : posting_.required_skills) add(asked.token, kMaxWeight);
    for (const WeightedToken& asked : posting_.preferred_skills) add(asked.token, asked.weight);
    SkillProgram& skills = compiled_.skills;
    for (const std::uint16_t number : compiled_.record.numbers)
      skills.Put(SkillSlotHash(number), compiled_.record.weight_of[number]);
    if (most == 0 || most > kMostUnits) {
      compiled_.by_rows = true;
      return;
    }
    skills.scaled = true;
    skills.cap = static_cast<std::uint16_t>(most);
    skills.shift = static_cast<std::uint8_t>(std::countl_zero(skills.cap));
    const std::uint32_t top = most << skills.shift;
    const auto units = static_cast<std::uint64_t>(share) * kUnitsPerShare;
    skills.factor = static_cast<std::uint16_t>(((units << 16) + top - 1) / top);
    skills.if_none = UnitsOf(share, kNeutralFit);
  }

  // What a person has to have: the term as a bound on blocks, the number where columns have it.
  template <typename Lookup>
  const IndexTerm* Required(Token token, Lookup lookup) {
    const IndexTerm* term = lookup(token);
    compiled_.impossible |= term == nullptr;
    if (term != nullptr) compiled_.any_of.push_back({term->id});
    return term;
  }
  template <typename Lookup>
  void CompileRequirements(Lookup lookup) {
    for (const LeveledToken& asked : posting_.required_skills) Required(asked.token, lookup);
    for (const LeveledToken& asked : posting_.required_languages) Required(asked.token, lookup);
    for (const Token token : posting_.required_licences) {
      const IndexTerm* term = Required(token, lookup);
      if (term != nullptr && term->kind == TermKind::kLicence && term->fits)
        compiled_.lanes.filter.licences_all.push_back(term->number);
    }
  }

  // A wish that reaches a place: in its province, or the country when that is the wish.
  template <typename Lookup>
  void AddReach(const RegionPath& place, Lookup lookup) {
    for (std::size_t d = 0; d < std::min(kProvinceDepth, place.depth()); ++d) {
      const IndexTerm* term = lookup(place.levels[d]);
      if (term == nullptr) return;
      const PathNode node = PathNodeOf(*term, TermKind::kRegion);
      if (node.in_blocks) reach_.push_back(node.own);
    }
  }

  void CompilePathConditions() {
    LaneFilter& filter = compiled_.lanes.filter;
    std::vector<NodePattern>& patterns = compiled_.lanes.patterns;
    std::size_t first = patterns.size();
    patterns.insert(patterns.end(), reach_.begin(), reach_.end());
    filter.by_region = true;
    filter.regions = TestOf(first, patterns);
    filter.regions.if_missing = !posting_.region_is_condition;
    if (!posting_.occupation_is_condition) return;
    first = patterns.size();
    std::vector<TermId> ends;
    for (const PathNode& node : occupations_.Ends()) {
      AppendPatterns(node, view_.terms(), patterns);
      ends.push_back(node.id);
    }
    filter.by_occupation = true;
    filter.occupations = TestOf(first, patterns);
    compiled_.impossible |= ends.empty();
    compiled_.any_of.push_back(std::move(ends));
  }

  // Appends a test for each of `tests`, worth `units(thousandths)`.
  template <typename Units>
  void AddTests(const std::vector<FitTest>& tests, Units units, std::vector<NodePattern>& patterns,
                std::vector<PathTest>& to) {
    for (const FitTest& one : tests) {
      const std::size_t first = patterns.size();
      if (one.exact && one.node.in_blocks) {
        patterns.push_back(one.node.exact);
      } else {
        AppendPatterns(one.node, view_.terms(), patterns);
      }
      PathTest test = TestOf(first, patterns);
      test.units = units(one.thousandths);
      if (test.count != 0 || test.always) to.push_back(test);
    }
  }
  static void AddMissing(std::uint16_t units, std::vector<PathTest>& to) {
    PathTest missing;
    missing.if_missing = true;
    missing.units = units;
    to.push_back(missing);
  }

  void CompilePostingSide() {
    CompileKind(ShareOf(Feature::kOccupation), occupations_, compiled_.lanes.occupations);
    CompileKind(ShareOf(Feature::kRegion), regions_, compiled_.lanes.regions);
    compiled_.block_constant = static_cast<std::uint16_t>(compiled_.block_constant + constant_);
  }
  void CompileKind(std::int32_t share, const PathFitPlan& plan, std::vector<PathTest>& tests) {
    if (share == 0) return;
    const auto units = [share](std::int32_t thousandths) { return UnitsOf(share, thousandths); };
    AddTests(plan.PostingTests(), units, compiled_.lanes.patterns, tests);
    AddMissing(units(kNeutralFit), tests);
    for (const FitTerm& term : plan.BlockTerms())
      compiled_.other_terms.push_back({term.term, units(term.thousandths)});
    compiled_.block_constant =
        static_cast<std::uint16_t>(compiled_.block_constant + units(kNeutralFit));
  }

  // In thousandths: the shares are the lanes' own.
  void CompilePersonSide() {
    const auto thousandths = [](std::int32_t t) { return static_cast<std::uint16_t>(t); };
    LaneProgram& occupation = compiled_.person_occupation;
    occupation.constant = posting_.occupations.empty() ? kNeutralFit : 0;
    AddTests(occupations_.PersonTests(), thousandths, occupation.patterns, occupation.occupations);
    AddMissing(kFullFit, occupation.occupations);
    LaneProgram& region = compiled_.person_region;
    region.constant = posting_.regions.empty() ? kNeutralFit : 0;
    AddTests(regions_.PersonTests(), thousandths, region.patterns, region.regions);
    AddMissing(kFullFit, region.regions);
  }

  const PostingRow& posting_;
  const SeekerIndex::View& view_;
  CompiledQuery& compiled_;
  const Shares shares_;
  PathFitPlan occupations_{TermKind::kOccupation, kOccupationFits};
  PathFitPlan regions_{TermKind::kRegion, kRegionFits};
  std::vector<NodePattern> reach_;
  std::uint16_t constant_ = 0;
};

}  // namespace

void Compile(const PostingRow& posting, const SeekerIndex::View& view,
             std::optional<model::Currency>, CompiledQuery& compiled) {
  compiled.Clear();
  PostingCompiler(posting, view, compiled).Run();
}

}  // namespace noren::matching
