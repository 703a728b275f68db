// The ranking side's view of the store under one version of the match key: an index of people per
// portal and one of open postings, filled by a scan or from a snapshot and kept up by the change
// feed. It is a hint: whatever discloses something about a person is committed on a condition in
// the store, never on what is here.
// Source:   docs/design/0001-the-doorway.md, docs/design/0006-market-and-snapshot.md
// Threads:  thread-safe. Readers are never blocked: CatchUp and Maintain take turns among
//           themselves, one change or one step at a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/base/clock.h"
#include "engine/matching/cards/cards.h"
#include "engine/matching/index/snapshot.h"
#include "engine/matching/ranking.h"
#include "engine/matching/relatedness/baskets.h"
#include "engine/matching/relatedness/relatedness_model.h"
#include "engine/matching/rows.h"
#include "engine/matching/rows_from_model.h"
#include "engine/model/dictionary.h"
#include "engine/model/ids.h"
#include "engine/operations/audience.h"
#include "engine/operations/code_tokens.h"
#include "engine/operations/people.h"
#include "engine/operations/people_directory.h"
#include "engine/operations/posting_directory.h"
#include "engine/operations/snapshot_place.h"
#include "engine/personal_data/keyring.h"
#include "engine/personal_data/pseudonyms.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/policy/policy.h"
#include "engine/storage/store.h"

namespace noren::operations {

class CardRoll;

struct MarketPerson {
  model::PersonId person;
  std::string portal;
  model::SeekerHandle handle;
  bool discoverable = false;
  std::string companies_class;  // with what ReachedBy (audience.h) adds
  matching::SeekerRow row;
};

struct RankedPerson {
  model::PersonId person;
  model::SeekerHandle handle;
  matching::PairScore score;
};
struct RankedOpening {
  model::PostingId posting;
  std::string title;
  std::string company;
  matching::PairScore score;
};
template <typename T>
struct MarketRanking {
  std::vector<T> best;
  std::size_t considered = 0;  // met every hard condition
};

struct MarketParts {
  storage::Store& store;
  personal_data::Keyring& keyring;
  const personal_data::PurposeKeys& keys;
  const personal_data::Pseudonyms& pseudonyms;
  const model::Dictionary& dictionary;
  matching::WeightRules weight_rules = {};  // the policy's, see WeightRulesOf
  // The operator's civil day, days since 1970-01-01; empty: recency is not counted.
  std::function<std::int32_t()> today = {};
  // What operations say of using a person now; empty: everybody is used.
  std::function<StatusOr<PersonUse>(const LoadedPerson&)> use_of = {};
  Hash256 policy_digest = {};  // what `use_of` judges by
};

matching::WeightRules WeightRulesOf(const policy::Policy& policy);

// Feed entries, as changes carry them.
Bytes PersonChanged(const model::PersonId& person);
Bytes PostingChanged(const model::PostingId& posting);

// How the market was filled.
struct MarketLoad {
  bool from_snapshot = false;
  std::string refusal;  // why a snapshot that is there was not used; no personal data
  UnixSeconds taken_at;
  std::size_t people = 0;
};

class KeyedMarket {
 public:
  KeyedMarket(MarketParts parts, CodeTokens::Key match_key);
  ~KeyedMarket();

  // Reads everything; call before the first use. With a place, from its snapshot and what changed
  // since; a snapshot that is missing, damaged or not of this service's present is left aside.
  Status Load();
  StatusOr<MarketLoad> Load(SnapshotPlace& place);
  // Load in portions of so many pages of people: Begin, then More until it says that all is there.
  // What `before` learned is taken over, in the tokens of this version.
  Status BeginLoad(const KeyedMarket& before);
  StatusOr<bool> LoadMore(std::size_t pages);
  // Reads what changed since; afterwards every committed change is visible to the next query.
  Status CatchUp();
  // Leaves out whose last day is before this one; looks at nobody else.
  Status EndBefore(std::int32_t day);
  // Whether everybody is here as the day has it; false for a while after a snapshot was read.
  bool IsJudged() const { return is_judged_.load(); }
  // Background work for about this long: tightens and regroups the indexes, retrains relatedness
  // when enough people changed, takes new days and new relatedness over into the postings. True
  // when more is left to do.
  bool Maintain(std::chrono::microseconds budget);
  // Writes everything about people, sealed under a key that the next destruction replaces; updates
  // and rankings go on meanwhile.
  //   errors   kRetryLater: a person was destroyed meanwhile; kStorage and those of the place: the
  //            snapshot before, if any, may be gone
  StatusOr<SnapshotSummary> SaveSnapshot(SnapshotPlace& place, Random& random, UnixSeconds now);

  const CodeTokens& tokens() const { return tokens_; }
  // Learned from the people's tokens; what postings ask for next gets its related skills of it.
  std::shared_ptr<const matching::RelatednessModel> relatedness() const;
  std::size_t people_count() const;
  std::size_t open_postings_count() const;
  std::optional<MarketPerson> FindPerson(const model::PersonId& person) const;
  PostingPtr FindPosting(const model::PostingId& posting) const;
  // null: none, or another's; the time it takes does not say which.
  PostingPtr FindPostingOfCompany(std::string_view company, const model::PostingId& posting) const;
  PostingPtr FindPostingOfPortal(std::string_view portal, const model::PostingId& posting) const;
  std::optional<MarketPerson> FindRow(matching::SeekerRowId row) const;
  // Of one company, newest first.
  std::vector<MarketPosting> PostingsOf(std::string_view company) const;

