// A row as bytes, whole: for the rows that no block holds.
// Source:   docs/formats/index_snapshot.md
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "crypto/base/bytes.h"
#include "engine/matching/rows.h"

namespace noren::matching {

Bytes EncodeRow(const SeekerRow& row);
// nullopt: not written by EncodeRow.
std::optional<SeekerRow> DecodeRow(ByteSpan bytes);

}  // namespace noren::matching
