// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/linear_audit.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace noren::statistics {
namespace {

// 2^61 - 1 is prime: exact where floating point would have to guess what is zero.
constexpr std::uint64_t kPrime = (std::uint64_t{1} << 61) - 1;
using Row = std::vector<std::uint64_t>;

std::uint64_t Multiply(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  const std::uint64_t folded =
      static_cast<std::uint64_t>(product & kPrime) + static_cast<std::uint64_t>(product >> 61);
  return folded >= kPrime ? folded - kPrime : folded;
}

// By Fermat: a^(p-2).
std::uint64_t Inverse(std::uint64_t a) {
  std::uint64_t result = 1;
  for (std::uint64_t exponent = kPrime - 2; exponent != 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = Multiply(result, a);
    a = Multiply(a, a);
  }
  return result;
}

Row Dense(const SparseRow& sparse, std::size_t unknowns) {
  Row row(unknowns);
  for (const auto& [unknown, sign] : sparse) row[unknown] = sign > 0 ? 1 : kPrime - 1;
  return row;
}

std::optional<std::size_t> PivotOf(const Row& row) {
  const auto found = std::ranges::find_if(row, [](std::uint64_t value) { return value != 0; });
  if (found == row.end()) return std::nullopt;
  return static_cast<std::size_t>(found - row.begin());
}

void Scale(Row& row, std::uint64_t factor) {
  for (std::uint64_t& value : row) {
    if (value != 0) value = Multiply(value, factor);
  }
}

// row -= row[pivot] * by, where by[pivot] is 1.
void Eliminate(Row& row, const Row& by, std::size_t pivot) {
  const std::uint64_t factor = row[pivot];
  if (factor == 0) return;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (by[i] == 0) continue;
    const std::uint64_t taken = Multiply(factor, by[i]);
    row[i] = row[i] >= taken ? row[i] - taken : row[i] + kPrime - taken;
  }
}

}  // namespace

std::vector<std::size_t> DeterminedUnknowns(const std::vector<SparseRow>& rows,
                                            std::size_t unknowns) {
  std::vector<std::pair<std::size_t, Row>> reduced;  // pivot, and its row with 1 there
  for (const SparseRow& sparse : rows) {
    Row row = Dense(sparse, unknowns);
    for (const auto& [pivot, by] : reduced) Eliminate(row, by, pivot);
    const std::optional<std::size_t> pivot = PivotOf(row);
    if (!pivot) continue;
    Scale(row, Inverse(row[*pivot]));
    for (auto& [other, above] : reduced) Eliminate(above, row, *pivot);
    reduced.emplace_back(*pivot, std::move(row));
  }
  // In the reduced form an unknown is determined exactly when its row names no other.
  std::vector<std::size_t> determined;
  for (const auto& [pivot, row] : reduced) {
    const auto others =
        std::ranges::count_if(row, [](std::uint64_t value) { return value != 0; }) - 1;
    if (others == 0) determined.push_back(pivot);
  }
  std::ranges::sort(determined);
  return determined;
}

}  // namespace noren::statistics
