// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/json_fields.h"

#include <algorithm>

#include "crypto/base/encoding.h"

namespace noren::personal_data {

std::string JsonFields::PathOf(std::string_view name) const {
  return name.empty() ? path_ : path_ + "." + std::string(name);
}

void JsonFields::Fail(std::string_view name) {
  Fail(model::MakeFieldError(model::ErrorCode::kBadRequest, PathOf(name)));
}
void JsonFields::Fail(Status status) {
  if (status_.ok()) status_ = std::move(status);
}

std::string JsonFields::Text(std::string_view name, std::size_t max_size_bytes) {
  std::string text = TextOrEmpty(name, max_size_bytes);
  if (text.empty()) Fail(name);
  return text;
}

std::string JsonFields::TextOrEmpty(std::string_view name, std::size_t max_size_bytes) {
  const model::JsonValue* member = object_.Find(name);
  const std::string* text = member == nullptr ? nullptr : member->text();
  if (text != nullptr && text->size() <= max_size_bytes) return *text;
  Fail(name);
  return "";
}

std::int64_t JsonFields::Integer(std::string_view name, std::int64_t min, std::int64_t max) {
  const model::JsonValue* member = object_.Find(name);
  const std::optional<std::int64_t> value = member == nullptr ? std::nullopt : member->integer();
  if (value && *value >= min && *value <= max) return *value;
  Fail(name);
  return min;
}

Hash256 JsonFields::Hash(std::string_view name) {
  Hash256 hash{};
  const StatusOr<Bytes> bytes = HexDecode(Text(name, 2 * hash.size()));
  if (!bytes.ok() || bytes->size() != hash.size()) {
    Fail(name);
    return hash;
  }
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

const model::JsonValue::Array* JsonFields::Array(std::string_view name, std::size_t max_items) {
  const model::JsonValue* member = object_.Find(name);
  const model::JsonValue::Array* array = member == nullptr ? nullptr : member->array();
  if (array != nullptr && array->size() <= max_items) return array;
  Fail(name);
  return nullptr;
}

}  // namespace noren::personal_data
