// A whole service in memory, as the daemon wires it: it can be restarted from what is durable, lose
// its power at any write, and get the content of an older backup.
// Source:   docs/design/0001-the-doorway.md
// Threads:  operations on context() concurrently; everything else externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crypto/agefile/recipient.h"
#include "crypto/primitives/hash.h"
#include "crypto/primitives/signature.h"
#include "engine/audit/log_reader.h"
#include "engine/audit/signing.h"
#include "engine/operations/act_gate.h"
#include "engine/operations/backup.h"
#include "engine/operations/caller_locks.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/market.h"
#include "engine/operations/policy_versions.h"
#include "engine/operations/put_item.h"
#include "engine/operations/service_context.h"
#include "engine/operations/uploads.h"
#include "engine/personal_data/decision.h"
#include "engine/storage/memory_blob_store.h"
#include "engine/storage/memory_store.h"
#include "tests/support/fault_injecting_store.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/memory_anchor.h"
#include "tests/support/seeded_random.h"

namespace noren::operations {

// Keeps what is sent, so that tests can read it as the person would.
class RecordingOutbox final : public personal_data::Outbox {
 public:
  Status Send(const personal_data::OutboxMessage& message) override;
  std::vector<personal_data::OutboxMessage> messages() const;
  // The eight digits of the last one-time code sent to this contact; "" when there is none.
  std::string LastCodeFor(const std::string& contact) const;

 private:
  mutable std::mutex mutex_;
  std::vector<personal_data::OutboxMessage> messages_;
};

// The content of a store, without its feed: what a backup of it holds.
std::unique_ptr<storage::MemoryStore> CopyOf(storage::Store& store);
// Every key and value.
std::vector<storage::KeyValue> ContentOf(storage::Store& store);

// One person as a test knows it.
struct TestPerson {
  std::string ref;
  std::string contact;
  std::optional<primitives::SigningKey> key;
  model::SeekerHandle handle;
};

// One application that was granted.
struct TestApplication {
  TestPerson* person = nullptr;
  model::PostingId posting;
  model::InvitationId invitation;
  model::ConsentId consent;
  model::CandidateRef candidate;
};

class TestService {
 public:
  // Starts with an empty store and a clock that is trusted, by the example policy.
  explicit TestService(std::uint64_t seed = 1);
  // Starts at that time, by a policy that outlives the service.
  TestService(std::uint64_t seed, UnixSeconds now, const policy::Policy* policy);
  ~TestService();

  // Drops everything that is not durable; `Start` then does what the daemon does, in its order.
  void Stop();
  Status Start();
  Status Restart();
  // Puts the content of `data` in place of the data store. Only while stopped.
  void ReplaceData(const storage::MemoryStore& data);
  // The same for the key tree.
  void ReplaceTree(const storage::MemoryStore& tree);

  ServiceContext& context() { return *running_->context; }
  CommitPipeline& pipeline() { return *running_->pipeline; }
  personal_data::Keyring& keyring() { return *running_->keyring; }
  storage::MemoryStore& data() { return *data_; }
  storage::MemoryStore& tree() { return *tree_; }
  storage::FaultInjectingStore& faults() { return *faults_; }
  storage::CrashPoint& power() { return power_; }
  storage::MemoryAnchor& anchor() { return anchor_; }
  storage::MemoryJournal& journal() { return journal_; }
  RecordingOutbox& outbox() { return outbox_; }
  FixedClock& clock() { return clock_; }
  SeededRandom& random() { return random_; }
  const personal_data::PurposeKeys& keys() const { return *keys_; }
  // What every purpose key is derived from.
  const SecretBytes& root_key() const { return root_key_; }
  storage::MemoryBlobStore& blobs() { return blobs_; }
  const audit::LogSigner& signer() const { return *signer_; }
  // Off: the next Start leaves the clock unconfirmed.
  void set_clock_confirmed(bool confirmed) { clock_confirmed_ = confirmed; }
  // The next Start compares the clock with this one. Null: with none.
  void set_steady_clock(const Clock* steady) { steady_clock_ = steady; }
  // The next Start decides by this policy. Null: the example.
  void set_policy(const policy::Policy* policy) { policy_ = policy; }
  // The next Start locks callers by these.
  void set_lock_limits(LockLimits limits) { lock_limits_ = limits; }
  // The next Start writes to this anchor and skips the check (a restore does both). Null: normal.
  void set_held_anchor(HeldAnchor* held) { held_anchor_ = held; }

  // The next Start fills the market from this place, and tells in `market_load` how. Null: from the
  // store.
  void set_snapshot_place(SnapshotPlace* place) { snapshot_place_ = place; }
  const MarketLoad& market_load() const { return market_load_; }
  MarketParts market_parts();

  // The log hangs together, and reaches as far as the anchor says.
  Status CheckLog();
  // Verifies an export of the whole log with the offline verifier; the number of entries.
  StatusOr<std::uint64_t> VerifyExportedLog();
  std::vector<audit::AuditEntry> Entries();

