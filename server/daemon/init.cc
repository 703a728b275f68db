// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "crypto/base/encoding.h"
#include "engine/audit/signing.h"
#include "engine/model/canonical_json.h"
#include "engine/personal_data/receipt.h"
#include "engine/storage/rocksdb_store.h"
#include "server/auth/certificate_authority.h"
#include "server/custody/key_file.h"
#include "server/custody/share_custody.h"
#include "server/custody/token_custody.h"
#include "server/daemon/commands.h"
#include "server/daemon/exit_codes.h"
#include "server/daemon/runtime.h"

namespace noren::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPassphraseBytes = 24;  // 192 bits when it is made here

struct Place {
  fs::path root;
  std::string At(const std::string& name) const { return (root / name).string(); }
};

Status WriteText(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file ? OkStatus() : Unavailable("init: cannot write " + path);
}

Status MakeFolders(const Place& place) {
  std::error_code error;
  if (fs::exists(place.root, error) && !fs::is_empty(place.root, error)) {
    return AlreadyExists("init: the folder is not empty: " + place.root.string());
  }
  for (const char* name : {"", "secret", "tls", "data", "data/anchor", "backups"}) {
    fs::create_directories(place.root / name, error);
    if (error) return Unavailable("init: cannot make the folder " + place.At(name));
  }
  return OkStatus();
}

// What the configuration says of the root key.
struct RootKeyPlan {
  std::string passphrase_path;  // empty: none
  unsigned shares_needed = 0;   // 0: sealed with a passphrase
  unsigned shares_count = 0;
};

// "3-of-5"
StatusOr<RootKeyPlan> ParseShares(const std::string& text) {
  RootKeyPlan plan;
  const char* const end = text.data() + text.size();
  const auto needed = std::from_chars(text.data(), end, plan.shares_needed);
  constexpr std::string_view kOf = "-of-";
  const std::string_view rest(needed.ptr, static_cast<std::size_t>(end - needed.ptr));
  if (needed.ec == std::errc() && rest.starts_with(kOf)) {
    const auto count = std::from_chars(needed.ptr + kOf.size(), end, plan.shares_count);
    if (count.ec == std::errc() && count.ptr == end) return plan;
  }
  return InvalidArgument("init: --shares is K-of-N, for instance 3-of-5");
}

StatusOr<RootKeyPlan> PlanRootKey(const Place& place, const InitOptions& options) {
  if (!options.shares.empty()) return ParseShares(options.shares);
  RootKeyPlan plan;
  if (!options.pkcs11_module.empty()) return plan;
  plan.passphrase_path =
      options.passphrase_file.empty() ? place.At("secret/passphrase") : options.passphrase_file;
  return plan;
}

StatusOr<SecretBytes> MakeRootKey(const Place& place, const InitOptions& options,
                                  const RootKeyPlan& plan, Random& random) {
  SecretBytes root_key = SecretBytes::Random(random, 32);
  if (plan.shares_needed > 0) {
    NOREN_ASSIGN_OR_RETURN(const keys::ShareSet set,
                           WriteShareFiles(place.At("secret/share-"), root_key, plan.shares_needed,
                                           plan.shares_count, random));
    NOREN_RETURN_IF_ERROR(WriteShareSet(place.At("secret/root.shares"), set));
    return root_key;
  }
  if (!options.pkcs11_module.empty()) {
    PassphraseSource pin_source;
    pin_source.file = options.pin_file;
    NOREN_ASSIGN_OR_RETURN(const SecretBytes pin, ReadPassphrase(pin_source));
    NOREN_RETURN_IF_ERROR(WriteTokenKeyFile(place.At("secret/root.key"), root_key,
                                            {options.pkcs11_module, options.pkcs11_token}, pin,
                                            random));
    return root_key;
  }
  if (options.passphrase_file.empty()) {
    Bytes bytes(kPassphraseBytes);
    random.Fill(bytes);
    NOREN_RETURN_IF_ERROR(WriteText(plan.passphrase_path, HexEncode(bytes) + "\n"));
  }
  PassphraseSource source;
  source.file = plan.passphrase_path;
  NOREN_ASSIGN_OR_RETURN(const SecretBytes passphrase, ReadPassphrase(source));
  NOREN_RETURN_IF_ERROR(
      WriteRootKeyFile(place.At("secret/root.key"), root_key, passphrase, random));
  return root_key;
}

