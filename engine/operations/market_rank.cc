// Questions to the market: rankings, lookups, cards. Nothing here waits for a change.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <deque>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "engine/matching/conditions.h"
#include "engine/matching/prepared.h"
#include "engine/matching/query/eligible.h"
#include "engine/model/errors.h"
#include "engine/operations/market_state.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

// Whoever changes between the ranking and the reading of the best makes the ranking out of date: it
// is made again, and after so many times what was read is put in order.
constexpr int kMaxRankings = 4;

template <typename Answer>
struct Read {
  Answer answer;
  std::uint64_t tie = 0;
  std::uint64_t row = 0;
};

template <typename Answer>
void PutInOrder(std::vector<Read<Answer>>& best) {
  std::ranges::sort(best, [](const Read<Answer>& a, const Read<Answer>& b) {
    return std::tuple(-a.answer.score.score, a.tie, a.row) <
           std::tuple(-b.answer.score.score, b.tie, b.row);
  });
}

template <typename Answer>
MarketRanking<Answer> TakeAnswer(std::vector<Read<Answer>>& best, std::size_t considered) {
  MarketRanking<Answer> answer;
  answer.considered = considered;
  answer.best.reserve(best.size());
  for (Read<Answer>& one : best) answer.best.push_back(std::move(one.answer));
  return answer;
}

// `ranked` as it is now, in its order; false when somebody changed since. Who is gone, or does not
// qualify any more, is left out.
template <typename Answer, typename Id, typename ReadOne>
bool ReadBest(const std::vector<matching::Ranked<Id>>& ranked, const ReadOne& read_one,
              std::vector<Read<Answer>>& best) {
  best.clear();
  bool as_ranked = true;
  for (const matching::Ranked<Id>& one : ranked) {
    std::optional<Answer> answer = read_one(one.id);
    as_ranked &= answer && answer->score.score == one.score;
    if (answer) best.push_back({std::move(*answer), one.tie, one.id.value});
  }
  return as_ranked;
}

// Rolls kept at once: so many audiences can ask in turn without a roll being made anew.
constexpr std::size_t kMaxRolls = 16;

}  // namespace

std::size_t KeyedMarket::people_count() const { return people_->directory.size(); }
std::size_t KeyedMarket::open_postings_count() const { return ranking_->postings.open_count(); }

std::optional<MarketPerson> KeyedMarket::FindRow(matching::SeekerRowId row) const {
  const auto entry = people_->directory.Find(row);
  if (!entry) return std::nullopt;
  MarketPerson person{entry->person,
                      people_->NameOf(entry->portal),
                      entry->handle,
                      entry->discoverable,
                      people_->classes.NameOf(entry->companies_class),
                      {}};
  const matching::SeekerIndex::View view = people_->At(entry->portal).index.Read();
  const auto slot = view.Find(row);
  if (!slot) return std::nullopt;
  view.ReadRow(*slot, person.row);
  if (person.row.id != row) return std::nullopt;
  return person;
}

std::optional<MarketPerson> KeyedMarket::FindPerson(const model::PersonId& person) const {
  std::optional<MarketPerson> found = FindRow(RowIdOf(person));
  return found && found->person == person ? std::move(found) : std::nullopt;
}

PostingPtr KeyedMarket::FindPosting(const model::PostingId& posting) const {
  return ranking_->postings.Find(posting);
}

PostingPtr KeyedMarket::FindPostingOfCompany(std::string_view company,
                                             const model::PostingId& posting) const {
  return ranking_->postings.FindOfCompany(company, posting);
}

PostingPtr KeyedMarket::FindPostingOfPortal(std::string_view portal,
                                            const model::PostingId& posting) const {
  return ranking_->postings.FindOfPortal(portal, posting);
}

