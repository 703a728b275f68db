// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/keyed_market.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/matching/relatedness/expand.h"
#include "engine/matching/relatedness/rename.h"
#include "engine/model/errors.h"
#include "engine/operations/freezes.h"
#include "engine/operations/market_state.h"
#include "engine/operations/posting_record.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/person_record.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

constexpr std::size_t kScanPage = 512;
constexpr std::size_t kAllPages = std::numeric_limits<std::size_t>::max();
constexpr std::size_t kFeedPage = 256;
constexpr std::uint8_t kPersonEntry = 1;
constexpr std::uint8_t kPostingEntry = 2;

Bytes FeedEntry(std::uint8_t kind, ByteSpan id) { return RecordWriter().U8(kind).Raw(id).Take(); }

bool SameTokens(const matching::SeekerRow& a, const matching::SeekerRow& b) {
  return std::ranges::equal(a.skills, b.skills, {}, &matching::LeveledToken::token,
                            &matching::LeveledToken::token);
}

}  // namespace

Bytes PersonChanged(const model::PersonId& person) {
  return FeedEntry(kPersonEntry, person.bytes());
}
Bytes PostingChanged(const model::PostingId& posting) {
  return FeedEntry(kPostingEntry, posting.bytes());
}

std::uint64_t KeyedMarket::Ties::Of(matching::PostingRowId posting,
                                    matching::SeekerRowId seeker) const {
  const Bytes posting_word = RecordWriter().U64(posting.value).Take();
  const Bytes seeker_word = RecordWriter().U64(seeker.value).Take();
  return pseudonyms_.TieKey(posting_word, seeker_word);
}

matching::WeightRules WeightRulesOf(const policy::Policy& policy) {
  static_assert(policy::kRankedFeatures.size() == matching::kFeatureCount);
  matching::WeightRules rules;
  for (std::size_t i = 0; i < matching::kFeatureCount; ++i) {
    rules.defaults.of[i] = policy.ranking.features[i].standard;
    rules.caps.of[i] = policy.ranking.features[i].most;
  }
  return rules;
}

KeyedMarket::KeyedMarket(MarketParts parts, CodeTokens::Key match_key)
    : parts_(std::move(parts)),
      tokens_(std::move(match_key), parts_.dictionary),
      centres_(matching::CentresOf(parts_.dictionary, tokens_)),
      people_(std::make_unique<People>()),
      ranking_(std::make_unique<Ranking>()) {}
KeyedMarket::~KeyedMarket() = default;

Status KeyedMarket::ScanPrefix(std::string_view prefix,
                               const std::function<Status(const storage::KeyValue&)>& take) {
  std::string after;
  for (bool more = true; more;) {
    NOREN_ASSIGN_OR_RETURN(
        const storage::Page page,
        parts_.store.Scan(kEmbeddedPartition, std::string(prefix), after, kScanPage));
    for (const storage::KeyValue& item : page.items) NOREN_RETURN_IF_ERROR(take(item));
    if (!page.items.empty()) after = page.items.back().key;
    more = page.more;
  }
  return OkStatus();
}

// Looked for, not read through: the feed is as long as the service's history.
StatusOr<std::uint64_t> KeyedMarket::LastFeedSequence() const {
  const auto is_beyond = [this](std::uint64_t position) -> StatusOr<bool> {
    NOREN_ASSIGN_OR_RETURN(const storage::FeedPage page,
                           parts_.store.ReadFeed(kEmbeddedPartition, position, 1));
    return !page.gap && page.items.empty();
  };
  std::uint64_t below = 0;  // something comes after
  std::uint64_t at = 0;
  for (std::uint64_t step = 1;; step *= 2) {
    NOREN_ASSIGN_OR_RETURN(const bool beyond, is_beyond(at));
    if (beyond) break;
    below = at;
    at += step;
  }
  while (at > below + 1) {
    const std::uint64_t middle = below + (at - below) / 2;
    NOREN_ASSIGN_OR_RETURN(const bool beyond, is_beyond(middle));
    (beyond ? at : below) = middle;
  }
  return at;
}

