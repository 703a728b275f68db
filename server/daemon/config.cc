// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/daemon/plain_transport.h"

extern char** environ;  // POSIX

namespace noren::server {
namespace {

using Milliseconds = std::chrono::milliseconds;
constexpr std::int64_t kMegabyte = 1 << 20;

// Where a value goes. Numbers are bounded by `min` and `max` of the row.
using Target =
    std::variant<std::string*, std::uint16_t*, int*, std::size_t*, Milliseconds*, LogLevel*>;

enum class PathUse : std::uint8_t { kNoPath, kPath };

struct Row {
  std::string_view section;
  std::string_view key;
  Target target;
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view meaning;
  PathUse path = PathUse::kNoPath;
};

using Rows = std::vector<Row>;

void AddPlaces(Config& c, Rows& rows) {
  constexpr PathUse kPath = PathUse::kPath;
  rows.push_back({"service", "operator", &c.operator_name, 0, 0,
                  "the operator's short name; the audit log's origin is noren/<operator>"});
  rows.push_back({"service", "data_directory", &c.data_directory, 0, 0,
                  "database, documents and key tree", kPath});
  rows.push_back(
      {"service", "anchor_directory", &c.anchor_directory, 0, 0,
       "anchor and journal, better on a device of their own; empty: anchor in the data directory",
       kPath});
  rows.push_back({"service", "outbox_directory", &c.outbox_directory, 0, 0,
                  "messages to persons; empty: outbox in the data directory", kPath});
  rows.push_back(
      {"service", "policy_path", &c.policy_path, 0, 0, "the operator's policy file", kPath});
  rows.push_back({"service", "storage_country", &c.storage_country, 0, 0,
                  "where data and backups are kept, as KR or JP; empty: the operator's country"});
  rows.push_back({"service", "root_key_path", &c.root_key_path, 0, 0,
                  "the sealed root key; of shares: what is known of their set", kPath});
  rows.push_back({"service", "passphrase_path", &c.passphrase_path, 0, 0,
                  "file with the passphrase, mode 0600; empty: asked for on a terminal", kPath});
  rows.push_back({"service", "anchor_mirror_directory", &c.anchor_mirror_directory, 0, 0,
                  "a second place for anchor and journal; empty: none", kPath});
  rows.push_back({"service", "backup_directory", &c.backup_directory, 0, 0,
                  "where backups go; empty: backups are off", kPath});
  rows.push_back({"service", "datasets_directory", &c.datasets_directory, 0, 0,
                  "folder with taxonomies/", kPath});
  rows.push_back({"custody", "kind", &c.custody_kind, 0, 0,
                  "who holds the root key: passphrase, pkcs11 or shares"});
  rows.push_back({"custody", "pkcs11_module_path", &c.pkcs11_module_path, 0, 0,
                  "the security token's library", kPath});
  rows.push_back({"custody", "pkcs11_token", &c.pkcs11_token, 0, 0, "its label"});
  rows.push_back({"custody", "pin_path", &c.pin_path, 0, 0,
                  "file with its PIN, mode 0600; empty: asked for on a terminal", kPath});
  rows.push_back({"listen", "address", &c.server.address, 0, 0, "address of the Thrift service"});
  rows.push_back({"listen", "port", &c.server.port, 0, 65535, "its port; 0: any free one"});
  rows.push_back({"tls", "ca_path", &c.server.tls.ca_path, 0, 0,
                  "authority of the clients' certificates, PEM", kPath});
  rows.push_back({"tls", "certificate_path", &c.server.tls.certificate_path, 0, 0,
                  "the server's certificate, PEM", kPath});
  rows.push_back(
      {"tls", "key_path", &c.server.tls.key_path, 0, 0, "its private key, PEM, mode 0600", kPath});
  rows.push_back({"tls", "crl_path", &c.server.tls.crl_path, 0, 0,
                  "revocation list, PEM; empty: none", kPath});
  rows.push_back({"http", "address", &c.http_address, 0, 0,
                  "loopback address of /livez, /readyz and /metrics"});
  rows.push_back({"http", "port", &c.http_port, 0, 65535, "their port; 0: any free one"});
  rows.push_back({"log", "path", &c.log.path, 0, 0, "log file; empty: standard error", kPath});
  rows.push_back({"log", "level", &c.log.level, 0, 0, "debug, info, warning or error"});
  rows.push_back({"log", "lines_per_second", &c.log.lines_per_second_max, 1, 1000000,
                  "lines a second beyond which lines are only counted"});
}

void AddLimits(Config& c, Rows& rows) {
  MessageLimits& message = c.server.message;
  ServerLimits& limits = c.server.limits;
  ServerDeadlines& deadlines = c.server.deadlines;
  rows.push_back({"limits", "frame_bytes", &message.frame_size_bytes_max, 1024, 64 * kMegabyte,
                  "a request frame"});
  rows.push_back({"limits", "reply_bytes", &message.reply_size_bytes_max, 1024, 64 * kMegabyte,
                  "a reply frame"});
  rows.push_back({"limits", "string_bytes", &message.string_size_bytes_max, 1024, 64 * kMegabyte,
                  "one string of a request"});
  rows.push_back({"limits", "container_elements", &message.container_elements_max, 16, 10000000,
                  "elements of one list, set or map of a request"});
  rows.push_back({"limits", "message_elements", &message.message_elements_max, 16, 10000000,
                  "elements of all containers of a request"});
  rows.push_back(
      {"limits", "depth", &message.depth_max, 4, 64, "nested structs and containers of a request"});
  rows.push_back(
      {"limits", "connections", &limits.connections_max, 1, 100000, "authenticated connections"});
  rows.push_back({"limits", "handshakes", &limits.handshakes_max, 1, 100000,
                  "connections that are not authenticated yet"});
  rows.push_back({"limits", "requests_in_flight", &limits.requests_in_flight_max, 1, 100000,
                  "calls read and not yet answered"});
  rows.push_back({"limits", "bytes_in_flight", &limits.bytes_in_flight_max, kMegabyte,
                  65536 * kMegabyte, "bytes of frames and replies held at once"});
  rows.push_back({"deadlines", "handshake_ms", &deadlines.handshake, 10, 600000,
                  "from accept to a verified client"});
  rows.push_back({"deadlines", "request_ms", &deadlines.request, 10, 600000,
                  "from a frame's first byte to its answer"});
  rows.push_back(
      {"deadlines", "write_ms", &deadlines.write, 10, 600000, "for an answer to be taken"});
  rows.push_back({"deadlines", "idle_ms", &deadlines.idle, 10, 86400000, "between calls"});
  rows.push_back({"deadlines", "drain_ms", &deadlines.drain, 0, 600000,
                  "for calls in flight when the service stops"});
  rows.push_back({"deadlines", "retry_after_ms", &deadlines.retry_after, 0, 600000,
                  "told to callers that are refused for load"});
  rows.push_back({"market", "snapshot_minutes", &c.snapshot_minutes, 0, 10080,
                  "between snapshots of the ranking side, which make a start short; 0: none"});
  rows.push_back({"callers", "refusals", &c.callers.refusals, 3, 1000,
                  "refused calls of one caller within the window, after which it is locked"});
  rows.push_back({"callers", "window_minutes", &c.callers.window_minutes, 1, 1440, "the window"});
  rows.push_back({"callers", "lock_minutes", &c.callers.lock_minutes, 1, 10080,
                  "how long a locked caller stays so, unless an officer unlocks it"});
  rows.push_back({"threads", "network", &c.server.network_threads, 1, 64, "network threads"});
  rows.push_back({"threads", "workers", &c.server.worker_threads, 0, 1024,
                  "threads that run calls; 0: as many as cores"});
}

Rows RowsOf(Config& config) {
  Rows rows;
  AddPlaces(config, rows);
  AddLimits(config, rows);
  return rows;
}

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

// Keys of the operator's file may be shown back, but only what a key may consist of.
std::string Shown(std::string_view key) {
  std::string shown(key.substr(0, 64));
  for (char& c : shown) {
    if (!absl::ascii_isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-' && c != '.')
      c = '?';
  }
  return shown;
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

std::string_view Nearest(std::string_view name, const std::vector<std::string_view>& known) {
  return *std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
    return EditDistance(name, a) < EditDistance(name, b);
  });
}

std::vector<std::string_view> SectionNames(const Rows& rows) {
  std::vector<std::string_view> names;
  for (const Row& row : rows) {
    if (names.empty() || names.back() != row.section) names.push_back(row.section);
  }
  return names;
}

std::vector<std::string_view> KeyNames(const Rows& rows, std::string_view section) {
  std::vector<std::string_view> names;
  for (const Row& row : rows) {
    if (row.section == section) names.push_back(row.key);
  }
  return names;
}

const Row* FindRow(const Rows& rows, std::string_view section, std::string_view key) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.section == section && row.key == key;
  });
  return found == rows.end() ? nullptr : &*found;
}

