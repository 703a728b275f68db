// One query over all blocks: upper nibbles of every row that the filter lets through, whole bytes
// of those the bound leaves, exact scores of what still remains.
// Source:   docs/design/0004-dense.md
// Threads:  one owner; the table may be written meanwhile
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/matching/dense/dense_index.h"
#include "engine/matching/dense/dense_probe.h"
#include "engine/matching/dense/dense_selection.h"
#include "engine/matching/dense/dense_table.h"

namespace noren::matching {

// Says when a search has to end; looks at the clock only now and then.
class DenseStop {
 public:
  explicit DenseStop(const DenseOptions& options) : options_(options) {}
  bool Requested();
  bool requested() const { return requested_; }  // by then

 private:
  static constexpr std::size_t kEvery = 128;
  const DenseOptions& options_;
  std::size_t asked_ = 0;
  bool requested_ = false;
};

// Blocks in an order in which each prefix is spread over the whole table: those whose number is
// residue modulo kStride, residue by residue.
inline constexpr std::size_t kDenseStride = 16;
class DenseOrder {
 public:
  // Residues [first, end) of the order.
  DenseOrder(std::size_t blocks_count, std::size_t first, std::size_t end)
      : blocks_count_(blocks_count), turn_(first), end_(end) {
    if (turn_ < end_) block_ = kResidues[turn_];
  }
  // nullopt at the end.
  std::optional<std::size_t> Next() {
    while (turn_ < end_ && block_ >= blocks_count_) {
      if (++turn_ < end_) block_ = kResidues[turn_];
    }
    if (turn_ >= end_) return std::nullopt;
    const std::size_t block = block_;
    block_ += kDenseStride;
    return block;
  }

 private:
  static constexpr std::array<std::size_t, kDenseStride> kResidues = {
      0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15};
  std::size_t blocks_count_;
  std::size_t turn_;
  std::size_t end_;
  std::size_t block_ = 0;
};

class DenseScan {
 public:
  // Everything must outlive it.
  DenseScan(const DenseShape& shape, const DenseTable& table, const DenseKernels& kernels,
            const DenseOptions& options)
      : shape_(shape), table_(table), kernels_(kernels), options_(options), stop_(options) {}

  DenseAnswer Search(const DenseQuery& query, const DenseProbe& probe, const RowTies& ties);

 private:
  // Rows that wait for their lines to arrive, in groups of kScanRows.
  struct Waiting {
    static constexpr std::size_t kSize = 512;
    alignas(64) std::array<const std::uint8_t*, kSize> rows;
    alignas(64) std::array<std::uint16_t, kSize> codes;
    std::array<const DenseBlock*, kSize> blocks;
    std::array<std::uint32_t, kSize> slots;
    std::size_t begin = 0;  // both count on; positions are modulo kSize
    std::size_t end = 0;
  };
  struct Coming {
    const DenseBlock* block = nullptr;
    std::uint64_t filter = 0;
    std::size_t number = 0;
  };

  enum class Guessing : std::uint8_t { kNo, kYes };
  void Pass(double threshold, Guessing guessing);
  void Leg(std::size_t first_residue, std::size_t end_residue);
  std::optional<Coming> NextBlock(DenseOrder& order) const;
  void Collect(const Coming& coming);
  void ScanGroup(std::size_t count);
  void RaiseThreshold(double fraction);
  void SetThreshold(double threshold);

  const DenseShape& shape_;
  const DenseTable& table_;
  const DenseKernels& kernels_;
  const DenseOptions& options_;
  DenseStop stop_;
  const DenseQuery* query_ = nullptr;
  const DenseProbe* probe_ = nullptr;
  double threshold_ = 0;  // survivors are left that may reach it
  float upper_norm_ = 0;   // of all rows seen
  ScanBound bound_;
  std::size_t eligible_count_ = 0;
  std::size_t scanned_count_ = 0;
  Waiting waiting_;
  std::vector<DenseSurvivor> survivors_;
  std::vector<float> values_;
};

}  // namespace noren::matching