std::vector<MarketPosting> KeyedMarket::PostingsOf(std::string_view company) const {
  std::vector<MarketPosting> own;
  for (const PostingPtr& posting : ranking_->postings.OfCompany(company)) own.push_back(*posting);
  std::ranges::sort(own, [](const MarketPosting& a, const MarketPosting& b) {
    return a.registered_at != b.registered_at ? a.registered_at > b.registered_at
                                              : a.posting < b.posting;
  });
  return own;
}

StatusOr<MarketRanking<RankedPerson>> KeyedMarket::RankSeekers(const model::PostingId& id,
                                                               std::string_view portal,
                                                               std::size_t k,
                                                               const Audience* company) const {
  const PostingPtr posting = ranking_->postings.Find(id);
  if (posting == nullptr) return MakeError(ErrorCode::kNotFound);
  const Portal* own = people_->FindPortal(portal);
  if (own == nullptr) return MarketRanking<RankedPerson>();
  const Ties ties(parts_.pseudonyms);
  const matching::PreparedPosting prepared(posting->row);
  matching::SearchOptions options;
  options.eligible = matching::Eligible::kAll;
  const Reached reached(people_->classes, company);
  // The best whom the openings of the company may reach: more are looked at until there are enough.
  std::size_t asked = k;
  const auto rank = [&]() -> StatusOr<matching::SeekerRanking> {
    for (;; asked *= 4) {
      NOREN_ASSIGN_OR_RETURN(matching::SeekerRanking ranking,
                             own->searches.With([&](matching::SeekerSearch& search) {
                               return search.RankSeekers(posting->row, asked, ties, options);
                             }));
      const bool has_more = ranking.best.size() == asked;
      std::erase_if(ranking.best, [&](const auto& one) {
        const auto entry = people_->directory.Find(one.id);
        return entry && !reached(*entry);
      });
      if (ranking.best.size() < k && has_more) continue;
      if (ranking.best.size() > k) ranking.best.resize(k);
      return ranking;
    }
  };
  std::vector<Read<RankedPerson>> best;
  for (int rankings = 1;; ++rankings) {
    NOREN_ASSIGN_OR_RETURN(const matching::SeekerRanking ranking, rank());
    const matching::SeekerIndex::View view = own->index.Read();
    matching::SeekerRow row;
    const auto read_one = [&](matching::SeekerRowId seeker) -> std::optional<RankedPerson> {
      const auto entry = people_->directory.Find(seeker);
      const auto slot = view.Find(seeker);
      if (!entry || !slot) return std::nullopt;
      view.ReadRow(*slot, row);
      if (row.id != seeker || !matching::MeetsConditions(posting->row, row)) return std::nullopt;
      return RankedPerson{entry->person, entry->handle, matching::ScorePair(prepared, row)};
    };
    const bool as_ranked = ReadBest(ranking.best, read_one, best);
    if (!as_ranked && rankings < kMaxRankings) continue;
    if (!as_ranked) PutInOrder(best);
    return TakeAnswer(best, ranking.eligible_count);
  }
}

StatusOr<MarketRanking<RankedOpening>> KeyedMarket::RankPostings(const model::PersonId& id,
                                                                 std::size_t k) const {
  const std::optional<MarketPerson> person = FindPerson(id);
  if (!person) return MakeError(ErrorCode::kNotFound);
  const Ties ties(parts_.pseudonyms);
  matching::OpeningQuery query;
  query.k = k;
  query.count = matching::EligibleCount::kExact;
  std::vector<Read<RankedOpening>> best;
  for (int rankings = 1;; ++rankings) {
    const matching::PostingRanking ranking =
        ranking_->openings->Rank(person->row, query, ties).ranking;
    const auto read_one = [&](matching::PostingRowId row) -> std::optional<RankedOpening> {
      const PostingPtr posting = ranking_->postings.FindRow(row);
      if (posting == nullptr || !posting->open) return std::nullopt;
      if (!matching::MeetsConditions(posting->row, person->row)) return std::nullopt;
      return RankedOpening{posting->posting, posting->title, posting->company,
                           matching::ScorePair(posting->row, person->row)};
    };
    const bool as_ranked = ReadBest(ranking.best, read_one, best);
    if (!as_ranked && rankings < kMaxRankings) continue;
    if (!as_ranked) PutInOrder(best);
    return TakeAnswer(best, ranking.eligible_count);
  }
}

