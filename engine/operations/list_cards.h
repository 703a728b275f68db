// What a company sees before anyone has answered: classes of at least k people, never a person
// (invariant 7).
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/matching/cards/cards.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/market.h"

namespace noren::operations {

// The classes of the current epoch (a civil day of the operator's zone, or shorter when an officer
// closes it), stored so that a
// restart does not change them.
class CardEpochs {
 public:
  struct Epoch {
    std::uint64_t number = 0;
    matching::ClassTable table;
  };
  // The epoch of today; made and stored when there is none yet.
  StatusOr<std::shared_ptr<const Epoch>> Current(ServiceContext& context, const Call& call);
  // Computes the classes anew.
  StatusOr<EntryPosition> Renew(ServiceContext& context, const Call& call,
                                const std::string& idempotency_key);
  std::string Name(const Epoch& epoch) const;  // "2026-11-22.7"
  // After an epoch: everybody learns of which class cards were shown (exposures.h); then its table
  // goes. Cheap when there is nothing to do.
  Status Settle(ServiceContext& context);

  // The record that says which epoch is the current one.
  static std::string StateKey();
  // Epochs whose classes are stored, by number, with the key of each.
  static StatusOr<std::map<std::uint64_t, std::string>> StoredTables(ServiceContext& context);
  static StatusOr<matching::ClassTable> ReadTable(ServiceContext& context, std::uint64_t epoch);

 private:
  StatusOr<std::optional<Epoch>> Read(ServiceContext& context);
  StatusOr<Attempt> Stage(ServiceContext& context, const Call& call, Epoch& made);
  std::mutex mutex_;
  std::shared_ptr<const Epoch> current_;
  std::mutex settling_;
  std::atomic<bool> to_settle_{true};  // an epoch has ended, or may have before the start
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
