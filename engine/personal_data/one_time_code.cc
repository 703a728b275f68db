// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/one_time_code.h"

#include <algorithm>
#include <array>
#include <vector>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hmac.h"
#include "engine/model/errors.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

using model::ErrorCode;
using model::MakeError;

constexpr std::int64_t kSecondsPerHour = 3600;
constexpr std::uint32_t kCodesCount = 100'000'000;

struct LiveCode {
  Hash256 statement_digest{};
  UnixSeconds made_at;
  std::uint8_t attempts = 0;  // wrong ones so far
  Hash256 token{};            // keyed: says nothing without the code key
};

// All of one person's codes: one record, so that attempts on one cannot be counted apart from
// another.
struct CodeBook {
  std::uint64_t version = 0;
  UnixSeconds hour_began;
  std::uint32_t issued_in_hour = 0;
  std::vector<LiveCode> live;
};

Bytes TokenMessage(const CodeContext& context, const Hash256& statement_digest,
                   std::string_view code) {
  RecordWriter message;
  message.Field("noren/one-time-code/1").Raw(context.person.person.bytes());
  message.Raw(statement_digest).Field(code);
  return message.Take();
}

StatusOr<CodeBook> OpenBook(const CodeContext& context, const std::optional<Bytes>& stored) {
  CodeBook book;
  if (!stored) return book;
  const std::string key = keyspaces::CodeKey(context.person.person);
  NOREN_ASSIGN_OR_RETURN(
      const storage::OpenedValue opened,
      OpenRecordOfAnyVersion(context.person.keys.records, {keyspaces::kCode, key}, *stored));
  RecordReader reader(opened.plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  book.version = opened.version;
  book.hour_began = ReadTime(reader);
  book.issued_in_hour = reader.U32();
  const std::uint8_t live_count = reader.U8();
  for (std::uint8_t i = 0; i < live_count; ++i) {
    LiveCode code;
    code.statement_digest = ReadHash(reader);
    code.made_at = ReadTime(reader);
    code.attempts = reader.U8();
    code.token = ReadHash(reader);
    book.live.push_back(code);
  }
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return book;
}

StatusOr<Staged> StageBook(const CodeContext& context, const CodeBook& book,
                           const std::optional<Bytes>& stored, Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout).I64(book.hour_began.value).U32(book.issued_in_hour);
  writer.U8(static_cast<std::uint8_t>(book.live.size()));
  for (const LiveCode& code : book.live) {
    writer.Raw(code.statement_digest).I64(code.made_at.value).U8(code.attempts).Raw(code.token);
  }
  const std::string key = keyspaces::CodeKey(context.person.person);
  NOREN_ASSIGN_OR_RETURN(
      Bytes value, SealRecord(context.person.keys.records,
                              {keyspaces::kCode, key, book.version + 1}, writer.bytes(), random));
  Staged staged;
  staged.Replace(key, stored, std::move(value));
  return staged;
}

bool IsOver(const LiveCode& code, UnixSeconds now) {
  return now < code.made_at || now.value - code.made_at.value >= kCodeLifeSeconds ||
         code.attempts >= kCodeAttempts;
}

// Uniform: numbers past the last whole multiple are drawn again.
std::string DrawCode(Random& random) {
  constexpr std::uint32_t kEnd = UINT32_MAX - UINT32_MAX % kCodesCount;
  std::uint32_t number = kEnd;
  while (number >= kEnd) {
    std::array<std::uint8_t, 4> bytes{};
    random.Fill(bytes);
    number = RecordReader(bytes).U32();
  }
  const std::string digits = std::to_string(number % kCodesCount);
  return std::string(kCodeDigits - digits.size(), '0') + digits;
}

}  // namespace

StatusOr<IssuedCode> IssueCode(const CodeContext& context, const Hash256& statement_digest,
                               const std::optional<Bytes>& stored, Random& random) {
  NOREN_ASSIGN_OR_RETURN(CodeBook book, OpenBook(context, stored));
  if (book.issued_in_hour == 0 || context.now.value - book.hour_began.value >= kSecondsPerHour) {
    book.hour_began = context.now;
    book.issued_in_hour = 0;
  }
  if (book.issued_in_hour >= kCodesPerHour) {
    return MakeError(ErrorCode::kLimitReached, "one-time codes in this hour");
  }
  ++book.issued_in_hour;
  std::erase_if(book.live, [&](const LiveCode& code) {
    return IsOver(code, context.now) || code.statement_digest == statement_digest;
  });
  if (book.live.size() >= kLiveCodes) book.live.erase(book.live.begin());

  IssuedCode issued;
  issued.code = DrawCode(random);
  const Hash256 token =
      primitives::HmacSha256(context.purpose_keys.Of(KeyPurpose::kCode),
                             TokenMessage(context, statement_digest, issued.code));
  book.live.push_back({statement_digest, context.now, 0, token});
  NOREN_ASSIGN_OR_RETURN(issued.staged, StageBook(context, book, stored, random));
  return issued;
}

StatusOr<CheckedCode> CheckCode(const CodeContext& context, const Hash256& statement_digest,
                                std::string_view code, const std::optional<Bytes>& stored,
                                Random& random) {
  NOREN_ASSIGN_OR_RETURN(CodeBook book, OpenBook(context, stored));
  CheckedCode checked;
  checked.verdict = MakeError(ErrorCode::kProofInvalid, "one-time code");
  const auto live = std::find_if(book.live.begin(), book.live.end(), [&](const LiveCode& entry) {
    return entry.statement_digest == statement_digest && !IsOver(entry, context.now);
  });
  if (live == book.live.end()) return checked;

  const bool right =
      code.size() == kCodeDigits &&
      primitives::HmacSha256Matches(context.purpose_keys.Of(KeyPurpose::kCode),
                                    TokenMessage(context, statement_digest, code), live->token);
  if (right) {
    checked.verdict = OkStatus();
    book.live.erase(live);
  } else {
    ++live->attempts;
  }
  NOREN_ASSIGN_OR_RETURN(checked.staged, StageBook(context, book, stored, random));
  return checked;
}

}  // namespace noren::personal_data
