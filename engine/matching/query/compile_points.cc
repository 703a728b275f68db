// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <span>

#include "engine/matching/index/coarse.h"
#include "engine/matching/query/compiled_query.h"
#include "engine/matching/query/path_patterns.h"

namespace noren::matching {
namespace {

std::uint8_t EducationByte(std::int32_t level) {
  return static_cast<std::uint8_t>(std::clamp(level, 0, 0xFE) + 1);
}

constexpr std::uint8_t kMostPairEducation = 15;  // four bits

// Paths of one kind, resolved under the lock, made into tests after it.
struct Paths {
  std::vector<PathNode> any;
  std::vector<PathNode> points;
};

class PointsCompiler {
 public:
  PointsCompiler(const PointsQuery& query, const SeekerIndex::View& view, CompiledQuery& compiled)
      : query_(query), view_(view), compiled_(compiled) {}

  void Run(std::optional<model::Currency> currency) {
    CompileConditions(currency);
    CompileThresholdPoints();
    view_.terms().Read([this](auto lookup) {
      CompileSkills(lookup);
      CompileLicences(lookup);
      Resolve(lookup, TermKind::kOccupation, query_.occupations_any, query_.occupations,
              occupations_);
      Resolve(lookup, TermKind::kRegion, query_.regions_any, query_.regions, regions_);
    });
    LaneProgram& lanes = compiled_.lanes;
    lanes.filter.by_occupation = !occupations_.any.empty();
    lanes.filter.occupations = AnyTest(occupations_.any);
    lanes.filter.by_region = !regions_.any.empty();
    lanes.filter.regions = AnyTest(regions_.any);
    AddPointTests(occupations_.points, lanes.occupations);
    AddPointTests(regions_.points, lanes.regions);
    compiled_.pair_occupations = PairTerms(occupations_.any);
    compiled_.pair_regions = PairTerms(regions_.any);
    compiled_.record.FindHash();
    compiled_.by_rows |= flat_ >= kMostUnits || lanes.occupations.size() > kMaxPathTests ||
                         lanes.regions.size() > kMaxPathTests;
    compiled_.most = static_cast<std::int32_t>(std::min<std::int64_t>(most_, 1 << 30));
  }

 private:
  void CompileConditions(std::optional<model::Currency> currency) {
    LaneFilter& filter = compiled_.lanes.filter;
    PairFilter& pairs = compiled_.pairs;
    filter.employment_any = static_cast<std::uint8_t>(query_.employment_types.bits());
    pairs.employment_any = std::uint32_t{filter.employment_any} << PairPacking::kEmploymentShift;
    if (query_.wage_at_most) {
      const model::Wage& wage = *query_.wage_at_most;
      const std::int64_t amount = wage.amount_per_month;
      filter.wage_at_most = CoarseStated(amount);
      compiled_.by_rows |= amount < 0;
      pairs.wage_at_most = filter.wage_at_most;
      compiled_.wage_decides = currency != wage.currency || !CoarseIsExact(amount);
    }
    if (query_.min_experience_months) {
      const std::uint8_t least = CoarseStated(*query_.min_experience_months);
      filter.experience_at_least = least;
      pairs.experience_at_least = std::uint32_t{std::min(least, PairPacking::kMaxExperience)}
                                  << PairPacking::kExperienceShift;
      // In a pair the byte stops earlier, but not before the amounts stop being exact.
      compiled_.experience_decides = *query_.min_experience_months >= PairPacking::kMaxExperience;
    }
    if (query_.min_education) {
      filter.education_at_least = EducationByte(*query_.min_education);
      pairs.education_at_least =
          std::uint32_t{std::min(filter.education_at_least, kMostPairEducation)}
          << PairPacking::kEducationShift;
      // Beyond what any column can say of a wide row.
      compiled_.by_rows |= filter.education_at_least > kMostPairEducation;
    }
  }

  void CompileThresholdPoints() {
    LaneProgram& lanes = compiled_.lanes;
    if (query_.experience_months) {
      const ThresholdPoints& asked = *query_.experience_months;
      lanes.experience = {CoarseStated(asked.at_least), asked.points};
      compiled_.experience_units_vary = asked.at_least >= kCoarseExactBelow;
    }
    if (query_.education) {
      lanes.education = {EducationByte(query_.education->at_least), query_.education->points};
    }
    compiled_.block_constant =
        static_cast<std::uint16_t>(lanes.experience.units + lanes.education.units);
    flat_ += compiled_.block_constant;
    most_ += compiled_.block_constant;
  }

  // "None" stands on every path that ends early; no term is that.
  void Check(Token token) { compiled_.by_rows |= token.is_none(); }

  template <typename Lookup>
  const IndexTerm* Required(Lookup lookup, Token token) {
    Check(token);
    const IndexTerm* term = lookup(token);
    compiled_.impossible |= term == nullptr;
    if (term != nullptr) compiled_.any_of.push_back({term->id});
    return term;
  }

