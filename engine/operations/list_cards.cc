// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/list_cards.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/exposures.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

constexpr std::string_view kEpochState = "card-epoch";
constexpr std::string_view kTablePart = "table";

std::int32_t TodayIn(ServiceContext& context) {
  return policy::TodayOf(context.policy, context.time.Now()).days_since_1970;
}

StatusOr<std::uint64_t> DecodeNumber(ServiceContext& context, std::string_view keyspace,
                                     const std::string& key, ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const storage::OpenedValue opened,
                         storage::OpenValue(context.keys.store_seal(), {keyspace, key}, stored));
  RecordReader reader(opened.plaintext);
  const std::uint64_t number = reader.U64();
  if (!reader.Finish().ok()) return MakeError(ErrorCode::kDataCorrupt, "counter");
  return number;
}

StatusOr<Bytes> EncodeNumber(ServiceContext& context, std::string_view keyspace,
                             const std::string& key, std::uint64_t number) {
  return storage::SealValue(context.keys.store_seal(), {keyspace, key}, 1,
                            RecordWriter().U64(number).bytes(), context.random);
}

std::string QuotaKeyFor(ServiceContext& context, const Call& call) {
  return std::string(keyspaces::kCardQuota) + call.principal.name + "/" +
         std::to_string(TodayIn(context));
}

// Open postings of the company that are near-duplicates of this one, itself included.
std::int64_t CountAlike(ServiceContext& context, const MarketPosting& posting) {
  const matching::QuotaKey own = matching::QuotaKeyOf(posting.row);
  const auto postings = context.market.PostingsOf(posting.company);
  return std::count_if(postings.begin(), postings.end(), [&own](const MarketPosting& other) {
    return other.open && matching::QuotaKeyOf(other.row) == own;
  });
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

CardView Shown(ServiceContext& context, const CardEpochs::Epoch& epoch,
               const model::PostingId& posting, const matching::Card& card) {
  CardView view;
  view.card = CardId(context, epoch, posting, card.class_id);
  view.class_row = ShownRow(card.row, context.market.tokens());
  view.band = std::string(matching::FitBandName(card.band));
  for (const matching::RequirementOnCard& requirement : card.requirements) {
    if (requirement.met == matching::Met::kMet)
      view.requirements_met.push_back(RequirementText(requirement));
    if (requirement.met == matching::Met::kUnknown)
      view.requirements_open.push_back(RequirementText(requirement));
  }
  view.qualifying = card.qualified == matching::Qualified::kAtLeastK
                        ? "at least " + std::to_string(epoch.table.k)
                        : std::string(matching::QualifiedName(card.qualified));
  return view;
}

// Counts this read against the company's day, and leaves the entry.
StatusOr<Attempt> StageCardRead(ServiceContext& context, const Call& call,
                                const MarketPosting& posting) {
  const std::string key = QuotaKeyFor(context, call);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  std::uint64_t reads = 0;
  if (stored) {
    NOREN_ASSIGN_OR_RETURN(reads, DecodeNumber(context, keyspaces::kCardQuota, key, *stored));
  }
  const policy::Decision decision = policy::MayShowCards(
      context.policy, static_cast<std::int64_t>(reads), CountAlike(context, posting));
  NOREN_RETURN_IF_ERROR(policy::ToStatus(decision));
  Attempt attempt;
  NOREN_ASSIGN_OR_RETURN(Bytes counted,
                         EncodeNumber(context, keyspaces::kCardQuota, key, reads + 1));
  attempt.change.staged.Replace(key, stored, std::move(counted));
  attempt.change.entry.operation = audit::Operation::kListCards;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.object = posting.posting.ToString();
  attempt.change.entry.clause_ids = decision.clauses;
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
  std::vector<std::uint32_t> classes;
  std::vector<std::string> forms;
};

MadePage MakePage(ServiceContext& context, const MarketPosting& posting,
                  const std::shared_ptr<const CardEpochs::Epoch>& epoch, PageRange range) {
  const std::shared_ptr<const matching::ClassTable> table(epoch, &epoch->table);
  const std::vector<matching::CardPlace> places =
      matching::PlaceCards(posting.row, *table, context.market.CountClasses(posting.row, table));
  MadePage made;
  made.page.total = places.size();
  made.page.epoch = context.card_epochs.Name(*epoch);
  for (std::size_t i = range.offset; i < places.size() && made.page.cards.size() < range.limit;
       ++i) {
    const matching::Card card = matching::MakeCard(posting.row, *table, places[i]);
    made.page.cards.push_back(Shown(context, *epoch, posting.posting, card));
    made.classes.push_back(card.class_id);
    made.forms.push_back(FormOf(made.page.cards.back()));
  }
  return made;
}

}  // namespace

