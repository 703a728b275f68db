// Reads the tab-separated files of datasets/taxonomies into rows.
// Source:   docs/formats/taxonomies.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/model/dictionary.h"

namespace noren::model {

struct TaxonomyRow {
  std::size_t line = 0;
  std::vector<std::string_view> cells;
};

// kDataCorrupt naming file and line.
Status TaxonomyError(const TaxonomyFile& file, std::size_t line, std::string_view what);
// The views borrow from `file`. Rows are checked for their number of cells, UTF-8 and order by
// first cell.
StatusOr<std::vector<TaxonomyRow>> ReadTaxonomyRows(const TaxonomyFile& file,
                                                    std::span<const std::string_view> columns);
// "a|b|c"; empty text gives none.
std::vector<std::string_view> SplitCell(std::string_view cell, char separator);

StatusOr<std::vector<DictionaryEntry>> ReadEntries(const TaxonomyFile& file, CodeKind kind);
StatusOr<std::vector<ForeignGroup>> ReadForeignGroups(const TaxonomyFile& file,
                                                      std::string_view scheme);

}  // namespace noren::model