// The feed position is read first: what changes during the scan is read again by the first CatchUp.
Status KeyedMarket::Load() {
  const std::lock_guard lock(writer_);
  NOREN_ASSIGN_OR_RETURN(feed_position_, LastFeedSequence());
  people_ = std::make_unique<People>();
  ends_.clear();
  NoteFirstEnd();
  NOREN_RETURN_IF_ERROR(LoadPostings({}, 0));
  loading_ = std::make_unique<Loading>();
  NOREN_RETURN_IF_ERROR(LoadPeople(kAllPages).status());
  return LoadMerges();
}

Status KeyedMarket::BeginLoad(const KeyedMarket& before) {
  const std::uint64_t unlearned = before.UnlearnedChanges();  // before the model: never too few
  NOREN_ASSIGN_OR_RETURN(matching::RelatednessModel model,
                         matching::RenameTokens(*before.relatedness(), [&](matching::Token token) {
                           return before.tokens_.Translated(token, tokens_);
                         }));
  const std::lock_guard lock(writer_);
  NOREN_ASSIGN_OR_RETURN(feed_position_, LastFeedSequence());
  people_ = std::make_unique<People>();
  NOREN_RETURN_IF_ERROR(LoadPostings(std::move(model), unlearned));
  loading_ = std::make_unique<Loading>();
  loading_->count_changes = false;
  return OkStatus();
}

StatusOr<bool> KeyedMarket::LoadMore(std::size_t pages) {
  const std::lock_guard lock(writer_);
  if (loading_ == nullptr) return true;
  NOREN_ASSIGN_OR_RETURN(const bool all, LoadPeople(pages));
  if (!all) return false;
  NOREN_RETURN_IF_ERROR(LoadMerges());
  NOREN_RETURN_IF_ERROR(CatchUpLocked());
  return true;
}

Status KeyedMarket::LoadPostings(matching::RelatednessModel model, std::uint64_t unlearned) {
  ranking_ = std::make_unique<Ranking>();
  ranking_->trainer.Restore(std::move(model));
  ranking_->model = ranking_->trainer.Current();
  for (std::uint64_t i = 0; i < unlearned; ++i) ranking_->trainer.CountChange();
  if (parts_.today) ranking_->day = parts_.today();
  std::vector<matching::PostingRow> open;
  NOREN_RETURN_IF_ERROR(
      ScanPrefix(keyspaces::kPosting, [this, &open](const storage::KeyValue& item) -> Status {
        NOREN_ASSIGN_OR_RETURN(const model::PostingId id,
                               keyspaces::IdOfKey<model::PostingId>(item.key, 0));
        NOREN_ASSIGN_OR_RETURN(const PostingPtr posting, OpenPosting(id, item.value));
        ranking_->postings.Put(posting);
        if (posting->open) open.push_back(posting->row);
        return OkStatus();
      }));
  ranking_->openings = std::make_unique<matching::OpeningIndex>(std::move(open));
  return OkStatus();
}

Status KeyedMarket::TakeRead(const storage::KeyValue& item) {
  NOREN_ASSIGN_OR_RETURN(const model::PersonId id,
                         keyspaces::IdOfKey<model::PersonId>(item.key, 0));
  NOREN_ASSIGN_OR_RETURN(OpenedPerson opened, OpenPerson(id, item.value));
  NoteLastDay(id, opened);
  std::optional<MarketPerson>& person = opened.shown;
  if (!person) return OkStatus();
  const auto entry = EntryOf(*person);
  if (!entry || !people_->directory.Put(*entry)) return OkStatus();
  auto& rows = loading_->rows;
  if (rows.size() <= entry->portal) rows.resize(entry->portal + std::size_t{1});
  rows[entry->portal].push_back(std::move(person->row));
  if (loading_->count_changes) ranking_->trainer.CountChange();
  return OkStatus();
}

void KeyedMarket::BuildIndexes() {
  auto& rows = loading_->rows;
  for (std::uint16_t portal = 0; portal < rows.size(); ++portal) {
    people_->At(portal).index.Build(rows[portal]);
    rows[portal] = {};
  }
  loading_.reset();
}

