// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/list_cards.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/exposures.h"
#include "engine/operations/kept_until.h"
#include "engine/operations/posting_quota.h"
#include "engine/operations/register_company.h"
#include "engine/operations/stated_gate.h"
#include "engine/operations/token_keys.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/policy/stated/purposes.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

constexpr std::string_view kEpochState = "card-epoch";

std::string TableKey(std::uint64_t number, const Audience& audience) {
  return keyspaces::CardEpochKey(number, audience.Name());
}

std::int32_t TodayIn(ServiceContext& context) {
  return policy::TodayOf(context.policy, context.time.Now()).days_since_1970;
}

std::string CardId(ServiceContext& context, const CardEpochs::Epoch& epoch,
                   const model::PostingId& posting, std::uint32_t class_id) {
  return "card-" + HexEncode(context.pseudonyms.CardName(epoch.number, posting, class_id));
}

template <std::size_t kLevels>
std::string FinestCode(const matching::TokenPath<kLevels>& path, const CodeTokens& tokens) {
  const std::size_t depth = path.depth();
  return depth == 0 ? std::string() : tokens.CodeOf(path.levels[depth - 1]);
}

std::string BandText(const matching::Band& band) {
  return std::to_string(band.begin) + ".." + std::to_string(band.end);
}

std::map<std::string, std::string> ShownRow(const matching::CoarseRow& row,
                                            const CodeTokens& tokens) {
  std::map<std::string, std::string> shown;
  const std::string occupation = FinestCode(row.occupation, tokens);
  const std::string region = FinestCode(row.region, tokens);
  if (!occupation.empty()) shown["occupation"] = occupation;
  if (!region.empty()) shown["region"] = region;
  if (row.experience_months) shown["experience_months"] = BandText(*row.experience_months);
  if (row.education) shown["education"] = BandText(*row.education);
  return shown;
}

std::string RequirementText(const matching::RequirementOnCard& requirement) {
  std::string text(matching::RequirementName(requirement.requirement));
  return requirement.index == 0 ? text : text + "[" + std::to_string(requirement.index) + "]";
}

CardView Shown(const matching::Card& card, const CodeTokens& tokens, std::uint32_t k) {
  CardView view;
  view.class_row = ShownRow(card.row, tokens);
  view.band = std::string(matching::FitBandName(card.band));
  for (const matching::RequirementOnCard& requirement : card.requirements) {
    if (requirement.met == matching::Met::kMet)
      view.requirements_met.push_back(RequirementText(requirement));
    if (requirement.met == matching::Met::kUnknown)
      view.requirements_open.push_back(RequirementText(requirement));
  }
  view.qualifying = card.qualified == matching::Qualified::kAtLeastK
                        ? "at least " + std::to_string(k)
                        : std::string(matching::QualifiedName(card.qualified));
  return view;
}

// Whether the company may be shown cards of this posting now, and the entry of it.
StatusOr<Attempt> StageCardRead(ServiceContext& context, const Call& call,
                                const policy::QuotaUse& use, const MarketPosting& posting) {
  const policy::Decision declared =
      policy::MayBeRanked(context.policy, policy::Search::kEither, "");
  NOREN_RETURN_IF_ERROR(RequireStated(
      context, call, {audit::Operation::kListCards, posting.posting.ToString()}, declared));
  const policy::Decision decision = policy::MayShowCards(context.policy, use);
  NOREN_RETURN_IF_ERROR(policy::ToStatus(decision));
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kListCards;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = posting.posting.ToString();
  attempt.change.entry.clause_ids = JoinClauses(declared.clauses, decision.clauses);
  return attempt;
}

// "card occupation=ISCO-2512 region=KR-11"
std::string FormOf(const CardView& card) {
  std::string form(kFormCard);
  for (const auto& [name, value] : card.class_row) form += " " + name + "=" + value;
  return form;
}

struct PageRange {
  std::size_t offset = 0;
  std::size_t limit = 0;
};

// The cards of one page, and of which classes they are.
struct MadePage {
  CardPage page;
  std::vector<ShownClass> classes;
};

// A posting, and the market that it is of.
struct PlacedPosting {
  const KeyedMarket& market;
  const MarketPosting& posting;
};