Status Wrong(const std::string& where, const std::string& what) {
  return InvalidArgument(absl::StrCat("config: ", where, ": ", what));
}

std::string NameOf(const Row& row) { return absl::StrCat(View(row.section), ".", View(row.key)); }

Status Assign(const Row& row, std::int64_t value, const std::string& where) {
  if (value < row.min || value > row.max) {
    return Wrong(where, absl::StrCat(NameOf(row), " must be from ", row.min, " to ", row.max));
  }
  if (auto* const* port = std::get_if<std::uint16_t*>(&row.target))
    **port = static_cast<std::uint16_t>(value);
  if (auto* const* number = std::get_if<int*>(&row.target)) **number = static_cast<int>(value);
  if (auto* const* size = std::get_if<std::size_t*>(&row.target))
    **size = static_cast<std::size_t>(value);
  if (auto* const* duration = std::get_if<Milliseconds*>(&row.target))
    **duration = Milliseconds(value);
  return OkStatus();
}

Status Assign(const Row& row, const std::string& value, const std::string& where) {
  if (auto* const* text = std::get_if<std::string*>(&row.target)) {
    if (value.find('\0') != std::string::npos)
      return Wrong(where, NameOf(row) + " holds a zero byte");
    **text = value;
    return OkStatus();
  }
  constexpr std::pair<std::string_view, LogLevel> kLevels[] = {{"debug", LogLevel::kDebug},
                                                               {"info", LogLevel::kInfo},
                                                               {"warning", LogLevel::kWarning},
                                                               {"error", LogLevel::kError}};
  for (const auto& [name, level] : kLevels) {
    if (name != value) continue;
    *std::get<LogLevel*>(row.target) = level;
    return OkStatus();
  }
  return Wrong(where, NameOf(row) + " must be debug, info, warning or error");
}