// True when all are read and in the indexes.
StatusOr<bool> KeyedMarket::LoadPeople(std::size_t pages) {
  for (std::size_t i = 0; i < pages; ++i) {
    NOREN_ASSIGN_OR_RETURN(const storage::Page page,
                           parts_.store.Scan(kEmbeddedPartition, std::string(keyspaces::kPerson),
                                             loading_->after, kScanPage));
    for (const storage::KeyValue& item : page.items) NOREN_RETURN_IF_ERROR(TakeRead(item));
    if (!page.items.empty()) loading_->after = page.items.back().key;
    if (page.more) continue;
    BuildIndexes();
    return true;
  }
  return false;
}

Status KeyedMarket::CatchUp() {
  const std::lock_guard lock(writer_);
  return CatchUpLocked();
}

Status KeyedMarket::CatchUpLocked() {
  for (;;) {
    NOREN_ASSIGN_OR_RETURN(const storage::FeedPage page,
                           parts_.store.ReadFeed(kEmbeddedPartition, feed_position_, kFeedPage));
    if (page.gap)
      return MakeError(ErrorCode::kInternal, "feed trimmed below the market's position");
    if (page.items.empty()) return OkStatus();
    for (const storage::FeedEntry& item : page.items) {
      NOREN_RETURN_IF_ERROR(ApplyFeedEntry(item.entry));
      feed_position_ = item.sequence;
    }
  }
}

Status KeyedMarket::ApplyFeedEntry(ByteSpan entry) {
  RecordReader reader(entry);
  const std::uint32_t count = reader.U32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    RecordReader one(reader.Field(64));
    const std::uint8_t kind = one.U8();
    const ByteSpan id = one.Raw(model::PersonId::kSizeBytes);
    if (!one.Finish().ok()) return MakeError(ErrorCode::kDataCorrupt, "feed entry");
    if (kind == kPersonEntry) {
      NOREN_ASSIGN_OR_RETURN(const model::PersonId person, model::PersonId::FromBytes(id));
      NOREN_RETURN_IF_ERROR(ReadPerson(person));
    } else if (kind == kPostingEntry) {
      NOREN_ASSIGN_OR_RETURN(const model::PostingId posting, model::PostingId::FromBytes(id));
      NOREN_RETURN_IF_ERROR(ReadPosting(posting));
    }
  }
  return reader.Finish().ok() ? OkStatus() : MakeError(ErrorCode::kDataCorrupt, "feed entry");
}

Status KeyedMarket::ReadPerson(const model::PersonId& person) {
  NOREN_ASSIGN_OR_RETURN(const auto values,
                         parts_.store.Read(kEmbeddedPartition, {keyspaces::PersonKey(person),
                                                                keyspaces::MergeKey(person)}));
  if (values[0]) {
    NOREN_RETURN_IF_ERROR(TakePerson(person, *values[0]));
  } else {
    RemovePerson(person);
  }
  TakeMerge(person,
            values[0] && values[1] ? OpenMerge(person, *values[0], *values[1]) : std::nullopt);
  return OkStatus();
}

Status KeyedMarket::ReadPosting(const model::PostingId& posting) {
  NOREN_ASSIGN_OR_RETURN(const auto values,
                         parts_.store.Read(kEmbeddedPartition, {keyspaces::PostingKey(posting)}));
  if (values[0]) return TakePosting(posting, *values[0]);
  ranking_->openings->Erase(RowIdOf(posting));
  ranking_->postings.Erase(posting);
  return OkStatus();
}

// Nothing for a person whose key is destroyed, whose record is damaged, or whose data must not be
// used while a request of theirs is open: in no ranking; the service goes on for everyone else.
StatusOr<KeyedMarket::OpenedPerson> KeyedMarket::OpenPerson(const model::PersonId& person,
                                                            ByteSpan stored) const {
  const OpenedPerson none;
  const auto address = personal_data::OpenPersonAddress(person, stored, parts_.keys);
  if (!address.ok()) return none;
  const auto keys = parts_.keyring.Open(address->leaf);
  if (!keys.ok()) return none;
  const auto record = personal_data::DecodePersonRecord({person, **keys}, stored, parts_.keys);
  if (!record.ok()) return none;
  const auto profile = model::DecodeProfile(record->profile);
  if (!profile.ok()) return none;
  NOREN_ASSIGN_OR_RETURN(auto frozen, parts_.store.Read(kEmbeddedPartition, {FreezeKey(person)}));
  const auto freezes = OpenFreezes(person, std::move(frozen[0]), parts_.keys);
  if (!freezes.ok() || freezes->StopUse()) return none;
  PersonUse use;
  if (parts_.use_of) {
    const LoadedPerson loaded{person, *record, Bytes(stored.begin(), stored.end()), *keys};
    const StatusOr<PersonUse> judged = parts_.use_of(loaded);
    if (model::CodeOf(judged.status()) == ErrorCode::kDataCorrupt) return none;
    NOREN_RETURN_IF_ERROR(judged.status());
    use = *judged;
  }
  if (!use.allowed) return OpenedPerson{std::nullopt, use.last_day};  // from another day on
  const bool is_shown = record->discoverability.live && !freezes->StopProvision();
  NOREN_ASSIGN_OR_RETURN(matching::SeekerRow row,
                         matching::RowOf(RowIdOf(person), *profile, tokens_, parts_.weight_rules));
  return OpenedPerson{
      MarketPerson{person, address->portal, address->handle, is_shown,
                   ReachedBy(record->discoverability.companies_class, use.companies),
                   std::move(row)},
      use.last_day};
}

