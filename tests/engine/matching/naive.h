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

}  // namespace noren::matching::naive
