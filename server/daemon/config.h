// The daemon's configuration: one TOML file, then NOREN_<SECTION>_<KEY> in the environment. Unknown
// keys are errors.
// Source:   docs/formats/config.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/operations/lock_limits.h"
#include "server/telemetry/event_log.h"
#include "server/transport/server.h"

namespace noren::server {

struct Config {
  std::string operator_name = "example";  // log origin noren/<operator>
  std::string data_directory = "noren-data";
  std::string anchor_directory;  // empty: <data_directory>/anchor
  std::string outbox_directory;  // empty: <data_directory>/outbox
  std::string policy_path;
  std::string storage_country;  // ISO 3166-1 alpha-2; empty: the operator's own
  std::string root_key_path;
  std::string passphrase_path;  // empty: asked for on a terminal
  std::string custody_kind = "passphrase";
  std::string pkcs11_module_path, pkcs11_token;
  std::string pin_path;                 // empty: asked for on a terminal
  std::string anchor_mirror_directory;  // empty: no mirror
  std::string backup_directory;         // empty: no backups
  std::string datasets_directory;
  ServerOptions server;
  std::string http_address = "127.0.0.1";
  std::uint16_t http_port = 9464;
  LogOptions log;
  int snapshot_minutes = 15;  // 0: no snapshots, neither written nor read
  operations::LockLimits callers;
};

// One row of the table that is the configuration; docs/formats/config.md is checked against it.
struct ConfigKey {
  std::string section;
  std::string key;
  std::string default_text;
  std::string meaning;
};
std::vector<ConfigKey> ConfigKeys();

using Environment = std::map<std::string, std::string>;
Environment ProcessEnvironment();  // the NOREN_* variables of this process

//   errors  kInvalidArgument: "line 3, column 1: unknown key 'prot' in [listen]; the nearest is
//           'port'", a value of another type or out of its range, text that is not TOML
StatusOr<Config> ParseConfig(std::string_view toml_text, const Environment& environment);
// As ParseConfig; relative paths are taken from the file's folder.
//   errors  also kNotFound: no such file
StatusOr<Config> LoadConfig(const std::string& path, const Environment& environment);

}  // namespace noren::server
