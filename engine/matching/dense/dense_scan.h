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
  static constexpr std::size_t kEvery = 8;
  const DenseOptions& options_;
  std::size_t asked_ = 0;
  bool requested_ = false;
};

class DenseScan {
 public:
  // Everything must outlive it.
  DenseScan(const DenseShape& shape, const DenseTable& table, const DenseKernels& kernels,
            const DenseOptions& options)
      : shape_(shape),
        table_(table),
        kernels_(kernels),
        options_(options),
        stop_(options),
        sample_(options.k, 1.0 / kSampleStride) {}

  DenseAnswer Search(const DenseQuery& query, const DenseProbe& probe, const RowTies& ties);

 private:
  // Rows of one page on their way from memory. The last group of a page is filled up with its
  // first row.
  struct Group {
    const DensePage* page;
    std::uint32_t first_slot;  // of the page
    std::uint32_t count;       // of kScanRows
    std::array<std::uint16_t, kScanRows> entries;
  };
  static constexpr std::size_t kGroups = 16;
  // A sample first, for a guess of the threshold: one block in kSampleStride, so that it does not
  // matter how rows are clustered.
  enum class Part : std::uint8_t { kSample, kAll };
  static constexpr std::size_t kSampleStride = 2 * kPageBlocks;

  void Pass(double threshold);
  double GuessFromSample();
  void Scan(Part part);
  void Prefetch(const DensePage& page, std::size_t number) const;
  void AddPage(const DensePage& page, std::size_t number, Part part);
  void Launch(const Group& group, Part part);
  void Land(const Group& group, const Group& ahead, Part part);
  static ScanRows RowsOf(const Group& group);
  void SetThreshold(double threshold);

  const DenseShape& shape_;
  const DenseTable& table_;
  const DenseKernels& kernels_;
  const DenseOptions& options_;
  DenseStop stop_;
  const DenseQuery* query_ = nullptr;
  const DenseProbe* probe_ = nullptr;
  double threshold_ = 0;  // survivors are left that may reach it
  DenseMargins margins_;  // of all pages seen
  ScanQuery scan_query_;
  std::size_t eligible_count_ = 0;
  std::size_t scanned_count_ = 0;
  std::array<Group, kGroups> flight_;
  std::size_t flight_begin_ = 0;  // both count on; places are modulo kGroups
  std::size_t flight_end_ = 0;
  std::vector<DenseSurvivor> survivors_;
  DenseSample sample_;
};

}  // namespace noren::matching
