// SPDX-License-Identifier: Apache-2.0
#include "bench/macro/truth.h"

#include <algorithm>
#include <bit>
#include <functional>
#include <set>

#include "bench/baseline/column_scan.h"
#include "bench/macro/measure.h"
#include "datasets/generate/w1/w1_rows.h"

namespace noren::bench {
namespace {

// Rounding of a sum of 128 products of single precision.
constexpr double kSinglePrecision = 2e-6;

bool Passes(const std::vector<std::uint64_t>& filter, std::size_t seeker) {
  return (filter[seeker / 64] >> (seeker % 64) & 1U) != 0;
}

double InnerProduct(const float* a, const float* b) {
  double sum = 0;
  for (std::size_t d = 0; d < w1::kDimensions; ++d) {
    sum += static_cast<double>(a[d]) * static_cast<double>(b[d]);
  }
  return sum;
}

std::set<std::uint64_t> IdsOf(const Answer& answer) {
  std::set<std::uint64_t> ids;
  for (const RankedSeeker& row : answer) ids.insert(row.id.value);
  return ids;
}

}  // namespace

Truth MakeTruth(const W1Data& data) {
  const ColumnScan scan(data.seekers);
  const std::size_t count = data.postings.size();
  Truth truth;
  for (PointsTruth* one : {&truth.w1a, &truth.w1b}) {
    one->answers.resize(count);
    one->eligible_counts.resize(count);
  }
  ForEachInParallel(count, [&](std::size_t i) {
    matching::SeekerRanking a = scan.W1a(data.postings[i]);
    truth.w1a.answers[i] = std::move(a.best);
    truth.w1a.eligible_counts[i] = a.eligible_count;
    matching::SeekerRanking b = scan.W1b(data.postings[i]);
    truth.w1b.answers[i] = std::move(b.best);
    truth.w1b.eligible_counts[i] = b.eligible_count;
  });
  return truth;
}

bool AgreesWithOracle(const W1Data& data, std::span<const matching::SeekerRow> rows,
                      const Truth& truth, std::size_t postings_count) {
  const w1::PlainTokens tokens;
  const w1::SmallerIdWins ties;
  for (std::size_t i = 0; i < std::min(postings_count, data.postings.size()); ++i) {
    const w1::Posting& posting = data.postings[i];
    const auto a = RankByPoints(w1::W1aQuery(posting, tokens), rows, kTopK, ties);
    const auto b = RankByPoints(w1::W1bQuery(posting, tokens), rows, kTopK, ties);
    if (a.best != truth.w1a.answers[i] || a.eligible_count != truth.w1a.eligible_counts[i] ||
        b.best != truth.w1b.answers[i] || b.eligible_count != truth.w1b.eligible_counts[i]) {
      return false;
    }
  }
  return true;
}

Checked CompareAnswers(const PointsTruth& truth, const std::vector<Answer>& answers) {
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::size_t i = 0; i < truth.answers.size() && i < answers.size(); ++i) {
    const std::set<std::uint64_t> ids = IdsOf(answers[i]);
    for (const RankedSeeker& row : truth.answers[i]) found += ids.contains(row.id.value) ? 1U : 0U;
    wanted += truth.answers[i].size();
  }
  Checked checked;
  checked.exact = !answers.empty() && answers.size() <= truth.answers.size() &&
                  std::ranges::equal(answers, std::span(truth.answers).first(answers.size()));
  checked.recall = wanted == 0 ? 1 : static_cast<double>(found) / static_cast<double>(wanted);
  checked.hash = HashOf(answers);
  return checked;
}

DenseTruth::DenseTruth(const W1Data& data, Passing passing, std::size_t postings_count)
    : data_(data),
      last_scores_(std::min(postings_count, data.postings.size())),
      counts_(last_scores_.size()),
      passing_(passing) {
  ForEachInParallel(last_scores_.size(), [&](std::size_t i) {
    std::vector<double> scores;
    for (std::size_t seeker = 0; seeker < data_.seekers.size(); ++seeker) {
      if (passing_ == Passing::kFiltered && !Passes(data_.FilterOf(i), seeker)) continue;
      scores.push_back(InnerProduct(data_.VectorOf(i).data(),
                                    data_.seeker_vectors.data() + seeker * w1::kDimensions));
    }
    counts_[i] = std::min(kTopK, scores.size());
    if (counts_[i] == 0) return;
    const auto last = scores.begin() + static_cast<std::ptrdiff_t>(counts_[i]) - 1;
    std::ranges::nth_element(scores, last, std::greater());
    last_scores_[i] = *last;
  });
}

Checked DenseTruth::Compare(const std::vector<DenseAnswer>& answers) const {
  Checked checked;
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    wanted += counts_[i];
    std::set<std::uint32_t> seen;
    for (const DenseHit& hit : answers[i]) {
      if (passing_ == Passing::kFiltered && !Passes(data_.FilterOf(i), hit.seeker)) continue;
      const double score =
          InnerProduct(data_.VectorOf(i).data(),
                       data_.seeker_vectors.data() + std::size_t{hit.seeker} * w1::kDimensions);
      if (score >= last_scores_[i] - kSinglePrecision && seen.insert(hit.seeker).second) ++found;
    }
  }
  // Engines sum in different orders, so that only the set is hashed.
  for (const DenseAnswer& answer : answers) {
    std::set<std::uint32_t> ids;
    for (const DenseHit& hit : answer) ids.insert(hit.seeker);
    for (const std::uint32_t id : ids) checked.hash = MixBits(checked.hash + id);
  }
  checked.recall = wanted == 0 ? 1 : static_cast<double>(found) / static_cast<double>(wanted);
  checked.exact = found == wanted;
  return checked;
}

}  // namespace noren::bench
