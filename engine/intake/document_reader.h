// What the readers of outside documents share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/intake/row_notes.h"
#include "engine/model/canonical_json.h"
#include "engine/model/dictionary.h"

namespace noren::intake {

inline constexpr std::size_t kMaxDocumentSizeBytes = std::size_t{4} << 20;

// Reads a JSON document with fractions, with or without a byte order mark; notes what is wrong.
std::optional<model::JsonValue> ReadOutsideJson(std::string_view text, RowNotes* notes);
// 1 to 128 bytes without control characters.
void CheckReference(std::string_view reference, RowNotes* notes);

// A place as outside documents give it; each part may be null.
struct Place {
  const std::string* country = nullptr;
  const std::string* region = nullptr;
  const std::string* city = nullptr;
};
// The most exact region that has these names and lies in the country named; nullopt when there is
// none.
std::optional<model::RegionCode> FindPlace(const model::Dictionary& dictionary, const Place& place);

}  // namespace noren::intake
