// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/market.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
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
constexpr std::size_t kFeedPage = 256;
constexpr std::uint8_t kPersonEntry = 1;
constexpr std::uint8_t kPostingEntry = 2;

std::uint64_t LeadingWord(ByteSpan id) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i) word = word << 8 | id[i];
  return word;
}

Bytes FeedEntry(std::uint8_t kind, ByteSpan id) { return RecordWriter().U8(kind).Raw(id).Take(); }

}  // namespace

matching::SeekerRowId RowIdOf(const model::PersonId& person) {
  return {LeadingWord(person.bytes())};
}
matching::PostingRowId RowIdOf(const model::PostingId& posting) {
  return {LeadingWord(posting.bytes())};
}

Bytes PersonChanged(const model::PersonId& person) {
  return FeedEntry(kPersonEntry, person.bytes());
}
Bytes PostingChanged(const model::PostingId& posting) {
  return FeedEntry(kPostingEntry, posting.bytes());
}

CodeTokens::CodeTokens(const personal_data::Pseudonyms& pseudonyms,
                       const model::Dictionary& dictionary)
    : pseudonyms_(pseudonyms) {
  using model::CodeKind;
  for (const CodeKind kind : {CodeKind::kOccupation, CodeKind::kSkill, CodeKind::kRegion,
                              CodeKind::kLicence, CodeKind::kLanguage}) {
    for (const model::DictionaryEntry& entry : dictionary.Entries(kind)) {
      codes_[Of(model::CodeKindName(kind), entry.code).value] = entry.code;
    }
  }
}

matching::Token CodeTokens::Of(std::string_view kind, std::string_view code) const {
  const std::uint64_t token = pseudonyms_.MatchToken(kind, code);
  return {token == 0 ? 1 : token};  // 0 means "none"
}
matching::Token CodeTokens::OfOccupation(const model::OccupationCode& code) const {
  return Of(model::CodeKindName(model::CodeKind::kOccupation), code.text());
}
matching::Token CodeTokens::OfSkill(const model::SkillCode& code) const {
  return Of(model::CodeKindName(model::CodeKind::kSkill), code.text());
}
matching::Token CodeTokens::OfRegion(const model::RegionCode& code) const {
  return Of(model::CodeKindName(model::CodeKind::kRegion), code.text());
}
matching::Token CodeTokens::OfLicence(const model::LicenceCode& code) const {
  return Of(model::CodeKindName(model::CodeKind::kLicence), code.text());
}
matching::Token CodeTokens::OfLanguage(const model::LanguageCode& code) const {
  return Of(model::CodeKindName(model::CodeKind::kLanguage), code.text());
}
std::string CodeTokens::CodeOf(matching::Token token) const {
  const auto found = codes_.find(token.value);
  return found == codes_.end() ? std::string() : found->second;
}

