// SPDX-License-Identifier: Apache-2.0
#include "server/daemon/runtime.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "engine/audit/log_reader.h"
#include "engine/operations/caller_locks.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/kept_until.h"
#include "engine/operations/key_versions.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/maintenance.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/start_checks.h"
#include "engine/operations/token_keys.h"
#include "engine/operations/uploads.h"
#include "engine/policy/loader.h"
#include "engine/storage/file_blob_store.h"
#include "engine/storage/rocksdb_store.h"
#include "server/custody/process_lock.h"
#include "server/daemon/boot_clock.h"
#include "server/daemon/clock_sync.h"
#include "server/daemon/file_outbox.h"
#include "server/daemon/snapshot_file.h"

namespace noren::server {

StatusOr<std::string> ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return NotFound("cannot be read: " + path);
  return text.str();
}

StatusOr<policy::Policy> ReadPolicyFile(const std::string& path) {
  NOREN_ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  return policy::ParsePolicy(text);
}

StatusOr<model::Dictionary> ReadDictionary(const std::string& datasets_directory) {
  std::vector<model::TaxonomyFile> files;
  for (const std::string_view name : model::Dictionary::FileNames()) {
    const std::string path = datasets_directory + "/taxonomies/" + std::string(name);
    NOREN_ASSIGN_OR_RETURN(std::string text, ReadWholeFile(path));
    files.push_back({std::string(name), std::move(text)});
  }
  return model::Dictionary::Load(files);
}

DataPlaces::DataPlaces(const Config& config)
    : store(config.data_directory + "/store"),
      key_tree(config.data_directory + "/keytree"),
      blobs(config.data_directory + "/blobs"),
      anchors{config.anchor_directory} {
  if (!config.anchor_mirror_directory.empty()) anchors.push_back(config.anchor_mirror_directory);
}

StatusOr<RootKeyPlace> RootKeyPlaceOf(const Config& config) {
  const std::optional<CustodyKind> kind = FindCustodyKind(config.custody_kind);
  if (!kind) {
    return FailedPrecondition("config: custody.kind must be passphrase, pkcs11 or shares");
  }
  RootKeyPlace place;
  place.kind = *kind;
  place.root_key_path = config.root_key_path;
  place.passphrase_path = config.passphrase_path;
  place.token = {config.pkcs11_module_path, config.pkcs11_token};
  place.pin_path = config.pin_path;
  return place;
}

namespace {

StatusOr<SecretBytes> UnsealRootKey(const Config& config) {
  NOREN_ASSIGN_OR_RETURN(const RootKeyPlace place, RootKeyPlaceOf(config));
  NOREN_ASSIGN_OR_RETURN(const auto source, MakeRootKeySource(place));
  NOREN_ASSIGN_OR_RETURN(std::optional<SecretBytes> key,
                         source->Open(SecretBytes(), RootKeySource::Asking::kOnTerminal));
  if (!key) return FailedPrecondition("the root key is split: the officers' shares are needed");
  return std::move(*key);
}

}  // namespace

StatusOr<Custody> OpenCustody(const Config& config, const Surroundings& surroundings,
                              Random& random) {
  StatusOr<SecretBytes> root =
      surroundings.root_key ? surroundings.root_key() : UnsealRootKey(config);
  NOREN_ASSIGN_OR_RETURN(const SecretBytes root_key, std::move(root));
  Custody custody;
  NOREN_ASSIGN_OR_RETURN(personal_data::PurposeKeys keys,
                         personal_data::PurposeKeys::Derive(root_key));
  custody.keys = std::make_unique<personal_data::PurposeKeys>(std::move(keys));
  const DataPlaces places(config);
  using personal_data::KeyPurpose;
  NOREN_ASSIGN_OR_RETURN(
      custody.anchor, AnchorFile::Open({places.anchors, config.data_directory},
                                       custody.keys->Of(KeyPurpose::kAnchorSeal).Clone(), random));
  StatusOr<storage::AnchorRecord> record = custody.anchor->Load();
  if (record.status().code() == StatusCode::kNotFound) {
    return DataLoss(
        "the anchor is missing: without it nothing shows that the data are the newest; "
        "put the anchor folder back, or start a new service with 'noren init'");
  }
  NOREN_RETURN_IF_ERROR(record.status());
  custody.record = std::move(*record);
  NOREN_ASSIGN_OR_RETURN(
      custody.journal,
      JournalFile::Open({places.anchors, custody.record.journal},
                        custody.keys->Of(KeyPurpose::kJournalSeal).Clone(), random));
  return custody;
}