Status KeyedMarket::TakePerson(const model::PersonId& id, ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const OpenedPerson opened, OpenPerson(id, stored));
  if (opened.shown) PutPerson(*opened.shown);
  if (!opened.shown) RemovePerson(id);
  NoteLastDay(id, opened);
  return OkStatus();
}

// Nothing when numbers for names have run out: 65,535 portals.
std::optional<PersonEntry> KeyedMarket::EntryOf(const MarketPerson& person) {
  const auto portal = people_->NumberOf(person.portal);
  const auto companies = people_->classes.NumberOf(person.companies_class);
  if (!portal || !companies) return std::nullopt;
  return PersonEntry{person.person, person.handle, *portal, *companies, person.discoverable};
}

// The entry is there before the row, and goes after it: whoever is ranked is found.
void KeyedMarket::PutPerson(const MarketPerson& person) {
  const matching::SeekerRowId row = person.row.id;
  const auto entry = EntryOf(person);
  const auto before = people_->directory.Find(row);
  if (!entry || !people_->directory.Put(*entry)) return;
  if (before && before->portal != entry->portal) people_->At(before->portal).index.Erase(row);
  matching::SeekerIndex& index = people_->At(entry->portal).index;
  bool same_tokens = false;
  {
    const matching::SeekerIndex::View view = index.Read();
    const auto slot = view.Find(row);
    same_tokens = slot && SameTokens(view.RowAt(*slot), person.row);
  }
  index.Upsert(person.row);
  if (!same_tokens) ranking_->trainer.CountChange();
  ShowPerson(person.person);
}

void KeyedMarket::RemovePerson(const model::PersonId& person) {
  const matching::SeekerRowId row = RowIdOf(person);
  const auto entry = people_->directory.Find(row);
  if (!entry || entry->person != person) return;
  people_->At(entry->portal).index.Erase(row);
  people_->directory.Erase(row);
  ShowPerson(person);
  ranking_->trainer.CountChange();
}

StatusOr<PostingPtr> KeyedMarket::OpenPosting(const model::PostingId& posting,
                                              ByteSpan stored) const {
  NOREN_ASSIGN_OR_RETURN(const PostingRecord record,
                         DecodePostingRecord(posting, stored, parts_.keys));
  const auto expand = [this](matching::PostingRow& row) {
    matching::ExpandNearRegions(row, centres_);
    matching::ExpandPosting(row, *ranking_->model);
    row.as_of_day = ranking_->day;
  };
  NOREN_ASSIGN_OR_RETURN(
      matching::PostingRow row,
      matching::RowOf(RowIdOf(posting), record.content, tokens_, parts_.weight_rules, expand));
  return std::make_shared<const MarketPosting>(
      MarketPosting{posting, record.portal, record.content.company, record.content.title,
                    record.open, record.registered_at, std::move(row)});
}

Status KeyedMarket::TakePosting(const model::PostingId& id, ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const PostingPtr posting, OpenPosting(id, stored));
  ranking_->postings.Put(posting);
  if (posting->open) {
    ranking_->openings->Upsert(posting->row);
  } else {
    ranking_->openings->Erase(posting->row.id);
  }
  return OkStatus();
}

}  // namespace noren::operations
