// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/randomized_svd.h"

#include <Eigen/Dense>
#include <Eigen/SparseCore>
#include <algorithm>
#include <mutex>

#include "engine/matching/relatedness/mix.h"

namespace noren::matching {
namespace {

using Sparse = Eigen::SparseMatrix<double, Eigen::RowMajor, std::int32_t>;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Eigen::Index;
using Eigen::MatrixXd;

// Eigen cuts dense products into blocks that fit the caches it finds, and where it cuts decides in
// which order is added. Fixed sizes give the same bits on every processor.
void FixBlockSizes() {
  static std::once_flag once;
  std::call_once(once, [] { Eigen::setCpuCacheSizes(32 << 10, 512 << 10, 4 << 20); });
}

RowMajor SignMatrix(Index rows, Index columns, std::uint64_t seed) {
  RowMajor signs(rows, columns);
  for (Index r = 0; r < rows; ++r) {
    for (Index c = 0; c < columns; ++c) {
      const auto place = static_cast<std::uint64_t>(r * columns + c);
      signs(r, c) = (Mix(seed ^ Mix(place)) & 1) == 0 ? 1.0 : -1.0;
    }
  }
  return signs;
}

RowMajor Orthonormal(const RowMajor& columns) {
  const Eigen::HouseholderQR<MatrixXd> qr(columns);
  return qr.householderQ() * MatrixXd::Identity(columns.rows(), columns.cols());
}

// A direction's sign is arbitrary; make it a rule.
void FixSigns(MatrixXd& vectors) {
  for (Index c = 0; c < vectors.cols(); ++c) {
    Index largest = 0;
    for (Index r = 1; r < vectors.rows(); ++r) {
      if (std::abs(vectors(r, c)) > std::abs(vectors(largest, c))) largest = r;
    }
    if (vectors(largest, c) < 0) vectors.col(c) = -vectors.col(c);
  }
}

LeadingEigenpairs Pick(const RowMajor& range, const RowMajor& image, std::size_t rank) {
  const MatrixXd inner = range.transpose() * image;
  const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(0.5 * (inner + inner.transpose()));
  // Ascending in Eigen. What is zero up to rounding is no direction.
  const Eigen::VectorXd& ascending = solver.eigenvalues();
  const double largest = ascending(ascending.size() - 1);
  const double smallest_kept = std::max(largest, 0.0) * 1e-9;
  Index count = 0;
  while (count < ascending.size() && count < static_cast<Index>(rank) &&
         ascending(ascending.size() - 1 - count) > smallest_kept) {
    ++count;
  }
  MatrixXd vectors = range * solver.eigenvectors().rightCols(count).rowwise().reverse();
  FixSigns(vectors);
  LeadingEigenpairs pairs;
  pairs.count = static_cast<std::size_t>(count);
  for (Index i = 0; i < count; ++i) pairs.values.push_back(ascending(ascending.size() - 1 - i));
  pairs.vectors.resize(static_cast<std::size_t>(vectors.size()));
  Eigen::Map<RowMajor>(pairs.vectors.data(), vectors.rows(), vectors.cols()) = vectors;
  return pairs;
}

}  // namespace

StatusOr<LeadingEigenpairs> DecomposeSymmetric(
    const SparseSymmetricMatrix& matrix, const SvdOptions& options, const std::stop_token& stop,
    const std::function<void(std::int32_t thousandths)>& progress) {
  if (matrix.size == 0 || options.rank == 0) return LeadingEigenpairs{};
  FixBlockSizes();
  const Eigen::Map<const Sparse> a(
      matrix.size, matrix.size, static_cast<Index>(matrix.values.size()), matrix.row_begins.data(),
      matrix.columns.data(), matrix.values.data());
  const Index width =
      std::min<Index>(matrix.size, static_cast<Index>(options.rank + options.oversampling));
  // A power iteration is A A^T, and A is its own transpose.
  const std::size_t rounds = 1 + 2 * options.power_iterations;
  RowMajor range = SignMatrix(matrix.size, width, options.seed);
  RowMajor image;
  for (std::size_t round = 0; round < rounds; ++round) {
    if (stop.stop_requested()) return MakeStatus(StatusCode::kCancelled, "relatedness: stopped");
    image.noalias() = a * range;
    range = Orthonormal(image);
    if (progress) progress(static_cast<std::int32_t>((round + 1) * 1000 / (rounds + 1)));
  }
  if (stop.stop_requested()) return MakeStatus(StatusCode::kCancelled, "relatedness: stopped");
  image.noalias() = a * range;
  return Pick(range, image, options.rank);
}

}  // namespace noren::matching
