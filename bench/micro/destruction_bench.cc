// Destruction by plan of 1, 1,000 and 100,000 people among a million: seconds and bytes written,
// beside a raw overwrite with fdatasync on the same disk in the same run. A program of its own, for
// its cases share one store that takes minutes to fill.
// Source:   docs/BENCHMARKS.md (Destruction)
// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "bench/macro/clocks.h"
#include "crypto/base/check.h"
#include "crypto/base/clock.h"
#include "crypto/primitives/hash.h"
#include "engine/audit/log_reader.h"
#include "engine/model/errors.h"
#include "engine/operations/backup.h"
#include "engine/operations/caller_locks.h"
#include "engine/operations/destruction_run.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/market.h"
#include "engine/operations/people.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/put_item.h"
#include "engine/personal_data/key_tree_store.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/person_keys.h"
#include "engine/policy/loader.h"
#include "engine/storage/durable_file.h"
#include "engine/storage/memory_blob_store.h"
#include "engine/storage/rocksdb_store.h"
#include "engine/storage/sealed_value.h"
#include "server/cli/datasets.h"
#include "server/custody/anchor_file.h"
#include "server/custody/journal_file.h"

namespace noren::bench {
namespace {

namespace fs = std::filesystem;
using personal_data::KeyPurpose;

constexpr std::uint32_t kLeavesPerWrite = 4096;
constexpr const char* kPortal = "bench-portal";

void Must(const Status& status, const char* what) {
  if (!status.ok()) std::fprintf(stderr, "%s: %s\n", what, std::string(MessageOf(status)).c_str());
  NOREN_CHECK(status.ok(), "a step of the benchmark failed");
}
template <typename T>
T Must(StatusOr<T> value, const char* what) {
  Must(value.status(), what);
  return std::move(*value);
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The policy lies in a folder of the datasets.
std::string DatasetsOf(const std::string& policy_path) {
  return fs::path(policy_path).parent_path().parent_path().string();
}

// Nothing is sent here.
class NoOutbox final : public personal_data::Outbox {
 public:
  Status Send(const personal_data::OutboxMessage&) override { return OkStatus(); }
};

// Bytes that the process has handed to the disk's cache, by write(2) and its like.
std::uint64_t BytesWritten() {
  std::ifstream io("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  while (io >> name >> value) {
    if (name == "wchar:") return value;
  }
  return 0;
}

std::unique_ptr<storage::RocksDbStore> OpenStore(const std::string& directory) {
  storage::RocksDbOptions options;
  options.directory = directory;
  return Must(storage::RocksDbStore::Open(options), "store");
}

// A service on real files, without its network side.
class Bench {
 public:
  Bench(const std::string& directory, const std::string& policy_path)
      : keys_(Must(personal_data::PurposeKeys::Derive(SecretBytes::Random(random_, 32)), "keys")),
        pseudonyms_(keys_),
        policy_(Must(policy::ParsePolicy(ReadFile(policy_path)), "policy")),
        dictionary_(Must(cli::LoadDictionary(DatasetsOf(policy_path)), "dictionary")),
        data_(OpenStore(directory + "/store")),
        tree_(OpenStore(directory + "/keytree")),
        blobs_(clock_),
        signer_(Must(audit::LogSigner::Create("bench", keys_.Of(KeyPurpose::kAuditSign).Clone()),
                     "signer")) {
    auto created = Must(personal_data::Keyring::Create(*tree_, random_), "tree");
    root_ = std::move(created.root);
    const std::string anchors = directory + "/anchor";
    anchor_ = Must(server::AnchorFile::Open({{anchors}, directory},
                                            keys_.Of(KeyPurpose::kAnchorSeal).Clone(), random_),
                   "anchor");
    journal_ = Must(server::JournalFile::Open({{anchors}, std::nullopt},
                                              keys_.Of(KeyPurpose::kJournalSeal).Clone(), random_),
                    "journal");
  }

  void Fill(std::uint32_t people);
  void Wire();
  // Plans, approves and executes; prints one row. `other` is nobody of them.
  void Destroy(const std::vector<std::uint32_t>& which, std::uint32_t other, double sync_us);
  double SyncMicroseconds(const std::string& directory);

 private:
  // These are gone for whoever asks, and `other` is not.
  void CheckGone(const std::vector<std::uint32_t>& which, std::uint32_t other);
  void AddPeople(std::uint32_t first, const std::vector<SecretBytes>& data_keys);
  operations::Call Officer(const char* name) {
    return {{model::Role::kOfficer, name}, "bench", primitives::Sha256(AsBytes(name))};
  }

  SystemRandom random_;
  SystemClock clock_;
  personal_data::PurposeKeys keys_;
  personal_data::Pseudonyms pseudonyms_;
  policy::Policy policy_;
  model::Dictionary dictionary_;
  NoOutbox outbox_;
  std::unique_ptr<storage::RocksDbStore> data_, tree_;
  storage::MemoryBlobStore blobs_;
  audit::LogSigner signer_;
  personal_data::TreeRoot root_;
  std::unique_ptr<server::AnchorFile> anchor_;
  std::unique_ptr<server::JournalFile> journal_;
  std::unique_ptr<personal_data::Keyring> keyring_;
  std::unique_ptr<operations::TrustedTime> time_;
  std::unique_ptr<operations::CommitPipeline> pipeline_;
  std::unique_ptr<operations::Market> market_;
  operations::CardEpochs card_epochs_;
  operations::PolicyVersions policy_versions_;
  operations::Uploads uploads_;
  operations::CallerLocks callers_;
  std::unique_ptr<operations::ServiceContext> context_;
  std::vector<model::SeekerHandle> handles_;  // by leaf
  int plans_ = 0;
};

// What a registration writes, in batches.
void Bench::AddPeople(std::uint32_t first, const std::vector<SecretBytes>& data_keys) {
  namespace keyspaces = personal_data::keyspaces;
  storage::Batch batch;
  const auto put = [&batch](const std::string& key, Bytes value) {
    batch.mutations.push_back({key, std::move(value)});
  };
  for (std::size_t i = 0; i < data_keys.size(); ++i) {
    const auto keys = Must(personal_data::DerivePersonKeys(data_keys[i]), "keys");
    personal_data::PersonRecord record;
    record.person = model::PersonId::Generate(random_);
    handles_.push_back(model::SeekerHandle::Generate(random_));
    record.address = {1, first + static_cast<std::uint32_t>(i), kPortal, handles_.back()};
    record.language = "ko";
    record.registered_at = clock_.Now();
    record.contact = "someone@mail.example";
    record.profile = Bytes(200, 1);
    put(keyspaces::PersonKey(record.person),
        Must(personal_data::EncodePersonRecord(record, keys, keys_, random_), "person"));
    Hash256 token{};
    random_.Fill(token);
    for (const std::string& key :
         {keyspaces::HandleKey(kPortal, handles_.back()), keyspaces::SubjectKey(token)})
      put(key, Must(personal_data::EncodePersonPointer(key, record.person, keys_, random_), "id"));
    const std::string back = operations::keyspaces::SubjectOfKey(record.person);
    put(back, storage::SealValue(keys_.store_seal(), {operations::keyspaces::kSubjectOf, back}, 1,
                                 token, random_));
    if (batch.mutations.size() < 2000 && i + 1 < data_keys.size()) continue;
    NOREN_CHECK(data_->Commit(batch).outcome == storage::Outcome::kCommitted, "batch");
    batch.mutations.clear();
  }
}

void Bench::Fill(std::uint32_t people) {
  personal_data::KeyTreeStore nodes(*tree_);
  for (std::uint32_t first = 0; first < people; first += kLeavesPerWrite) {
    const std::uint32_t count = std::min(kLeavesPerWrite, people - first);
    std::vector<std::uint32_t> indexes(count);
    std::iota(indexes.begin(), indexes.end(), first);
    const auto added = Must(keys::AddLeaves(root_, indexes, nodes, random_), "leaves");
    Must(nodes.WriteLeaves(first, first + count, added.written), "leaves");
    AddPeople(first, added.keys);
    std::fprintf(stderr, "\r%u people", first + count);
  }
  std::fprintf(stderr, "\n");
}

void Bench::Wire() {
  storage::AnchorRecord record;
  record.epoch = 1;
  record.partitions.resize(1);
  record.key_tree_generation = root_.generation;
  record.key_tree_root_key = root_.key.Clone();
  record.log = {0, audit::RootOf(audit::LogState())};
  record.time_floor = clock_.Now();
  record.journal = journal_->head();
  Must(anchor_->Store(record), "anchor");
  keyring_ = Must(personal_data::Keyring::Load(*tree_, random_, root_.Clone()), "keyring");
  time_ = std::make_unique<operations::TrustedTime>(clock_, record.time_floor);
  time_->Trust();
  pipeline_ = std::make_unique<operations::CommitPipeline>(
      operations::PipelineParts{*data_, *anchor_, *journal_, signer_, keys_, *time_, random_},
      std::move(record), audit::LogState());
  market_ = std::make_unique<operations::Market>(
      operations::MarketParts{*data_, *keyring_, keys_, pseudonyms_, dictionary_});
  context_.reset(new operations::ServiceContext{*data_, blobs_, *keyring_, keys_, pseudonyms_,
                                                policy_, dictionary_, outbox_, *pipeline_, *market_,
                                                card_epochs_, policy_versions_, uploads_, callers_,
                                                *time_, random_, anchor_->erasure_claim()});
}

double Bench::SyncMicroseconds(const std::string& directory) {
  constexpr int kRounds = 200;
  auto file = Must(storage::OpenFile(directory + "/raw", O_RDWR | O_CREAT), "raw");
  const Bytes page(4096, 1);
  std::vector<double> times;
  for (int i = 0; i < kRounds; ++i) {
    const double begin = WallSeconds();
    Must(storage::WriteAt(file, static_cast<std::uint64_t>(i % 2) * 4096, page), "raw");
    Must(storage::SyncData(file), "raw");
    times.push_back((WallSeconds() - begin) * 1e6);
  }
  std::nth_element(times.begin(), times.begin() + kRounds / 2, times.end());
  return times[kRounds / 2];
}

void Bench::CheckGone(const std::vector<std::uint32_t>& which, std::uint32_t other) {
  constexpr std::size_t kLookedAt = 200;
  for (std::size_t i = 0; i < which.size(); i += 1 + which.size() / kLookedAt) {
    const auto person = operations::LoadPersonByHandle(*context_, kPortal, handles_[which[i]]);
    NOREN_CHECK(model::CodeOf(person.status()) == model::ErrorCode::kNotFound, "still there");
    NOREN_CHECK(!keyring_->Open(which[i]).ok(), "the key is still there");
  }
  Must(operations::LoadPersonByHandle(*context_, kPortal, handles_[other]).status(), "others stay");
}

void Bench::Destroy(const std::vector<std::uint32_t>& which, std::uint32_t other, double sync_us) {
  operations::PlanRequest request;
  request.idempotency_key = "plan-" + std::to_string(++plans_);
  request.reason = "benchmark";
  for (const std::uint32_t leaf : which) request.rule.people.push_back({kPortal, handles_[leaf]});
  const double begin = WallSeconds();
  const auto planned =
      Must(operations::PlanDestruction(*context_, Officer("planner"), request), "plan");
  Must(operations::ApproveDestruction(*context_, Officer("approver"),
                                      "approve-" + std::to_string(plans_), planned.plan.plan,
                                      planned.plan.digest)
           .status(),
       "approve");
  const double approved = WallSeconds();
  const std::uint64_t sequence = pipeline_->log_state().sequence;
  const std::uint64_t bytes = BytesWritten();
  const double cpu = ProcessCpuSeconds();
  const auto done = Must(
      operations::ExecuteDestruction(*context_, Officer("planner"), planned.plan.plan, UINT32_MAX),
      "execute");
  NOREN_CHECK(done.receipt.has_value(), "receipt");
  const double seconds = WallSeconds() - approved;
  const double written = static_cast<double>(BytesWritten() - bytes);
  const auto n = static_cast<double>(which.size());
  std::printf("| %zu | %.3f | %.3f | %.3f | %.0f | %.0f | %u | %llu | %.0f |\n", which.size(),
              approved - begin, seconds, ProcessCpuSeconds() - cpu, written / 1e3, written / n,
              done.plan.parts,
              static_cast<unsigned long long>(pipeline_->log_state().sequence - sequence), sync_us);
  std::fflush(stdout);
  CheckGone(which, other);
}

int Run(std::uint32_t people, const std::vector<std::uint32_t>& counts,
        const std::string& policy_path) {
  std::string directory = (fs::temp_directory_path() / "noren-destruction-XXXXXX").string();
  NOREN_CHECK(::mkdtemp(directory.data()) != nullptr, "directory");
  {
    Bench bench(directory, policy_path);
    bench.Fill(people);
    bench.Wire();
    const double sync_us = bench.SyncMicroseconds(directory);
    std::printf(
        "| people | plan and approve, s | execute, s | of it processor, s | written, kB |"
        " bytes a person | roots | entries | raw sync, us |\n"
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    std::vector<std::uint32_t> order(people);
    std::iota(order.begin(), order.end(), 0);
    // Drawn by a fixed rule, all over the tree; each count takes others.
    std::uint64_t state = 1;
    for (std::size_t i = order.size(); i > 1; --i) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      std::swap(order[i - 1], order[(state >> 33) % i]);
    }
    auto next = order.begin();
    for (const std::uint32_t count : counts) {
      bench.Destroy({next, next + count}, order.back(), sync_us);
      next += count;
    }
  }
  std::error_code ignored;  // a leftover in the temporary directory harms no measurement
  fs::remove_all(directory, ignored);
  return 0;
}

}  // namespace
}  // namespace noren::bench

// noren_destruction_bench POLICY [--smoke]
int main(int argc, char** argv) {
  if (argc < 2) return 1;
  const bool is_smoke = argc > 2 && std::string(argv[2]) == "--smoke";
  return is_smoke ? noren::bench::Run(3000, {1, 10, 1100}, argv[1])
                  : noren::bench::Run(1'000'000, {1, 1, 1'000, 100'000}, argv[1]);
}
