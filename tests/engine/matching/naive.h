// The rules of docs/formats/ranking.md written down a second time, over the models themselves: no
// row, no token, no shared code with the engine. Slow and obvious; what the exact ranking is
// checked against.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/posting.h"
#include "engine/model/profile.h"

namespace noren::matching::naive {

// What the ranking side adds to a posting, in codes.
struct Surroundings {
  // (asked skill, other skill) -> closeness 1..1000
  std::map<std::pair<std::string, std::string>, int> closeness;
  // province or municipality -> latitude, longitude in degrees
  std::map<std::string, std::pair<double, double>> centres;
  std::optional<int> today;  // days since 1970-01-01
};

bool Qualifies(const model::Posting& posting, const model::Profile& profile);
std::int64_t Score(const model::Posting& posting, const model::Profile& profile,
                   const Surroundings& around = {});

// What the score is made of: the posting's side first, features in the order of the document. A
// side that asks for nothing has one term, kNothingAsked.
inline constexpr int kNothingAsked = 12;
struct Term {
  bool of_person = false;
  int feature = 0;
  std::int64_t share = 0;           // of 10,000
  std::optional<std::int64_t> fit;  // in thousandths; nullopt: not stated, counts 500
};
std::vector<Term> Terms(const model::Posting& posting, const model::Profile& profile,
                        const Surroundings& around = {});

}  // namespace noren::matching::naive
