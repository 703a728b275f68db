// What a company's postings share: however many postings it makes for people of one kind, it is
// shown so many cards a day for them, and may ask so many people within some weeks.
// Source:   docs/design/0014-companies-and-audiences.md (Quotas)
// Threads:  free functions concurrently
// Why safe: what is counted replaces the company's record of the day: of two requests at once the
//           second is counted anew.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/operations/market.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/staged.h"
#include "engine/policy/decisions.h"

namespace noren::operations {

// One day of a company.
struct QuotaDay {
  struct Use {
    std::uint32_t cards = 0;    // shown; a page without any counts as one
    std::uint32_t invited = 0;  // asked for, whether or not anybody was there to be asked
    bool operator==(const Use&) const = default;
  };
  std::uint64_t reads = 0;
  std::map<model::PostingId, Use> uses;
  bool operator==(const QuotaDay&) const = default;
};
Bytes EncodeQuotaDay(const QuotaDay& day);
//   errors   kDataCorrupt
StatusOr<QuotaDay> DecodeQuotaDay(std::uint64_t version, ByteSpan plaintext);

// The company's days that still count, read once and added to.
class PostingQuota {
 public:
  static StatusOr<PostingQuota> Read(ServiceContext& context, const std::string& company);

  // By `posting` and every other of the company that asks for people of the same kind, open or
  // closed.
  // `posting` is of `market`: rows of two versions of the match key are never compared.
  policy::QuotaUse UseFor(const KeyedMarket& market, const MarketPosting& posting) const;

  void CountRead(const model::PostingId& posting, std::size_t cards);
  void CountInvitations(const model::PostingId& posting, std::int32_t how_many);
  // Writes today; deletes what counts no more.
  void Stage(personal_data::Staged& staged);

 private:
  explicit PostingQuota(ServiceContext& context) : context_(&context) {}
  Status Take(std::string key, ByteSpan stored);

  ServiceContext* context_;
  std::int32_t today_ = 0;
  std::string today_key_;
  std::optional<Bytes> stored_;  // today's
  QuotaDay day_;                 // today
  std::vector<QuotaDay> before_;
  std::vector<std::string> over_;  // keys
};

}  // namespace noren::operations
