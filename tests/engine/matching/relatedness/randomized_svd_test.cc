// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/randomized_svd.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/support/seeded_random.h"
#include "tests/support/status_matchers.h"

namespace noren::matching {
namespace {

using Dense = std::vector<std::vector<double>>;

SparseSymmetricMatrix Sparse(const Dense& dense) {
  SparseSymmetricMatrix sparse{static_cast<std::int32_t>(dense.size()), {0}, {}, {}};
  for (const std::vector<double>& row : dense) {
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (row[j] == 0) continue;
      sparse.columns.push_back(static_cast<std::int32_t>(j));
      sparse.values.push_back(row[j]);
    }
    sparse.row_begins.push_back(static_cast<std::int32_t>(sparse.values.size()));
  }
  return sparse;
}

// About a third of the places hold 1 to 9.
Dense RandomSymmetric(std::size_t size, std::uint64_t seed) {
  SeededRandom random(seed);
  Dense dense(size, std::vector<double>(size, 0.0));
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (random.Below(3) > 0) continue;
      dense[i][j] = dense[j][i] = static_cast<double>(1 + random.Below(9));
    }
  }
  return dense;
}

// All eigenvalues, descending, by Jacobi rotations: slow and plain.
std::vector<double> Eigenvalues(Dense a) {
  const std::size_t size = a.size();
  for (int sweep = 0; sweep < 100; ++sweep) {
    for (std::size_t p = 0; p < size; ++p) {
      for (std::size_t q = p + 1; q < size; ++q) {
        if (std::abs(a[p][q]) < 1e-15) continue;
        const double angle = 0.5 * std::atan2(2 * a[p][q], a[q][q] - a[p][p]);
        const double c = std::cos(angle);
        const double s = std::sin(angle);
        for (std::size_t k = 0; k < size; ++k) {
          const double x = a[k][p];
          const double y = a[k][q];
          a[k][p] = c * x - s * y;
          a[k][q] = s * x + c * y;
        }
        for (std::size_t k = 0; k < size; ++k) {
          const double x = a[p][k];
          const double y = a[q][k];
          a[p][k] = c * x - s * y;
          a[q][k] = s * x + c * y;
        }
      }
    }
  }
  std::vector<double> values;
  for (std::size_t i = 0; i < size; ++i) values.push_back(a[i][i]);
  std::ranges::sort(values, std::greater{});
  return values;
}

LeadingEigenpairs Decompose(const Dense& dense, const SvdOptions& options) {
  StatusOr<LeadingEigenpairs> pairs = DecomposeSymmetric(Sparse(dense), options, {});
  EXPECT_OK(pairs);
  return *std::move(pairs);
}

void ExpectEigenpairs(const Dense& dense, const LeadingEigenpairs& pairs, double tolerance) {
  for (std::size_t c = 0; c < pairs.count; ++c) {
    for (std::size_t i = 0; i < dense.size(); ++i) {
      double image = 0;
      for (std::size_t j = 0; j < dense.size(); ++j) {
        image += dense[i][j] * pairs.vectors[j * pairs.count + c];
      }
      EXPECT_NEAR(image, pairs.values[c] * pairs.vectors[i * pairs.count + c], tolerance);
    }
  }
}

TEST(RandomizedSvd, FindsTheWholeSpectrumOfASmallMatrix) {
  // Goal: with a test matrix as wide as the matrix nothing is random, so the result is that of
  // another algorithm. Method: Jacobi rotations.
  const Dense dense = RandomSymmetric(24, 5);
  const LeadingEigenpairs pairs = Decompose(dense, {.rank = 24, .oversampling = 16});
  std::vector<double> expected = Eigenvalues(dense);
  std::erase_if(expected, [](double value) { return value < 1e-6; });
  ASSERT_EQ(pairs.count, expected.size());
  for (std::size_t c = 0; c < pairs.count; ++c) EXPECT_NEAR(pairs.values[c], expected[c], 1e-9);
  ExpectEigenpairs(dense, pairs, 1e-9);
}

TEST(RandomizedSvd, FindsAMatrixOfLowRankExactly) {
  // Three blocks of ones: eigenvalues 40, 30 and 20, and nothing else.
  Dense dense(90, std::vector<double>(90, 0.0));
  const auto block_of = [](std::size_t i) { return i < 40 ? 0 : i < 70 ? 1 : 2; };
  for (std::size_t i = 0; i < 90; ++i) {
    for (std::size_t j = 0; j < 90; ++j) dense[i][j] = block_of(i) == block_of(j) ? 1 : 0;
  }
  const LeadingEigenpairs pairs = Decompose(dense, {.rank = 8, .oversampling = 4});
  ASSERT_EQ(pairs.count, 3u);
  EXPECT_NEAR(pairs.values[0], 40, 1e-9);
  EXPECT_NEAR(pairs.values[1], 30, 1e-9);
  EXPECT_NEAR(pairs.values[2], 20, 1e-9);
  ExpectEigenpairs(dense, pairs, 1e-9);
}