  // `portal`: only that portal's own people. `company`: only whom its openings may reach; null:
  // everybody.
  StatusOr<MarketRanking<RankedPerson>> RankSeekers(const model::PostingId& posting,
                                                    std::string_view portal, std::size_t k,
                                                    const Audience* company = nullptr) const;
  StatusOr<MarketRanking<RankedOpening>> RankPostings(const model::PersonId& person,
                                                      std::size_t k) const;

  // Rows of people with a live consent to be discoverable to this audience; of merged people one.
  std::vector<matching::SeekerRow> DiscoverableRows(const Audience& audience) const;
  // Who the officer found to be one with the person, the person too; empty: nobody. Companies are
  // shown one of them.
  std::vector<model::PersonId> OnePersonWith(const model::PersonId& person) const;
  // Calls `use` with a lookup of the rows of people discoverable to the audience; lookup and rows
  // are valid inside the call only.
  using RowLookup = std::function<const matching::SeekerRow*(matching::SeekerRowId)>;
  void WithLiveRows(const Audience& audience,
                    const std::function<void(const RowLookup&)>& use) const;
  // For every class of the table, which was made for this audience, how many of its members are
  // discoverable to it and how many of those meet every hard condition of the posting.
  std::vector<matching::ClassCount> CountClasses(
      const matching::PostingRow& posting, const Audience& audience,
      const std::shared_ptr<const matching::ClassTable>& table) const;

  // The tie rule between a posting and a seeker.
  class Ties;

 private:
  struct Portal;
  struct People;   // everything about people; a snapshot that fails leaves none of it
  struct Ranking;  // openings, relatedness

  struct Loading;  // people that were read and are in no index yet
  StatusOr<bool> LoadPeople(std::size_t pages);
  Status TakeRead(const storage::KeyValue& item);
  void BuildIndexes();
  // `unlearned`: people who changed since the model was trained.
  Status LoadPostings(matching::RelatednessModel model, std::uint64_t unlearned);
  Status LoadSnapshot(SnapshotPlace& place, MarketLoad& load);
  Status ReadPeople(matching::ImageSource& source, const std::vector<std::string>& portals);
  Bytes EncodeEnds() const;
  Status TakeEnds(ByteSpan encoded);
  Status CheckPeople();
  Status CatchUpLocked();
  Status ReadPerson(const model::PersonId& person);
  Status ReadPosting(const model::PostingId& posting);
  struct OpenedPerson {
    std::optional<MarketPerson> shown;     // nothing: in no ranking today
    std::optional<std::int32_t> last_day;  // on which this holds
  };
  StatusOr<OpenedPerson> OpenPerson(const model::PersonId& person, ByteSpan stored) const;
  Status TakePerson(const model::PersonId& person, ByteSpan stored);
  std::optional<model::PersonId> OpenMerge(const model::PersonId& person, ByteSpan record,
                                           ByteSpan merge) const;
  void TakeMerge(const model::PersonId& person, const std::optional<model::PersonId>& into);
  Status LoadMerges();
  void ShowPerson(const model::PersonId& person);
  void ShowOneOf(const std::vector<model::PersonId>& group);
  class ShownTo;
  class Reached;
  std::optional<PersonEntry> FindShown(matching::SeekerRowId row, const ShownTo& shown) const;
  std::optional<PersonEntry> EntryOf(const MarketPerson& person);
  void PutPerson(const MarketPerson& person);
  void NoteLastDay(const model::PersonId& person, const OpenedPerson& opened);
  void NoteFirstEnd();
  Status EndBeforeLocked(std::int32_t day);
  StatusOr<bool> JudgePage();
  bool JudgePeople(std::chrono::steady_clock::time_point until);
  void RemovePerson(const model::PersonId& person);
  StatusOr<PostingPtr> OpenPosting(const model::PostingId& posting, ByteSpan stored) const;
  Status TakePosting(const model::PostingId& posting, ByteSpan stored);
  StatusOr<std::uint64_t> LastFeedSequence() const;
  Status ScanPrefix(std::string_view prefix,
                    const std::function<Status(const storage::KeyValue&)>& take);
  Status ApplyFeedEntry(ByteSpan entry);
  matching::TokenBaskets Baskets() const;
  std::uint64_t UnlearnedChanges() const;
  void StartTraining();
  std::shared_ptr<CardRoll> FindRoll(const matching::ClassTable* table) const;
  std::shared_ptr<CardRoll> RollOf(const Audience& audience,
                                   const std::shared_ptr<const matching::ClassTable>& table) const;
  bool TendPortals(std::chrono::steady_clock::time_point until);
  void TendRelatedness();
  bool RefreshPostings(std::chrono::steady_clock::time_point until);

  MarketParts parts_;
  CodeTokens tokens_;
  matching::RegionCentres centres_;

  mutable std::mutex writer_;  // guards changes of what follows; readers need it for nothing
  std::uint64_t feed_position_ = 0;
  std::unique_ptr<People> people_;
  std::unique_ptr<Ranking> ranking_;
  std::unique_ptr<Loading> loading_;
  // Who ends when, as it was last read; a day that has moved since is read again when it comes.
  std::set<std::pair<std::int32_t, model::PersonId>> ends_;
  std::atomic<std::int32_t> first_end_{std::numeric_limits<std::int32_t>::max()};
  std::optional<std::string> judged_;  // people up to this key, of those a snapshot brought
  std::atomic<bool> is_judged_{true};  // judged_ has nothing
  std::mutex snapshot_;                // one is written at a time
};

class KeyedMarket::Ties final : public matching::TieRule {
 public:
  explicit Ties(const personal_data::Pseudonyms& pseudonyms) : pseudonyms_(pseudonyms) {}
  std::uint64_t Of(matching::PostingRowId posting, matching::SeekerRowId seeker) const override;

 private:
  const personal_data::Pseudonyms& pseudonyms_;
};

}  // namespace noren::operations
