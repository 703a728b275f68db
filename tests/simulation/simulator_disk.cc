// Destruction, backups, restores and images of the disk in a simulation.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>

#include "engine/model/errors.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/person_acts.h"
#include "tests/simulation/simulator.h"

namespace noren::simulation {
namespace {

namespace fs = std::filesystem;
using model::CodeOf;
using model::ErrorCode;

constexpr std::uint64_t kWithinDestruction = 200;
constexpr std::uint64_t kWithinBackup = 400;
constexpr std::uint64_t kWithinRestore = 300;
constexpr std::size_t kMaxBackups = 6;

}  // namespace

void Simulator::AskForErasure() {
  const auto number = SomePerson();
  if (!number) return;
  Say("erasure asked by " + std::to_string(*number));
  const auto act = Prepare(*number, "erase", {});
  if (!act) return;
  const std::string key = service_.NextKey();
  std::optional<model::RequestId> request;
  const Status status = Perform(
      24,
      [&] {
        const auto asked =
            operations::RequestErasure(service_.context(), service_.portal(), key, *act);
        if (asked.ok()) request = *model::RequestId::Parse(asked->result);
        return asked.status();
      },
      [&] {
        narrowed_.push_back({.kind = Narrowing::Kind::kErasureAsked,
                             .person = truth_.people[*number].id,
                             .request = *request});
        Narrow(truth_, narrowed_.back());
      });
  if (!status.ok()) Fail("a request for erasure is refused: " + status.ToString());
}

void Simulator::Destroy() {
  std::vector<int> asked;
  for (const auto& [number, person] : truth_.people) {
    if (person.erasure) asked.push_back(number);
  }
  if (asked.empty()) return;
  const int number = asked[Below(asked.size())];
  Say("destroy " + std::to_string(number));
  const PersonTruth person = truth_.people[number];
  const operations::DestroyRequest request{service_.NextKey(), *person.erasure, "asked for"};
  const auto is_done = [&] {
    narrowed_.push_back({.kind = Narrowing::Kind::kDestroyed, .person = person.id});
    Narrow(truth_, narrowed_.back());
    gone_.insert(person.handle);
    LoseTheLost();
    ++counts_.destructions;
  };
  const std::uint64_t crashes_before = counts_.crashes;
  // Once it has begun, a start that finds it interrupted ends it: the check has to wait for that.
  const Truth before = truth_;
  Status status = OkStatus();
  bool is_known = false;
  if (OneIn(2)) disk_.CrashAt(Below(kWithinDestruction), random_());
  status = operations::DestroyPerson(service_.context(), service_.officer(), request).status();
  while (disk_.is_down() && failure_.empty()) {
    if (!PowerOnAndStart()) return;
    status = operations::DestroyPerson(service_.context(), service_.officer(), request).status();
  }
  disk_.Disarm();
  const bool resumed =
      counts_.crashes > crashes_before && CodeOf(status) == ErrorCode::kStateConflict;
  if (status.ok() || resumed) is_known = true;
  if (!is_known) return Fail("a destruction is refused: " + status.ToString());
  is_done();
}

namespace {

// What of a person in a backup is not there any more, by the leaf that it had in the key tree.
std::vector<Narrowing> LostOf(const PersonTruth& then, const PersonTruth* now) {
  if (now == nullptr) return {{.kind = Narrowing::Kind::kDestroyed, .person = then.id}};
  std::vector<Narrowing> lost;
  for (const model::ItemId& item : then.items) {
    if (now->items.contains(item)) continue;
    lost.push_back({.kind = Narrowing::Kind::kItemDestroyed, .person = then.id, .item = item});
  }
  return lost;
}

}  // namespace

// What a restore lost, people, items and copies that holds keep, the next destruction of somebody
// destroys: a newer backup does not bring it back.
void Simulator::LoseTheLost() {
  std::map<model::PersonId, const PersonTruth*> there;
  for (const auto& [number, person] : truth_.people) there.emplace(person.id, &person);
  for (Backup& backup : backups_) {
    std::vector<Narrowing> lost;
    for (const auto& [number, person] : backup.truth.people) {
      const auto now = there.find(person.id);
      if (now == there.end()) gone_.insert(person.handle);
      std::ranges::move(LostOf(person, now == there.end() ? nullptr : now->second),
                        std::back_inserter(lost));
    }
    for (const Narrowing& narrowing : lost) Narrow(backup.truth, narrowing);
    for (auto& [id, hold] : backup.truth.holds) {
      const auto now = truth_.holds.find(id);
      hold.lost |= now != truth_.holds.end() && now->second.copy != hold.copy;
    }
  }
}

void Simulator::MakeBackup() {
  if (backups_.size() >= kMaxBackups) return;
  Say("backup");
  const std::string key = service_.NextKey();
  std::string path;
  const Status status = Perform(
      kWithinBackup,
      [&] {
        const auto made = operations::CreateBackup(service_.context(), service_.officer(),
                                                   service_.runtime().backup_places(), key);
        if (made.ok()) path = made->path;
        return made.status();
      },
      [&] { backups_.push_back({path, truth_, narrowed_.size()}); });
  if (!status.ok()) Fail("a backup is refused: " + status.ToString());
}

// A backup of any age; sometimes because the whole data disk is gone.
void Simulator::Restore() {
  if (backups_.empty()) return;
  const Backup backup = backups_[Below(backups_.size())];
  const bool is_disk_lost = OneIn(2);
  Say("restore " + fs::path(backup.path).filename().string() +
      (is_disk_lost ? ", the disk is lost" : ""));
  const Truth before = truth_;
  ++restores_;
  service_.Stop();
  if (is_disk_lost) {
    disk_.Settle();
    fs::remove_all(service_.data());
    fs::create_directory(service_.data());
    ++counts_.lost_disks;
  }
  if (OneIn(2)) disk_.CrashAt(Below(kWithinRestore), random_());
  Status restored = service_.Restore(backup.path).status();
  while (disk_.is_down()) {
    ++counts_.crashes;
    Say("  power failure");
    disk_.PowerOn();
    // Whoever starts instead of restoring again finds it sealed, or as it was, or restored.
    const Status started = service_.Start();
    if (started.ok()) return RestoreInterrupted(before, backup);
    if (started.code() != StatusCode::kDataLoss)
      return Fail("a half restored service is neither sealed nor whole: " + started.ToString());
    restored = service_.Restore(backup.path).status();
  }
  disk_.Disarm();
  if (!restored.ok()) return Fail("a restore is refused: " + restored.ToString());
  truth_ = AfterRestore(backup.truth, narrowed_, backup.narrowed_count, restores_);
  ++counts_.restores;
  if (fs::exists(service_.data() + "/market.snapshot") && OneIn(2))
    fs::remove(service_.data() + "/market.snapshot");
  (void)Start();
}

void Simulator::RestoreInterrupted(const Truth& before, const Backup& backup) {
  const Truth after = AfterRestore(backup.truth, narrowed_, backup.narrowed_count, restores_);
  const std::string not_before = Difference(before);
  if (not_before.empty()) {
    truth_ = before;
    return;
  }
  const std::string not_after = Difference(after);
  if (!not_after.empty())
    return Fail("a half restored service is served: " + not_before + "; " + not_after);
  truth_ = after;
  ++counts_.restores;
}

// Of the data alone, while nothing runs.
void Simulator::TakeImage() {
  Say("image of the disk");
  service_.Stop();
  disk_.Settle();
  const std::string image = service_.folder() + "/image";
  fs::remove_all(image);
  fs::copy(service_.data(), image, fs::copy_options::recursive);
  if (!Start()) return;
  image_sequence_ = service_.context().pipeline.log_state().sequence;
}

void Simulator::PutImageBack() {
  if (!image_sequence_) return;
  if (service_.context().pipeline.log_state().sequence <= *image_sequence_) return;
  Say("an older image in place");
  service_.Stop();
  disk_.Settle();
  const std::string image = service_.folder() + "/image";
  const std::string aside = service_.folder() + "/aside";
  fs::rename(service_.data(), aside);
  fs::copy(image, service_.data(), fs::copy_options::recursive);
  const Status started = service_.Start();
  service_.Stop();
  disk_.Settle();
  fs::remove_all(service_.data());
  fs::rename(aside, service_.data());
  if (started.code() != StatusCode::kDataLoss)
    return Fail("an older image of the disk is served: " + started.ToString());
  ++counts_.images_refused;
  (void)Start();
}

}  // namespace noren::simulation
