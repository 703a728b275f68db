// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/caller_lock_record.h"

#include <algorithm>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/personal_data/sealing.h"

namespace noren::operations {
namespace {

using model::ErrorCode;

constexpr std::uint8_t kRecordFormat = 1;
constexpr std::uint8_t kActFormat = 11;
constexpr std::size_t kMaxNameBytes = 64;

void Write(const CallerLock& lock, RecordWriter& writer) {
  writer.U8(static_cast<std::uint8_t>(lock.principal.role)).Field(lock.principal.name);
  writer.I64(lock.since.value).I64(lock.until.value).U32(lock.refusals);
}

void Read(RecordReader& reader, CallerLock& lock) {
  lock.principal.role = static_cast<model::Role>(reader.U8());
  lock.principal.name = reader.Text(kMaxNameBytes);
  lock.since = {reader.I64()};
  lock.until = {reader.I64()};
  lock.refusals = reader.U32();
}

bool IsWhole(const CallerLock& lock) {
  const auto role = static_cast<std::uint8_t>(lock.principal.role);
  return role >= static_cast<std::uint8_t>(model::Role::kPortal) &&
         role <= static_cast<std::uint8_t>(model::Role::kHandler) &&
         model::IsPrincipalName(lock.principal.name) && lock.since <= lock.until;
}

Status Corrupt() { return model::MakeError(ErrorCode::kDataCorrupt, "caller lock"); }

}  // namespace

CallerId CallerIdOf(const Call& call) {
  if (call.principal.name.empty()) return {};
  RecordWriter writer;
  writer.Field("noren/caller/1").U8(static_cast<std::uint8_t>(call.principal.role));
  writer.Field(call.principal.name).Raw(call.key);
  return primitives::Sha256(writer.bytes());
}

std::string ToText(const CallerId& caller) { return HexEncode(caller); }

StatusOr<CallerId> ParseCallerId(std::string_view text) {
  const StatusOr<Bytes> bytes = HexDecode(text);
  CallerId caller{};
  if (!bytes.ok() || bytes->size() != caller.size())
    return model::MakeFieldError(ErrorCode::kBadRequest, "caller", "64 hexadecimal digits");
  std::ranges::copy(*bytes, caller.begin());
  return caller;
}

Bytes EncodeCallerLock(const CallerLock& lock) {
  RecordWriter writer;
  writer.U8(kRecordFormat);
  Write(lock, writer);
  return writer.Take();
}

StatusOr<CallerLock> DecodeCallerLock(const CallerId& caller, ByteSpan plaintext) {
  RecordReader reader(plaintext);
  const std::uint8_t format = reader.U8();
  CallerLock lock;
  lock.caller = caller;
  Read(reader, lock);
  if (!reader.Finish().ok() || format != kRecordFormat || !IsWhole(lock)) return Corrupt();
  return lock;
}

storage::NarrowingAct MakeCallerLockAct(const CallerLock& lock) {
  RecordWriter writer;
  writer.U8(kActFormat).Raw(lock.caller);
  Write(lock, writer);
  storage::NarrowingAct act;
  act.kind = storage::NarrowingKind::kSuspension;
  act.payload = writer.Take();
  return act;
}

bool IsCallerLockAct(const storage::NarrowingAct& act) {
  return act.kind == storage::NarrowingKind::kSuspension && !act.payload.empty() &&
         act.payload[0] == kActFormat;
}

StatusOr<CallerLock> CallerLockActOf(const storage::NarrowingAct& act) {
  RecordReader reader(act.payload);
  const std::uint8_t format = reader.U8();
  CallerLock lock;
  lock.caller = personal_data::ReadHash(reader);
  Read(reader, lock);
  const bool is_lock = act.kind == storage::NarrowingKind::kSuspension && format == kActFormat;
  if (!reader.Finish().ok() || !is_lock || !IsWhole(lock)) return Corrupt();
  return lock;
}

}  // namespace noren::operations
