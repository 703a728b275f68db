// SPDX-License-Identifier: Apache-2.0
#include "engine/statistics/suppression.h"

#include <algorithm>
#include <vector>

#include "engine/statistics/linear_audit.h"

namespace noren::statistics {
namespace {

// Figures by number, so that the sums are compared without looking places up.
struct Numbered {
  std::size_t total = 0;
  std::vector<std::size_t> parts;
};

class Suppression {
 public:
  Suppression(const Counts& counts, std::uint64_t least) : least_(least) {
    for (const Sum& sum : SumsOf(counts)) {
      Numbered& numbered = sums_.emplace_back();
      numbered.total = NumberOf(sum.total, counts);
      for (const Place& part : sum.parts) numbered.parts.push_back(NumberOf(part, counts));
    }
  }

  std::set<Place> Run() {
    while (HideComplements() || HideForAudit()) {
    }
    std::set<Place> places;
    for (const auto& [place, number] : numbers_) {
      if (is_hidden_[number]) places.insert(place);
    }
    return places;
  }

 private:
  std::size_t NumberOf(const Place& place, const Counts& counts) {
    const auto [found, is_new] = numbers_.try_emplace(place, people_.size());
    if (!is_new) return found->second;
    const auto count = counts.find(place);
    people_.push_back(count == counts.end() ? 0 : count->second.people);
    is_hidden_.push_back(people_.back() < least_);
    return found->second;
  }

  // The smallest of these that is still shown goes. False: none is.
  bool HideSmallest(const std::vector<std::size_t>& figures) {
    const std::size_t* smallest = nullptr;
    for (const std::size_t& one : figures) {
      if (is_hidden_[one]) continue;
      if (smallest == nullptr || people_[one] < people_[*smallest]) smallest = &one;
    }
    if (smallest == nullptr) return false;
    is_hidden_[*smallest] = true;
    return true;
  }

  // What is hidden under a shown total is known as one number: of k people, in two figures.
  bool IsOpen(const Numbered& sum) const {
    std::uint64_t people = 0;
    std::size_t figures = 0;
    for (const std::size_t part : sum.parts) {
      if (!is_hidden_[part]) continue;
      people += people_[part];
      ++figures;
    }
    if (is_hidden_[sum.total]) return figures == 0;
    return figures == 1 || (figures > 0 && people < least_);
  }

  bool HideComplements() {
    bool has_changed = false;
    for (const Numbered& sum : sums_) {
      while (IsOpen(sum)) {
        has_changed = true;
        if (!HideSmallest(sum.parts)) is_hidden_[sum.total] = true;
      }
    }
    return has_changed;
  }

  bool HideForAudit() {
    std::vector<SparseRow> rows;
    for (const Numbered& sum : sums_) {
      SparseRow row;
      if (is_hidden_[sum.total]) row.emplace_back(sum.total, -1);
      for (const std::size_t part : sum.parts) {
        if (is_hidden_[part]) row.emplace_back(part, 1);
      }
      if (!row.empty()) rows.push_back(std::move(row));
    }
    bool has_changed = false;
    for (const std::size_t known : DeterminedUnknowns(rows, people_.size())) {
      for (const Numbered& sum : sums_) {
        const bool is_in =
            sum.total == known || std::ranges::find(sum.parts, known) != sum.parts.end();
        if (is_in && (HideSmallest(sum.parts) || HideSmallest({sum.total}))) {
          has_changed = true;
          break;
        }
      }
    }
    return has_changed;
  }

  std::uint64_t least_;
  std::map<Place, std::size_t> numbers_;
  std::vector<std::uint64_t> people_;
  std::vector<bool> is_hidden_;
  std::vector<Numbered> sums_;
};

}  // namespace

std::set<Place> Suppressed(const Counts& counts, std::uint64_t least) {
  return Suppression(counts, least).Run();
}

std::uint64_t Rounded(const Count& count, std::uint64_t least) {
  const std::uint64_t over = count.people % kRoundTo;
  if (over == 0 && count.people >= least) return count.people;
  const std::uint64_t down = count.people - over;
  // One of the remainders of the key goes the longer way: the mean stays where it was.
  const bool goes_up = over == 2 ? count.key != 0 : count.key == 0;
  const std::uint64_t rounded = goes_up ? down + kRoundTo : down;
  const std::uint64_t lowest = (least + kRoundTo - 1) / kRoundTo * kRoundTo;
  return std::max(rounded, lowest);
}

Figures Publish(const Counts& counts, std::uint64_t least) {
  const std::set<Place> hidden = Suppressed(counts, least);
  Figures figures;
  for (const Place& place : hidden) figures.emplace(place, std::nullopt);
  for (const auto& [place, count] : counts) {
    if (!hidden.contains(place)) figures.emplace(place, Rounded(count, least));
  }
  return figures;
}

}  // namespace noren::statistics
