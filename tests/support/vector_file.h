// Reads test vectors: JSON files of tests/vectors or of the shared data.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/encoding.h"
#include "crypto/base/secret_bytes.h"
#include "tests/support/folders.h"

namespace noren {

// The bytes of a file; fails the test when it cannot be read.
inline Bytes ReadFileBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return ToBytes(std::string(std::istreambuf_iterator<char>(file), {}));
}

inline nlohmann::json ReadJsonFile(const std::string& path) {
  const Bytes bytes = ReadFileBytes(path);
  nlohmann::json json = nlohmann::json::parse(AsText(bytes), nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(json.is_discarded()) << path;
  return json;
}

// The vectors of a committed file; never an empty list without a failure.
inline nlohmann::json ReadOwnVectors(const std::string& name) {
  nlohmann::json vectors = ReadJsonFile(SourceFolder() + "/tests/vectors/" + name)["vectors"];
  EXPECT_FALSE(vectors.empty()) << name;
  return vectors;
}

inline Bytes FromHex(const std::string& text) {
  StatusOr<Bytes> bytes = HexDecode(text);
  EXPECT_TRUE(bytes.ok()) << text;
  return bytes.ok() ? *bytes : Bytes();
}
inline Bytes HexField(const nlohmann::json& object, const char* name) {
  return FromHex(object.at(name).get<std::string>());
}
inline SecretBytes SecretField(const nlohmann::json& object, const char* name) {
  return SecretBytes::CopyOf(HexField(object, name));
}

}  // namespace noren