// Members are made in this order and go in the reverse one.
struct Runtime::State {
  explicit State(const Surroundings& given) : surroundings(given) {
    if (surroundings.random == nullptr) surroundings.random = &system_random;
    if (surroundings.clock == nullptr) {
      surroundings.clock = &system_clock;
      surroundings.steady_clock = &boot_clock;
    }
    if (!surroundings.is_clock_checked) surroundings.is_clock_checked = IsClockSynchronised;
  }
  Random& random() { return *surroundings.random; }
  const Clock& clock() const { return *surroundings.clock; }
  const model::Dictionary& dictionary() const { return *surroundings.dictionary; }

  Config config;
  Use use = Use::kServe;
  Surroundings surroundings;
  SystemRandom system_random;
  SystemClock system_clock;
  BootClock boot_clock;
  std::unique_ptr<ProcessLock> lock;
  std::unique_ptr<policy::Policy> policy;
  std::unique_ptr<model::Dictionary> own_dictionary;  // unless the surroundings bring one
  Custody custody;
  std::unique_ptr<operations::HeldAnchor> held_anchor;  // restore only
  std::unique_ptr<storage::RocksDbStore> store;
  std::unique_ptr<storage::RocksDbStore> key_tree;
  std::unique_ptr<storage::BlobStore> blobs;
  std::unique_ptr<personal_data::Keyring> keyring;
  std::unique_ptr<personal_data::Pseudonyms> pseudonyms;
  std::unique_ptr<FileOutbox> outbox;
  std::unique_ptr<audit::LogSigner> signer;
  std::unique_ptr<operations::TrustedTime> time;
  std::unique_ptr<operations::CommitPipeline> pipeline;
  std::unique_ptr<operations::Market> market;
  operations::MarketLoad market_load;
  operations::CardEpochs card_epochs;
  operations::PolicyVersions policy_versions;
  operations::Uploads uploads;
  std::unique_ptr<operations::CallerLocks> callers;
  std::unique_ptr<operations::BackupPlaces> backup;
  std::unique_ptr<operations::ServiceContext> context;
};

namespace {

constexpr std::size_t kEntriesCheckedAtStart = 256;

storage::RocksDbOptions OptionsFor(const std::string& directory) {
  storage::RocksDbOptions options;
  options.directory = directory;
  options.when_missing = storage::RocksDbOptions::Missing::kRefuse;
  return options;
}

// A store that is not there although the anchor knows of one: sealed, not started anew.
StatusOr<std::unique_ptr<storage::RocksDbStore>> OpenStore(const std::string& directory) {
  auto store = storage::RocksDbStore::Open(OptionsFor(directory));
  if (store.status().code() != StatusCode::kNotFound) return store;
  return DataLoss("the database is missing: restore a backup with 'noren backup restore'");
}

Status CheckExtends(const storage::AnchorRecord& record, storage::Store& store) {
  audit::AuditHeads heads(store);
  NOREN_RETURN_IF_ERROR(storage::VerifyExtends(record, store.partition_count(), heads));
  return audit::LogReader(store, operations::kEmbeddedPartition).SelfCheck(kEntriesCheckedAtStart);
}

}  // namespace

Runtime::Runtime(std::unique_ptr<State> state) : state_(std::move(state)) {}
Runtime::~Runtime() = default;