TEST(RandomizedSvd, ComesNearTheBestForALargeMatrix) {
  // Ten groups of fifteen, each a little weaker than the one before, in noise: the leading values
  // stand out, as they do where there are trades. No value is above the true one (Rayleigh, Ritz).
  Dense dense = RandomSymmetric(150, 9);
  for (std::size_t i = 0; i < 150; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (i / 15 == j / 15) dense[i][j] = dense[j][i] += 20.0 - static_cast<double>(i / 15);
    }
  }
  const std::vector<double> expected = Eigenvalues(dense);
  const LeadingEigenpairs pairs = Decompose(dense, {.rank = 10, .oversampling = 16});
  ASSERT_EQ(pairs.count, 10u);
  for (std::size_t c = 0; c < 10; ++c) {
    EXPECT_LE(pairs.values[c], expected[c] + 1e-9);
    EXPECT_GE(pairs.values[c], expected[c] * 0.999);
  }
}

TEST(RandomizedSvd, ComesNearerWithEachPowerIteration) {
  // Pure noise is the hardest case: no value stands out.
  const Dense dense = RandomSymmetric(150, 9);
  const std::vector<double> expected = Eigenvalues(dense);
  double last = 0;
  for (const std::size_t power_iterations : {0, 1, 2, 4, 16}) {
    const LeadingEigenpairs pairs =
        Decompose(dense, {.rank = 10, .power_iterations = power_iterations});
    ASSERT_EQ(pairs.count, 10u);
    EXPECT_GT(pairs.values[4], last);
    EXPECT_LE(pairs.values[4], expected[4] + 1e-9);
    last = pairs.values[4];
  }
  EXPECT_NEAR(last, expected[4], 0.01);
}

TEST(RandomizedSvd, GivesOrthonormalVectorsWithAFixedSign) {
  const LeadingEigenpairs pairs = Decompose(RandomSymmetric(80, 2), {.rank = 12});
  ASSERT_EQ(pairs.count, 12u);
  for (std::size_t a = 0; a < 12; ++a) {
    double largest = 0;
    for (std::size_t b = 0; b < 12; ++b) {
      double product = 0;
      for (std::size_t i = 0; i < 80; ++i) {
        product += pairs.vectors[i * 12 + a] * pairs.vectors[i * 12 + b];
      }
      EXPECT_NEAR(product, a == b ? 1 : 0, 1e-12);
    }
    for (std::size_t i = 0; i < 80; ++i) {
      const double entry = pairs.vectors[i * 12 + a];
      if (std::abs(entry) > std::abs(largest)) largest = entry;
    }
    EXPECT_GT(largest, 0);
  }
}

TEST(RandomizedSvd, GivesTheSameBitsAgain) {
  const Dense dense = RandomSymmetric(120, 4);
  const LeadingEigenpairs first = Decompose(dense, {.rank = 16, .seed = 3});
  const LeadingEigenpairs second = Decompose(dense, {.rank = 16, .seed = 3});
  EXPECT_EQ(first.values, second.values);
  EXPECT_EQ(first.vectors, second.vectors);
}

TEST(RandomizedSvd, KeepsNoDirectionOfAMatrixWithoutPositiveEigenvalues) {
  EXPECT_EQ(Decompose({{-2, 0}, {0, -1}}, {}).count, 0u);
  EXPECT_EQ(Decompose({{0, 0}, {0, 0}}, {}).count, 0u);
  EXPECT_EQ(Decompose({}, {}).count, 0u);
}

TEST(RandomizedSvd, ReportsProgressAndStops) {
  const SparseSymmetricMatrix matrix = Sparse(RandomSymmetric(40, 1));
  std::stop_source source;
  std::vector<std::int32_t> reported;
  const auto result =
      DecomposeSymmetric(matrix, {}, source.get_token(), [&](std::int32_t thousandths) {
        reported.push_back(thousandths);
        if (reported.size() == 2) source.request_stop();
      });
  EXPECT_THAT(result, StatusIs(StatusCode::kCancelled));
  EXPECT_THAT(reported, ::testing::ElementsAre(166, 333));
}

}  // namespace
}  // namespace noren::matching
