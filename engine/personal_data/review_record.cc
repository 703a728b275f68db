// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/review_record.h"

#include <string>

#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/sealing.h"

namespace noren::personal_data {
namespace {

using State = ReviewRecord::State;

constexpr std::string_view kPeoplePart = "review/people";

struct OuterReview {
  model::PersonId earlier;
  Bytes inner;
};

StatusOr<OuterReview> OpenOuter(const std::string& store_key, ByteSpan stored,
                                const PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         OpenRecord(keys.store_seal(), {keyspaces::kReview, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  OuterReview outer;
  outer.earlier = ReadId<model::PersonId>(reader);
  outer.inner = ReadBytes(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return outer;
}

}  // namespace

std::string_view ReviewStateName(State state) {
  switch (state) {
    case State::kOpen:
      return "open";
    case State::kMerged:
      return "merged";
    case State::kApart:
      return "apart";
  }
  return "open";
}

model::ReviewId MakeReviewId(UnixSeconds found_at, Random& random) {
  Bytes bytes = RecordWriter().I64(found_at.value).Take();
  bytes.resize(model::ReviewId::kSizeBytes);
  random.Fill(MutableByteSpan(bytes).subspan(8));
  return *model::ReviewId::FromBytes(bytes);
}

StatusOr<Bytes> EncodeReview(const ReviewRecord& review, const PersonKeys& earlier,
                             const PurposeKeys& keys, Random& random) {
  const std::string store_key = keyspaces::ReviewKey(review.review);
  RecordWriter inner;
  WriteId(inner, review.later);
  inner.U8(static_cast<std::uint8_t>(review.state));
  inner.I64(review.found_at.value).I64(review.decided_at.value);
  WriteId(inner, review.merge.person);
  WriteId(inner, review.merge.into);
  NOREN_ASSIGN_OR_RETURN(const Bytes sealed, SealRecord(earlier.records, {kPeoplePart, store_key},
                                                        inner.bytes(), random));
  RecordWriter writer;
  writer.U8(kRecordLayout);
  WriteId(writer, review.earlier);
  writer.Field(sealed);
  return SealRecord(keys.store_seal(), {keyspaces::kReview, store_key}, writer.bytes(), random);
}

StatusOr<model::PersonId> EarlierOf(const model::ReviewId& review, ByteSpan stored,
                                    const PurposeKeys& keys) {
  NOREN_ASSIGN_OR_RETURN(const OuterReview outer,
                         OpenOuter(keyspaces::ReviewKey(review), stored, keys));
  return outer.earlier;
}

StatusOr<ReviewRecord> DecodeReview(const model::ReviewId& review, ByteSpan stored,
                                    const PersonKeys& earlier, const PurposeKeys& keys) {
  const std::string store_key = keyspaces::ReviewKey(review);
  NOREN_ASSIGN_OR_RETURN(const OuterReview outer, OpenOuter(store_key, stored, keys));
  NOREN_ASSIGN_OR_RETURN(const Bytes inner,
                         OpenRecord(earlier.records, {kPeoplePart, store_key}, outer.inner));
  RecordReader reader(inner);
  ReviewRecord record;
  record.review = review;
  record.earlier = outer.earlier;
  record.later = ReadId<model::PersonId>(reader);
  const std::uint8_t state = reader.U8();
  record.found_at = ReadTime(reader);
  record.decided_at = ReadTime(reader);
  record.merge.person = ReadId<model::PersonId>(reader);
  record.merge.into = ReadId<model::PersonId>(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  if (state < 1 || state > 3) return DamagedRecord();
  record.state = static_cast<State>(state);
  return record;
}

StatusOr<Bytes> EncodeReviewOf(std::string_view store_key, const model::ReviewId& review,
                               const PersonKeys& person, Random& random) {
  RecordWriter writer;
  writer.U8(kRecordLayout);
  WriteId(writer, review);
  return SealRecord(person.records, {keyspaces::kReviewOf, store_key}, writer.bytes(), random);
}

StatusOr<model::ReviewId> DecodeReviewOf(std::string_view store_key, ByteSpan stored,
                                         const PersonKeys& person) {
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         OpenRecord(person.records, {keyspaces::kReviewOf, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  const auto review = ReadId<model::ReviewId>(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return review;
}

StatusOr<Bytes> EncodeMerge(const MergeEntry& merge, const PersonKeys& person, Random& random) {
  const std::string store_key = keyspaces::MergeKey(merge.person);
  RecordWriter writer;
  writer.U8(kRecordLayout);
  WriteId(writer, merge.into);
  return SealRecord(person.records, {keyspaces::kMerge, store_key}, writer.bytes(), random);
}

StatusOr<MergeEntry> DecodeMerge(const model::PersonId& person, ByteSpan stored,
                                 const PersonKeys& person_keys) {
  const std::string store_key = keyspaces::MergeKey(person);
  NOREN_ASSIGN_OR_RETURN(const Bytes plaintext,
                         OpenRecord(person_keys.records, {keyspaces::kMerge, store_key}, stored));
  RecordReader reader(plaintext);
  if (reader.U8() != kRecordLayout) return DamagedRecord();
  const auto into = ReadId<model::PersonId>(reader);
  NOREN_RETURN_IF_ERROR(FinishRecord(reader));
  return MergeEntry{person, into};
}

}  // namespace noren::personal_data
