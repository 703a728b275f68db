// SPDX-License-Identifier: Apache-2.0
#include "datasets/generate/w1/w1_rows.h"

#include <algorithm>
#include <span>

#include "crypto/base/check.h"

namespace noren::w1 {
namespace {

using matching::OccupationPath;
using matching::PointsQuery;
using matching::RegionPath;
using matching::SeekerRow;
using matching::Token;
using matching::TokenPoints;

constexpr std::uint8_t kOccupationPoints = 20;
constexpr std::uint8_t kMinorGroupPoints = 12;
constexpr std::uint8_t kSubMajorGroupPoints = 8;
constexpr std::uint8_t kRegionPoints = 15;
constexpr std::uint8_t kLicencePoints = 20;
constexpr std::uint8_t kExperiencePoints = 10;
constexpr std::uint8_t kEducationPoints = 10;
constexpr std::uint8_t kRequiredSkillPoints = 10;

OccupationPath PathOfOccupation(std::uint32_t occupation, const TokenMaker& tokens) {
  return {{tokens.Of(TokenKind::kMajorGroup, 0),
           tokens.Of(TokenKind::kSubMajorGroup, SubMajorOf(occupation)),
           tokens.Of(TokenKind::kMinorGroup, MinorOf(occupation)),
           tokens.Of(TokenKind::kOccupation, occupation)}};
}
RegionPath PathOfRegion(std::uint32_t region, const TokenMaker& tokens) {
  return {
      {tokens.Of(TokenKind::kCountry, 0), tokens.Of(TokenKind::kRegion, region), Token{}, Token{}}};
}

model::Wage WageOf(std::uint8_t wage) { return {wage, model::Currency::kKrw}; }

model::EmploymentTypes EmploymentTypesOf(std::uint8_t bits) {
  auto types = model::EmploymentTypes::FromBits(bits);
  NOREN_CHECK(types.ok(), "W1 uses the first four employment types");
  return *types;
}

std::vector<Token> TokensOf(TokenKind kind, std::span<const std::uint16_t> codes,
                            const TokenMaker& tokens) {
  std::vector<Token> list;
  list.reserve(codes.size());
  for (const std::uint16_t code : codes) list.push_back(tokens.Of(kind, code));
  std::ranges::sort(list);
  return list;
}

void AddPoints(std::vector<TokenPoints>& list, Token token, std::uint8_t points) {
  const auto same = [token](const TokenPoints& one) { return one.token == token; };
  if (std::ranges::none_of(list, same)) list.push_back({token, points});
}

PointsQuery PersonsConditions(const Posting& posting) {
  PointsQuery query;
  query.employment_types = EmploymentTypesOf(posting.employment_bits);
  query.wage_at_most = WageOf(posting.wage);
  return query;
}

void AddPreferredSkills(const Posting& posting, const TokenMaker& tokens, PointsQuery& query) {
  for (std::size_t i = 0; i < posting.preferred_skills.size(); ++i) {
    query.skills.push_back(
        {tokens.Of(TokenKind::kSkill, posting.preferred_skills[i]), posting.weights[i]});
  }
}

}  // namespace

SeekerRow W1SeekerRow(const Seekers& seekers, std::size_t index, const TokenMaker& tokens) {
  SeekerRow row;
  row.id = RowIdOf(index);
  for (const std::uint16_t occupation : seekers.occupations.Of(index)) {
    row.occupations.push_back(PathOfOccupation(occupation, tokens));
  }
  std::ranges::sort(row.occupations);
  const auto skills = seekers.skills.Of(index);
  const auto levels = seekers.LevelsOf(index);
  row.skills.reserve(skills.size());
  for (std::size_t i = 0; i < skills.size(); ++i) {
    row.skills.push_back({tokens.Of(TokenKind::kSkill, skills[i]), levels[i]});
  }
  std::ranges::sort(row.skills);
  for (const std::uint16_t region : seekers.regions.Of(index)) {
    row.regions.push_back(PathOfRegion(region, tokens));
  }
  std::ranges::sort(row.regions);
  row.licences = TokensOf(TokenKind::kLicence, seekers.licences.Of(index), tokens);
  row.employment_types = EmploymentTypesOf(seekers.employment_bits[index]);
  row.wage_floor = WageOf(seekers.wages[index]);
  row.experience_months = seekers.experiences[index];
  row.education = seekers.educations[index];
  return row;
}

std::vector<SeekerRow> W1SeekerRows(const Seekers& seekers, const TokenMaker& tokens) {
  std::vector<SeekerRow> rows;
  rows.reserve(seekers.size());
  for (std::size_t i = 0; i < seekers.size(); ++i) {
    rows.push_back(W1SeekerRow(seekers, i, tokens));
  }
  return rows;
}

PointsQuery W1aQuery(const Posting& posting, const TokenMaker& tokens) {
  PointsQuery query = PersonsConditions(posting);
  query.occupations_any = TokensOf(TokenKind::kOccupation, posting.occupations, tokens);
  query.regions_any = TokensOf(TokenKind::kRegion, posting.regions, tokens);
  query.licences_all = TokensOf(TokenKind::kLicence, posting.licences, tokens);
  query.skills_all = TokensOf(TokenKind::kSkill, posting.required_skills, tokens);
  query.min_experience_months = posting.min_experience;
  query.min_education = posting.min_education;
  AddPreferredSkills(posting, tokens, query);
  return query;
}

PointsQuery W1bQuery(const Posting& posting, const TokenMaker& tokens) {
  PointsQuery query = PersonsConditions(posting);
  AddPreferredSkills(posting, tokens, query);
  for (const std::uint16_t skill : posting.required_skills) {
    query.skills.push_back({tokens.Of(TokenKind::kSkill, skill), kRequiredSkillPoints});
  }
  for (const std::uint16_t occupation : posting.occupations) {
    const OccupationPath path = PathOfOccupation(occupation, tokens);
    AddPoints(query.occupations, path.levels[3], kOccupationPoints);
    AddPoints(query.occupations, path.levels[2], kMinorGroupPoints);
    AddPoints(query.occupations, path.levels[1], kSubMajorGroupPoints);
  }
  for (const std::uint16_t region : posting.regions) {
    query.regions.push_back({tokens.Of(TokenKind::kRegion, region), kRegionPoints});
  }
  for (const std::uint16_t licence : posting.licences) {
    query.licences.push_back({tokens.Of(TokenKind::kLicence, licence), kLicencePoints});
  }
  query.experience_months = {posting.min_experience, kExperiencePoints};
  query.education = {posting.min_education, kEducationPoints};
  return query;
}

}  // namespace noren::w1