  Call portal(const std::string& name = "first-portal") {
    return {{model::Role::kPortal, name}, NextKey()};
  }
  Call company(const std::string& name = "hangang-care") {
    return {{model::Role::kCompany, name}, NextKey()};
  }
  // Each name has a TLS key of its own. Where the policy in force binds officers, this one has
  // acknowledged it before.
  Call officer(const std::string& name = "privacy");
  // One who has done nothing yet.
  Call NewOfficer(const std::string& name) {
    return {{model::Role::kOfficer, name}, NextKey(), primitives::Sha256(AsBytes(name))};
  }
  std::string NextKey();  // an idempotency key that was never used

  // What follows fails the test when it does not succeed.
  std::unique_ptr<TestPerson> Register(int number, bool with_key = false);
  model::ItemId PutItem(const TestPerson& person, model::ItemKind kind, const Bytes& plaintext);
  model::PostingId RegisterPosting(const std::string& company = "hangang-care");
  agefile::Identity AddKey(const std::string& company = "hangang-care");
  void BecomeDiscoverable(const TestPerson& person, const std::string& companies_class = "all");
  std::string Prepare(const TestPerson& person, std::string_view act,
                      const std::map<std::string, std::string>& fields = {});
  PersonAct ByCode(const TestPerson& person, const std::string& statement);
  PersonAct BySignature(const TestPerson& person, const std::string& statement);
  // By signature when the person has a key, else by code.
  PersonAct Prove(const TestPerson& person, const std::string& statement);
  // Lists the cards of the posting and asks ten of each class.
  void InviteAll(const model::PostingId& posting, const std::string& company = "hangang-care");
  // The humans of a company: Kim Minji, recruiter, is registered when first asked for; so is
  // Lee Jiho, head of care.
  static constexpr std::string_view kRecruiter = "Kim Minji", kReviewer = "Lee Jiho";
  const primitives::SigningKey& SignerOf(const std::string& company,
                                         std::string_view name = kRecruiter);
  // `decision` with company, time, nonce and human filled in, signed by that human.
  SignedStatement Decide(personal_data::HumanDecision decision,
                         const std::string& company = "hangang-care",
                         std::string_view name = kRecruiter);
  // `request` with the decision of the recruiter on it.
  InviteRequest Decided(InviteRequest request, const std::string& company = "hangang-care");
  // The invited person says yes to everything asked.
  TestApplication Grant(TestPerson& person, const model::PostingId& posting,
                        const std::string& company = "hangang-care");
  // Without proof, as the policy lets it.
  Status WithdrawConsent(const TestApplication& application);
  model::RequestId AskForErasure(const TestPerson& person);

 private:
  struct Running {
    std::unique_ptr<personal_data::Keyring> keyring;
    std::unique_ptr<TrustedTime> time;
    std::unique_ptr<CommitPipeline> pipeline;
    std::unique_ptr<Market> market;
    CardEpochs card_epochs;
    PolicyVersions policy_versions;
    Uploads uploads;
    std::unique_ptr<CallerLocks> callers;
    std::unique_ptr<ServiceContext> context;
  };
  Status CreateTree();
  Status LoadMarket();
  Status LoadKeyring(Running& running, const storage::AnchorRecord& anchored);
  void WirePipeline(Running& running, storage::AnchorRecord anchored, audit::LogState state);

  FixedClock clock_;
  SeededRandom random_;
  storage::CrashPoint power_;
  std::unique_ptr<storage::MemoryStore> data_, tree_;
  std::unique_ptr<storage::CrashingStore> crashing_data_, crashing_tree_;
  std::unique_ptr<storage::FaultInjectingStore> faults_;
  storage::MemoryBlobStore blobs_;
  storage::MemoryAnchor anchor_;
  storage::MemoryJournal journal_;
  RecordingOutbox outbox_;
  SecretBytes root_key_;
  std::unique_ptr<personal_data::PurposeKeys> keys_;
  std::unique_ptr<personal_data::Pseudonyms> pseudonyms_;
  std::unique_ptr<audit::LogSigner> signer_;
  bool clock_confirmed_ = true;
  const Clock* steady_clock_ = nullptr;
  const policy::Policy* policy_ = nullptr;
  LockLimits lock_limits_;
  HeldAnchor* held_anchor_ = nullptr;
  SnapshotPlace* snapshot_place_ = nullptr;
  MarketLoad market_load_;
  std::atomic<std::uint64_t> next_key_{1};
  std::map<std::string, primitives::SigningKey> signers_;
  std::unique_ptr<Running> running_;
};

// Six and more of these are alike, so that classes of three form.
model::Profile SomeProfile(int number);
model::Posting SomePosting(const std::string& company);
// `size_bytes` bytes that follow from `seed`.
Bytes SomeBytes(std::uint64_t seed, std::size_t size_bytes);

}  // namespace noren::operations
