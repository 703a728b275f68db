// SPDX-License-Identifier: Apache-2.0
#include "tests/security/canary_search.h"

#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/base/encoding.h"
#include "engine/model/utf8.h"

namespace noren::security {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBeginningBytes = 8;
constexpr std::size_t kFilterBits = std::size_t{1} << 24;
constexpr std::size_t kLogBlockBytes = 32768;
constexpr std::size_t kLogHeaderBytes = 7;
constexpr std::size_t kRecyclableHeaderBytes = 11;

std::uint64_t BeginningOf(const std::uint8_t* bytes) {
  std::uint64_t beginning = 0;
  std::memcpy(&beginning, bytes, kBeginningBytes);
  return beginning;
}

std::size_t FilterOf(const std::uint8_t* bytes) {
  return static_cast<std::size_t>(bytes[0]) | static_cast<std::size_t>(bytes[1]) << 8 |
         static_cast<std::size_t>(bytes[2]) << 16;
}

// Code points of well-formed UTF-8.
std::u32string CodePointsOf(std::string_view text) {
  std::u32string points;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    char32_t point = size == 1 ? lead : lead & (0x7fU >> size);
    for (std::size_t k = 1; k < size && i + k < text.size(); ++k)
      point = point << 6 | (static_cast<std::uint8_t>(text[i + k]) & 0x3fU);
    points.push_back(point);
    i += size;
  }
  return points;
}

std::vector<std::uint16_t> Utf16Of(std::string_view text) {
  std::vector<std::uint16_t> units;
  for (const char32_t point : CodePointsOf(text)) {
    if (point < 0x10000) {
      units.push_back(static_cast<std::uint16_t>(point));
      continue;
    }
    units.push_back(static_cast<std::uint16_t>(0xd800 + ((point - 0x10000) >> 10)));
    units.push_back(static_cast<std::uint16_t>(0xdc00 + ((point - 0x10000) & 0x3ff)));
  }
  return units;
}

Bytes LittleEndian(const std::vector<std::uint16_t>& units) {
  Bytes bytes;
  for (const std::uint16_t unit : units) {
    bytes.push_back(static_cast<std::uint8_t>(unit & 0xff));
    bytes.push_back(static_cast<std::uint8_t>(unit >> 8));
  }
  return bytes;
}

Bytes BigEndian(const std::vector<std::uint16_t>& units) {
  Bytes bytes = LittleEndian(units);
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) std::swap(bytes[i], bytes[i + 1]);
  return bytes;
}

enum class Escaped { kAll, kBeyondAscii };

