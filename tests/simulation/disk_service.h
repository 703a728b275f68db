// A whole service on files, as the daemon opens it: the real start, the real restore, the real
// anchor, journal and databases; only clock, random numbers and the root key come from the test.
// Source:   server/daemon/runtime.h
// Threads:  operations on context() concurrently; everything else externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "crypto/primitives/signature.h"
#include "engine/operations/act_gate.h"
#include "engine/operations/backup.h"
#include "engine/operations/service_context.h"
#include "server/daemon/runtime.h"
#include "tests/support/fixed_clock.h"
#include "tests/support/seeded_random.h"

namespace noren::simulation {

// What a portal and a person's own client keep of a person.
struct Seeker {
  std::string ref;
  std::string contact;
  std::optional<primitives::SigningKey> key;
  model::SeekerHandle handle;
};

class DiskService {
 public:
  enum class Mirrors { kOne, kTwo };

  // Everything is made below `folder`, which exists. Nothing is there until Create.
  DiskService(std::string folder, std::uint64_t seed, Mirrors mirrors = Mirrors::kOne);
  ~DiskService();

  // Empty stores and the first anchor.
  Status Create();
  // As `noren serve` does. Errors as in Runtime::Open: kDataLoss means sealed.
  Status Start();
  void Stop();
  bool is_running() const { return runtime_ != nullptr; }
  // As `noren backup restore` does; the service does not run, and does not run afterwards.
  StatusOr<operations::RestoreSummary> Restore(const std::string& backup);

  server::Runtime& runtime() { return *runtime_; }
  operations::ServiceContext& context() { return runtime_->context(); }
  FixedClock& clock() { return clock_; }
  SeededRandom& random() { return random_; }
  void set_clock_checked(bool checked) { is_clock_checked_ = checked; }

  // Folders: all below one, so that a test can copy, lose or replace any of them.
  std::string folder() const { return folder_; }
  std::string data() const { return folder_ + "/data"; }
  std::string anchor() const { return folder_ + "/anchor"; }
  std::string mirror() const { return folder_ + "/mirror"; }
  std::string backups() const { return folder_ + "/backups"; }
  std::string outbox() const { return folder_ + "/outbox"; }

  // A call with an idempotency key that was never used.
  operations::Call As(model::Role role, const std::string& name);
  operations::Call portal() { return As(model::Role::kPortal, "first-portal"); }
  operations::Call company() { return As(model::Role::kCompany, "hangang-care"); }
  operations::Call officer() { return As(model::Role::kOfficer, "privacy"); }
  std::string NextKey() { return "key-" + std::to_string(next_key_++); }

  StatusOr<Seeker> Register(int number);
  StatusOr<model::ItemId> PutItem(const Seeker& seeker, model::ItemKind kind, ByteSpan plaintext);
  // Prepared by the service, signed with the person's key.
  StatusOr<operations::PersonAct> Act(const Seeker& seeker, std::string_view act,
                                      const std::map<std::string, std::string>& fields = {});
  Status BecomeDiscoverable(const Seeker& seeker);
  StatusOr<model::RequestId> AskForErasure(const Seeker& seeker);
  Status Destroy(const model::RequestId& request);

 private:
  server::Surroundings Around();

  std::string folder_;
  FixedClock clock_;
  SeededRandom random_;
  SecretBytes root_key_;
  bool is_clock_checked_ = true;
  server::Config config_;
  std::uint64_t next_key_ = 1;
  std::unique_ptr<server::Runtime> runtime_;
};

operations::PersonAct Sign(const Seeker& seeker, const std::string& statement);

}  // namespace noren::simulation
