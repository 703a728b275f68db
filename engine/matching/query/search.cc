// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/search.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "engine/matching/parallel.h"
#include "engine/matching/query/block_search.h"
#include "engine/matching/query/compile_posting.h"
#include "engine/matching/query/pair_search.h"

namespace noren::matching {
namespace {

// An entry of a list costs this much of a block in the block path, where about one block in so many
// is opened; from measurements of both paths.
constexpr std::size_t kEntriesPerBlock = 4;

PostingRowId IdOf(const PointsQuery& query) { return query.id; }
PostingRowId IdOf(const PostingRow& posting) { return posting.id; }

}  // namespace

struct SeekerSearch::Scratch {
  CompiledQuery compiled;
  BlockBounds bounds;
  std::vector<std::uint32_t> found;
  PairSearch pairs;
  Selection selection;
  SeekerRow row;
  SearchStats stats;

  // One attempt on one view.
  template <typename Query>
  Status Run(const Query& query, const SeekerIndex::View& view, const SearchOptions& options,
             const QueryKernels& kernels, SeekerRanking& ranking);
  template <typename Verifier>
  Status RunBlocks(const SearchContext& context, Verifier& verifier, const SearchOptions& options);
  bool ChoosePairs(const SeekerIndex::View& view, const SearchOptions& options);
};

// Only for queries by points; a two-sided score has no hard occupation.
bool SeekerSearch::Scratch::ChoosePairs(const SeekerIndex::View& view,
                                        const SearchOptions& options) {
  if (options.path == SearchPath::kBlocks || options.path == SearchPath::kEveryBlock) return false;
  const std::optional<std::size_t> entries = pairs.Prepare(view, compiled);
  if (!entries) return false;
  return options.path == SearchPath::kPairs || *entries <= kEntriesPerBlock * view.block_count();
}

template <typename Verifier>
Status SeekerSearch::Scratch::RunBlocks(const SearchContext& context, Verifier& verifier,
                                        const SearchOptions& options) {
  BlockSearch<Verifier> search(context, verifier);
  const bool count_all = options.eligible == Eligible::kAll;
  const bool every = count_all || options.path == SearchPath::kEveryBlock || compiled.by_rows;
  stats.path = every ? SearchPath::kEveryBlock : SearchPath::kBlocks;
  if (!every) return search.OpenByBound(bounds, found);
  std::size_t count = 0;
  NOREN_RETURN_IF_ERROR(search.OpenAll(count_all ? &count : nullptr));
  stats.eligible_is_all = count_all;
  stats.eligible_count = count;
  return OkStatus();
}

template <typename Query>
Status SeekerSearch::Scratch::Run(const Query& query, const SeekerIndex::View& view,
                                  const SearchOptions& options, const QueryKernels& kernels,
                                  SeekerRanking& ranking) {
  constexpr bool kByPoints = std::is_same_v<Query, PointsQuery>;
  using Verifier = std::conditional_t<kByPoints, PointsVerifier, PostingVerifier>;
  Limits limits(options.deadline, options.stop);
  const SearchContext context{view, compiled, kernels, limits, selection, stats};
  Verifier verifier(query, compiled, view.terms(), kernels, row);
  bool by_pairs = false;
  if constexpr (kByPoints) by_pairs = ChoosePairs(view, options);
  if (by_pairs) {
    if constexpr (kByPoints) NOREN_RETURN_IF_ERROR(pairs.Run(context, verifier));
    stats.path = SearchPath::kPairs;
    stats.eligible_is_all = true;
  } else {
    NOREN_RETURN_IF_ERROR(RunBlocks(context, verifier, options));
  }
  stats.lanes_verified = verifier.verified_count();
  const bool counted = stats.eligible_is_all && !by_pairs;
  ranking.eligible_count = counted ? stats.eligible_count : verifier.eligible_count();
  selection.Take(ranking.best);
  return OkStatus();
}

SeekerSearch::SeekerSearch(const SeekerIndex& index)
    : index_(&index), scratch_(std::make_unique<Scratch>()) {}
SeekerSearch::~SeekerSearch() = default;
SeekerSearch::SeekerSearch(SeekerSearch&&) noexcept = default;

const SearchStats& SeekerSearch::stats() const { return scratch_->stats; }

template <typename Query>
StatusOr<SeekerRanking> SeekerSearch::Rank(const Query& query, std::size_t k, const TieRule& ties,
                                           const SearchOptions& options) {
  if (k > kMaxRanked) return InvalidArgument("search: k above 1000");
  const QueryKernels* kernels = KernelsFor(options.kernels);
  if (kernels == nullptr) return InvalidArgument("search: instruction set not available");
  if (const Limits limits(options.deadline, options.stop); limits.IsReached())
    return limits.Error();
  Scratch& scratch = *scratch_;
  for (;;) {
    SeekerRanking ranking;
    scratch.stats = SearchStats();
    const SeekerIndex::View view = index_->Read();
    const std::optional<model::Currency> currency = view.only_currency();
    Compile(query, view, currency, scratch.compiled);
    if (scratch.compiled.impossible && !scratch.compiled.by_rows) return ranking;
    scratch.selection.Start(k, scratch.compiled.most, IdOf(query), ties);
    NOREN_RETURN_IF_ERROR(scratch.Run(query, view, options, *kernels, ranking));
    // The first wage in another currency: what was compiled does not hold any more.
    if (view.only_currency() == currency) return ranking;
  }
}

StatusOr<SeekerRanking> SeekerSearch::RankByPoints(const PointsQuery& query, std::size_t k,
                                                   const TieRule& ties,
                                                   const SearchOptions& options) {
  return Rank(query, k, ties, options);
}
StatusOr<SeekerRanking> SeekerSearch::RankSeekers(const PostingRow& posting, std::size_t k,
                                                  const TieRule& ties,
                                                  const SearchOptions& options) {
  return Rank(posting, k, ties, options);
}

StatusOr<SeekerRanking> RankByPoints(const SeekerIndex& index, const PointsQuery& query,
                                     std::size_t k, const TieRule& ties,
                                     const SearchOptions& options) {
  return SeekerSearch(index).RankByPoints(query, k, ties, options);
}
StatusOr<SeekerRanking> RankSeekers(const SeekerIndex& index, const PostingRow& posting,
                                    std::size_t k, const TieRule& ties,
                                    const SearchOptions& options) {
  return SeekerSearch(index).RankSeekers(posting, k, ties, options);
}

}  // namespace noren::matching
