// A service opened from its configuration, in the order that keeps it safe: lock, root key, anchor,
// journal, store, proof that
// the store extends the anchor, key tree, and only then people's data.
// Source:   docs/design/0001-the-doorway.md; ARCHITECTURE section 6
// Threads:  Open and destruction are externally synchronised; context() is for any thread
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "engine/audit/signing.h"
#include "engine/model/dictionary.h"
#include "engine/operations/backup.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/market.h"
#include "engine/operations/service_context.h"
#include "server/custody/anchor_file.h"
#include "server/custody/journal_file.h"
#include "server/custody/root_key_source.h"
#include "server/daemon/config.h"

namespace noren::server {

// Where the parts of a data directory are.
struct DataPlaces {
  explicit DataPlaces(const Config& config);
  std::string store, key_tree, blobs;
  std::vector<std::string> anchors;  // one, or two for a mirror
};

// What a service takes from outside its files. What is empty is the machine's own: a run is
// repeated from one number by bringing all of them.
struct Surroundings {
  const Clock* clock = nullptr;
  const Clock* steady_clock = nullptr;  // a given clock has none beside it unless this is given
  Random* random = nullptr;
  std::function<bool()> is_clock_checked;
  std::function<StatusOr<SecretBytes>()> root_key;  // instead of the configured file
  const model::Dictionary* dictionary = nullptr;    // read before, from the configured folder
};

// Unsealed with the root key: everything derived from the root key, and the anchor with its
// journal.
struct Custody {
  std::unique_ptr<personal_data::PurposeKeys> keys;
  std::unique_ptr<AnchorFile> anchor;
  std::unique_ptr<JournalFile> journal;
  storage::AnchorRecord record;
};
//   errors   kDataLoss: anchor or journal damaged or missing (exit 78), or of another root key;
//            those of the root key's source; kPermissionDenied
StatusOr<Custody> OpenCustody(const Config& config, const Surroundings& surroundings,
                              Random& random);

//   errors   kFailedPrecondition: no custody of this name
StatusOr<RootKeyPlace> RootKeyPlaceOf(const Config& config);

// Empty stores, the key tree, and the first anchor, in the places of the configuration.
//   errors   kAlreadyExists: an anchor is there; those of the disk
Status MakeStores(const Config& config, const personal_data::PurposeKeys& keys, Random& random);

// Puts a backup's data in place of the present ones and applies again what has to be. The service
// does not run.
//   errors   kNotFound: not a backup; kUnavailable: in use, or the disk; those of Runtime::Open
StatusOr<operations::RestoreSummary> RestoreBackup(const Config& config, const std::string& backup,
                                                   const Surroundings& surroundings = {});

class Runtime {
 public:
  enum class Use { kServe, kRestore };  // a restore opens a store that does not extend the anchor
  //   errors   kDataLoss: sealed, with a sentence (exit 78); others: misconfigured or the disk
  // What `surroundings` names must outlive the runtime.
  static StatusOr<std::unique_ptr<Runtime>> Open(const Config& config, Use use,
                                                 const Surroundings& surroundings = {});
  ~Runtime();

  operations::ServiceContext& context();
  const operations::BackupPlaces& backup_places() const;
  const audit::LogSigner& signer() const;
  // True when a disk failed: no change is taken any more, the process has to end (exit 74).
  bool failed() const;

  // True when a consent was found that is not the present one (docs/formats/consent_map.md). It is
  // refused; everything else is served.
  bool damaged() const;

  // How the market was filled at the start.
  const operations::MarketLoad& market_load() const;
  // For the next start. Ok without doing anything when the configuration wants no snapshots.
  Status SaveMarketSnapshot();

  // With Use::kRestore: applies the narrowing acts again and writes the real anchor.
  StatusOr<operations::RestoreSummary> FinishRestore();

 private:
  struct State;
  explicit Runtime(std::unique_ptr<State> state);
  Status Wire();
  Status Recover();
  Status LoadMarket();
  std::unique_ptr<State> state_;
};

// Policy and code lists, as files.
StatusOr<policy::Policy> ReadPolicyFile(const std::string& path);
StatusOr<model::Dictionary> ReadDictionary(const std::string& datasets_directory);
StatusOr<std::string> ReadWholeFile(const std::string& path);

}  // namespace noren::server
