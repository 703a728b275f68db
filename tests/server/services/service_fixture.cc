// SPDX-License-Identifier: Apache-2.0
#include "tests/server/services/service_fixture.h"

#include <optional>
#include <utility>

#include "crypto/base/check.h"
#include "engine/operations/caller_locks.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/market.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/uploads.h"
#include "engine/storage/memory_blob_store.h"
#include "engine/storage/memory_store.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/engine/policy/example.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/seeded_random.h"
#include "tests/support/temporary_directory.h"

namespace noren::server {
namespace {

class MemoryAnchor final : public storage::Anchor {
 public:
  StatusOr<storage::AnchorRecord> Load() override { return record_.Clone(); }
  Status Store(const storage::AnchorRecord& record) override {
    record_ = record.Clone();
    return OkStatus();
  }
  Status StoreAndOverwriteAll(const storage::AnchorRecord& record) override {
    return Store(record);
  }
  storage::ErasureClaim erasure_claim() const override { return storage::ErasureClaim::kDevice; }

 private:
  storage::AnchorRecord record_;
};

class MemoryJournal final : public storage::NarrowingJournal {
 public:
  StatusOr<storage::JournalHead> Append(const std::vector<storage::NarrowingAct>& acts) override {
    for (const storage::NarrowingAct& act : acts) {
      head_.chain = storage::ChainNarrowingAct(head_.chain, act);
      ++head_.count;
      acts_.push_back(act);
    }
    return head_;
  }
  storage::JournalHead head() const override { return head_; }
  Status Replay(const std::function<Status(const storage::NarrowingAct&)>& visit) override {
    for (const storage::NarrowingAct& act : acts_) NOREN_RETURN_IF_ERROR(visit(act));
    return OkStatus();
  }

 private:
  std::vector<storage::NarrowingAct> acts_;
  storage::JournalHead head_;
};

class SilentOutbox final : public personal_data::Outbox {
 public:
  Status Send(const personal_data::OutboxMessage&) override { return OkStatus(); }
};

// Writes nothing: a backup without a folder is refused before.
class NoBackup final : public storage::BackupSource {
 public:
  Status Checkpoint(const std::string&) override { return Unavailable("no backup in this test"); }
};

template <typename T>
T ValueOf(StatusOr<T> value) {
  NOREN_CHECK(value.ok(), "the fixture cannot be made");
  return *std::move(value);
}

storage::AnchorRecord FirstAnchor(const personal_data::TreeRoot& root) {
  storage::AnchorRecord record;
  record.epoch = 1;
  record.partitions.resize(1);
  record.key_tree_generation = root.generation;
  record.key_tree_root_key = root.key.Clone();
  return record;
}

audit::LogState EmptyLog() {
  audit::LogState state;
  state.partition = operations::kEmbeddedPartition;
  return state;
}

}  // namespace

struct ServiceFixture::State {
  State()
      : created(ValueOf(personal_data::Keyring::Create(tree_store, random))),
        pipeline({store, anchor, journal, signer, keys, time, random}, FirstAnchor(created.root),
                 EmptyLog()) {
    NOREN_CHECK(market.Load().ok(), "the market of an empty store loads");
  }

  FixedClock clock{1795305600};  // 2026-11-22, when the example policy is in force
  SeededRandom random{20261122};
  storage::MemoryStore store;
  storage::MemoryStore tree_store;
  storage::MemoryBlobStore blobs{clock};
  MemoryAnchor anchor;
  MemoryJournal journal;
  SilentOutbox outbox;
  const personal_data::PurposeKeys keys =
      ValueOf(personal_data::PurposeKeys::Derive(SecretBytes::CopyOf(Bytes(32, 5))));
  const personal_data::Pseudonyms pseudonyms{keys};
  const policy::Policy policy = policy::WholeExample();
  const model::Dictionary& dictionary = model::TestDictionary();
  personal_data::Keyring::Created created;
  operations::TrustedTime time{clock, {0}};
  const audit::LogSigner signer =
      ValueOf(audit::LogSigner::Create("operator", keys.Of(personal_data::KeyPurpose::kAuditSign)));
  operations::CommitPipeline pipeline;
  operations::Market market{{store, *created.keyring, keys, pseudonyms, dictionary}};
  operations::CardEpochs card_epochs;
  operations::PolicyVersions policy_versions;
  operations::Uploads uploads;
  operations::CallerLocks callers{{.refusals = 1000}};  // tests try every method
  operations::ServiceContext context{store,
                                     blobs,
                                     *created.keyring,
                                     keys,
                                     pseudonyms,
                                     policy,
                                     dictionary,
                                     outbox,
                                     pipeline,
                                     market,
                                     card_epochs,
                                     policy_versions,
                                     uploads,
                                     callers,
                                     time,
                                     random,
                                     storage::ErasureClaim::kDevice};
  NoBackup no_backup;
  const operations::BackupPlaces backup{no_backup, no_backup, "", ""};
  TemporaryDirectory directory;
  std::unique_ptr<EventLog> log = ValueOf(EventLog::Open({.path = directory.Child("log")}));
  MetricsRegistry metrics;
  const ServiceParts parts{context, signer, backup, *log, metrics, "0.1.0", ""};
};

ServiceFixture::ServiceFixture() : state_(std::make_unique<State>()) {}
ServiceFixture::~ServiceFixture() = default;
const ServiceParts& ServiceFixture::parts() const { return state_->parts; }
MetricsRegistry& ServiceFixture::metrics() { return state_->metrics; }

}  // namespace noren::server