MadePage MakePage(ServiceContext& context, const PlacedPosting& placed, const Audience& audience,
                  const std::shared_ptr<const CardEpochs::Epoch>& epoch, PageRange range) {
  const auto& [market, posting] = placed;
  const std::shared_ptr<const matching::ClassTable> table(epoch, &epoch->table);
  const std::vector<matching::CardPlace> places =
      matching::PlaceCards(posting.row, *table, market.CountClasses(posting.row, audience, table));
  MadePage made;
  made.page.total = places.size();
  made.page.epoch = context.card_epochs.Name(*epoch);
  for (std::size_t i = range.offset; i < places.size() && made.page.cards.size() < range.limit;
       ++i) {
    const matching::Card card = matching::MakeCard(posting.row, *table, places[i]);
    made.page.cards.push_back(Shown(card, market.tokens(), epoch->table.k));
    made.page.cards.back().card = CardId(context, *epoch, posting.posting, card.class_id);
    made.classes.push_back({card.class_id, FormOf(made.page.cards.back())});
  }
  return made;
}

}  // namespace

std::string CardEpochs::Name(const Epoch& epoch) const {
  return model::ToIso({epoch.table.epoch_day}) + "." + std::to_string(epoch.number);
}

StatusOr<CardEpochs::State> CardEpochs::ReadState(ServiceContext& context,
                                                  std::optional<Bytes>& stored) {
  const std::string key = keyspaces::StateKey(kEpochState);
  NOREN_ASSIGN_OR_RETURN(stored, ReadOne(context, key));
  State state;
  if (!stored) return state;
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kState, key}, *stored));
  RecordReader reader(opened.plaintext);
  state.number = reader.U64();
  state.day = static_cast<std::int32_t>(reader.U32());
  state.k = reader.U32();
  if (!reader.Finish().ok()) return MakeError(ErrorCode::kDataCorrupt, "card epoch");
  return state;
}

std::string CardEpochs::StateKey() { return keyspaces::StateKey(kEpochState); }

StatusOr<std::uint64_t> CardEpochs::CurrentNumber(ServiceContext& context) {
  std::optional<Bytes> stored;
  NOREN_ASSIGN_OR_RETURN(const State state, ReadState(context, stored));
  return state.number;
}

// The tables of the epoch before stay until its people are told (settle_exposures.h).
StatusOr<Attempt> CardEpochs::StageEpoch(ServiceContext& context, const Call& call, State& begun) {
  std::optional<Bytes> stored;
  NOREN_ASSIGN_OR_RETURN(const State before, ReadState(context, stored));
  begun = {before.number + 1, TodayIn(context),
           static_cast<std::uint32_t>(context.policy.cards.SmallestClass())};
  RecordWriter writer;
  writer.U64(begun.number).U32(static_cast<std::uint32_t>(begun.day)).U32(begun.k);
  const std::string key = keyspaces::StateKey(kEpochState);
  Attempt attempt;
  attempt.change.staged.Replace(
      key, stored,
      storage::SealValue(context.keys.store_seal(), {keyspaces::kState, key}, 1, writer.bytes(),
                         context.random));
  attempt.change.entry.operation = audit::Operation::kMakeCardEpoch;
  attempt.change.entry.principal = call.principal;
  return attempt;
}

// Stored before it is used, and only in the epoch that it was made for.
StatusOr<Attempt> CardEpochs::StageTable(ServiceContext& context, const Call& call,
                                         const State& state, const Audience& audience) {
  std::optional<Bytes> stored;
  NOREN_ASSIGN_OR_RETURN(const State now, ReadState(context, stored));
  if (!stored || now.number != state.number) return MakeError(ErrorCode::kRetryLater);
  // Not under a key that is being retired.
  NOREN_ASSIGN_OR_RETURN(const StoredTokenKeys keys, ReadTokenKeys(context.store, context.keys));
  const MarketView market = context.market.Now();
  const std::uint32_t version = market->tokens().version();
  if (version < keys.record.at(personal_data::TokenPurpose::kMatch).used)
    return MakeError(ErrorCode::kRetryLater);
  matching::ClassRules rules;
  rules.k = state.k;
  rules.epoch_day = state.day;
  NOREN_ASSIGN_OR_RETURN(matching::ClassTable table,
                         matching::BuildClasses(market->DiscoverableRows(audience), rules));
  const std::string key = TableKey(state.number, audience);
  Attempt attempt;
  attempt.change.staged.Require(keyspaces::StateKey(kEpochState), *stored);
  attempt.change.staged.Require(TokenKeysKey(), keys.stored);
  attempt.change.staged.Replace(
      key, std::nullopt,
      SealTable(context, {{state.number, audience.Name()}, key}, {version, std::move(table)}));
  attempt.change.entry.operation = audit::Operation::kMakeCardEpoch;
  attempt.change.entry.principal = call.principal;
  return attempt;
}

