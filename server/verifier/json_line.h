// Canonical JSON objects as the verifier reads them: a line is accepted only if it is byte for byte
// what the parsed value writes, so that no changed byte can hide in white space, order or escapes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"

namespace noren::verifier {

class JsonObject {
 public:
  // nullopt unless `text` is one canonical JSON object.
  static std::optional<JsonObject> Parse(std::string_view text);
  JsonObject(JsonObject&&) noexcept;
  JsonObject& operator=(JsonObject&&) noexcept;
  ~JsonObject();

  // True when the members are exactly these.
  bool HasExactly(const std::vector<std::string_view>& names) const;
  bool IsNull(const std::string& name) const;
  std::vector<std::string> Names() const;

  // nullopt when the member is absent or of another type.
  std::optional<std::string> Text(const std::string& name) const;
  std::optional<std::uint64_t> Unsigned(const std::string& name) const;
  std::optional<Bytes> Base64(const std::string& name) const;
  std::optional<Hash256> Hash(const std::string& name) const;
  std::optional<std::vector<Hash256>> Hashes(const std::string& name) const;
  std::optional<JsonObject> Object(const std::string& name) const;
  std::optional<std::vector<JsonObject>> Objects(const std::string& name) const;

 private:
  struct Impl;
  explicit JsonObject(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace noren::verifier
