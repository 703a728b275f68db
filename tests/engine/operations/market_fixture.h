// Random people and postings for a whole service, the slow obvious ranking of them, and a place for
// snapshots in memory.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "engine/matching/rows.h"
#include "engine/operations/snapshot_place.h"
#include "tests/engine/operations/service_fixture.h"

namespace noren::operations {

// Of a company that nobody has registered: the class that holds every company.
inline const Audience kEverybody{{"all"}};

class MemorySnapshotPlace final : public SnapshotPlace {
 public:
  StatusOr<std::unique_ptr<Writer>> Create() override;
  StatusOr<std::unique_ptr<Reader>> Open() override;

  Bytes content;                    // empty: no snapshot
  std::function<void()> on_append;  // called before the first append of a snapshot
};

// Registers, changes and destroys through operations, and knows what should be there.
class RandomMarket {
 public:
  static constexpr std::size_t kPortals = 3;

  RandomMarket(TestService& service, std::uint64_t seed) : service_(service), random_(seed) {}
  std::uint64_t Below(std::uint64_t n) { return random_() % n; }
  bool OneIn(std::uint64_t n) { return Below(n) == 0; }

  void Step();  // one change
  void Steps(int count) {
    for (int i = 0; i < count; ++i) Step();
  }
  void AddPerson();
  void ChangePerson();
  void ShowPerson();
  void DestroyPerson();
  void AddPosting();
  void ClosePosting();

  // Every answer of the market is that of the oracle over rows made of the stored profiles.
  void ExpectExact(Market& market);
  void ExpectExact() { ExpectExact(service_.context().market); }
  std::size_t people_count() const { return people_.size(); }

 private:
  struct Person {
    std::size_t portal = 0;
    std::unique_ptr<TestPerson> person;
    model::PersonId id;
    bool discoverable = false;
  };
  static std::string PortalName(std::size_t portal);
  Call PortalCall(std::size_t portal) { return service_.portal(PortalName(portal)); }
  model::Profile RandomProfile();
  model::Posting RandomPosting();
  void Register(Person& person);
  std::vector<matching::SeekerRow> RowsOfPortal(Market& market, std::size_t portal);
  void ExpectSeekers(Market& market, const MarketPosting& posting, std::size_t portal);
  void ExpectOpenings(Market& market, const Person& person,
                      const std::vector<matching::PostingRow>& open);

  TestService& service_;
  std::mt19937_64 random_;
  std::vector<Person> people_;
  std::vector<model::PostingId> open_, closed_;
  int next_ = 0;
};

}  // namespace noren::operations
