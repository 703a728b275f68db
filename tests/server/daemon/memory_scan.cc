// SPDX-License-Identifier: Apache-2.0
#include "tests/server/daemon/memory_scan.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "crypto/base/check.h"
#include "crypto/primitives/hash.h"

namespace noren::server {
namespace {

constexpr std::size_t kBufferSizeBytes = std::size_t{1} << 20;
// The address sanitizer's shadow: it holds no copy of anything, and terabytes of nothing.
constexpr std::uintptr_t kTooLargeBytes = std::uintptr_t{64} << 30;

}  // namespace

MemoryScan::MemoryScan() {
  void* const pages =
      ::mmap(nullptr, kBufferSizeBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  NOREN_CHECK(pages != MAP_FAILED, "no memory to scan with");
  buffer_ = static_cast<std::uint8_t*>(pages);
  memory_ = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  NOREN_CHECK(memory_ >= 0, "/proc/self/mem");
}

MemoryScan::~MemoryScan() {
  ::munmap(buffer_, kBufferSizeBytes);
  ::close(memory_);
}

void MemoryScan::LookFor(const std::string& name, const SecretBytes& secret) {
  NOREN_CHECK(secret.size() == kSecretSizeBytes, "secrets of 32 bytes are looked for");
  const ByteSpan bytes = secret.ExposeSecret();
  Needle needle;
  std::copy_n(bytes.begin(), kBeginningSizeBytes, needle.beginning.begin());
  needle.digest = primitives::Sha256(bytes);
  needles_.push_back(needle);
  found_.push_back({name, 0, {}});
}

std::vector<MemoryScan::Found> MemoryScan::Run() {
  scanned_bytes_ = 0;
  for (Found& found : found_) found = {found.name, 0, {}};
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    std::string range, permissions, offset, device, inode, name;
    fields >> range >> permissions >> offset >> device >> inode >> name;
    if (permissions.empty() || permissions[0] != 'r' || name == "[vvar]" || name == "[vsyscall]") {
      continue;
    }
    const std::size_t dash = range.find('-');
    const auto begin = static_cast<std::uintptr_t>(std::stoull(range.substr(0, dash), nullptr, 16));
    const auto end = static_cast<std::uintptr_t>(std::stoull(range.substr(dash + 1), nullptr, 16));
    if (end - begin > kTooLargeBytes || begin == reinterpret_cast<std::uintptr_t>(buffer_))
      continue;
    ScanMapping(begin, end, name.empty() ? "anonymous" : name);
  }
  return found_;
}

// Pieces overlap, so that no secret is cut in two.
void MemoryScan::ScanMapping(std::uintptr_t begin, std::uintptr_t end, const std::string& name) {
  for (std::uintptr_t at = begin; at < end;) {
    const std::size_t wanted = std::min<std::size_t>(kBufferSizeBytes, end - at);
    const ssize_t got = ::pread(memory_, buffer_, wanted, static_cast<off_t>(at));
    if (got <= 0) return;  // unmapped meanwhile, or not to be read
    const auto size_bytes = static_cast<std::size_t>(got);
    ScanBuffer(size_bytes, name);
    scanned_bytes_ += size_bytes;
    ::explicit_bzero(buffer_, size_bytes);
    if (size_bytes <= kSecretSizeBytes) return;
    const bool is_last = at + size_bytes >= end;
    at += is_last ? size_bytes : size_bytes - kSecretSizeBytes + 1;
  }
}

void MemoryScan::ScanBuffer(std::size_t size_bytes, const std::string& name) {
  for (std::size_t i = 0; i < needles_.size(); ++i) {
    const auto& beginning = needles_[i].beginning;
    const std::uint8_t* at = buffer_;
    std::size_t left = size_bytes;
    while (left >= kSecretSizeBytes) {
      const auto* const hit =
          static_cast<const std::uint8_t*>(::memmem(at, left, beginning.data(), beginning.size()));
      if (hit == nullptr) break;
      left -= static_cast<std::size_t>(hit - at);
      if (left < kSecretSizeBytes) break;
      if (primitives::Sha256({hit, kSecretSizeBytes}) == needles_[i].digest) {
        ++found_[i].copies;
        if (found_[i].places.size() < 4) found_[i].places.push_back(name);
      }
      at = hit + 1;
      --left;
    }
  }
}

}  // namespace noren::server