StatusOr<std::unique_ptr<Runtime>> Runtime::Open(const Config& config, Use use,
                                                 const Surroundings& surroundings) {
  auto state = std::make_unique<State>(surroundings);
  State& s = *state;
  s.config = config;
  s.use = use;
  NOREN_RETURN_IF_ERROR(LockSecretArena());
  NOREN_ASSIGN_OR_RETURN(ProcessLock lock, ProcessLock::Acquire(config.data_directory));
  s.lock = std::make_unique<ProcessLock>(std::move(lock));
  NOREN_ASSIGN_OR_RETURN(policy::Policy policy, ReadPolicyFile(config.policy_path));
  s.policy = std::make_unique<policy::Policy>(std::move(policy));
  NOREN_RETURN_IF_ERROR(operations::CheckStart(*s.policy, config.storage_country));
  if (s.surroundings.dictionary == nullptr) {
    NOREN_ASSIGN_OR_RETURN(model::Dictionary read, ReadDictionary(config.datasets_directory));
    s.own_dictionary = std::make_unique<model::Dictionary>(std::move(read));
    s.surroundings.dictionary = s.own_dictionary.get();
  }
  NOREN_ASSIGN_OR_RETURN(s.custody, OpenCustody(config, s.surroundings, s.random()));
  s.surroundings.root_key = nullptr;  // asked once; what it refers to may go now

  const DataPlaces places(config);
  NOREN_ASSIGN_OR_RETURN(s.store, OpenStore(places.store));
  NOREN_ASSIGN_OR_RETURN(s.key_tree, OpenStore(places.key_tree));
  NOREN_RETURN_IF_ERROR(operations::LoadKeyVersions(*s.store, *s.custody.keys));
  if (use == Use::kServe) NOREN_RETURN_IF_ERROR(CheckExtends(s.custody.record, *s.store));
  NOREN_ASSIGN_OR_RETURN(s.blobs, storage::FileBlobStore::Open(places.blobs, s.clock()));
  NOREN_ASSIGN_OR_RETURN(s.keyring,
                         personal_data::Keyring::Load(*s.key_tree, s.random(),
                                                      {s.custody.record.key_tree_root_key.Clone(),
                                                       s.custody.record.key_tree_generation}));
  NOREN_ASSIGN_OR_RETURN(s.outbox,
                         FileOutbox::Open(config.outbox_directory, s.clock(), s.random()));
  s.pseudonyms = std::make_unique<personal_data::Pseudonyms>(*s.custody.keys);
  NOREN_RETURN_IF_ERROR(operations::LoadTokenKeys(
      {*s.store, *s.keyring, *s.custody.keys, *s.pseudonyms, s.random()}));
  NOREN_ASSIGN_OR_RETURN(
      audit::LogSigner signer,
      audit::LogSigner::Create(config.operator_name,
                               s.custody.keys->Of(personal_data::KeyPurpose::kAuditSign).Clone()));
  s.signer = std::make_unique<audit::LogSigner>(std::move(signer));
  auto runtime = std::unique_ptr<Runtime>(new Runtime(std::move(state)));
  NOREN_RETURN_IF_ERROR(runtime->Wire());
  if (use == Use::kServe) {
    NOREN_RETURN_IF_ERROR(runtime->Recover());
    NOREN_RETURN_IF_ERROR(
        operations::CheckStartByRegisters(runtime->context(), *s.policy, config.storage_country));
  }
  return runtime;
}

