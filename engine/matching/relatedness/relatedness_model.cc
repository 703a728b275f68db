// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/relatedness/relatedness_model.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

#include "engine/matching/relatedness/int8_scan.h"

namespace noren::matching {
namespace {

constexpr float kCoordinateStep = 1.0f / kCoordinateUnits;
constexpr int kMaxCoarse = 127;

bool IsUnit(std::span<const std::int16_t> row) {
  std::int64_t squares = 0;
  for (const std::int16_t value : row) squares += std::int64_t{value} * value;
  constexpr double kUnit = static_cast<double>(kCoordinateUnits) * kCoordinateUnits;
  const double length = std::sqrt(static_cast<double>(squares) / kUnit);
  return length > 0.99 && length < 1.01;
}

std::int32_t ClosenessOf(double product) {
  const auto thousandths = static_cast<std::int32_t>(std::floor(product * kFullCloseness + 0.5));
  return std::clamp<std::int32_t>(thousandths, 0, kFullCloseness);
}

}  // namespace

StatusOr<RelatednessModel> RelatednessModel::Make(Parts parts) {
  const bool sound =
      parts.dimension >= 1 && parts.dimension <= kMaxDimension &&
      parts.tokens.size() <= kMaxRelatedTokens &&
      parts.coordinates.size() == parts.tokens.size() * parts.dimension &&
      parts.shares.size() == parts.tokens.size() &&
      std::ranges::all_of(parts.shares, [](auto share) { return share <= kFullCloseness; }) &&
      std::ranges::adjacent_find(parts.tokens, std::greater_equal{}) == parts.tokens.end() &&
      (parts.tokens.empty() || !parts.tokens.front().is_none());
  if (!sound) return InvalidArgument("relatedness: parts do not fit");
  RelatednessModel model;
  model.people_count_ = parts.people_count;
  model.min_people_ = parts.min_people;
  model.dimension_ = parts.dimension;
  model.tokens_ = std::move(parts.tokens);
  model.shares_ = std::move(parts.shares);
  model.exact_.reserve(parts.coordinates.size());
  model.coarse_.reserve(parts.coordinates.size());
  for (std::size_t i = 0; i < model.tokens_.size(); ++i) {
    const std::span row = std::span<const std::int16_t>(parts.coordinates)
                              .subspan(i * parts.dimension, parts.dimension);
    if (!IsUnit(row)) return InvalidArgument("relatedness: a vector is not of unit length");
    for (const std::int16_t value : row) model.exact_.push_back(value * kCoordinateStep);
    model.AddCoarseRow(model.ExactRow(i));
  }
  return model;
}

void RelatednessModel::AddCoarseRow(std::span<const float> exact) {
  float largest = 0;
  for (const float value : exact) largest = std::max(largest, std::abs(value));
  const float scale = largest / kMaxCoarse;
  double squares = 0;
  for (const float value : exact) {
    const auto coarse = static_cast<int>(std::floor(double{value} / scale + 0.5));
    coarse_.push_back(static_cast<std::int8_t>(std::clamp(coarse, -kMaxCoarse, kMaxCoarse)));
    const double rest = value - double{scale} * coarse_.back();
    squares += rest * rest;
  }
  scales_.push_back(scale);
  // Up, so that the bound also holds after the rounding of the length itself.
  residuals_.push_back(std::nextafter(static_cast<float>(std::sqrt(squares)),
                                      std::numeric_limits<float>::infinity()));
}

std::optional<std::size_t> RelatednessModel::IndexOf(Token token) const {
  const auto found = std::ranges::lower_bound(tokens_, token);
  if (found == tokens_.end() || *found != token) return std::nullopt;
  return static_cast<std::size_t>(found - tokens_.begin());
}

std::span<const float> RelatednessModel::ExactRow(std::size_t index) const {
  return std::span(exact_).subspan(index * dimension_, dimension_);
}

std::span<const std::int8_t> RelatednessModel::CoarseRow(std::size_t index) const {
  return std::span(coarse_).subspan(index * dimension_, dimension_);
}

// Every product is a whole multiple of 2^-30 and every partial sum below 2^23 of them: exact.
double RelatednessModel::ExactProduct(std::size_t a, std::size_t b) const {
  const std::span<const float> x = ExactRow(a);
  const std::span<const float> y = ExactRow(b);
  double sum = 0;
  for (std::size_t i = 0; i < dimension_; ++i) sum += double{x[i]} * y[i];
  return sum;
}

// <x,y> differs from the product of the coarse vectors by at most
// |x - x'| |y| + |x'| |y - y'|, with |x'| <= |x| + |x - x'|.
std::vector<RelatedToken> RelatednessModel::Related(Token token, std::size_t n) const {
  const std::optional<std::size_t> self = IndexOf(token);
  if (!self || n == 0) return {};
  const std::vector<std::int32_t> products = Int8Products(coarse_, CoarseRow(*self));
  constexpr double kLongest = 1.01;  // of any vector, as Make checks
  const double own_residual = residuals_[*self];
  const auto error_of = [&](std::size_t i) {
    return own_residual * kLongest + (kLongest + own_residual) * residuals_[i] + 1e-9;
  };
  const auto coarse_of = [&](std::size_t i) {
    return double{scales_[*self]} * scales_[i] * products[i];
  };
  // At least n tokens reach the n-th largest lower bound; what cannot reach it is left out. So is a
  // product below zero, whose closeness is none.
  std::priority_queue<double, std::vector<double>, std::greater<>> largest_lower;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const double lower = coarse_of(i) - error_of(i);
    if (i == *self || (largest_lower.size() == n && lower <= largest_lower.top())) continue;
    largest_lower.push(lower);
    if (largest_lower.size() > n) largest_lower.pop();
  }
  const double threshold = largest_lower.size() == n ? std::max(0.0, largest_lower.top()) : 0.0;
  std::vector<std::pair<double, std::size_t>> found;  // negated product, index
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (i == *self || coarse_of(i) + error_of(i) < threshold) continue;
    found.emplace_back(-ExactProduct(*self, i), i);
  }
  std::ranges::sort(found);
  std::vector<RelatedToken> related;
  for (const auto& [negated, i] : found) {
    const std::int32_t closeness = ClosenessOf(-negated);
    if (related.size() == n || closeness == 0) break;
    related.push_back({tokens_[i], closeness});
  }
  return related;
}

std::int32_t RelatednessModel::Closeness(Token a, Token b) const {
  const std::optional<std::size_t> first = IndexOf(a);
  const std::optional<std::size_t> second = IndexOf(b);
  return first && second ? ClosenessOf(ExactProduct(*first, *second)) : 0;
}

std::int32_t RelatednessModel::ShareAmongNear(Token token) const {
  const std::optional<std::size_t> index = IndexOf(token);
  return index ? shares_[*index] : 0;
}

std::span<const std::int8_t> RelatednessModel::VectorOf(Token token) const {
  const std::optional<std::size_t> index = IndexOf(token);
  return index ? CoarseRow(*index) : std::span<const std::int8_t>{};
}

float RelatednessModel::CoarseScaleOf(Token token) const {
  const std::optional<std::size_t> index = IndexOf(token);
  return index ? scales_[*index] : 0;
}

std::span<const float> RelatednessModel::ExactVectorOf(Token token) const {
  const std::optional<std::size_t> index = IndexOf(token);
  return index ? ExactRow(*index) : std::span<const float>{};
}

}  // namespace noren::matching
