// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/posting_quota.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/matching/cards/cards.h"
#include "engine/model/errors.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/scan.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

constexpr std::uint64_t kVersion = 2;  // 1: reads alone

std::string PrefixOf(const std::string& company) {
  return std::string(keyspaces::kCardQuota) + company + "/";
}

StatusOr<std::int32_t> DayOfKey(std::string_view key) {
  const std::string_view digits = keyspaces::Segments(key).back();
  std::int32_t day = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), day);
  if (error != std::errc() || end != digits.data() + digits.size())
    return MakeError(ErrorCode::kDataCorrupt, "day of a quota");
  return day;
}

}  // namespace

Bytes EncodeQuotaDay(const QuotaDay& day) {
  RecordWriter writer;
  writer.U64(day.reads).U32(static_cast<std::uint32_t>(day.uses.size()));
  for (const auto& [posting, use] : day.uses)
    writer.Raw(posting.bytes()).U32(use.cards).U32(use.invited);
  return writer.bytes();
}

StatusOr<QuotaDay> DecodeQuotaDay(std::uint64_t version, ByteSpan plaintext) {
  RecordReader reader(plaintext);
  QuotaDay day;
  day.reads = reader.U64();
  const std::uint32_t count = version == kVersion ? reader.U32() : 0;
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    const ByteSpan id = reader.Raw(model::PostingId::kSizeBytes);
    if (!reader.ok()) break;
    NOREN_ASSIGN_OR_RETURN(const auto posting, model::PostingId::FromBytes(id));
    QuotaDay::Use& use = day.uses[posting];
    use.cards = reader.U32();
    use.invited = reader.U32();
  }
  const bool is_whole = version >= 1 && version <= kVersion && reader.Finish().ok();
  if (!is_whole || day.uses.size() != count) return MakeError(ErrorCode::kDataCorrupt, "quota");
  return day;
}

StatusOr<PostingQuota> PostingQuota::Read(ServiceContext& context, const std::string& company) {
  PostingQuota quota(context);
  quota.today_ = policy::TodayOf(context.policy, context.time.Now()).days_since_1970;
  quota.today_key_ = PrefixOf(company) + std::to_string(quota.today_);
  NOREN_ASSIGN_OR_RETURN(auto days, ScanAll(context, PrefixOf(company)));
  for (storage::KeyValue& day : days) {
    NOREN_RETURN_IF_ERROR(quota.Take(day.key, day.value));
    if (day.key == quota.today_key_) quota.stored_ = std::move(day.value);
  }
  return quota;
}

Status PostingQuota::Take(std::string key, ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const std::int32_t day, DayOfKey(key));
  // A day ahead, of a clock that was put back, counts on.
  if (day <= today_ - context_->policy.cards.quota_days) {
    over_.push_back(std::move(key));
    return OkStatus();
  }
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(context_->keys.store_seal(), {keyspaces::kCardQuota, key}, stored));
  NOREN_ASSIGN_OR_RETURN(QuotaDay decoded, DecodeQuotaDay(opened.version, opened.plaintext));
  if (key == today_key_) {
    day_ = std::move(decoded);
  } else {
    before_.push_back(std::move(decoded));
  }
  return OkStatus();
}

policy::QuotaUse PostingQuota::UseFor(const KeyedMarket& market,
                                      const MarketPosting& posting) const {
  policy::QuotaUse use;
  use.reads_today = static_cast<std::int64_t>(day_.reads);
  const matching::QuotaKey own = matching::QuotaKeyOf(posting.row);
  std::map<model::PostingId, bool> others;  // of the company: whether of another kind
  for (const MarketPosting& one : market.PostingsOf(posting.company)) {
    use.near_duplicates += one.open && matching::QuotaKeyOf(one.row) == own ? 1 : 0;
    others[one.posting] = !matching::AsksForSameKind(one.row, posting.row);
  }
  const auto counts = [&others](const model::PostingId& id) {
    const auto known = others.find(id);
    return known == others.end() || !known->second;  // one that is gone may have been alike
  };
  for (const auto& [id, used] : day_.uses) {
    use.cards_today += counts(id) ? used.cards : 0;
    use.invitations += counts(id) ? used.invited : 0;
  }
  for (const QuotaDay& day : before_) {
    for (const auto& [id, used] : day.uses) use.invitations += counts(id) ? used.invited : 0;
  }
  return use;
}

void PostingQuota::CountRead(const model::PostingId& posting, std::size_t cards) {
  day_.reads += 1;
  day_.uses[posting].cards += static_cast<std::uint32_t>(std::max<std::size_t>(cards, 1));
}

void PostingQuota::CountInvitations(const model::PostingId& posting, std::int32_t how_many) {
  day_.uses[posting].invited += static_cast<std::uint32_t>(how_many);
}

void PostingQuota::Stage(personal_data::Staged& staged) {
  staged.Replace(
      today_key_, std::move(stored_),
      storage::SealValue(context_->keys.store_seal(), {keyspaces::kCardQuota, today_key_}, kVersion,
                         EncodeQuotaDay(day_), context_->random));
  for (const std::string& key : over_) staged.Delete(key);
}

}  // namespace noren::operations