std::vector<matching::SeekerRow> KeyedMarket::DiscoverableRows(const Audience& audience) const {
  const ShownTo shown(people_->classes, audience);
  std::vector<matching::SeekerRow> rows;
  absl::flat_hash_set<matching::SeekerRowId> seen;  // who goes to another portal may be met in both
  const std::size_t portals = people_->portals_count();
  for (std::uint16_t portal = 0; portal < portals; ++portal) {
    const matching::SeekerIndex::View view = people_->At(portal).index.Read();
    for (std::uint32_t b = 0; b < view.block_count(); ++b) {
      const matching::Block& block = view.block(b);
      for (std::uint64_t lanes = view.live(b); lanes != 0; lanes &= lanes - 1) {
        const auto lane = static_cast<std::size_t>(std::countr_zero(lanes));
        if (!FindShown(block.id(lane), shown) || !seen.insert(block.id(lane)).second) continue;
        rows.push_back(view.RowAt(static_cast<matching::Slot>(b * matching::kLanes + lane)));
      }
    }
  }
  return rows;
}

void KeyedMarket::WithLiveRows(const Audience& audience,
                               const std::function<void(const RowLookup&)>& use) const {
  const ShownTo shown(people_->classes, audience);
  std::deque<matching::SeekerRow> rows;
  use([this, &rows, &shown](matching::SeekerRowId id) -> const matching::SeekerRow* {
    const auto entry = FindShown(id, shown);
    if (!entry) return nullptr;
    const matching::SeekerIndex::View view = people_->At(entry->portal).index.Read();
    const auto slot = view.Find(id);
    if (!slot) return nullptr;
    view.ReadRow(*slot, rows.emplace_back());
    return rows.back().id == id ? &rows.back() : nullptr;
  });
}

std::shared_ptr<CardRoll> KeyedMarket::FindRoll(const matching::ClassTable* table) const {
  for (const std::shared_ptr<CardRoll>& roll : *people_->rolls.load()) {
    if (roll->table().get() == table) return roll;
  }
  return nullptr;
}

// Nobody's consent changes while a roll is made: that is once an epoch and audience.
std::shared_ptr<CardRoll> KeyedMarket::RollOf(
    const Audience& audience, const std::shared_ptr<const matching::ClassTable>& table) const {
  if (auto roll = FindRoll(table.get())) return roll;
  const std::lock_guard lock(writer_);
  if (auto roll = FindRoll(table.get())) return roll;
  const ShownTo shown(people_->classes, audience);
  auto roll = std::make_shared<CardRoll>(table, audience, [&](matching::SeekerRowId row) {
    return FindShown(row, shown).has_value();
  });
  People::Rolls rolls = {roll};
  for (const std::shared_ptr<CardRoll>& before : *people_->rolls.load()) {
    if (rolls.size() == kMaxRolls) break;
    if (!(before->audience() == audience)) rolls.push_back(before);
  }
  people_->rolls.store(std::make_shared<const People::Rolls>(std::move(rolls)));
  return roll;
}

std::vector<matching::ClassCount> KeyedMarket::CountClasses(
    const matching::PostingRow& posting, const Audience& audience,
    const std::shared_ptr<const matching::ClassTable>& table) const {
  const std::shared_ptr<CardRoll> roll = RollOf(audience, table);
  std::vector<matching::SeekerRowId> eligible;
  const std::size_t portals = people_->portals_count();
  for (std::uint16_t portal = 0; portal < portals; ++portal)
    matching::CollectEligible(people_->At(portal).index, posting, eligible);
  return roll->Count(eligible);
}

}  // namespace noren::operations