Status Runtime::Wire() {
  State& s = *state_;
  s.time = std::make_unique<operations::TrustedTime>(s.clock(), s.custody.record.time_floor,
                                                     s.surroundings.steady_clock);
  if (s.surroundings.is_clock_checked()) s.time->Trust();
  if (s.use == Use::kRestore)
    s.held_anchor = std::make_unique<operations::HeldAnchor>(*s.custody.anchor);
  storage::Anchor& anchor = s.held_anchor ? static_cast<storage::Anchor&>(*s.held_anchor)
                                          : static_cast<storage::Anchor&>(*s.custody.anchor);
  const audit::LogReader reader(*s.store, operations::kEmbeddedPartition);
  NOREN_ASSIGN_OR_RETURN(audit::LogState log, reader.LoadState());
  s.pipeline = std::make_unique<operations::CommitPipeline>(
      operations::PipelineParts{*s.store, anchor, *s.custody.journal, *s.signer, *s.custody.keys,
                                *s.time, s.random()},
      s.custody.record.Clone(), std::move(log));
  NOREN_RETURN_IF_ERROR(s.pipeline->CheckSealed());
  s.market = std::make_unique<operations::Market>(operations::MarketParts{
      *s.store, *s.keyring, *s.custody.keys, *s.pseudonyms, s.dictionary(),
      operations::WeightRulesOf(*s.policy),
      [&s] { return policy::TodayOf(*s.policy, s.time->Now()).days_since_1970; },
      [&s](const operations::LoadedPerson& person) {
        return operations::UseOf(*s.context, person);
      },
      s.policy->digest});
  s.callers = std::make_unique<operations::CallerLocks>(s.config.callers);
  s.backup = std::make_unique<operations::BackupPlaces>(operations::BackupPlaces{
      *s.store, *s.key_tree, DataPlaces(s.config).blobs, s.config.backup_directory});
  s.context = std::make_unique<operations::ServiceContext>(operations::ServiceContext{
      *s.store, *s.blobs, *s.keyring, *s.custody.keys, *s.pseudonyms, *s.policy, s.dictionary(),
      *s.outbox, *s.pipeline, *s.market, s.card_epochs, s.policy_versions, s.uploads, *s.callers,
      *s.time, s.random(), s.custody.anchor->erasure_claim(), s.backup.get()});
  return LoadMarket();
}

// A restore reads the store itself: its data are not what any snapshot was taken of.
Status Runtime::LoadMarket() {
  State& s = *state_;
  if (s.use == Use::kRestore || s.config.snapshot_minutes == 0) {
    NOREN_RETURN_IF_ERROR(s.market->Load());
    s.market_load.people = s.market->people_count();
    return OkStatus();
  }
  SnapshotFile place(SnapshotPathIn(s.config.data_directory));
  NOREN_ASSIGN_OR_RETURN(s.market_load, s.market->Load(place));
  return OkStatus();
}

Status Runtime::SaveMarketSnapshot() {
  State& s = *state_;
  if (s.config.snapshot_minutes == 0) return OkStatus();
  SnapshotFile place(SnapshotPathIn(s.config.data_directory));
  return s.market->SaveSnapshot(place, s.random(), s.time->Now()).status();
}

// What a crash left half-way, before anyone is served.
Status Runtime::Recover() {
  State& s = *state_;
  NOREN_RETURN_IF_ERROR(s.pipeline->RecoverNarrowingActs());
  NOREN_ASSIGN_OR_RETURN(const bool renewed, operations::RenewLostTokenKeys(*s.context));
  if (renewed) NOREN_RETURN_IF_ERROR(s.market->Load());
  NOREN_RETURN_IF_ERROR(operations::ResumeDestructions(*s.context));
  NOREN_RETURN_IF_ERROR(operations::SweepAtStart(*s.context));
  return operations::ReencryptMarked(*s.context).status();
}

operations::ServiceContext& Runtime::context() { return *state_->context; }
const operations::BackupPlaces& Runtime::backup_places() const { return *state_->backup; }
const operations::MarketLoad& Runtime::market_load() const { return state_->market_load; }
const audit::LogSigner& Runtime::signer() const { return *state_->signer; }
bool Runtime::failed() const {
  return state_->pipeline->failed() || !state_->store->CheckHealth().writable;
}
bool Runtime::damaged() const { return state_->pipeline->damaged(); }

StatusOr<operations::RestoreSummary> Runtime::FinishRestore() {
  NOREN_ASSIGN_OR_RETURN(operations::RestoreSummary summary,
                         operations::ReapplyAfterRestore(*state_->context, state_->custody.record,
                                                         *state_->custody.journal));
  NOREN_RETURN_IF_ERROR(state_->held_anchor->Release());
  return summary;
}

}  // namespace noren::server
