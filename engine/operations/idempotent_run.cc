// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/idempotent_run.h"

#include <algorithm>
#include <utility>

#include "crypto/primitives/hash.h"
#include "engine/audit/commitment.h"
#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/market.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr int kMaxAttempts = 8;
constexpr std::uint8_t kFormat = 1;
constexpr std::size_t kMaxAnswerParts = 16;
constexpr std::size_t kMaxAnswerPartBytes = std::size_t{1} << 16;
constexpr std::int64_t kAnswerLifeSeconds = 24 * 3600;

struct StoredAnswer {
  Hash256 digest{};
  UnixSeconds at;
  std::uint64_t sequence = 0;
  std::vector<std::string> parts;
};

bool IsKey(std::string_view key) {
  return !key.empty() && key.size() <= 64 && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == ':' || c == '-';
  });
}

StatusOr<Bytes> EncodeAnswer(ServiceContext& context, const std::string& key,
                             const StoredAnswer& answer) {
  RecordWriter writer;
  writer.U8(kFormat).Raw(answer.digest).I64(answer.at.value).U64(answer.sequence);
  writer.U8(static_cast<std::uint8_t>(answer.parts.size()));
  for (const std::string& part : answer.parts) writer.Field(part);
  return storage::SealValue(context.keys.store_seal(),
                            {personal_data::keyspaces::kIdempotency, key}, 1, writer.bytes(),
                            context.random);
}

StatusOr<StoredAnswer> DecodeAnswer(ServiceContext& context, const std::string& key,
                                    ByteSpan stored) {
  NOREN_ASSIGN_OR_RETURN(const storage::OpenedValue opened,
                         storage::OpenValue(context.keys.store_seal(),
                                            {personal_data::keyspaces::kIdempotency, key}, stored));
  RecordReader reader(opened.plaintext);
  StoredAnswer answer;
  const std::uint8_t format = reader.U8();
  const ByteSpan digest = reader.Raw(answer.digest.size());
  if (digest.size() == answer.digest.size())
    std::copy(digest.begin(), digest.end(), answer.digest.begin());
  answer.at = {reader.I64()};
  answer.sequence = reader.U64();
  const std::size_t parts = std::min<std::size_t>(reader.U8(), kMaxAnswerParts);
  for (std::size_t i = 0; i < parts; ++i) answer.parts.push_back(reader.Text(kMaxAnswerPartBytes));
  if (!reader.Finish().ok() || format != kFormat)
    return MakeError(ErrorCode::kDataCorrupt, "idempotency record");
  return answer;
}

StatusOr<std::optional<RunResult>> FindAnswer(ServiceContext& context, const std::string& key,
                                              const RequestIdentity& identity) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return std::optional<RunResult>();
  NOREN_ASSIGN_OR_RETURN(StoredAnswer answer, DecodeAnswer(context, key, *stored));
  if (answer.digest != identity.digest) return MakeError(ErrorCode::kConflict);
  NOREN_ASSIGN_OR_RETURN(EntryPosition position, context.pipeline.PositionOf(answer.sequence));
  return std::optional(RunResult{std::move(answer.parts), std::move(position), true});
}

// The openings of an entry: principal and object for the operator's own book, the subject for the
// person.
Status StageOpenings(ServiceContext& context, const Attempt& attempt,
                     const audit::EntryOpening& opening, personal_data::Staged& staged) {
  audit::EntryOpening own = opening;
  own.subject.reset();
  const std::string key = keyspaces::OpeningKey(opening.sequence);
  Bytes sealed = storage::SealValue(context.keys.record(), {keyspaces::kOpening, key},
                                    opening.sequence, audit::Encode(own), context.random);
  staged.Put(key, std::move(sealed));
  if (!attempt.subject_keys || !opening.subject) return OkStatus();
  const std::string subject_key = keyspaces::SubjectOpeningKey(attempt.subject, opening.sequence);
  Bytes subject_sealed =
      storage::SealValue(attempt.subject_keys->records, {keyspaces::kSubjectOpening, subject_key},
                         opening.sequence, audit::Encode(opening), context.random);
  staged.Put(subject_key, std::move(subject_sealed));
  return OkStatus();
}

// Adds what every change carries: openings, and the answer under the caller's key.
void Complete(ServiceContext& context, Attempt& attempt, const std::string& answer_key,
              const Hash256& digest) {
  attempt.change.entry.policy = context.policy.digest;
  PositionedStage own = std::move(attempt.change.positioned);
  Attempt shared{{}, attempt.answer, attempt.subject_keys, attempt.subject};
  attempt.change.positioned =
      [&context, own = std::move(own), answer_key, digest,
       shared = std::make_shared<Attempt>(std::move(shared))](
          std::uint64_t sequence,
          const audit::EntryOpening& opening) -> StatusOr<personal_data::Staged> {
    personal_data::Staged staged;
    if (own) {
      NOREN_ASSIGN_OR_RETURN(staged, own(sequence, opening));
    }
    NOREN_RETURN_IF_ERROR(StageOpenings(context, *shared, opening, staged));
    if (!answer_key.empty()) {
      NOREN_ASSIGN_OR_RETURN(Bytes answer,
                             EncodeAnswer(context, answer_key,
                                          {digest, context.time.Now(), sequence, shared->answer}));
      staged.Put(answer_key, std::move(answer));
    }
    return staged;
  };
  if (!answer_key.empty()) attempt.change.staged.Require(answer_key, std::nullopt);
}

