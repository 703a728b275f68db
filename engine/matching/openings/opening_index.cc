// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/openings/opening_index.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/matching/openings/opening_search.h"
#include "engine/matching/openings/opening_tree.h"

namespace noren::matching {

OpeningIndex::OpeningIndex(std::vector<PostingRow> rows)
    : tree_(std::make_unique<OpeningTree>(std::move(rows))) {}

OpeningIndex::~OpeningIndex() = default;

void OpeningIndex::Upsert(PostingRow row) { tree_->Upsert(std::move(row)); }

bool OpeningIndex::Erase(PostingRowId id) { return tree_->Erase(id); }

OpeningAnswer OpeningIndex::Rank(const SeekerRow& seeker, const OpeningQuery& query,
                                 const TieRule& ties) const {
  const OpeningTree::Reading reading = tree_->Read();
  return SearchOpenings(reading.version(), seeker, query, ties);
}

std::vector<OpeningAnswer> OpeningIndex::RankBatch(std::span<const SeekerRow> seekers,
                                                   const OpeningQuery& query,
                                                   const TieRule& ties) const {
  const auto order_of = [&seekers](std::size_t i) {
    const SeekerRow& seeker = seekers[i];
    return std::pair(seeker.regions.empty() ? RegionPath{} : seeker.regions.front(),
                     seeker.occupations.empty() ? OccupationPath{} : seeker.occupations.front());
  };
  std::vector<std::size_t> order(seekers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, order_of);
  std::vector<OpeningAnswer> answers(seekers.size());
  for (const std::size_t i : order) answers[i] = Rank(seekers[i], query, ties);
  return answers;
}

std::size_t OpeningIndex::size() const { return tree_->Read().version().openings_count; }

std::uint64_t OpeningIndex::version() const { return tree_->Read().version().number; }

std::size_t OpeningIndex::blocks_count() const { return tree_->Read().version().blocks_count; }

}  // namespace noren::matching
