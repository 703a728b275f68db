// The commands that run without a server: serve, init and restore. Each returns the process's exit
// code.
// Threads:  called once, from main
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace noren::server {

struct ServeOptions {
  std::string config_path;
};
int RunServe(const ServeOptions& options);

// Makes a service from nothing: root key, certificates, configuration, empty store and anchor.
struct InitOptions {
  std::string directory;        // must not exist or be empty
  std::string operator_name;    // principal name, e.g. "example"
  std::string passphrase_file;  // empty: one is made in <directory>/secret/passphrase
  std::string shares;           // "3-of-5": the root key is split among officers, no file has it
  // Or sealed by a PKCS#11 token: its library, its label, and a file with its PIN.
  std::string pkcs11_module, pkcs11_token, pin_file;
  std::string policy_file;  // empty: the example policy
  std::string datasets;     // folder with taxonomies and policies
  std::vector<std::string> portals, companies, officers, handlers,
      analysts;  // client certificates to make
  bool json = false;
};
int RunInit(const InitOptions& options);

struct RestoreOptions {
  std::string config_path;
  std::string backup;                    // one folder that `noren backup create` made
  std::vector<std::string> share_files;  // with the custody of shares: enough of them
  bool json = false;
};
int RunRestore(const RestoreOptions& options);

}  // namespace noren::server
