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
    Put(InstructionSet::kScalar, [](QueryKernels& kernels) {
      FillScalarKernels(kernels);
      return true;
    });
    for (const InstructionSet set :
         {InstructionSet::kPortable, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
      Put(set, [set](QueryKernels& kernels) { return FillHighwayKernels(set, kernels); });
    }
    if (there_[static_cast<std::size_t>(InstructionSet::kAvx512)])
      FillAvx512Kernels(kernels_[static_cast<std::size_t>(InstructionSet::kAvx512)]);
  }

  const QueryKernels* Of(InstructionSet set) const {
    auto index = static_cast<std::size_t>(set);
    if (set == InstructionSet::kBest) {
      index = kSets - 1;
      while (!there_[index]) --index;  // the scalar ones are always there
    }
    return there_[index] ? &kernels_[index] : nullptr;
  }

 private:
  template <typename Fill>
  void Put(InstructionSet set, Fill fill) {
    QueryKernels& kernels = kernels_[static_cast<std::size_t>(set)];
    there_[static_cast<std::size_t>(set)] = fill(kernels);
    kernels.set = set;
  }
  std::array<QueryKernels, kSets> kernels_;
  std::array<bool, kSets> there_{};
};

}  // namespace

std::string_view InstructionSetName(InstructionSet set) {
  switch (set) {
    case InstructionSet::kBest:
      return "best";
    case InstructionSet::kScalar:
      return "scalar";
    case InstructionSet::kPortable:
      return "portable";
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512:
      return "avx512";
  }
  return "";
}

const QueryKernels* KernelsFor(InstructionSet set) {
  static const AllKernels kernels;
  return kernels.Of(set);
}

}  // namespace noren::matching