std::string CardEpochs::Name(const Epoch& epoch) const {
  return model::ToIso({epoch.table.epoch_day}) + "." + std::to_string(epoch.number);
}

StatusOr<std::optional<CardEpochs::Epoch>> CardEpochs::Read(ServiceContext& context) {
  const std::string state_key = keyspaces::StateKey(kEpochState);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> state, ReadOne(context, state_key));
  if (!state) return std::optional<Epoch>();
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t number,
                         DecodeNumber(context, keyspaces::kState, state_key, *state));
  NOREN_ASSIGN_OR_RETURN(matching::ClassTable table, ReadTable(context, number));
  return std::optional(Epoch{number, std::move(table)});
}

namespace {

StatusOr<std::uint64_t> EpochOfSegment(std::string_view segment) {
  NOREN_ASSIGN_OR_RETURN(const Bytes bytes, HexDecode(segment));
  RecordReader reader(bytes);
  const std::uint64_t epoch = reader.U64();
  if (!reader.Finish().ok()) return MakeError(ErrorCode::kDataCorrupt, "card epoch");
  return epoch;
}

}  // namespace

std::string CardEpochs::StateKey() { return keyspaces::StateKey(kEpochState); }

StatusOr<std::map<std::uint64_t, std::string>> CardEpochs::StoredTables(ServiceContext& context) {
  std::map<std::uint64_t, std::string> tables;
  std::string after;
  for (bool more = true; more;) {
    auto page =
        context.store.Scan(kEmbeddedPartition, std::string(keyspaces::kCardEpoch), after, 1);
    if (!page.ok()) return MakeError(ErrorCode::kStorage);
    for (storage::KeyValue& item : page->items) {
      const std::vector<std::string_view> segments = keyspaces::Segments(item.key);
      if (segments.size() == 2 && segments[1] == kTablePart) {
        NOREN_ASSIGN_OR_RETURN(const std::uint64_t epoch, EpochOfSegment(segments[0]));
        tables[epoch] = item.key;
      }
      after = std::move(item.key);
    }
    more = page->more;
  }
  return tables;
}

StatusOr<matching::ClassTable> CardEpochs::ReadTable(ServiceContext& context, std::uint64_t epoch) {
  const std::string key = keyspaces::CardEpochKey(epoch, kTablePart);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return MakeError(ErrorCode::kDataCorrupt, "card epoch without table");
  NOREN_ASSIGN_OR_RETURN(const Bytes plain,
                         storage::OpenValueAt(context.keys.store_seal(),
                                              {keyspaces::kCardEpoch, key}, epoch, *stored));
  return matching::DecodeClassTable(plain);
}

Status CardEpochs::Settle(ServiceContext& context) {
  if (!to_settle_.load()) return OkStatus();
  const std::lock_guard settling(settling_);
  std::uint64_t current = 0;
  {
    const std::lock_guard lock(mutex_);
    if (!current_) {
      NOREN_ASSIGN_OR_RETURN(std::optional<Epoch> stored, Read(context));
      if (stored) current_ = std::make_shared<const Epoch>(std::move(*stored));
    }
    if (current_) current = current_->number;
    to_settle_.store(false);
  }
  return SettleCardEpochs(context, current).status();
}

