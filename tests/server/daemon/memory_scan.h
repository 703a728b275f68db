// Looks for 32-byte secrets in everything this process can read of itself.
// Threads:  externally synchronised; other threads may write meanwhile
// Why safe: the test keeps no secret it looks for: of each only the first bytes, to look quickly,
//           and a hash; and its own buffer is left out and wiped
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/secret_bytes.h"

namespace noren::server {

class MemoryScan {
 public:
  MemoryScan();
  ~MemoryScan();
  MemoryScan(const MemoryScan&) = delete;
  MemoryScan& operator=(const MemoryScan&) = delete;

  // `secret` has 32 bytes.
  void LookFor(const std::string& name, const SecretBytes& secret);
  struct Found {
    std::string name;
    int copies = 0;
    std::vector<std::string> places;  // of the first few: the mapping's name
  };
  // In the order of LookFor.
  std::vector<Found> Run();
  std::uint64_t scanned_bytes() const { return scanned_bytes_; }

 private:
  static constexpr std::size_t kSecretSizeBytes = 32;
  static constexpr std::size_t kBeginningSizeBytes = 4;
  struct Needle {
    std::array<std::uint8_t, kBeginningSizeBytes> beginning{};
    Hash256 digest{};
  };
  void ScanMapping(std::uintptr_t begin, std::uintptr_t end, const std::string& name);
  void ScanBuffer(std::size_t size_bytes, const std::string& name);

  std::vector<Needle> needles_;
  std::vector<Found> found_;
  std::uint8_t* buffer_ = nullptr;
  std::uint64_t scanned_bytes_ = 0;
  int memory_ = -1;
};

}  // namespace noren::server
