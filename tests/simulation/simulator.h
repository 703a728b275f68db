// One number drives a whole service through registrations, consents, releases, withdrawals,
// destructions, backups and restores, while its clock jumps and its disk loses the power at any
// file operation; after every step it is compared with what must be so.
// Source:   docs/design/0008-the-protocol-model.md (properties P1 to P9)
// Threads:  one simulator at a time in a process (the disk is the process's)
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/operations/company_signers.h"
#include "engine/operations/destruction_plan.h"
#include "engine/personal_data/release.h"
#include "tests/simulation/disk_service.h"
#include "tests/simulation/truth.h"
#include "tests/support/simulated_disk.h"
#include "tests/support/temporary_directory.h"

namespace noren::simulation {

// What happened how often, to see that a run does not test nothing.
struct Counts {
  std::uint64_t operations = 0, crashes = 0, restarts = 0, restores = 0, lost_disks = 0,
                images_refused = 0, grants = 0, releases = 0, refused_releases = 0, withdrawals = 0,
                destructions = 0, replays_refused = 0, plans = 0, holds = 0, blocks = 0;
  void Add(const Counts& more);
};

// The company's, invented, with the check digits that its register asks for.
inline constexpr const char* kCompanyNumber = "kr-business:1234567891";

class Simulator {
 public:
  explicit Simulator(std::uint64_t seed);

  // Runs so many operations, then loses the power once more. What does not hold; empty: all holds.
  std::string Run(std::uint64_t operations);
  // A planted fault: the disk forgets syncs of files whose path contains this.
  void PlantForgottenSyncs(const std::string& part_of_path) { disk_.ForgetSyncsOf(part_of_path); }
  const Counts& counts() const { return counts_; }
  // The operations so far, one a line.
  const std::string& story() const { return story_; }

 private:
  struct Backup {
    std::string path;
    Truth truth;
    std::size_t narrowed_count = 0;
  };
  // An act that a portal kept, whether it carried it or not.
  struct KeptAct {
    personal_data::ActKind kind = personal_data::ActKind::kDiscoverable;
    int person = 0;
    model::ConsentId consent;
    operations::PersonAct act;
  };
  // What a plan of destruction selects, and what is gone with it.
  struct Target {
    operations::DestructionRule rule;
    std::vector<Narrowing> narrowings;
    std::optional<int> person;  // of people and items
  };
  using Send = std::function<Status()>;

  // simulator.cc: the machine
  std::uint64_t Below(std::uint64_t n) { return random_() % n; }
  bool OneIn(std::uint64_t n) { return Below(n) == 0; }
  void Say(const std::string& what) { story_ += what + "\n"; }
  void Fail(const std::string& what);
  void Step(std::uint64_t number);
  // Sends until it is answered: after a power failure the same request again. `acknowledged` is
  // called when, and only when, the answer is ok.
  Status Perform(std::uint64_t crash_within, const Send& send,
                 const std::function<void()>& acknowledged);
  bool PowerOnAndStart();
  bool Start();
  void Restart();
  void CutPower();
  void MoveClock();
  void ConfirmClock();
  // The newest time that an acknowledged change was made at, by a checked clock.
  UnixSeconds KnownTime() { return {std::max(known_time_s_, service_.clock().Now().value)}; }

  // simulator_check.cc: the comparison
  void Check();
  std::string Difference(const Truth& truth);
  std::string PersonDifference(const PersonTruth& person);
  std::string ConsentDifference(const Truth& truth, const model::ConsentId& id,
                                const ConsentTruth& consent);
  std::string CountDifference(const Truth& truth);
  StatusOr<std::optional<personal_data::ReleaseRecord>> ReleaseOf(
      const operations::LoadedPerson& person, const model::ConsentId& id, const std::string& order);
  std::string DutyDifference(const Truth& truth);
  std::string HoldDifference(const Truth& truth);  // simulator_officers.cc

  // simulator_people.cc: what portals and people do
  Seeker& SeekerOf(int number);
  std::optional<int> SomePerson();
  std::optional<model::ConsentId> SomeConsent(const std::function<bool(const ConsentTruth&)>& if_);
  std::optional<operations::PersonAct> Prepare(int person, std::string_view act,
                                               const std::map<std::string, std::string>& fields);
  void Register();
  void PutItem();
  void Show();
  void Hide();
  void SendShow(const KeptAct& kept);
  void AddPosting();
  void RenewCards();
  std::string AddSigner();
  operations::SignedStatement Decide(const model::PostingId& posting, const std::string& card,
                                     std::int32_t how_many);
  void Invite();
  void TakeInvitations();

  // simulator_consents.cc: answers, withdrawals, releases
  void Answer();
  void SendGrant(const KeptAct& kept);
  void WithdrawConsent();
  void Collect();
  void FindUnanswered(const model::ConsentId& id, const std::string& order);
  void JudgeCollected(const model::ConsentId& id, const std::string& order, const Status& status,
                      const std::optional<personal_data::ReleaseRecord>& release);
  void PassDeadlines();
  void ReadPayloads(const model::ConsentId& id, const model::ReleaseId& release);
  void Replay();

  // simulator_officers.cc: destruction by plan, legal holds
  operations::Call OfficerNamed(const std::string& name);
  std::optional<Target> SomeTarget();
  std::optional<operations::PlanRecord> PlanAndApprove(const Target& target);
  void DestroyByPlan();
  void PlaceHold();
  void PlaceHoldOn(int number);
  void EndHold();
  void ReadHeld();

  // simulator_companies.cc: blocked employers, the company's feed
  std::string AddCompany();
  void Block();
  void Unblock();
  void SendUnblock(const KeptAct& kept);
  void ReadFeed();

  // simulator_disk.cc: destruction, backups and disks
  void AskForErasure();
  void Destroy();
  void LoseTheLost();
  void MakeBackup();
  void Restore();
  void RestoreInterrupted(const Truth& before, const Backup& backup);
  void TakeImage();
  void PutImageBack();

  TemporaryDirectory directory_{TemporaryDirectory::Place::kMemory};
  std::mt19937_64 random_;
  const std::uint64_t seed_;
  DiskService service_;
  SimulatedDisk disk_;
  std::map<int, Seeker> seekers_;
  std::optional<primitives::SigningKey> recruiter_;
  Truth truth_;
  std::vector<Narrowing> narrowed_;
  std::uint64_t restores_ = 0;  // begun
  std::map<model::SeekerHandle, std::int64_t> bars_;        // last time of hiding
  std::map<model::SeekerHandle, std::int64_t> block_bars_;  // last time of blocking
  std::set<model::SeekerHandle> gone_;                      // of destroyed people, for ever
  std::map<model::ItemId, Bytes> contents_;                 // what came in
  std::map<std::uint64_t, Bytes> feed_;                     // what the company read, by position
  std::vector<Backup> backups_;
  std::vector<KeptAct> kept_;
  std::optional<std::uint64_t> image_sequence_;
  std::int64_t known_time_s_ = 0;
  std::string failure_, story_;
  Counts counts_;
};

}  // namespace noren::simulation
