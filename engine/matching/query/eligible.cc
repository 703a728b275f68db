// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/eligible.h"

#include <bit>

#include "engine/matching/conditions.h"
#include "engine/matching/index/lane_codec.h"
#include "engine/matching/query/compile_posting.h"
#include "engine/matching/query/kernels/query_kernels.h"

namespace noren::matching {
namespace {

void CollectFrom(const SeekerIndex::View& view, const PostingRow& posting,
                 const CompiledQuery& compiled, std::vector<SeekerRowId>& eligible) {
  const QueryKernels& kernels = *KernelsFor({});  // the best there are
  SeekerRow row;
  for (std::uint32_t b = 0; b < view.block_count(); ++b) {
    const Block& block = view.block(b);
    std::uint64_t lanes = compiled.by_rows
                              ? view.live(b)
                              : kernels.filter(block, compiled.lanes) & ~view.lanes_left_behind(b);
    for (; lanes != 0; lanes &= lanes - 1) {
      const auto lane = static_cast<std::size_t>(std::countr_zero(lanes));
      DecodeLane(block, lane, view.terms(), row);
      if (MeetsConditions(posting, row)) eligible.push_back(row.id);
    }
  }
}

}  // namespace

void CollectEligible(const SeekerIndex& index, const PostingRow& posting,
                     std::vector<SeekerRowId>& eligible) {
  const std::size_t before = eligible.size();
  CompiledQuery compiled;
  for (;;) {
    const SeekerIndex::View view = index.Read();
    const std::optional<model::Currency> currency = view.only_currency();
    Compile(posting, view, currency, compiled);
    eligible.resize(before);
    if (!compiled.impossible) CollectFrom(view, posting, compiled, eligible);
    // The first wage in another currency: what was compiled does not hold any more.
    if (view.only_currency() == currency) return;
  }
}

}  // namespace noren::matching
