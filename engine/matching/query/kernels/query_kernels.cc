// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/query/kernels/query_kernels.h"

#include <array>

#include "engine/matching/query/kernels/kernel_tables.h"

namespace noren::matching {
namespace {

constexpr std::size_t kSets = 5;

class AllKernels {
 public:
  AllKernels() {
    Put(KernelSet::kScalar, [](QueryKernels& kernels) {
      FillScalarKernels(kernels);
      return true;
    });
    for (const KernelSet set : {KernelSet::kPortable, KernelSet::kAvx2, KernelSet::kAvx512}) {
      Put(set, [set](QueryKernels& kernels) { return FillHighwayKernels(set, kernels); });
    }
    if (there_[static_cast<std::size_t>(KernelSet::kAvx512)])
      FillAvx512Kernels(kernels_[static_cast<std::size_t>(KernelSet::kAvx512)]);
  }

  const QueryKernels* Of(KernelSet set) const {
    auto index = static_cast<std::size_t>(set);
    if (set == KernelSet::kBest) {
      index = kSets - 1;
      while (!there_[index]) --index;  // the scalar ones are always there
    }
    return there_[index] ? &kernels_[index] : nullptr;
  }

 private:
  template <typename Fill>
  void Put(KernelSet set, Fill fill) {
    QueryKernels& kernels = kernels_[static_cast<std::size_t>(set)];
    there_[static_cast<std::size_t>(set)] = fill(kernels);
    kernels.set = set;
  }
  std::array<QueryKernels, kSets> kernels_;
  std::array<bool, kSets> there_{};
};

}  // namespace

std::string_view KernelSetName(KernelSet set) {
  switch (set) {
    case KernelSet::kBest:
      return "best";
    case KernelSet::kScalar:
      return "scalar";
    case KernelSet::kPortable:
      return "portable";
    case KernelSet::kAvx2:
      return "avx2";
    case KernelSet::kAvx512:
      return "avx512";
  }
  return "";
}

const QueryKernels* KernelsFor(KernelSet set) {
  static const AllKernels kernels;
  return kernels.Of(set);
}

}  // namespace noren::matching
