// SPDX-License-Identifier: Apache-2.0
#include "server/verifier/json_line.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "crypto/base/encoding.h"

namespace noren::verifier {

using nlohmann::json;

struct JsonObject::Impl {
  json value;
};

namespace {

std::optional<Hash256> AsHash(const json& value) {
  if (!value.is_string()) return std::nullopt;
  const auto bytes = Base64Decode(value.get_ref<const std::string&>());
  Hash256 hash{};
  if (!bytes.ok() || bytes->size() != hash.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), hash.begin());
  return hash;
}

// The member, or null when there is none.
const json& Member(const json& object, const std::string& name) {
  static const json kNone;
  const auto found = object.find(name);
  return found == object.end() ? kNone : *found;
}

}  // namespace

JsonObject::JsonObject(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
JsonObject::JsonObject(JsonObject&&) noexcept = default;
JsonObject& JsonObject::operator=(JsonObject&&) noexcept = default;
JsonObject::~JsonObject() = default;

std::optional<JsonObject> JsonObject::Parse(std::string_view text) {
  json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded() || !value.is_object() || value.dump() != text) return std::nullopt;
  return JsonObject(std::make_unique<Impl>(Impl{std::move(value)}));
}

bool JsonObject::HasExactly(const std::vector<std::string_view>& names) const {
  return impl_->value.size() == names.size() &&
         std::all_of(names.begin(), names.end(), [&](std::string_view name) {
           return impl_->value.contains(std::string(name));
         });
}

bool JsonObject::IsNull(const std::string& name) const {
  return impl_->value.contains(name) && Member(impl_->value, name).is_null();
}

std::vector<std::string> JsonObject::Names() const {
  std::vector<std::string> names;
  for (const auto& item : impl_->value.items()) names.push_back(item.key());
  return names;
}

std::optional<std::string> JsonObject::Text(const std::string& name) const {
  const json& value = Member(impl_->value, name);
  if (!value.is_string()) return std::nullopt;
  return value.get<std::string>();
}

std::optional<std::uint64_t> JsonObject::Unsigned(const std::string& name) const {
  const json& value = Member(impl_->value, name);
  if (!value.is_number_unsigned()) return std::nullopt;
  return value.get<std::uint64_t>();
}

std::optional<Bytes> JsonObject::Base64(const std::string& name) const {
  const std::optional<std::string> text = Text(name);
  if (!text) return std::nullopt;
  auto bytes = Base64Decode(*text);
  if (!bytes.ok()) return std::nullopt;
  return *std::move(bytes);
}

std::optional<Hash256> JsonObject::Hash(const std::string& name) const {
  return AsHash(Member(impl_->value, name));
}

std::optional<std::vector<Hash256>> JsonObject::Hashes(const std::string& name) const {
  const json& list = Member(impl_->value, name);
  if (!list.is_array()) return std::nullopt;
  std::vector<Hash256> hashes;
  for (const json& item : list) {
    const std::optional<Hash256> hash = AsHash(item);
    if (!hash) return std::nullopt;
    hashes.push_back(*hash);
  }
  return hashes;
}

std::optional<JsonObject> JsonObject::Object(const std::string& name) const {
  const json& value = Member(impl_->value, name);
  if (!value.is_object()) return std::nullopt;
  return JsonObject(std::make_unique<Impl>(Impl{value}));
}

std::optional<std::vector<JsonObject>> JsonObject::Objects(const std::string& name) const {
  const json& list = Member(impl_->value, name);
  if (!list.is_array()) return std::nullopt;
  std::vector<JsonObject> objects;
  for (const json& item : list) {
    if (!item.is_object()) return std::nullopt;
    objects.push_back(JsonObject(std::make_unique<Impl>(Impl{item})));
  }
  return objects;
}

}  // namespace noren::verifier
