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

DenseIndex::DenseIndex(std::size_t dimension)
    : shape_(dimension), arena_(shape_.size_bytes) {}

DenseIndex::~DenseIndex() {
  for (std::size_t b = 0; b < table_.blocks_count(); ++b) {
    const std::unique_ptr<const DenseBlock> block(table_.At(b));
  }
}

Status DenseIndex::Check(std::span<const float> vector) const {
  if (vector.size() != shape_.dimension) return InvalidArgument("vector of another dimension");
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
    const std::size_t number = rows[i].slot / kDenseLanes;
    const DenseBlock* before = table_.At(number);
    auto changed = before == nullptr ? DenseBlock::Make(shape_, arena_) : before->Copy();
    for (; i < rows.size() && rows[i].slot / kDenseLanes == number; ++i) {
      changed->Set(rows[i].slot % kDenseLanes, rows[i].row_id, rows[i].vector);
    }
    Publish(number, std::move(changed));
  }
  return OkStatus();
}

bool DenseIndex::Erase(std::uint32_t slot) {
  const DenseBlock* before = table_.At(slot / kDenseLanes);
  if (before == nullptr || (before->live() >> slot % kDenseLanes & 1) == 0) return false;
  auto changed = before->Copy();
  changed->Clear(slot % kDenseLanes);
  Publish(slot / kDenseLanes, std::move(changed));
  return true;
}

void DenseIndex::Publish(std::size_t number, std::unique_ptr<DenseBlock> changed) {
  const auto count = [](const DenseBlock* block) {
    return block == nullptr ? std::size_t{0} : static_cast<std::size_t>(std::popcount(block->live()));
  };
  const std::size_t now = count(changed.get());
  std::unique_ptr<const DenseBlock> before(table_.Swap(number, changed.release()));
  rows_count_.store(rows_count_.load() + now - count(before.get()));
  if (before != nullptr) epochs_.Retire(std::move(before));
}

StatusOr<DenseAnswer> DenseIndex::Search(const DenseQuery& query, const DenseOptions& options,
                                         const RowTies& ties) const {
  NOREN_RETURN_IF_ERROR(Check(query.vector));
  const Epochs::Pin pin(epochs_);
  const DenseKernels& kernels = KernelsFor(options.instruction_set.value_or(BestInstructionSet()));
  return DenseScan(shape_, table_, kernels, options).Search(query, DenseProbe(query.vector), ties);
}

StatusOr<std::vector<DenseAnswer>> DenseIndex::SearchBatch(std::span<const DenseQuery> queries,
                                                           const DenseOptions& options,
                                                           const RowTies& ties) const {
  for (const DenseQuery& query : queries) NOREN_RETURN_IF_ERROR(Check(query.vector));
  const Epochs::Pin pin(epochs_);
  return DenseBatch(shape_, table_, options).Search(queries, ties);
}

std::optional<double> DenseIndex::ScoreAt(std::uint32_t slot, std::span<const float> vector) const {
  NOREN_CHECK(vector.size() == shape_.dimension, "vector of another dimension");
  const Epochs::Pin pin(epochs_);
  const DenseBlock* block = table_.At(slot / kDenseLanes);
  const std::size_t lane = slot % kDenseLanes;
  if (block == nullptr || (block->live() >> lane & 1) == 0) return std::nullopt;
  return InnerProduct({block->row(shape_, lane), shape_.dimension}, vector);
}

std::size_t DenseIndex::memory_bytes() const { return arena_.memory_bytes(); }

}  // namespace noren::matching
