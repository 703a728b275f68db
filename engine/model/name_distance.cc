// SPDX-License-Identifier: Apache-2.0
#include "engine/model/name_distance.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "engine/model/utf8.h"

namespace noren::model {
namespace {

constexpr std::size_t kMaxNameSize = 64;  // longer names get no suggestion

std::u32string ToCodePoints(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = Utf8SequenceSize(text, at);
    if (size == 0) break;
    const auto first = static_cast<std::uint8_t>(text[at]);
    std::uint32_t code_point = size == 1 ? first : first & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
      code_point = (code_point << 6) | (static_cast<std::uint8_t>(text[at + i]) & 0x3FU);
    }
    out.push_back(static_cast<char32_t>(code_point));
    at += size;
  }
  return out;
}

std::size_t EditDistance(const std::u32string& a, const std::u32string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

NameDistance::NameDistance(std::string_view folded_name) : name_(ToCodePoints(folded_name)) {}

std::optional<std::size_t> NameDistance::operator()(std::string_view other_folded_name) const {
  const std::u32string other = ToCodePoints(other_folded_name);
  if (name_.empty() || other.empty() || name_.size() > kMaxNameSize ||
      other.size() > kMaxNameSize) {
    return std::nullopt;
  }
  if (name_ == other) return 0;
  const bool is_part =
      other.find(name_) != std::u32string::npos || name_.find(other) != std::u32string::npos;
  if (is_part && std::min(name_.size(), other.size()) >= 2) return 1;
  const std::size_t distance = EditDistance(name_, other);
  if (distance * 2 > std::max(name_.size(), other.size())) return std::nullopt;
  return distance;
}

}  // namespace noren::model
