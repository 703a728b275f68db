// SPDX-License-Identifier: Apache-2.0
#include "server/services/page_cursor.h"

#include <algorithm>

#include "crypto/base/check.h"
#include "crypto/base/encoding.h"
#include "crypto/primitives/aead.h"
#include "engine/model/errors.h"

namespace noren::server {
namespace {

using model::ErrorCode;

constexpr std::string_view kCursorContext = "noren/cursor/1";

Bytes ContextOf(const Listing& listing) {
  RecordWriter writer;
  writer.Field(kCursorContext);
  writer.Field(model::RoleName(listing.caller.role)).Field(listing.caller.name);
  writer.Field(listing.method).Field(listing.argument);
  return writer.Take();
}

Status NotOurs() {
  return model::MakeFieldError(ErrorCode::kBadRequest, "page.cursor",
                               "not a cursor of this listing");
}

}  // namespace

std::string PageCursors::Seal(const Listing& listing, const PagePosition& position) const {
  NOREN_CHECK(position.mark.size() <= kMaxCursorMarkSizeBytes, "a cursor's mark is short");
  RecordWriter writer;
  writer.U64(position.offset).Field(position.mark);
  const Bytes context = ContextOf(listing);
  return Base64EncodeUnpadded(
      primitives::Seal(key_, primitives::AssociatedData{context}, writer.bytes(), random_));
}

StatusOr<PagePosition> PageCursors::Open(const Listing& listing, std::string_view cursor) const {
  if (cursor.empty()) return PagePosition{};
  if (cursor.size() > kMaxCursorSizeBytes) return NotOurs();
  const StatusOr<Bytes> sealed = Base64DecodeUnpadded(cursor);
  if (!sealed.ok()) return NotOurs();
  const Bytes context = ContextOf(listing);
  const StatusOr<Bytes> plain =
      primitives::Open(key_, primitives::AssociatedData{context}, *sealed);
  if (!plain.ok()) return NotOurs();
  RecordReader reader(*plain);
  PagePosition position;
  position.offset = reader.U64();
  position.mark = reader.Text(kMaxCursorMarkSizeBytes);
  if (!reader.Finish().ok()) return NotOurs();
  return position;
}

StatusOr<std::size_t> PageRows(std::int32_t limit) {
  if (limit < 0 || limit > kMaxPageRows) {
    return model::MakeFieldError(ErrorCode::kBadRequest, "page.limit", "0..200");
  }
  return static_cast<std::size_t>(limit == 0 ? kDefaultPageRows : limit);
}

PageRange RangeOf(std::uint64_t offset, std::size_t limit, std::size_t row_count) {
  PageRange range;
  range.begin = static_cast<std::size_t>(std::min<std::uint64_t>(offset, row_count));
  range.end = range.begin + std::min(limit, row_count - range.begin);
  range.has_more = range.end < row_count;
  return range;
}

}  // namespace noren::server