std::string JsonEscapes(const std::vector<std::uint16_t>& units, Escaped which, bool upper) {
  std::string text;
  for (const std::uint16_t unit : units) {
    if (which == Escaped::kBeyondAscii && unit < 0x80) {
      text.push_back(static_cast<char>(unit));
      continue;
    }
    const Bytes bytes = {static_cast<std::uint8_t>(unit >> 8),
                         static_cast<std::uint8_t>(unit & 0xff)};
    std::string hex = HexEncode(bytes);
    if (upper)
      std::ranges::transform(
          hex, hex.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    text += "\\u" + hex;
  }
  return text;
}

// MessagePack's strings and binaries begin with their length.
Bytes MessagePack(std::string_view text, std::uint8_t marker8) {
  Bytes bytes;
  if (marker8 == 0) {
    bytes.push_back(static_cast<std::uint8_t>(0xa0 | std::min<std::size_t>(text.size(), 31)));
  } else {
    bytes.push_back(marker8);
    bytes.push_back(static_cast<std::uint8_t>(text.size()));
  }
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}

// What is the same of the base64 text however many bytes stand before and after: whole groups.
std::string Base64Core(std::string_view text, std::size_t skipped) {
  const std::string_view whole = text.substr(skipped, (text.size() - skipped) / 3 * 3);
  return Base64Encode(AsBytes(whole));
}

std::string UrlSafe(std::string text) {
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::string Upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

Bytes ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

}  // namespace

std::vector<CanarySearch::Form> CanarySearch::FormsOf(std::string_view canary) {
  const std::vector<std::uint16_t> units = Utf16Of(canary);
  std::vector<Form> forms;
  const auto add = [&forms](std::string_view encoding, Bytes bytes) {
    for (const Form& form : forms) {
      if (form.bytes == bytes) return;
    }
    forms.push_back({encoding, std::move(bytes)});
  };
  add("raw", ToBytes(canary));
  add("utf-16", LittleEndian(units));
  add("utf-16", BigEndian(units));
  for (std::size_t skipped = 0; skipped < 3; ++skipped) {
    add("base64", ToBytes(Base64Core(canary, skipped)));
    add("base64", ToBytes(UrlSafe(Base64Core(canary, skipped))));
  }
  add("hex", ToBytes(HexEncode(AsBytes(canary))));
  add("hex", ToBytes(Upper(HexEncode(AsBytes(canary)))));
  for (const bool upper : {false, true}) {
    add("json", ToBytes(JsonEscapes(units, Escaped::kAll, upper)));
    add("json", ToBytes(JsonEscapes(units, Escaped::kBeyondAscii, upper)));
  }
  add("messagepack", MessagePack(canary, 0));
  add("messagepack", MessagePack(canary, 0xd9));
  add("messagepack", MessagePack(canary, 0xc4));
  return forms;
}

CanarySearch::CanarySearch(const std::vector<std::string>& canaries) : begins_(kFilterBits) {
  for (std::size_t i = 0; i < canaries.size(); ++i) {
    for (Form& form : FormsOf(canaries[i])) {
      by_beginning_[BeginningOf(form.bytes.data())].push_back(patterns_.size());
      begins_[FilterOf(form.bytes.data())] = true;
      patterns_.push_back({i, form.encoding, std::move(form.bytes)});
    }
  }
}

void CanarySearch::SearchBytes(ByteSpan bytes, const std::string& place,
                               std::vector<CanaryHit>& hits) const {
  if (bytes.size() < kBeginningBytes) return;
  for (std::size_t i = 0; i + kBeginningBytes <= bytes.size(); ++i) {
    if (!begins_[FilterOf(bytes.data() + i)]) continue;
    const auto found = by_beginning_.find(BeginningOf(bytes.data() + i));
    if (found == by_beginning_.end()) continue;
    for (const std::size_t index : found->second) {
      const Pattern& pattern = patterns_[index];
      if (pattern.bytes.size() > bytes.size() - i) continue;
      if (std::memcmp(bytes.data() + i, pattern.bytes.data(), pattern.bytes.size()) == 0)
        hits.push_back({pattern.canary, pattern.encoding, place});
    }
  }
}

Bytes RecordsOfLog(ByteSpan file) {
  Bytes records;
  for (std::size_t block = 0; block < file.size(); block += kLogBlockBytes) {
    const std::size_t end = std::min(block + kLogBlockBytes, file.size());
    for (std::size_t at = block; at + kLogHeaderBytes <= end;) {
      const std::size_t size = file[at + 4] | static_cast<std::size_t>(file[at + 5]) << 8;
      const std::uint8_t type = file[at + 6];
      const std::size_t header = type >= 5 ? kRecyclableHeaderBytes : kLogHeaderBytes;
      if (type == 0 || type > 8 || at + header + size > end) break;
      const auto begin = file.begin() + static_cast<std::ptrdiff_t>(at + header);
      records.insert(records.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
      at += header + size;
    }
  }
  return records;
}

Status CanarySearch::SearchFile(const std::string& path, std::vector<CanaryHit>& hits) const {
  const Bytes content = ReadAll(path);
  SearchBytes(content, path, hits);
  const std::string name = fs::path(path).filename().string();
  if (name.ends_with(".log") || name.starts_with("MANIFEST-"))
    SearchBytes(RecordsOfLog(content), path + " (log records)", hits);
  if (!name.ends_with(".sst")) return OkStatus();
  rocksdb::SstFileReader reader{rocksdb::Options()};
  if (!reader.Open(path).ok()) return DataLoss("a table does not open");
  const std::unique_ptr<rocksdb::Iterator> it(reader.NewIterator(rocksdb::ReadOptions()));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    const std::string row = it->key().ToString() + it->value().ToString();
    SearchBytes(AsBytes(row), path + " (table row)", hits);
  }
  return it->status().ok() ? OkStatus() : DataLoss("a table does not read");
}

StatusOr<std::uint64_t> CanarySearch::SearchFolder(const std::string& folder,
                                                   std::vector<CanaryHit>& hits) const {
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string path = entry.path().string();
    SearchBytes(AsBytes(path), "a name", hits);
    if (!entry.is_regular_file()) continue;
    bytes += entry.file_size();
    NOREN_RETURN_IF_ERROR(SearchFile(path, hits));
  }
  return bytes;
}

}  // namespace noren::security
