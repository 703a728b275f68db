// Cursors of listings: where the next page begins, sealed for one caller and one listing.
// Source:   docs/formats/page_cursor.md
// Threads:  free functions concurrently
// Secrets:  the cursor key, borrowed
// Why safe: XChaCha20-Poly1305 with caller and listing as associated data: a cursor that was
//           changed, made up, or given to
//           another caller or listing does not open, and nobody learns a position from it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "engine/model/principal.h"

namespace noren::server {

inline constexpr std::int32_t kMaxPageRows = 200;
inline constexpr std::int32_t kDefaultPageRows = 50;
inline constexpr std::size_t kMaxCursorSizeBytes = 256;
inline constexpr std::size_t kMaxCursorMarkSizeBytes = 64;

// Which listing of whom.
struct Listing {
  model::Principal caller;
  std::string_view method;    // "company.list_cards"
  std::string_view argument;  // what is listed, e.g. the posting's id; may be empty
};

struct PagePosition {
  std::uint64_t offset = 0;  // rows before, or a sequence number: as the listing counts
  std::string mark;  // what the position is valid for, e.g. the cards' epoch; at most 64 bytes
  bool operator==(const PagePosition&) const = default;
};

class PageCursors {
 public:
  // `key` (32 bytes) and `random` must outlive this.
  PageCursors(const SecretBytes& key, Random& random) : key_(key), random_(random) {}

  std::string Seal(const Listing& listing, const PagePosition& position) const;
  // "" is the first page.
  //   errors   kBadRequest, field page.cursor, with one detail whatever is wrong
  StatusOr<PagePosition> Open(const Listing& listing, std::string_view cursor) const;

 private:
  const SecretBytes& key_;
  Random& random_;
};

// 0 is the default.
//   errors   kBadRequest, field page.limit
StatusOr<std::size_t> PageRows(std::int32_t limit);

// The rows [offset, offset + limit) of all; `has_more` when rows follow them.
struct PageRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool has_more = false;
};
PageRange RangeOf(std::uint64_t offset, std::size_t limit, std::size_t row_count);

}  // namespace noren::server
