// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/refusal_signs.h"

#include <optional>
#include <string>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/registers.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using policy::RegisterKind;

constexpr std::uint64_t kVersion = 1;

struct Counted {
  std::optional<Bytes> stored;
  std::vector<UnixSeconds> times;
};
StatusOr<Counted> ReadCounted(ServiceContext& context, const std::string& key) {
  Counted counted;
  NOREN_ASSIGN_OR_RETURN(counted.stored, ReadOne(context, key));
  if (!counted.stored) return counted;
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kRefusals, key}, *counted.stored));
  if (opened.version != kVersion) return model::MakeError(ErrorCode::kDataCorrupt, "refusals");
  NOREN_ASSIGN_OR_RETURN(counted.times, DecodeRefusals(opened.plaintext));
  return counted;
}

// In the words of the register, which officers read.
std::string SignText(model::Language language) {
  const policy::Labels labels = {"sign: 50 refused releases within an hour",
                                 "징후: 한 시간 안에 제공 거절 50회",
                                 "兆候：1時間以内に提供の拒否が50回"};
  static_assert(kRefusalsOfASign == 50 && kSignSeconds == 3600);
  return std::string(labels.In(language));
}

// Nothing when somebody else has just noted it.
Status OpenSign(ServiceContext& context, const std::string& company, const std::string& key) {
  const auto opened = Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(Counted counted, ReadCounted(context, key));
    if (counted.times.size() < kRefusalsOfASign)
      return model::MakeError(ErrorCode::kStateConflict, "noted already");
    AddRegisterEntryRequest request;
    request.kind = RegisterKind::kIncidents;
    request.step = "suspected";
    request.at = context.time.Now();
    request.subject = company;
    request.fields = {{"kind", SignText(context.policy.statement->language)}};
    NOREN_ASSIGN_OR_RETURN(Attempt attempt,
                           StageRegisterEntry(context, {kServiceItself, ""}, request));
    if (const policy::Entry* measure =
            policy::FirstMeasureOf(context.policy, RegisterKind::kIncidents))
      attempt.change.entry.clause_ids = {policy::ClauseOf(*measure)};
    attempt.change.staged.Require(key, std::move(counted.stored));
    attempt.change.staged.Delete(key);
    return attempt;
  });
  if (model::CodeOf(opened.status()) == ErrorCode::kStateConflict) return OkStatus();
  return opened.status();
}

}  // namespace

Bytes EncodeRefusals(const std::vector<UnixSeconds>& times) {
  RecordWriter writer;
  writer.U32(static_cast<std::uint32_t>(times.size()));
  for (const UnixSeconds time : times) writer.I64(time.value);
  return writer.Take();
}

StatusOr<std::vector<UnixSeconds>> DecodeRefusals(ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint32_t count = reader.U32();
  std::vector<UnixSeconds> times;
  for (std::uint32_t i = 0; i < count && i < kRefusalsOfASign && reader.ok(); ++i)
    times.push_back({reader.I64()});
  if (!reader.Finish().ok() || times.size() != count)
    return model::MakeError(ErrorCode::kDataCorrupt, "refusals");
  return times;
}

Status RefuseRelease(ServiceContext& context, audit::EntryDraft entry, const Status& refusal) {
  const std::string company = entry.principal.name;
  const std::string key = keyspaces::RefusalsKey(company);
  std::size_t count = 0;
  const auto count_one = [&]() -> StatusOr<personal_data::Staged> {
    NOREN_ASSIGN_OR_RETURN(Counted counted, ReadCounted(context, key));
    const UnixSeconds now = context.time.Now();
    std::erase_if(counted.times,
                  [&](UnixSeconds at) { return at.value <= now.value - kSignSeconds; });
    if (counted.times.size() < kRefusalsOfASign) counted.times.push_back(now);
    count = counted.times.size();
    personal_data::Staged staged;
    staged.Replace(key, std::move(counted.stored),
                   storage::SealValue(context.keys.store_seal(), {keyspaces::kRefusals, key},
                                      kVersion, EncodeRefusals(counted.times), context.random));
    return staged;
  };
  if (context.policy.statement == nullptr) return RecordRefusal(context, std::move(entry), refusal);
  const Status recorded = RecordRefusal(context, entry, refusal, count_one);
  // Counting never stands in the way of the refusal: of many at once one is counted at least.
  if (recorded != refusal) return RecordRefusal(context, std::move(entry), refusal);
  if (count >= kRefusalsOfASign) {
    // What cannot be noted now is noted with the next refusal, since the count stays.
    const Status opened = OpenSign(context, company, key);
    if (!opened.ok()) return refusal;
  }
  return refusal;
}

}  // namespace noren::operations
