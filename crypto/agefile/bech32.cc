// SPDX-License-Identifier: Apache-2.0
#include "crypto/agefile/bech32.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "crypto/base/check.h"

namespace noren::agefile {
namespace {

constexpr std::string_view kDigits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t kChecksumSize = 6;

// BIP 173 "bech32_polymod", one step.
std::uint32_t Fold(std::uint32_t checksum, std::uint8_t value) {
  constexpr std::array<std::uint32_t, 5> kGenerator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa,
                                                       0x3d4233dd, 0x2a1462b3};
  const std::uint32_t top = checksum >> 25;
  checksum = ((checksum & 0x1ffffff) << 5) ^ value;
  for (std::size_t i = 0; i < kGenerator.size(); ++i) {
    if (((top >> i) & 1) != 0) checksum ^= kGenerator[i];
  }
  return checksum;
}

std::uint32_t FoldPrefix(std::string_view prefix) {
  std::uint32_t checksum = 1;
  for (const char c : prefix) checksum = Fold(checksum, static_cast<std::uint8_t>(c) >> 5);
  checksum = Fold(checksum, 0);
  for (const char c : prefix) checksum = Fold(checksum, static_cast<std::uint8_t>(c) & 31);
  return checksum;
}

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
char Lower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// The value of a digit of either case, or 255.
std::uint8_t DigitValue(char c) {
  const std::size_t value = kDigits.find(Lower(c));
  return value == std::string_view::npos ? std::uint8_t{255} : static_cast<std::uint8_t>(value);
}

bool MixesCase(std::string_view text) {
  return std::any_of(text.begin(), text.end(), IsUpper) &&
         std::any_of(text.begin(), text.end(), IsLower);
}

bool HasPrefix(std::string_view text, std::string_view prefix) {
  return text.size() > prefix.size() && text[prefix.size()] == '1' &&
         std::equal(prefix.begin(), prefix.end(), text.begin(),
                    [](char expected, char actual) { return expected == Lower(actual); });
}

bool ChecksumHolds(std::string_view prefix, std::string_view digits) {
  std::uint32_t checksum = FoldPrefix(prefix);
  for (const char c : digits) {
    const std::uint8_t value = DigitValue(c);
    if (value == 255) return false;
    checksum = Fold(checksum, value);
  }
  return checksum == 1;
}

// Regroups digits of 5 bits into bytes. False when bits that belong to no byte are set.
bool DigitsToBytes(std::string_view digits, MutableByteSpan out) {
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  std::size_t written = 0;
  for (const char c : digits) {
    pending = ((pending << 5) | DigitValue(c)) & 0xfff;
    pending_bits += 5;
    if (pending_bits < 8) continue;
    pending_bits -= 8;
    out[written++] = static_cast<std::uint8_t>(pending >> pending_bits);
  }
  return (pending & ((1u << pending_bits) - 1)) == 0;
}

}  // namespace

void EncodeBech32(std::string_view prefix, ByteSpan data, MutableByteSpan out) {
  NOREN_CHECK(out.size() == Bech32Size(prefix.size(), data.size()),
              "bech32: output of a wrong size");
  std::copy(prefix.begin(), prefix.end(), out.begin());
  std::size_t written = prefix.size();
  out[written++] = '1';
  std::uint32_t checksum = FoldPrefix(prefix);
  const auto emit = [&](std::uint32_t value) {
    checksum = Fold(checksum, static_cast<std::uint8_t>(value));
    out[written++] = static_cast<std::uint8_t>(kDigits[value]);
  };
  std::uint32_t pending = 0;
  unsigned pending_bits = 0;
  for (const std::uint8_t byte : data) {
    pending = ((pending << 8) | byte) & 0xfff;
    pending_bits += 8;
    while (pending_bits >= 5) {
      pending_bits -= 5;
      emit((pending >> pending_bits) & 31);
    }
  }
  if (pending_bits > 0) emit((pending << (5 - pending_bits)) & 31);
  for (std::size_t i = 0; i < kChecksumSize; ++i) checksum = Fold(checksum, 0);
  checksum ^= 1;
  for (std::size_t i = 0; i < kChecksumSize; ++i) {
    const std::size_t value = (checksum >> (5 * (kChecksumSize - 1 - i))) & 31;
    out[written++] = static_cast<std::uint8_t>(kDigits[value]);
  }
}

Status DecodeBech32(std::string_view text, std::string_view prefix, MutableByteSpan out) {
  const Status malformed = InvalidArgument("bech32: malformed text");
  if (text.size() != Bech32Size(prefix.size(), out.size())) return malformed;
  if (MixesCase(text) || !HasPrefix(text, prefix)) return malformed;
  std::string_view digits = text.substr(prefix.size() + 1);
  if (!ChecksumHolds(prefix, digits)) return malformed;
  digits.remove_suffix(kChecksumSize);
  if (DigitsToBytes(digits, out)) return OkStatus();
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  return malformed;
}

}  // namespace noren::agefile
