// What a company sees before anyone has answered: classes of at least k people, never a person
// (invariant 7).
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matching/cards/cards.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/market.h"
#include "engine/operations/token_table.h"

namespace noren::operations {

// The classes of the current epoch (a civil day of the operator's zone, or shorter when an officer
// closes it), one table for each audience that asked, stored so that a restart does not change
// them. All audiences change epochs together.
class CardEpochs {
 public:
  struct Epoch {
    std::uint64_t number = 0;
    matching::ClassTable table;
    std::uint32_t version = 1;  // of the match key, which the rows are under
  };
  // The audience's classes in the epoch of today, under the tokens of `market`; made and stored
  // when there are none yet.
  StatusOr<std::shared_ptr<const Epoch>> Current(ServiceContext& context, const Call& call,
                                                 const Audience& audience,
                                                 const KeyedMarket& market);
  // Begins an epoch: classes are computed anew when they are asked for next.
  StatusOr<EntryPosition> Renew(ServiceContext& context, const Call& call,
                                const std::string& idempotency_key);
  std::string Name(const Epoch& epoch) const;  // "2026-11-22.7"

  // The record that says which epoch is the current one.
  static std::string StateKey();
  static StatusOr<std::uint64_t> CurrentNumber(ServiceContext& context);  // 0: none yet
  // The tables that are stored, of the current epoch and of those whose people are not told yet
  // (settle_exposures.h).
  struct StoredTable {
    AudienceOfEpoch of;
    std::string key;
  };
  static StatusOr<std::vector<StoredTable>> StoredTables(ServiceContext& context);
  // As it is stored. nullptr: it is gone meanwhile.
  static StatusOr<std::shared_ptr<const Epoch>> ReadTable(ServiceContext& context,
                                                          const StoredTable& table);
  // One table that is under an older match key, put under the newest; false when there is none. One
  // that cannot be, because its codes are not in the lists any more, or its key is lost, stays as
  // it is: who is in which class can be read without a key.
  static StatusOr<bool> RewrapOneTable(ServiceContext& context, const Call& call);

 private:
  struct State {
    std::uint64_t number = 0;  // 0: no epoch yet
    std::int32_t day = 0;      // since 1970-01-01
    std::uint32_t k = 0;
  };
  struct OlderTable {
    StoredTable place;
    Bytes stored;
    std::shared_ptr<const Epoch> moved;
  };
  static Bytes SealTable(ServiceContext& context, const StoredTable& place,
                         const TokenTable& table);
  static StatusOr<std::shared_ptr<const Epoch>> OpenTable(ServiceContext& context,
                                                          const StoredTable& place,
                                                          ByteSpan stored);
  static std::shared_ptr<const Epoch> UnderTokens(ServiceContext& context, const CodeTokens& wanted,
                                                  std::shared_ptr<const Epoch> epoch);
  static StatusOr<std::optional<OlderTable>> FindOlder(ServiceContext& context);
  static StatusOr<State> ReadState(ServiceContext& context, std::optional<Bytes>& stored);
  StatusOr<Attempt> StageEpoch(ServiceContext& context, const Call& call, State& begun);
  StatusOr<std::shared_ptr<const Epoch>> Find(ServiceContext& context, const Call& call,
                                              const State& state, const Audience& audience,
                                              const KeyedMarket& market);
  StatusOr<Attempt> StageTable(ServiceContext& context, const Call& call, const State& state,
                               const Audience& audience);
  std::mutex mutex_;
  std::uint64_t number_ = 0;                                         // of what follows
  std::map<std::string, std::shared_ptr<const Epoch>> by_audience_;  // by the audience's name
};

struct CardView {
  std::string card;
  std::map<std::string, std::string> class_row;
  std::string band;
  std::vector<std::string> requirements_met;
  std::vector<std::string> requirements_open;
  std::string qualifying;
};
struct CardPage {
  std::vector<CardView> cards;
  std::size_t total = 0;
  std::string epoch;
};
//   errors   kNotFound: not an open posting of this company; kLimitReached: the policy's limit of
//            reads a day
StatusOr<CardPage> ListCards(ServiceContext& context, const Call& call,
                             const model::PostingId& posting, std::size_t offset,
                             std::size_t limit);

// The class a card of this posting stands for.
//   errors   kNotFound: no such card in this epoch
StatusOr<std::uint32_t> ClassOfCard(ServiceContext& context, const CardEpochs::Epoch& epoch,
                                    const model::PostingId& posting, std::string_view card);

}  // namespace noren::operations
