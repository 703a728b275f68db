// The year of each operator: under which versions of its policy it is lived, from when on, and how
// many people live it.
// Source:   docs/design/0023-a-year-in-the-life.md
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "engine/model/civil_day.h"

namespace noren::year {

// A file of datasets/policies, and the day from which the service runs under it.
struct Version {
  std::string file, from;
};

struct Plan {
  std::string name;               // of the operator, and of the folder of its golden files
  std::vector<Version> versions;  // the first from `begins`
  std::string begins;             // the service's first day
  int steps_of_days = 7;          // before the year only every so many days are lived
  std::string first_day, last_day;
  std::string language;
  int people_before = 0;  // who register before the year
  int people_during = 0;
  // Within how many days of its receipt a request is answered: of the clause documents, and not
  // asked of the service.
  int answer_days = 0;
  bool ends_with_a_file = false;  // the service of one file is given up on the last day but one
};
std::ostream& operator<<(std::ostream& out, const Plan& plan);

const std::vector<Plan>& Plans();
// NOREN_YEAR_TIMES times as many people as the test has; 1 when it is not set.
int Times();

}  // namespace noren::year
