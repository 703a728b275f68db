// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/batch_search.h"

#include <algorithm>
#include <optional>

#include "engine/matching/query/block_search.h"
#include "engine/matching/query/verifier.h"

namespace noren::matching {
namespace {

using PointsBlockSearch = BlockSearch<PointsVerifier>;

constexpr std::size_t kFirstBlocks = 64;  // of a query's first round; each round doubles them
// Bounds of a group stay within this. Larger groups share more blocks, and are slower: what their
// queries need is then further away (measured from 16 to 256).
constexpr std::size_t kGroupBytes = std::size_t{32} << 20;
constexpr std::size_t kBoundsBytes = 2 * sizeof(std::uint16_t);  // of a block and query
constexpr std::size_t kMinGroup = 16, kMaxGroup = 48;

}  // namespace

struct BatchSearch::Common {
  const SeekerIndex::View& view;
  std::optional<model::Currency> currency;
  const QueryKernels& kernels;
  Limits& limits;
  std::size_t k;
  const TieRule& ties;
  const SearchOptions& options;
};

struct BatchSearch::Part {
  // `task.query` has been compiled for `common`.
  void Start(const BatchTask& of, const Common& common, SeekerRow& row) {
    task = of;
    stats = SearchStats();
    selection.Start(common.k, compiled.most, of.query->id, common.ties);
    verifier.emplace(*of.query, compiled, common.view.terms(), common.kernels, row);
    context.emplace(
        SearchContext{common.view, compiled, common.kernels, common.limits, selection, stats});
    search.emplace(*context, *verifier);
    bounds.Compute(common.view, compiled, common.kernels);
    step = PointsBlockSearch::StepOf(bounds);
    below = bounds.most() + 1;
    named = 0;
  }