StatusOr<std::shared_ptr<const CardEpochs::Epoch>> CardEpochs::Find(ServiceContext& context,
                                                                    const Call& call,
                                                                    const State& state,
                                                                    const Audience& audience,
                                                                    const KeyedMarket& market) {
  const StoredTable table{{state.number, audience.Name()}, TableKey(state.number, audience)};
  NOREN_ASSIGN_OR_RETURN(auto epoch, ReadTable(context, table));
  if (epoch == nullptr) {
    NOREN_RETURN_IF_ERROR(
        Record(context, [&] { return StageTable(context, call, state, audience); }).status());
    NOREN_ASSIGN_OR_RETURN(epoch, ReadTable(context, table));
    if (epoch == nullptr) return MakeError(ErrorCode::kRetryLater);
  }
  return UnderTokens(context, market.tokens(), std::move(epoch));
}

StatusOr<std::shared_ptr<const CardEpochs::Epoch>> CardEpochs::Current(ServiceContext& context,
                                                                       const Call& call,
                                                                       const Audience& audience,
                                                                       const KeyedMarket& market) {
  const std::lock_guard lock(mutex_);
  const auto k = static_cast<std::uint32_t>(context.policy.cards.SmallestClass());
  const std::int32_t today = TodayIn(context);
  const auto known = by_audience_.find(audience.Name());
  if (known != by_audience_.end() && known->second->table.epoch_day == today &&
      known->second->table.k == k && known->second->version == market.tokens().version()) {
    return known->second;
  }
  std::optional<Bytes> stored;
  NOREN_ASSIGN_OR_RETURN(State state, ReadState(context, stored));
  if (state.number == 0 || state.day != today || state.k != k) {
    NOREN_RETURN_IF_ERROR(
        Record(context, [&] { return StageEpoch(context, call, state); }).status());
  }
  NOREN_ASSIGN_OR_RETURN(auto epoch, Find(context, call, state, audience, market));
  if (epoch == nullptr) {
    // Its key is lost, or codes are not in the lists any more.
    NOREN_RETURN_IF_ERROR(
        Record(context, [&] { return StageEpoch(context, call, state); }).status());
    NOREN_ASSIGN_OR_RETURN(epoch, Find(context, call, state, audience, market));
    if (epoch == nullptr) return MakeError(ErrorCode::kRetryLater);
  }
  if (number_ != state.number) by_audience_.clear();
  number_ = state.number;
  by_audience_[audience.Name()] = epoch;
  return epoch;
}

StatusOr<EntryPosition> CardEpochs::Renew(ServiceContext& context, const Call& call,
                                          const std::string& idempotency_key) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const std::lock_guard lock(mutex_);
  State begun;
  const auto identity = IdentifyRequest(idempotency_key, "new_card_epoch", {});
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity,
                                                [&] { return StageEpoch(context, call, begun); }));
  if (!run.repeated) by_audience_.clear();
  return std::move(run.position);
}

StatusOr<CardPage> ListCards(ServiceContext& context, const Call& call,
                             const model::PostingId& posting, std::size_t offset,
                             std::size_t limit) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany}));
  NOREN_RETURN_IF_ERROR(EndByDate(context));
  const MarketView market = context.market.Now();
  const auto found = market->FindPostingOfCompany(call.principal.name, posting);
  if (!found || !found->open) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const Audience audience, AudienceOf(context, found->company));
  std::optional<MadePage> made;
  const auto shown = Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(auto quota, PostingQuota::Read(context, call.principal.name));
    NOREN_ASSIGN_OR_RETURN(Attempt attempt,
                           StageCardRead(context, call, quota.UseFor(*market, *found), *found));
    // What is shown is recorded in the epoch it is of, while that is the current one: its people
    // are told once, when it is over.
    NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> state, ReadOne(context, CardEpochs::StateKey()));
    NOREN_ASSIGN_OR_RETURN(const auto epoch,
                           context.card_epochs.Current(context, call, audience, *market));
    attempt.change.staged.Require(CardEpochs::StateKey(), std::move(state));
    made = MakePage(context, {*market, *found}, audience, epoch, {offset, limit});
    quota.CountRead(posting, made->page.cards.size());
    quota.Stage(attempt.change.staged);
    StageCardShowing(context, call,
                     {posting, {epoch->number, audience.Name()}, epoch->table.k, made->classes},
                     attempt);
    return attempt;
  });
  NOREN_RETURN_IF_ERROR(shown.status());
  return std::move(made->page);
}

StatusOr<std::uint32_t> ClassOfCard(ServiceContext& context, const CardEpochs::Epoch& epoch,
                                    const model::PostingId& posting, std::string_view card) {
  for (const matching::SeekerClass& group : epoch.table.classes) {
    if (CardId(context, epoch, posting, group.id) == card) return group.id;
  }
  return MakeError(ErrorCode::kNotFound, "no such card in this epoch");
}

}  // namespace noren::operations