bool IsText(const Row& row) {
  return std::holds_alternative<std::string*>(row.target) ||
         std::holds_alternative<LogLevel*>(row.target);
}

std::string Position(const toml::source_region& region) {
  return absl::StrCat("line ", region.begin.line, ", column ", region.begin.column);
}

Status AssignNode(const Row& row, const toml::node& node) {
  const std::string where = Position(node.source());
  if (IsText(row)) {
    const auto* text = node.as_string();
    return text != nullptr ? Assign(row, text->get(), where)
                           : Wrong(where, NameOf(row) + " must be a string");
  }
  const auto* number = node.as_integer();
  return number != nullptr ? Assign(row, number->get(), where)
                           : Wrong(where, NameOf(row) + " must be a whole number");
}

Status ReadSection(const Rows& rows, std::string_view section, const toml::table& table) {
  for (const auto& [key, node] : table) {
    const Row* row = FindRow(rows, section, key.str());
    if (row == nullptr) {
      return Wrong(Position(key.source()),
                   absl::StrCat("unknown key '", Shown(key.str()), "' in [", View(section),
                                "]; the nearest is '",
                                View(Nearest(key.str(), KeyNames(rows, section))), "'"));
    }
    NOREN_RETURN_IF_ERROR(AssignNode(*row, node));
  }
  return OkStatus();
}

Status ReadToml(const Rows& rows, std::string_view text) {
  toml::table root;
  try {
    root = toml::parse(text);
  } catch (const toml::parse_error& error) {
    return Wrong(Position(error.source()), "this is not TOML");
  }
  const std::vector<std::string_view> sections = SectionNames(rows);
  for (const auto& [key, node] : root) {
    const bool known = std::find(sections.begin(), sections.end(), key.str()) != sections.end();
    if (!known) {
      return Wrong(Position(key.source()),
                   absl::StrCat("unknown section '", Shown(key.str()), "'; the nearest is '",
                                View(Nearest(key.str(), sections)), "'"));
    }
    const toml::table* table = node.as_table();
    if (table == nullptr)
      return Wrong(Position(node.source()), absl::StrCat(Shown(key.str()), " must be a section"));
    NOREN_RETURN_IF_ERROR(ReadSection(rows, key.str(), *table));
  }
  return OkStatus();
}

