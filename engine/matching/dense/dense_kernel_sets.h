// The sets of kernels, one source file each, for dense_kernels.cc to choose from.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/dense/dense_kernels.h"

namespace noren::matching {

const DenseKernels& ScalarDenseKernels();
const DenseKernels& Avx2DenseKernels();
const DenseKernels& Avx512DenseKernels();
const DenseKernels& AmxDenseKernels();
// Asks the system for the tiles, for the whole process; false when processor or system has none.
bool HasAmxInt8();

}  // namespace noren::matching