std::string AbsolutePath(const std::string& path) {
  return fs::absolute(path).lexically_normal().string();
}

std::string RootKeyText(const InitOptions& options, const RootKeyPlan& plan) {
  if (!options.pkcs11_module.empty()) {
    return "root_key_path = \"secret/root.key\"\n\n[custody]\nkind = \"pkcs11\"\n"
           "pkcs11_module_path = \"" +
           AbsolutePath(options.pkcs11_module) + "\"\npkcs11_token = \"" + options.pkcs11_token +
           "\"\npin_path = \"" + AbsolutePath(options.pin_file) + "\"\n\n";
  }
  if (plan.shares_needed > 0) {
    return "root_key_path = \"secret/root.shares\"\n\n[custody]\nkind = \"shares\"\n\n";
  }
  return "root_key_path = \"secret/root.key\"\npassphrase_path = \"" +
         AbsolutePath(plan.passphrase_path) + "\"\n\n";
}

Status IssueClients(const CertificateAuthority& authority, const Place& place, model::Role role,
                    const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!model::IsPrincipalName(name)) {
      return InvalidArgument(
          "init: a name is [a-z0-9][a-z0-9-]{0,39}: one of --portal, --company, --officer, "
          "--handler or --analyst is not");
    }
    const std::string stem = place.At("tls/" + std::string(model::RoleName(role)) + "-" + name);
    NOREN_RETURN_IF_ERROR(authority.IssueClient({role, name}, {stem + ".crt", stem + ".key"}));
  }
  return OkStatus();
}

Status MakeCertificates(const Place& place, const InitOptions& options) {
  NOREN_ASSIGN_OR_RETURN(
      const auto authority,
      CertificateAuthority::Create("Noren " + options.operator_name,
                                   {place.At("tls/ca.crt"), place.At("secret/ca.key")}));
  NOREN_RETURN_IF_ERROR(
      authority->IssueServer({"localhost"}, {"127.0.0.1", "::1"},
                             {place.At("tls/server.crt"), place.At("tls/server.key")}));
  NOREN_RETURN_IF_ERROR(IssueClients(*authority, place, model::Role::kPortal, options.portals));
  NOREN_RETURN_IF_ERROR(IssueClients(*authority, place, model::Role::kCompany, options.companies));
  NOREN_RETURN_IF_ERROR(IssueClients(*authority, place, model::Role::kHandler, options.handlers));
  NOREN_RETURN_IF_ERROR(IssueClients(*authority, place, model::Role::kAnalyst, options.analysts));
  return IssueClients(*authority, place, model::Role::kOfficer, options.officers);
}

std::string ConfigText(const InitOptions& options, const RootKeyPlan& plan) {
  const std::string datasets = fs::absolute(options.datasets).lexically_normal().string();
  return "# Made by 'noren init'. Every key is in docs/formats/config.md.\n"
         "[service]\n"
         "operator = \"" +
         options.operator_name +
         "\"\n"
         "data_directory = \"data\"\n"
         "# Put the anchor on a device of its own that is not imaged or backed up with the data; "
         "until then\n"
         "# destruction reaches backups only (erasure: backups-only).\n"
         "anchor_directory = \"data/anchor\"\n"
         "outbox_directory = \"data/outbox\"\n"
         "backup_directory = \"backups\"\n"
         "datasets_directory = \"" +
         datasets +
         "\"\n"
         "policy_path = \"policy.toml\"\n" +
         RootKeyText(options, plan) +
         "[listen]\naddress = \"127.0.0.1\"\nport = 7443\n\n"
         "[tls]\nca_path = \"tls/ca.crt\"\ncertificate_path = \"tls/server.crt\"\nkey_path = "
         "\"tls/server.key\"\n\n"
         "[http]\nport = 9464\n\n"
         "[log]\npath = \"noren.log\"\n";
}

StatusOr<std::unique_ptr<storage::RocksDbStore>> MakeStore(const std::string& directory) {
  storage::RocksDbOptions options;
  options.directory = directory;
  return storage::RocksDbStore::Open(options);
}

