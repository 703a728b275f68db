// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/release_access.h"

#include <algorithm>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/operations/deadlines.h"
#include "engine/operations/keyspaces.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::uint8_t kFormat = 1;
constexpr std::int64_t kDaySeconds = 86400;
constexpr std::size_t kMaxCompanyBytes = 40;

}  // namespace

Bytes EncodeAccess(const ReleaseAccess& access) {
  RecordWriter writer;
  writer.U8(kFormat).Field(access.company).Raw(access.candidate.bytes());
  writer.Raw(access.posting.bytes()).Raw(access.consent.bytes());
  writer.I64(access.released_at.value).I64(access.ends_at.value).I64(access.keep_until.value);
  writer.U8(access.ended ? 1 : 0);
  return writer.Take();
}

StatusOr<ReleaseAccess> DecodeAccess(const model::ReleaseId& release, ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t format = reader.U8();
  ReleaseAccess access;
  access.release = release;
  access.company = reader.Text(kMaxCompanyBytes);
  const ByteSpan candidate = reader.Raw(model::CandidateRef::kSizeBytes);
  const ByteSpan posting = reader.Raw(model::PostingId::kSizeBytes);
  const ByteSpan consent = reader.Raw(model::ConsentId::kSizeBytes);
  access.released_at = {reader.I64()};
  access.ends_at = {reader.I64()};
  access.keep_until = {reader.I64()};
  access.ended = reader.U8() == 1;
  if (!reader.Finish().ok() || format != kFormat)
    return MakeError(ErrorCode::kDataCorrupt, "access record");
  NOREN_ASSIGN_OR_RETURN(access.candidate, model::CandidateRef::FromBytes(candidate));
  NOREN_ASSIGN_OR_RETURN(access.posting, model::PostingId::FromBytes(posting));
  NOREN_ASSIGN_OR_RETURN(access.consent, model::ConsentId::FromBytes(consent));
  return access;
}

StatusOr<std::optional<ReleaseAccess>> FindAccess(ServiceContext& context,
                                                  const model::ReleaseId& release) {
  const std::string key = keyspaces::AccessKey(release);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return std::optional<ReleaseAccess>();
  const auto opened = storage::OpenValue(context.keys.record(), {keyspaces::kAccess, key}, *stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "access record");
  NOREN_ASSIGN_OR_RETURN(ReleaseAccess access, DecodeAccess(release, opened->plaintext));
  return std::optional(std::move(access));
}

void PutAccess(ServiceContext& context, const ReleaseAccess& access,
               personal_data::Staged& staged) {
  const std::string key = keyspaces::AccessKey(access.release);
  staged.Put(key, storage::SealValue(context.keys.record(), {keyspaces::kAccess, key}, 1,
                                     EncodeAccess(access), context.random));
}

UnixSeconds AccessEndOf(ServiceContext& context, UnixSeconds released_at) {
  return {released_at.value + context.policy.release.access_days * kDaySeconds};
}

void StageAccess(ServiceContext& context, const LoadedCandidate& loaded,
                 const model::ReleaseId& release, UnixSeconds released_at,
                 personal_data::Staged& staged) {
  const personal_data::GrantTerms& terms = *loaded.consent.consent.terms;
  ReleaseAccess access;
  access.release = release;
  access.company = loaded.record.company;
  access.candidate = loaded.candidate;
  access.posting = loaded.record.posting;
  access.consent = loaded.record.consent;
  access.released_at = released_at;
  access.ends_at = std::min(AccessEndOf(context, released_at), terms.expires_at);
  // As the person was told: so many days from the grant on.
  access.keep_until = {loaded.consent.consent.answered_at.value +
                       static_cast<std::int64_t>(terms.retention_days) * kDaySeconds};
  PutAccess(context, access, staged);
  StageDeadline(context, {DeadlineKind::kAccess, access.ends_at, {}, release.bytes()}, staged);
}

Status CheckAccess(const std::optional<ReleaseAccess>& access, UnixSeconds now) {
  const bool over = access && (access->ended || now >= access->ends_at);
  return over ? MakeError(ErrorCode::kAccessExpired) : OkStatus();
}

}  // namespace noren::operations
