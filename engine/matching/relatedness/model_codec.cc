// The byte layout of a relatedness model: docs/formats/relatedness.md.
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <string_view>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/matching/relatedness/relatedness_model.h"

namespace noren::matching {
namespace {

constexpr std::string_view kMagic = "NRM1";

}  // namespace

Bytes RelatednessModel::Encode() const {
  RecordWriter writer;
  writer.Raw(AsBytes(kMagic)).U64(people_count_).U32(min_people_);
  writer.U16(static_cast<std::uint16_t>(dimension_));
  writer.U32(static_cast<std::uint32_t>(tokens_.size()));
  for (const Token token : tokens_) writer.U64(token.value);
  for (const float value : exact_) {
    const auto units = static_cast<std::int16_t>(value * kCoordinateUnits);
    writer.U16(static_cast<std::uint16_t>(units));
  }
  for (const std::uint16_t share : shares_) writer.U16(share);
  return writer.Take();
}

StatusOr<RelatednessModel> RelatednessModel::Decode(ByteSpan bytes) {
  const Status broken = DataLoss("relatedness model: malformed");
  RecordReader reader(bytes);
  if (AsText(reader.Raw(kMagic.size())) != kMagic) return broken;
  Parts parts;
  parts.people_count = reader.U64();
  parts.min_people = reader.U32();
  parts.dimension = reader.U16();
  const std::uint32_t count = reader.U32();
  if (!reader.ok() || count > kMaxRelatedTokens || parts.dimension > kMaxDimension) return broken;
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    parts.tokens.push_back(Token{reader.U64()});
  }
  const std::size_t coordinates_count = count * parts.dimension;
  for (std::size_t i = 0; i < coordinates_count && reader.ok(); ++i) {
    parts.coordinates.push_back(static_cast<std::int16_t>(reader.U16()));
  }
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) parts.shares.push_back(reader.U16());
  NOREN_RETURN_IF_ERROR(reader.Finish());
  if (parts.dimension == 0 && count == 0 && parts.people_count == 0 && parts.min_people == 0) {
    return RelatednessModel();
  }
  StatusOr<RelatednessModel> model = Make(std::move(parts));
  if (!model.ok()) return broken;
  return model;
}

}  // namespace noren::matching
