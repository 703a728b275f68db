// Relatedness against people's judgement: occupations that use the same software, as O*NET lists
// it, and the related occupations that O*NET's experts list. Baskets are products, tokens are
// occupations; the experts' list is not learned from.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "engine/matching/relatedness/train.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

std::vector<std::vector<std::string>> ReadTable(const std::string& name) {
  std::ifstream file(SharedData() + "/taxonomy/onet_29_3_dev/" + name);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(file, line);  // titles of columns
  while (std::getline(file, line)) {
    std::vector<std::string> fields;
    std::istringstream in(line);
    for (std::string field; std::getline(in, field, '\t');) fields.push_back(field);
    rows.push_back(fields);
  }
  return rows;
}

// "11-1021.00" without its signs: a token like any other.
Token TokenOfOccupation(const std::string& code) {
  std::uint64_t value = 0;
  for (const char c : code) {
    if (c >= '0' && c <= '9') value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return {value};
}

TEST(RelatednessOfOccupations, AgreesWithExpertsFarBeyondChance) {
  std::map<std::string, std::vector<Token>> occupations_of_product;
  for (const auto& row : ReadTable("Technology Skills.tsv")) {
    occupations_of_product[row.at(2)].push_back(TokenOfOccupation(row.at(0)));
  }
  TokenBaskets baskets;
  for (const auto& [product, occupations] : occupations_of_product) baskets.Add(occupations);
  ASSERT_OK_AND_ASSIGN(const RelatednessModel model,
                       TrainRelatedness(baskets, {.dimension = 32, .min_people = 2}));
  std::map<Token, std::set<Token>> experts;
  for (const auto& row : ReadTable("Related Occupations.tsv")) {
    experts[TokenOfOccupation(row.at(0))].insert(TokenOfOccupation(row.at(2)));
  }
  std::size_t looked_at = 0;
  std::size_t agreed = 0;
  double by_chance = 0;
  for (const Token token : model.tokens()) {
    for (const RelatedToken& near : model.Related(token, 5)) {
      ++looked_at;
      if (experts[token].contains(near.token)) ++agreed;
      by_chance += static_cast<double>(experts[token].size()) /
                   static_cast<double>(model.tokens_count() - 1);
    }
  }
  RecordProperty("looked_at", static_cast<int>(looked_at));
  RecordProperty("agreed", static_cast<int>(agreed));
  RecordProperty("by_chance", static_cast<int>(by_chance));
  EXPECT_GT(looked_at, 1000u);
  EXPECT_GT(static_cast<double>(agreed), 6 * by_chance);
}

}  // namespace
}  // namespace noren::matching