  BatchTask task;
  CompiledQuery compiled;
  BlockBounds bounds;
  Selection selection;
  SearchStats stats;
  std::optional<PointsVerifier> verifier;
  std::optional<SearchContext> context;
  std::optional<PointsBlockSearch> search;
  std::uint32_t below = 0;  // blocks from this bound on have been named
  std::uint32_t step = 1;
  std::size_t named = 0;
};

BatchSearch::BatchSearch(const SeekerIndex& index) : index_(&index), alone_(index) {}
BatchSearch::~BatchSearch() = default;

std::size_t BatchSearch::GroupSize(std::size_t block_count) {
  return std::clamp(kGroupBytes / (kBoundsBytes * std::max<std::size_t>(block_count, 1)), kMinGroup,
                    kMaxGroup);
}

bool BatchSearch::Takes(const PointsQuery& query, const SearchOptions& options) {
  const bool may_have_lists = !query.occupations_any.empty() && !query.regions_any.empty();
  const bool by_bound = options.path == SearchPath::kBlocks ||
                        (options.path == SearchPath::kChoose && !may_have_lists);
  return by_bound && options.eligible == Eligible::kSeen;
}

Status BatchSearch::AskAlone(const BatchTask& task, const Common& common) {
  NOREN_ASSIGN_OR_RETURN(*task.answer,
                         alone_.RankByPoints(*task.query, common.k, common.ties, common.options));
  return OkStatus();
}

Status BatchSearch::Begin(const BatchTask& task, const Common& common) {
  if (parts_count_ == parts_.size()) parts_.push_back(std::make_unique<Part>());
  Part& part = *parts_[parts_count_];
  Compile(*task.query, common.view, common.currency, part.compiled);
  if (part.compiled.by_rows) return AskAlone(task, common);
  *task.answer = SeekerRanking();
  if (part.compiled.impossible) return OkStatus();
  part.Start(task, common, row_);
  ++parts_count_;
  return OkStatus();
}

// The next blocks of a query, in descending order of their bounds and as many as it has opened so
// far: so its threshold is near the last one when most of them are opened.
bool BatchSearch::NameBlocks(std::size_t at, const Common& common) {
  Part& part = *parts_[at];
  const std::span<const std::uint16_t> plus_one = part.bounds.plus_one();
  if (found_.size() < plus_one.size() + PointsBlockSearch::kRoom)
    found_.resize(plus_one.size() + PointsBlockSearch::kRoom);
  const std::size_t enough = std::max(kFirstBlocks, 2 * part.named);
  const std::size_t before = part.named;
  while (part.below > part.search->LowestBound() && part.named < enough) {
    const std::uint32_t least =
        std::max(part.search->LowestBound(), part.below > part.step ? part.below - part.step : 1U);
    const std::size_t count =
        common.kernels.collect(plus_one.data(), plus_one.size(), least, part.below, found_.data());
    for (const std::uint32_t b : std::span(found_).first(count)) {
      named_.push_back(
          {b, static_cast<std::uint16_t>(at), plus_one[b], part.bounds.skill_units(b)});
    }
    part.named += count;
    part.below = least;
  }
  return part.named != before;
}

void BatchSearch::SortByBlock(std::size_t block_count) {
  places_.assign(block_count + 1, 0);
  for (const Wanted& one : named_) ++places_[one.block + 1];
  groups_.clear();
  for (std::size_t b = 0; b < block_count; ++b) {
    if (places_[b + 1] != 0) groups_.push_back(places_[b]);
    places_[b + 1] += places_[b];
  }
  groups_.push_back(named_.size());
  wanted_.resize(named_.size());
  for (const Wanted& one : named_) wanted_[places_[one.block]++] = one;
}

Status BatchSearch::OpenWanted(const Common& common) {
  const auto block_of = [&](std::size_t g) -> const Block& {
    return common.view.block(wanted_[groups_[g]].block);
  };
  const std::size_t count = groups_.size() - 1;
  for (std::size_t g = 0; g < count; ++g) {
    if (common.limits.Reached()) return common.limits.Error();
    if (g + 2 < count) {
      __builtin_prefetch(&block_of(g + 2));
      block_of(g + 2).PrefetchColumns();
    }
    // Of one query alone, the columns often say enough.
    if (g + 1 < count && groups_[g + 2] - groups_[g + 1] > 1) block_of(g + 1).PrefetchSlots();
    for (std::size_t i = groups_[g]; i < groups_[g + 1]; ++i) {
      const Wanted& one = wanted_[i];
      parts_[one.part]->search->OpenOne(one.block, one.plus_one, one.skill_units);
    }
  }
  return OkStatus();
}

Status BatchSearch::OpenAll(const Common& common) {
  while (true) {
    named_.clear();
    for (std::size_t at = 0; at < parts_count_; ++at) NameBlocks(at, common);
    if (named_.empty()) return OkStatus();
    SortByBlock(common.view.block_count());
    NOREN_RETURN_IF_ERROR(OpenWanted(common));
    for (std::size_t at = 0; at < parts_count_; ++at)
      parts_[at]->verifier->Flush(parts_[at]->selection);
  }
}

// When somebody was paid in another currency meanwhile, everything is asked again.
Status BatchSearch::Finish(const Common& common) {
  const bool compiled_holds = common.view.only_currency() == common.currency;
  for (std::size_t at = 0; at < parts_count_; ++at) {
    Part& part = *parts_[at];
    SeekerRanking& answer = *part.task.answer;
    answer.eligible_count = part.verifier->eligible_count();
    part.selection.Take(answer.best);
    if (!compiled_holds) NOREN_RETURN_IF_ERROR(AskAlone(part.task, common));
  }
  return OkStatus();
}

Status BatchSearch::Run(std::span<const BatchTask> tasks, std::size_t k, const TieRule& ties,
                        const SearchOptions& options) {
  if (k > kMaxRanked) return InvalidArgument("search: k above 1000");
  const QueryKernels* kernels = KernelsFor(options.kernels);
  if (kernels == nullptr) return InvalidArgument("search: instruction set not available");
  Limits limits(options.deadline, options.stop);
  if (limits.IsReached()) return limits.Error();
  const SeekerIndex::View view = index_->Read();
  const Common common{view, view.only_currency(), *kernels, limits, k, ties, options};
  parts_count_ = 0;
  for (const BatchTask& task : tasks) NOREN_RETURN_IF_ERROR(Begin(task, common));
  NOREN_RETURN_IF_ERROR(OpenAll(common));
  return Finish(common);
}

}  // namespace noren::matching