// What verifiers are given: the log's verifier key and the receipt key.
Status WritePublicKeys(const Place& place, const InitOptions& options,
                       const personal_data::PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(
      const audit::LogSigner signer,
      audit::LogSigner::Create(options.operator_name,
                               keys.Of(personal_data::KeyPurpose::kAuditSign).Clone()));
  NOREN_ASSIGN_OR_RETURN(const std::string verifier_key,
                         signer.VerifierKey(operations::kEmbeddedPartition));
  NOREN_RETURN_IF_ERROR(WriteText(place.At("audit.pub"), verifier_key + "\n"));
  NOREN_ASSIGN_OR_RETURN(const Bytes receipt_key, personal_data::ReceiptVerifyingKey(keys));
  return WriteText(place.At("receipts.pub"), HexEncode(receipt_key) + "\n");
}

Status Init(const InitOptions& options) {
  if (!model::IsPrincipalName(options.operator_name)) {
    return InvalidArgument("init: --operator must be [a-z0-9][a-z0-9-]{0,39}");
  }
  const std::string policy_file = options.policy_file.empty()
                                      ? options.datasets + "/policies/example.toml"
                                      : options.policy_file;
  NOREN_RETURN_IF_ERROR(ReadPolicyFile(policy_file).status());
  NOREN_RETURN_IF_ERROR(ReadDictionary(options.datasets).status());
  const Place place{options.directory};
  NOREN_ASSIGN_OR_RETURN(const RootKeyPlan plan, PlanRootKey(place, options));
  NOREN_RETURN_IF_ERROR(MakeFolders(place));
  SystemRandom random;
  NOREN_ASSIGN_OR_RETURN(const SecretBytes root_key, MakeRootKey(place, options, plan, random));
  NOREN_ASSIGN_OR_RETURN(const auto keys, personal_data::PurposeKeys::Derive(root_key));
  NOREN_ASSIGN_OR_RETURN(const std::string policy_text, ReadWholeFile(policy_file));
  NOREN_RETURN_IF_ERROR(WriteText(place.At("policy.toml"), policy_text));
  NOREN_RETURN_IF_ERROR(WriteText(place.At("noren.toml"), ConfigText(options, plan)));
  NOREN_RETURN_IF_ERROR(MakeCertificates(place, options));
  NOREN_ASSIGN_OR_RETURN(const Config config, LoadConfig(place.At("noren.toml"), {}));
  NOREN_RETURN_IF_ERROR(MakeStores(config, keys, random));
  return WritePublicKeys(place, options, keys);
}

}  // namespace

Status MakeStores(const Config& config, const personal_data::PurposeKeys& keys, Random& random) {
  const DataPlaces places(config);
  NOREN_ASSIGN_OR_RETURN(const auto store, MakeStore(places.store));
  NOREN_ASSIGN_OR_RETURN(const auto key_tree, MakeStore(places.key_tree));
  NOREN_ASSIGN_OR_RETURN(auto created, personal_data::Keyring::Create(*key_tree, random));
  NOREN_ASSIGN_OR_RETURN(
      const auto anchor,
      AnchorFile::Open({places.anchors, config.data_directory},
                       keys.Of(personal_data::KeyPurpose::kAnchorSeal).Clone(), random));
  NOREN_ASSIGN_OR_RETURN(
      const auto journal,
      JournalFile::Open({places.anchors, std::nullopt},
                        keys.Of(personal_data::KeyPurpose::kJournalSeal).Clone(), random));
  if (anchor->Load().status().code() != StatusCode::kNotFound)
    return AlreadyExists("init: an anchor is there");
  storage::AnchorRecord record;
  record.epoch = 1;
  record.partitions.resize(store->partition_count());
  record.journal = journal->head();
  record.log.root = audit::RootOf(audit::LogState());
  record.key_tree_generation = created.root.generation;
  record.key_tree_root_key = std::move(created.root.key);
  return anchor->StoreAndOverwriteAll(record);
}

int RunInit(const InitOptions& options) {
  ::umask(077);
  const Status made = Init(options);
  if (!made.ok()) {
    const std::string message(MessageOf(made));
    std::fprintf(stderr, "noren: %s\n", message.c_str());
    const bool usage =
        made.code() == StatusCode::kInvalidArgument || made.code() == StatusCode::kAlreadyExists;
    return usage ? kExitUsage : kExitStorage;
  }
  if (options.json) {
    model::JsonValue value;
    value.Set("directory", options.directory).Set("config", options.directory + "/noren.toml");
    std::printf("%s\n", model::DumpCanonical(value).c_str());
  } else {
    std::printf("made %s\nnext: noren serve --config %s/noren.toml\n", options.directory.c_str(),
                options.directory.c_str());
  }
  return kExitOk;
}

}  // namespace noren::server