std::string VariableName(std::string_view section, std::string_view key) {
  return absl::AsciiStrToUpper(absl::StrCat("NOREN_", View(section), "_", View(key)));
}

Status AssignVariable(const Row& row, const std::string& name, const std::string& value) {
  if (IsText(row)) return Assign(row, value, name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size()) {
    return Wrong(name, NameOf(row) + " must be a whole number");
  }
  return Assign(row, number, name);
}

// Variables that name one of our sections but no key of it are mistakes; others belong to someone
// else.
Status ReadEnvironment(const Rows& rows, const Environment& environment) {
  for (const auto& [name, value] : environment) {
    const Row* match = nullptr;
    std::vector<std::string_view> keys;
    for (const Row& row : rows) {
      if (VariableName(row.section, row.key) == name) match = &row;
      if (name.starts_with(VariableName(row.section, ""))) keys = KeyNames(rows, row.section);
    }
    if (match != nullptr) {
      NOREN_RETURN_IF_ERROR(AssignVariable(*match, name, value));
    } else if (!keys.empty()) {
      const std::string key =
          absl::AsciiStrToLower(name.substr(name.find('_', sizeof("NOREN_") - 1) + 1));
      return Wrong(Shown(name),
                   absl::StrCat("unknown key; the nearest is '", View(Nearest(key, keys)), "'"));
    }
  }
  return OkStatus();
}

std::string DefaultText(const Row& row) {
  if (auto* const* text = std::get_if<std::string*>(&row.target))
    return absl::StrCat("\"", **text, "\"");
  if (auto* const* port = std::get_if<std::uint16_t*>(&row.target)) return absl::StrCat(**port);
  if (auto* const* number = std::get_if<int*>(&row.target)) return absl::StrCat(**number);
  if (auto* const* size = std::get_if<std::size_t*>(&row.target)) return absl::StrCat(**size);
  if (auto* const* duration = std::get_if<Milliseconds*>(&row.target))
    return absl::StrCat((*duration)->count());
  return "\"info\"";
}

}  // namespace

std::vector<ConfigKey> ConfigKeys() {
  Config config;
  std::vector<ConfigKey> keys;
  for (const Row& row : RowsOf(config)) {
    keys.push_back({std::string(row.section), std::string(row.key), DefaultText(row),
                    std::string(row.meaning)});
  }
  return keys;
}

Environment ProcessEnvironment() {
  Environment environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (!text.starts_with("NOREN_") || equals == std::string_view::npos) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

StatusOr<Config> ParseConfig(std::string_view toml_text, const Environment& environment) {
  Config config;
  const Rows rows = RowsOf(config);
  NOREN_RETURN_IF_ERROR(ReadToml(rows, toml_text));
  NOREN_RETURN_IF_ERROR(ReadEnvironment(rows, environment));
  NOREN_RETURN_IF_ERROR(CheckTransport(config));
  if (config.anchor_directory.empty()) config.anchor_directory = config.data_directory + "/anchor";
  if (config.outbox_directory.empty()) config.outbox_directory = config.data_directory + "/outbox";
  return config;
}

StatusOr<Config> LoadConfig(const std::string& path, const Environment& environment) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return NotFound(absl::StrCat("config: ", path, " cannot be read"));
  std::ostringstream text;
  text << file.rdbuf();
  NOREN_ASSIGN_OR_RETURN(Config config, ParseConfig(text.str(), environment));
  const std::filesystem::path folder = std::filesystem::absolute(path).parent_path();
  for (const Row& row : RowsOf(config)) {
    if (row.path != PathUse::kPath) continue;
    std::string& value = *std::get<std::string*>(row.target);
    if (!value.empty()) value = (folder / value).lexically_normal().string();
  }
  return config;
}

}  // namespace noren::server