  template <typename Lookup>
  void CompileSkills(Lookup lookup) {
    for (const TokenPoints& one : query_.skills) {
      Check(one.token);
      most_ += std::int64_t{one.points} * model::kMaxSkillLevel;
      const IndexTerm* term = lookup(one.token);
      if (term == nullptr || one.points == 0) continue;
      compiled_.skill_terms.push_back({term->id, one.points});
      if (term->kind != TermKind::kSkill || !term->fits) continue;  // in wide rows only
      compiled_.by_rows |= !compiled_.record.Add(term->number, one.points);
    }
    for (const std::uint16_t number : compiled_.record.numbers)
      compiled_.skills.Put(SkillSlotHash(number), compiled_.record.weight_of[number]);
    for (const Token token : query_.skills_all) {
      const IndexTerm* term = Required(lookup, token);
      if (term == nullptr) continue;
      compiled_.by_rows |= term->kind != TermKind::kSkill || !term->fits;
      compiled_.record.required.push_back(term->number);
    }
  }

  template <typename Lookup>
  void CompileLicences(Lookup lookup) {
    for (const Token token : query_.licences_all) {
      const IndexTerm* term = Required(lookup, token);
      if (term == nullptr) continue;
      compiled_.by_rows |= term->kind != TermKind::kLicence || !term->fits;
      compiled_.lanes.filter.licences_all.push_back(term->number);
      compiled_.pairs.licence_marks |= PairWho::MarkOf(term->number);
    }
    for (const TokenPoints& one : query_.licences) {
      Check(one.token);
      const IndexTerm* term = lookup(one.token);
      AddBound(term, one.points);
      if (term == nullptr || term->kind != TermKind::kLicence || !term->fits) continue;
      compiled_.lanes.licences.push_back({term->number, one.points});
    }
  }

  void AddBound(const IndexTerm* term, std::uint8_t points) {
    most_ += points;
    flat_ += points;
    if (term != nullptr && points != 0) compiled_.other_terms.push_back({term->id, points});
  }

  template <typename Lookup>
  void Resolve(Lookup lookup, TermKind kind, const std::vector<Token>& any,
               const std::vector<TokenPoints>& points, Paths& paths) {
    std::vector<TermId> any_of;
    for (const Token token : any) {
      Check(token);
      const IndexTerm* term = lookup(token);
      if (term == nullptr) continue;
      paths.any.push_back(PathNodeOf(*term, kind));
      any_of.push_back(term->id);
    }
    compiled_.impossible |= !any.empty() && any_of.empty();
    if (!any_of.empty()) compiled_.any_of.push_back(std::move(any_of));
    for (const TokenPoints& one : points) {
      Check(one.token);
      const IndexTerm* term = lookup(one.token);
      AddBound(term, one.points);
      if (term == nullptr) continue;
      paths.points.push_back(PathNodeOf(*term, kind));
      paths.points.back().points = one.points;
    }
  }

  PathTest AnyTest(std::span<const PathNode> nodes) {
    std::vector<NodePattern>& patterns = compiled_.lanes.patterns;
    const std::size_t first = patterns.size();
    for (const PathNode& node : nodes) AppendPatterns(node, view_.terms(), patterns);
    const PathTest test = TestOf(first, patterns);
    compiled_.rows_decide |= test.always;
    return test;
  }

  void AddPointTests(std::span<const PathNode> nodes, std::vector<PathTest>& tests) {
    for (const PathNode& node : nodes) {
      PathTest test = AnyTest({&node, 1});
      test.units = node.points;
      if (test.units != 0 && (test.count != 0 || test.always)) tests.push_back(test);
    }
  }

  std::vector<TermId> PairTerms(std::span<const PathNode> nodes) const {
    std::vector<TermId> terms;
    for (const PathNode& node : nodes) {
      if (node.has_children) {
        const std::vector<TermId> below = view_.terms().WithDescendants(node.id);
        terms.insert(terms.end(), below.begin(), below.end());
      } else {
        terms.push_back(node.id);
      }
    }
    std::ranges::sort(terms);
    terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
    return terms;
  }

  const PointsQuery& query_;
  const SeekerIndex::View& view_;
  CompiledQuery& compiled_;
  Paths occupations_;
  Paths regions_;
  std::int64_t most_ = 0;
  std::int64_t flat_ = 0;  // of it, without skills
};

}  // namespace

void CompiledQuery::Clear() {
  impossible = by_rows = false;
  unit = 1;
  most = 0;
  two_sided = false;
  person_occupation.Clear();
  person_region.Clear();
  lanes.Clear();
  skills.Clear();
  record.Clear();
  block_constant = 0;
  skill_terms.clear();
  other_terms.clear();
  any_of.clear();
  pair_occupations.clear();
  pair_regions.clear();
  pairs = PairFilter();
  rows_decide = wage_decides = experience_decides = experience_units_vary = false;
}

void Compile(const PointsQuery& query, const SeekerIndex::View& view,
             std::optional<model::Currency> currency, CompiledQuery& compiled) {
  compiled.Clear();
  PointsCompiler(query, view, compiled).Run(currency);
}

}  // namespace noren::matching
