// The market as operations see it: one KeyedMarket, and while the match key is rotated a second one
// under the newest version, which is filled beside it and takes its place.
// Source:   docs/design/0018-rotation-of-tokens.md
// Threads:  thread-safe; Now() and everything that reads wait for nobody
// Why safe: what was acknowledged is in the market that queries see: the one that takes the place
//           of another first catches up, under the lock that CatchUp takes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "engine/operations/keyed_market.h"

namespace noren::operations {

// Whoever asks twice about the same tokens (a row here, a table there) holds one of these.
using MarketView = std::shared_ptr<const KeyedMarket>;

class Market {
 public:
  using Ties = KeyedMarket::Ties;
  using RowLookup = KeyedMarket::RowLookup;

  explicit Market(MarketParts parts);
  ~Market();

  MarketView Now() const { return now_.load(); }
  // Of the match key, which the rows seen now are under.
  std::uint32_t version() const { return now_.load()->tokens().version(); }

  // As those of KeyedMarket. Load is under the newest version.
  Status Load();
  StatusOr<MarketLoad> Load(SnapshotPlace& place);
  Status CatchUp();
  Status EndBefore(std::int32_t day) { return now_.load()->EndBefore(day); }
  bool Maintain(std::chrono::microseconds budget) { return now_.load()->Maintain(budget); }
  StatusOr<SnapshotSummary> SaveSnapshot(SnapshotPlace& place, Random& random, UnixSeconds now) {
    return now_.load()->SaveSnapshot(place, random, now);
  }

  // Reads so many pages of people into a market under the newest version; when everybody is there,
  // it takes the place of the one of before. Holders of a view keep what they have.
  //   returns  false: more is left to read
  StatusOr<bool> MoveToNewest(std::size_t pages);

  // Of the market as it is now.
  std::shared_ptr<const matching::RelatednessModel> relatedness() const {
    return Now()->relatedness();
  }
  std::size_t people_count() const { return Now()->people_count(); }
  std::size_t open_postings_count() const { return Now()->open_postings_count(); }
  std::optional<MarketPerson> FindPerson(const model::PersonId& person) const {
    return Now()->FindPerson(person);
  }
  std::optional<MarketPerson> FindRow(matching::SeekerRowId row) const {
    return Now()->FindRow(row);
  }
  PostingPtr FindPosting(const model::PostingId& posting) const {
    return Now()->FindPosting(posting);
  }
  PostingPtr FindPostingOfCompany(std::string_view company, const model::PostingId& posting) const {
    return Now()->FindPostingOfCompany(company, posting);
  }
  PostingPtr FindPostingOfPortal(std::string_view portal, const model::PostingId& posting) const {
    return Now()->FindPostingOfPortal(portal, posting);
  }
  std::vector<MarketPosting> PostingsOf(std::string_view company) const {
    return Now()->PostingsOf(company);
  }
  StatusOr<MarketRanking<RankedPerson>> RankSeekers(const model::PostingId& posting,
                                                    std::string_view portal, std::size_t k,
                                                    const Audience* company = nullptr) const {
    return Now()->RankSeekers(posting, portal, k, company);
  }
  StatusOr<MarketRanking<RankedOpening>> RankPostings(const model::PersonId& person,
                                                      std::size_t k) const {
    return Now()->RankPostings(person, k);
  }
  std::vector<matching::SeekerRow> DiscoverableRows(const Audience& audience) const {
    return Now()->DiscoverableRows(audience);
  }
  std::vector<matching::ClassCount> CountClasses(
      const matching::PostingRow& posting, const Audience& audience,
      const std::shared_ptr<const matching::ClassTable>& table) const {
    return Now()->CountClasses(posting, audience, table);
  }
  std::vector<model::PersonId> OnePersonWith(const model::PersonId& person) const {
    return Now()->OnePersonWith(person);
  }

 private:
  std::shared_ptr<KeyedMarket> MakeNewest() const;

  MarketParts parts_;
  std::mutex turn_;                                // guards changes of what follows
  std::shared_ptr<KeyedMarket> next_;              // being filled; null: none
  std::atomic<std::shared_ptr<KeyedMarket>> now_;  // never null
};

}  // namespace noren::operations
