// Who fills which kernel table; for query_kernels.cc only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/matching/query/kernels/query_kernels.h"

namespace noren::matching {

void FillScalarKernels(QueryKernels& kernels);
void ScoreRecordsScalar(std::span<const SkillRecord* const> records, const RecordProgram& program,
                        std::int32_t* points);
// Everything Highway does well; false when this machine or build lacks the set.
bool FillHighwayKernels(KernelSet set, QueryKernels& kernels);
// Replaces what is faster with instructions that Highway does not offer.
void FillAvx512Kernels(QueryKernels& kernels);

}  // namespace noren::matching
