// The tests every Store implementation passes: G1 to G7 of store.h. For a new one, write a maker
// (store_conformance_fixture.h) and instantiate the three suites:
//   INSTANTIATE_TYPED_TEST_SUITE_P(Name, StoreBatchConformance, NameMaker);
//   INSTANTIATE_TYPED_TEST_SUITE_P(Name, StoreScanConformance, NameMaker);
//   INSTANTIATE_TYPED_TEST_SUITE_P(Name, StoreRaceConformance, NameMaker);
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/engine/storage/store_batch_conformance.h"
#include "tests/engine/storage/store_race_conformance.h"
#include "tests/engine/storage/store_scan_conformance.h"