bool IsRace(const Status& status) {
  const ErrorCode code = model::CodeOf(status);
  return code == ErrorCode::kStateConflict || code == ErrorCode::kRetryLater;
}

}  // namespace

RequestIdentity IdentifyRequest(std::string_view key, std::string_view method, ByteSpan request) {
  RecordWriter writer;
  writer.Field(method).Field(request);
  return {std::string(key), primitives::Sha256(writer.bytes())};
}

StatusOr<RunResult> RunOnce(ServiceContext& context, const Call& call,
                            const RequestIdentity& identity,
                            const std::function<StatusOr<Attempt>()>& stage) {
  if (!IsKey(identity.key)) return model::MakeFieldError(ErrorCode::kBadRequest, "idempotency.key");
  const std::string key = personal_data::keyspaces::IdempotencyKey(call.principal, identity.key);
  for (int i = 0; i < kMaxAttempts; ++i) {
    NOREN_ASSIGN_OR_RETURN(std::optional<RunResult> before, FindAnswer(context, key, identity));
    if (before) return std::move(*before);
    NOREN_ASSIGN_OR_RETURN(Attempt attempt, stage());
    Complete(context, attempt, key, identity.digest);
    const bool moves_market = !attempt.change.feed.empty();
    std::vector<std::string> answer = attempt.answer;
    StatusOr<EntryPosition> position = context.pipeline.Commit(std::move(attempt.change));
    if (position.ok()) {
      if (moves_market) NOREN_RETURN_IF_ERROR(context.market.CatchUp());
      return RunResult{std::move(answer), std::move(*position), false};
    }
    if (!IsRace(position.status())) return position.status();
  }
  return MakeError(ErrorCode::kRetryLater);
}

StatusOr<EntryPosition> Record(ServiceContext& context,
                               const std::function<StatusOr<Attempt>()>& stage) {
  for (int i = 0; i < kMaxAttempts; ++i) {
    NOREN_ASSIGN_OR_RETURN(Attempt attempt, stage());
    Complete(context, attempt, "", {});
    const bool moves_market = !attempt.change.feed.empty();
    StatusOr<EntryPosition> position = context.pipeline.Commit(std::move(attempt.change));
    if (position.ok() && moves_market) NOREN_RETURN_IF_ERROR(context.market.CatchUp());
    if (position.ok() || !IsRace(position.status())) return position;
  }
  return MakeError(ErrorCode::kRetryLater);
}

Status RecordRefusal(ServiceContext& context, audit::EntryDraft entry, const Status& refusal,
                     const std::function<StatusOr<personal_data::Staged>()>& also) {
  entry.decision = audit::Decision::kRefused;
  entry.outcome = model::CodeOf(refusal);
  if (entry.clause_ids.empty()) entry.clause_ids = policy::ClausesOf(refusal);
  const auto recorded = Record(context, [&]() -> StatusOr<Attempt> {
    Attempt attempt;
    attempt.change.entry = entry;
    if (!also) return attempt;
    NOREN_ASSIGN_OR_RETURN(attempt.change.staged, also());
    return attempt;
  });
  return recorded.ok() ? refusal : recorded.status();
}

StatusOr<std::size_t> SweepAnswers(ServiceContext& context) {
  if (!context.time.trusted()) return std::size_t{0};  // a clock ahead would delete fresh ones
  const std::string prefix(personal_data::keyspaces::kIdempotency);
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, prefix));
  const UnixSeconds now = context.time.Now();
  std::vector<std::string> old;
  for (const storage::KeyValue& item : stored) {
    const auto answer = DecodeAnswer(context, item.key, item.value);
    if (!answer.ok() || answer->at.value + kAnswerLifeSeconds < now.value) old.push_back(item.key);
  }
  constexpr std::size_t kPerChange = 500;
  for (std::size_t begin = 0; begin < old.size(); begin += kPerChange) {
    Attempt attempt;
    attempt.change.entry.operation = audit::Operation::kServiceStarted;
    attempt.change.entry.principal = kServiceItself;
    const std::size_t end = std::min(old.size(), begin + kPerChange);
    for (std::size_t i = begin; i < end; ++i) attempt.change.staged.Delete(old[i]);
    NOREN_RETURN_IF_ERROR(context.pipeline.Commit(std::move(attempt.change)).status());
  }
  return old.size();
}

}  // namespace noren::operations