// The table is stored before it is used; the one before it goes when it is settled.
StatusOr<Attempt> CardEpochs::Stage(ServiceContext& context, const Call& call, Epoch& made) {
  const std::string state_key = keyspaces::StateKey(kEpochState);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> state, ReadOne(context, state_key));
  std::uint64_t before = 0;
  if (state) {
    NOREN_ASSIGN_OR_RETURN(before, DecodeNumber(context, keyspaces::kState, state_key, *state));
  }
  made.number = before + 1;
  const auto k = static_cast<std::uint32_t>(context.policy.cards.k);
  matching::ClassRules rules;
  rules.k = k;
  rules.epoch_day = TodayIn(context);
  NOREN_ASSIGN_OR_RETURN(made.table,
                         matching::BuildClasses(context.market.DiscoverableRows(), rules));
  const std::string table_key = keyspaces::CardEpochKey(made.number, kTablePart);
  Attempt attempt;
  Bytes table =
      storage::SealValue(context.keys.store_seal(), {keyspaces::kCardEpoch, table_key}, made.number,
                         matching::EncodeClassTable(made.table), context.random);
  NOREN_ASSIGN_OR_RETURN(Bytes number,
                         EncodeNumber(context, keyspaces::kState, state_key, made.number));
  attempt.change.staged.Put(table_key, std::move(table));
  attempt.change.staged.Replace(state_key, state, std::move(number));
  attempt.change.entry.operation = audit::Operation::kMakeCardEpoch;
  attempt.change.entry.principal = call.principal;
  return attempt;
}

StatusOr<std::shared_ptr<const CardEpochs::Epoch>> CardEpochs::Current(ServiceContext& context,
                                                                       const Call& call) {
  const std::lock_guard lock(mutex_);
  const std::int32_t today = TodayIn(context);
  if (!current_) {
    NOREN_ASSIGN_OR_RETURN(std::optional<Epoch> stored, Read(context));
    if (stored) current_ = std::make_shared<const Epoch>(std::move(*stored));
  }
  const bool fits = current_ && current_->table.epoch_day == today &&
                    current_->table.k == static_cast<std::uint32_t>(context.policy.cards.k);
  if (fits) return current_;
  Epoch made;
  NOREN_RETURN_IF_ERROR(Record(context, [&] { return Stage(context, call, made); }).status());
  current_ = std::make_shared<const Epoch>(std::move(made));
  to_settle_.store(true);
  return current_;
}

StatusOr<EntryPosition> CardEpochs::Renew(ServiceContext& context, const Call& call,
                                          const std::string& idempotency_key) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  const std::lock_guard lock(mutex_);
  Epoch made;
  const auto identity = IdentifyRequest(idempotency_key, "new_card_epoch", {});
  NOREN_ASSIGN_OR_RETURN(
      RunResult run, RunOnce(context, call, identity, [&] { return Stage(context, call, made); }));
  if (!run.repeated) current_ = std::make_shared<const Epoch>(std::move(made));
  to_settle_.store(true);
  return std::move(run.position);
}

StatusOr<CardPage> ListCards(ServiceContext& context, const Call& call,
                             const model::PostingId& posting, std::size_t offset,
                             std::size_t limit) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kCompany}));
  const auto found = context.market.FindPosting(posting);
  if (!found || found->company != call.principal.name || !found->open)
    return MakeError(ErrorCode::kNotFound);
  std::optional<MadePage> made;
  const auto shown = Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(Attempt attempt, StageCardRead(context, call, *found));
    NOREN_ASSIGN_OR_RETURN(const auto epoch, context.card_epochs.Current(context, call));
    made = MakePage(context, *found, epoch, {offset, limit});
    NOREN_RETURN_IF_ERROR(
        StageCardShowing(context, call, {posting, *epoch, made->classes, made->forms}, attempt));
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
