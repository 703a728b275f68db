// What a year leaves behind, as it is printed: the registers, the requests, the destructions, the
// officer's queue, the notice, and what was counted; and its comparison with the golden files.
// Threads:  externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "tests/year/year.h"

namespace noren::year {

struct Printed {
  std::string identified;                    // registers and requests, with every id as it is
  std::map<std::string, std::size_t> rows;   // of each register
  std::map<std::string, std::string> files;  // by the name of the golden file
};
Printed Print(Year& year);

// Line by line with tests/year/golden/<operator>; NOREN_WRITE_GOLDEN_YEAR=1 writes them. With more
// people than the test has, only the number of people of `./dev soak year` has golden files: the
// digests of what is printed.
void CompareWithGolden(const Year& year, const Printed& printed);

}  // namespace noren::year