std::uint64_t Market::Ties::Of(matching::PostingRowId posting, matching::SeekerRowId seeker) const {
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

Market::Market(MarketParts parts)
    : parts_(parts),
      tokens_(parts.pseudonyms, parts.dictionary),
      centres_(matching::CentresOf(parts.dictionary, tokens_)) {}

Status Market::ScanPrefix(std::string_view prefix,
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

// The feed position is read first: what changes during the scan is read again by the first CatchUp.
Status Market::Load() {
  const std::unique_lock lock(mutex_);
  std::uint64_t position = 0;
  for (;;) {
    NOREN_ASSIGN_OR_RETURN(const storage::FeedPage page,
                           parts_.store.ReadFeed(kEmbeddedPartition, position, kFeedPage));
    if (page.items.empty()) break;
    position = page.items.back().sequence;
  }
  NOREN_RETURN_IF_ERROR(
      ScanPrefix(keyspaces::kPerson, [this](const storage::KeyValue& item) -> Status {
        NOREN_ASSIGN_OR_RETURN(const model::PersonId person,
                               keyspaces::IdOfKey<model::PersonId>(item.key, 0));
        return TakePerson(person, item.value);
      }));
  NOREN_RETURN_IF_ERROR(
      ScanPrefix(keyspaces::kPosting, [this](const storage::KeyValue& item) -> Status {
        NOREN_ASSIGN_OR_RETURN(const model::PostingId posting,
                               keyspaces::IdOfKey<model::PostingId>(item.key, 0));
        return TakePosting(posting, item.value);
      }));
  feed_position_ = position;
  return OkStatus();
}

Status Market::CatchUp() {
  const std::unique_lock lock(mutex_);
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

Status Market::ApplyFeedEntry(ByteSpan entry) {
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

Status Market::ReadPerson(const model::PersonId& person) {
  NOREN_ASSIGN_OR_RETURN(const auto values,
                         parts_.store.Read(kEmbeddedPartition, {keyspaces::PersonKey(person)}));
  if (values[0]) return TakePerson(person, *values[0]);
  people_.erase(person);
  rows_.erase(RowIdOf(person).value);
  return OkStatus();
}

Status Market::ReadPosting(const model::PostingId& posting) {
  NOREN_ASSIGN_OR_RETURN(const auto values,
                         parts_.store.Read(kEmbeddedPartition, {keyspaces::PostingKey(posting)}));
  if (values[0]) return TakePosting(posting, *values[0]);
  postings_.erase(posting);
  return OkStatus();
}

// A person whose key is destroyed, or whose record is damaged, is in no ranking; the service goes
// on for everyone else.
Status Market::TakePerson(const model::PersonId& person, ByteSpan stored) {
  people_.erase(person);
  const auto address = personal_data::OpenPersonAddress(person, stored, parts_.keys);
  if (!address.ok()) return OkStatus();
  const auto keys = parts_.keyring.Open(address->leaf);
  if (!keys.ok()) return OkStatus();
  const auto record = personal_data::DecodePersonRecord({person, **keys}, stored, parts_.keys);
  if (!record.ok()) return OkStatus();
  const auto profile = model::DecodeProfile(record->profile);
  if (!profile.ok()) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(matching::SeekerRow row,
                         matching::RowOf(RowIdOf(person), *profile, tokens_, parts_.weight_rules));
  rows_[row.id.value] = person;
  people_[person] = {person,
                     address->portal,
                     address->handle,
                     record->discoverability.live,
                     record->discoverability.companies_class,
                     std::move(row)};
  return OkStatus();
}

Status Market::TakePosting(const model::PostingId& posting, ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const PostingRecord record,
                         DecodePostingRecord(posting, stored, parts_.keys));
  NOREN_ASSIGN_OR_RETURN(matching::PostingRow row,
                         matching::RowOf(RowIdOf(posting), record.content, tokens_,
                                         parts_.weight_rules, [this](matching::PostingRow& added) {
                                           matching::ExpandNearRegions(added, centres_);
                                         }));
  postings_[posting] = {
      posting,     record.portal,        record.content.company, record.content.title,
      record.open, record.registered_at, std::move(row)};
  return OkStatus();
}

std::size_t Market::people_count() const {
  const std::shared_lock lock(mutex_);
  return people_.size();
}

std::size_t Market::open_postings_count() const {
  const std::shared_lock lock(mutex_);
  return static_cast<std::size_t>(std::count_if(
      postings_.begin(), postings_.end(), [](const auto& entry) { return entry.second.open; }));
}

std::optional<MarketPerson> Market::FindPerson(const model::PersonId& person) const {
  const std::shared_lock lock(mutex_);
  const auto found = people_.find(person);
  return found == people_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<MarketPosting> Market::FindPosting(const model::PostingId& posting) const {
  const std::shared_lock lock(mutex_);
  const auto found = postings_.find(posting);
  return found == postings_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<MarketPerson> Market::FindRow(matching::SeekerRowId row) const {
  const std::shared_lock lock(mutex_);
  const auto found = rows_.find(row.value);
  if (found == rows_.end()) return std::nullopt;
  const auto person = people_.find(found->second);
  return person == people_.end() ? std::nullopt : std::optional(person->second);
}

std::vector<MarketPosting> Market::PostingsOf(std::string_view company) const {
  const std::shared_lock lock(mutex_);
  std::vector<MarketPosting> own;
  for (const auto& [id, posting] : postings_) {
    if (posting.company == company) own.push_back(posting);
  }
  std::sort(own.begin(), own.end(), [](const MarketPosting& a, const MarketPosting& b) {
    return a.registered_at != b.registered_at ? a.registered_at > b.registered_at
                                              : a.posting < b.posting;
  });
  return own;
}

StatusOr<MarketRanking<RankedPerson>> Market::RankSeekers(const model::PostingId& posting,
                                                          std::string_view portal,
                                                          std::size_t k) const {
  const std::shared_lock lock(mutex_);
  const auto found = postings_.find(posting);
  if (found == postings_.end()) return MakeError(ErrorCode::kNotFound);
  std::vector<matching::SeekerRow> rows;
  for (const auto& [id, person] : people_) {
    if (person.portal == portal) rows.push_back(person.row);
  }
  const Ties ties(parts_.pseudonyms);
  const matching::SeekerRanking ranking = matching::RankSeekers(found->second.row, rows, k, ties);
  MarketRanking<RankedPerson> answer;
  answer.considered = ranking.eligible_count;
  for (const auto& ranked : ranking.best) {
    const MarketPerson& person = people_.at(rows_.at(ranked.id.value));
    answer.best.push_back(
        {person.person, person.handle, matching::ScorePair(found->second.row, person.row)});
  }
  return answer;
}

StatusOr<MarketRanking<RankedOpening>> Market::RankPostings(const model::PersonId& person,
                                                            std::size_t k) const {
  const std::shared_lock lock(mutex_);
  const auto found = people_.find(person);
  if (found == people_.end()) return MakeError(ErrorCode::kNotFound);
  std::vector<matching::PostingRow> rows;
  std::map<std::uint64_t, const MarketPosting*> by_row;
  for (const auto& [id, posting] : postings_) {
    if (!posting.open) continue;
    rows.push_back(posting.row);
    by_row[posting.row.id.value] = &posting;
  }
  const Ties ties(parts_.pseudonyms);
  const matching::PostingRanking ranking = matching::RankPostings(found->second.row, rows, k, ties);
  MarketRanking<RankedOpening> answer;
  answer.considered = ranking.eligible_count;
  for (const auto& ranked : ranking.best) {
    const MarketPosting& posting = *by_row.at(ranked.id.value);
    answer.best.push_back({posting.posting, posting.title, posting.company,
                           matching::ScorePair(posting.row, found->second.row)});
  }
  return answer;
}

std::vector<matching::SeekerRow> Market::DiscoverableRows() const {
  const std::shared_lock lock(mutex_);
  std::vector<matching::SeekerRow> rows;
  for (const auto& [id, person] : people_) {
    if (person.discoverable) rows.push_back(person.row);
  }
  return rows;
}

void Market::WithLiveRows(const std::function<void(const RowLookup&)>& use) const {
  const std::shared_lock lock(mutex_);
  use([this](matching::SeekerRowId row) -> const matching::SeekerRow* {
    const auto found = rows_.find(row.value);
    if (found == rows_.end()) return nullptr;
    const auto person = people_.find(found->second);
    return person == people_.end() || !person->second.discoverable ? nullptr : &person->second.row;
  });
}

}  // namespace noren::operations
