// Which instruction sets there are. Highway knows what the processor and the system allow, but not
// the tiles of AMX, which the system must be asked for.
// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/dense/dense_kernels.h"

#include <hwy/targets.h>

#include <array>

#include "crypto/base/check.h"
#include "engine/matching/dense/dense_kernel_sets.h"

namespace noren::matching {
namespace {

struct Available {
  std::array<InstructionSet, 4> sets{InstructionSet::kScalar};
  std::size_t count = 1;
};

Available Detect() {
  Available found;
#if defined(__x86_64__)
  const auto has = [](std::int64_t target) { return (hwy::SupportedTargets() & target) != 0; };
  if (has(HWY_AVX2)) found.sets[found.count++] = InstructionSet::kAvx2;
  if (has(HWY_AVX3_DL)) {
    found.sets[found.count++] = InstructionSet::kAvx512Vnni;
    if (HasAmxInt8()) found.sets[found.count++] = InstructionSet::kAmxInt8;
  }
#endif
  return found;
}

const Available& Known() {
  static const Available available = Detect();
  return available;
}

}  // namespace

InstructionSet BestInstructionSet() { return Known().sets[Known().count - 1]; }

std::span<const InstructionSet> AvailableInstructionSets() {
  return {Known().sets.data(), Known().count};
}

const DenseKernels& KernelsFor(InstructionSet set) {
  for (const InstructionSet known : AvailableInstructionSets()) {
    if (known != set) continue;
    switch (set) {
      case InstructionSet::kScalar:
        return ScalarDenseKernels();
#if defined(__x86_64__)
      case InstructionSet::kAvx2:
        return Avx2DenseKernels();
      case InstructionSet::kAvx512Vnni:
        return Avx512DenseKernels();
      case InstructionSet::kAmxInt8:
        return AmxDenseKernels();
#else
      default:
        break;
#endif
    }
  }
  NOREN_CHECK(false, "instruction set is not available");
  return ScalarDenseKernels();
}

const char* NameOf(InstructionSet set) {
  switch (set) {
    case InstructionSet::kScalar:
      return "scalar";
    case InstructionSet::kAvx2:
      return "avx2";
    case InstructionSet::kAvx512Vnni:
      return "avx512_vnni";
    case InstructionSet::kAmxInt8:
      return "amx_int8";
  }
  return "";
}

}  // namespace noren::matching
