// The ranking side's view of the store: rows of coded tokens, filled by a scan and kept up by the
// change feed. It is a hint:
// whatever discloses something about a person is committed on a condition in the store, never on
// what is here.
// Source:   docs/design/0001-the-doorway.md; ARCHITECTURE section 6
// Threads:  thread-safe; readers share, CatchUp excludes
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "crypto/base/clock.h"
#include "engine/matching/ranking.h"
#include "engine/matching/rows.h"
#include "engine/matching/rows_from_model.h"
#include "engine/model/dictionary.h"
#include "engine/model/ids.h"
#include "engine/personal_data/keyring.h"
#include "engine/personal_data/pseudonyms.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/policy/policy.h"
#include "engine/storage/store.h"

namespace noren::operations {

// The match tokens of codes, and the way back from a token to its code for what is shown (cards,
// explanations).
class CodeTokens final : public matching::TokenSource {
 public:
  CodeTokens(const personal_data::Pseudonyms& pseudonyms, const model::Dictionary& dictionary);
  matching::Token OfOccupation(const model::OccupationCode& code) const override;
  matching::Token OfSkill(const model::SkillCode& code) const override;
  matching::Token OfRegion(const model::RegionCode& code) const override;
  matching::Token OfLicence(const model::LicenceCode& code) const override;
  matching::Token OfLanguage(const model::LanguageCode& code) const override;
  // "" for a token of no code in the lists.
  std::string CodeOf(matching::Token token) const;

 private:
  matching::Token Of(std::string_view kind, std::string_view code) const;
  const personal_data::Pseudonyms& pseudonyms_;
  std::map<std::uint64_t, std::string> codes_;
};

struct MarketPerson {
  model::PersonId person;
  std::string portal;
  model::SeekerHandle handle;
  bool discoverable = false;
  std::string companies_class;
  matching::SeekerRow row;
};

struct MarketPosting {
  model::PostingId posting;
  std::string portal;
  std::string company;
  std::string title;
  bool open = true;
  UnixSeconds registered_at;
  matching::PostingRow row;
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
};

matching::WeightRules WeightRulesOf(const policy::Policy& policy);

// Feed entries, as changes carry them.
Bytes PersonChanged(const model::PersonId& person);
Bytes PostingChanged(const model::PostingId& posting);

class Market {
 public:
  explicit Market(MarketParts parts);

  // Reads everything; call before the first use.
  Status Load();
  // Reads what changed since; afterwards every committed change is visible to the next query.
  Status CatchUp();

  const CodeTokens& tokens() const { return tokens_; }
  std::size_t people_count() const;
  std::size_t open_postings_count() const;
  std::optional<MarketPerson> FindPerson(const model::PersonId& person) const;
  std::optional<MarketPosting> FindPosting(const model::PostingId& posting) const;
  std::optional<MarketPerson> FindRow(matching::SeekerRowId row) const;
  // Of one company, newest first.
  std::vector<MarketPosting> PostingsOf(std::string_view company) const;

  // `portal`: only that portal's own people.
  StatusOr<MarketRanking<RankedPerson>> RankSeekers(const model::PostingId& posting,
                                                    std::string_view portal, std::size_t k) const;
  StatusOr<MarketRanking<RankedOpening>> RankPostings(const model::PersonId& person,
                                                      std::size_t k) const;

  // Rows of people with a live discoverability consent.
  std::vector<matching::SeekerRow> DiscoverableRows() const;
  // Calls `use` with a lookup of the live (discoverable) rows; the lookup is valid inside the call
  // only.
  using RowLookup = std::function<const matching::SeekerRow*(matching::SeekerRowId)>;
  void WithLiveRows(const std::function<void(const RowLookup&)>& use) const;

  // The tie rule between a posting and a seeker.
  class Ties;

 private:
  Status ReadPerson(const model::PersonId& person);
  Status ReadPosting(const model::PostingId& posting);
  Status TakePerson(const model::PersonId& person, ByteSpan stored);
  Status TakePosting(const model::PostingId& posting, ByteSpan stored);
  Status ScanPrefix(std::string_view prefix,
                    const std::function<Status(const storage::KeyValue&)>& take);
  Status ApplyFeedEntry(ByteSpan entry);

  MarketParts parts_;
  CodeTokens tokens_;
  matching::RegionCentres centres_;
  mutable std::shared_mutex mutex_;  // guards what follows
  std::uint64_t feed_position_ = 0;
  std::map<model::PersonId, MarketPerson> people_;
  std::map<std::uint64_t, model::PersonId> rows_;
  std::map<model::PostingId, MarketPosting> postings_;
};

class Market::Ties final : public matching::TieRule {
 public:
  explicit Ties(const personal_data::Pseudonyms& pseudonyms) : pseudonyms_(pseudonyms) {}
  std::uint64_t Of(matching::PostingRowId posting, matching::SeekerRowId seeker) const override;

 private:
  const personal_data::Pseudonyms& pseudonyms_;
};

matching::SeekerRowId RowIdOf(const model::PersonId& person);
matching::PostingRowId RowIdOf(const model::PostingId& posting);

}  // namespace noren::operations
