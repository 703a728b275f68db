// Reading the members of a canonical JSON object that people and auditors sign or check: strict
// types, with the path of the member that is wrong. Threads:  externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/model/canonical_json.h"
#include "engine/model/errors.h"

namespace noren::personal_data {

// After the first failure every read gives an empty value; status() says which member it was.
class JsonFields {
 public:
  // `object` must outlive this; `path` is that of the object ("statement").
  JsonFields(const model::JsonValue& object, std::string path)
      : object_(object), path_(std::move(path)) {}

  bool Has(std::string_view name) const { return object_.Find(name) != nullptr; }
  std::string Text(std::string_view name, std::size_t max_size_bytes);
  std::string TextOrEmpty(std::string_view name, std::size_t max_size_bytes);  // yet a member
  // In [min, max].
  std::int64_t Integer(std::string_view name, std::int64_t min, std::int64_t max);
  Hash256 Hash(std::string_view name);  // 64 lower-case hex digits
  const model::JsonValue::Array* Array(std::string_view name, std::size_t max_items);
  template <typename Id>
  Id PrintedId(std::string_view name) {
    const StatusOr<Id> id = Id::Parse(Text(name, 64));
    if (id.ok()) return *id;
    Fail(name);
    return Id();
  }

  void Fail(std::string_view name);
  void Fail(Status status);
  const Status& status() const { return status_; }
  std::string PathOf(std::string_view name) const;

 private:
  const model::JsonValue& object_;
  std::string path_;
  Status status_;
};

}  // namespace noren::personal_data
