// A directory of its own for one test, removed with it, and whole files read and written in one go.
// Threads:  one object is externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/base/bytes.h"

namespace noren {

class TemporaryDirectory {
 public:
  // In memory where the machine has such a place: for tests that sync a thousand times and are not
  // about the disk.
  enum class Place { kDisk, kMemory };

  explicit TemporaryDirectory(Place place = Place::kDisk) {
    std::string pattern = (ParentFor(place) / "noren-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data()) != nullptr ? pattern : "";
    EXPECT_FALSE(path_.empty()) << "mkdtemp failed";
  }
  ~TemporaryDirectory() {
    std::error_code ignored;  // a leftover in the temporary directory fails no test
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string Child(const std::string& name) const { return path_ + "/" + name; }

 private:
  static std::filesystem::path ParentFor(Place place) {
    const std::filesystem::path memory = "/dev/shm";
    if (place == Place::kMemory && ::access(memory.c_str(), W_OK) == 0) return memory;
    return std::filesystem::temp_directory_path();
  }

  std::string path_;
};

inline Bytes ReadWholeFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << path;
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

inline void WriteWholeFile(const std::string& path, ByteSpan content) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  const std::string_view text = AsText(content);
  out.write(text.data(), static_cast<std::streamsize>(text.size()));
  out.close();
  EXPECT_TRUE(out.good()) << path;
}

}  // namespace noren
