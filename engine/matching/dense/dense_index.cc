// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_index.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "crypto/base/check.h"
#include "engine/matching/dense/dense_batch.h"
#include "engine/matching/dense/dense_probe.h"
#include "engine/matching/dense/dense_scan.h"

namespace noren::matching {
namespace {

bool IsLive(const DensePage& page, std::uint32_t slot) {
  const std::size_t block = slot / kDenseLanes % kPageBlocks;
  return (page.live[block] >> slot % kDenseLanes & 1) != 0;
}

std::size_t CountOf(const DensePage& page) {
  std::size_t count = 0;
  for (const std::uint64_t live : page.live) count += static_cast<std::size_t>(std::popcount(live));
  return count;
}

}  // namespace

DenseIndex::DenseIndex(std::size_t dimension) : storage_(DenseShape(dimension)) {}

DenseIndex::~DenseIndex() {
  for (std::size_t p = 0; p < table_.pages_count(); ++p) {
    delete table_.At(p);  // its pieces go with the storage
  }
}

Status DenseIndex::Check(std::span<const float> vector) const {
  if (vector.size() != storage_.shape.dimension)
    return InvalidArgument("vector of another dimension");
  for (const float x : vector) {
    // Not a number fails the comparison too.
    if (!(std::fabs(x) <= kMaxDenseComponent)) return InvalidArgument("component out of range");
  }
  return OkStatus();
}

Status DenseIndex::CheckRows(std::span<const DenseRow> rows) const {
  for (const DenseRow& row : rows) {
    if (row.slot >= kMaxSlots) return InvalidArgument("slot out of range");
    NOREN_RETURN_IF_ERROR(Check(row.vector));
  }
  return OkStatus();
}

Status DenseIndex::Upsert(const DenseRow& row) { return UpsertMany({&row, 1}); }

Status DenseIndex::UpsertMany(std::span<const DenseRow> rows) {
  NOREN_RETURN_IF_ERROR(CheckRows(rows));
  for (std::size_t i = 0; i < rows.size();) {
    const std::size_t page = rows[i].slot / kPageRows;
    DenseDraft draft(storage_, table_.At(page));
    for (; i < rows.size() && rows[i].slot / kPageRows == page; ++i) {
      draft.Set(rows[i].slot % kPageRows, rows[i].row_id, rows[i].vector);
    }
    Publish(page, std::move(draft));
  }
  return OkStatus();
}

bool DenseIndex::Erase(std::uint32_t slot) {
  const std::size_t page = slot / kPageRows;
  const DensePage* before = table_.At(page);
  if (before == nullptr || !IsLive(*before, slot)) return false;
  DenseDraft draft(storage_, before);
  draft.Clear(slot % kPageRows);
  Publish(page, std::move(draft));
  return true;
}

void DenseIndex::Publish(std::size_t page, DenseDraft changed) {
  std::unique_ptr<const DensePage> published = changed.TakePage();
  const std::size_t now = CountOf(*published);
  std::unique_ptr<const DensePage> before = table_.Swap(page, std::move(published));
  rows_count_ += now - (before == nullptr ? 0 : CountOf(*before));
  if (before == nullptr) return;
  epochs_.Retire(changed.TakeReplaced());
  epochs_.Retire(std::move(before));
}

StatusOr<DenseAnswer> DenseIndex::Search(const DenseQuery& query, const DenseOptions& options,
                                         const RowTies& ties) const {
  NOREN_RETURN_IF_ERROR(Check(query.vector));
  const Epochs::Pin pin(epochs_);
  const DenseKernels& kernels = KernelsFor(options.instruction_set.value_or(BestInstructionSet()));
  return DenseScan(storage_.shape, table_, kernels, options)
      .Search(query, DenseProbe(query.vector), ties);
}

StatusOr<std::vector<DenseAnswer>> DenseIndex::SearchBatch(std::span<const DenseQuery> queries,
                                                           const DenseOptions& options,
                                                           const RowTies& ties) const {
  for (const DenseQuery& query : queries) NOREN_RETURN_IF_ERROR(Check(query.vector));
  const Epochs::Pin pin(epochs_);
  return DenseBatch(storage_.shape, table_, options).Search(queries, ties);
}

std::optional<double> DenseIndex::ScoreAt(std::uint32_t slot, std::span<const float> vector) const {
  NOREN_CHECK(vector.size() == storage_.shape.dimension, "vector of another dimension");
  const Epochs::Pin pin(epochs_);
  const DensePage* page = table_.At(slot / kPageRows);
  if (page == nullptr || !IsLive(*page, slot)) return std::nullopt;
  const float* row = page->blocks[slot / kDenseLanes % kPageBlocks].rows +
                     slot % kDenseLanes * storage_.shape.width;
  return InnerProduct({row, storage_.shape.dimension}, vector);
}

std::size_t DenseIndex::memory_bytes() const {
  return storage_.memory_bytes() + table_.pages_count() * sizeof(DensePage);
}

}  // namespace noren::matching
