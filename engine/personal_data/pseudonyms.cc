// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/pseudonyms.h"

#include "crypto/base/encoding.h"
#include "crypto/primitives/hkdf.h"
#include "crypto/primitives/keyed_token.h"

namespace noren::personal_data {
namespace {

std::uint64_t FirstWord(ByteSpan token) { return RecordReader(token).U64(); }

}  // namespace

Hash256 Pseudonyms::SubjectToken(std::string_view portal, std::string_view ref) const {
  RecordWriter message;
  message.Field(portal).Field(ref);
  return primitives::KeyedToken32(keys_.Of(KeyPurpose::kSubjectToken), "subject", message.bytes());
}

Hash256 Pseudonyms::LetterToken(ByteSpan facts) const {
  return primitives::KeyedToken32(keys_.Of(KeyPurpose::kSubjectToken), "letter", facts);
}

Hash256 Pseudonyms::EnrolmentToken(std::uint32_t version, ByteSpan subject_id) const {
  const Bytes message = RecordWriter().U32(version).Field(subject_id).Take();
  return primitives::KeyedToken32(keys_.Of(KeyPurpose::kSubjectToken), "enrolment", message);
}

std::uint64_t Pseudonyms::MatchToken(const SecretBytes& key, std::string_view kind,
                                     std::string_view code) {
  RecordWriter message;
  message.Field(kind).Field(code);
  return FirstWord(primitives::KeyedToken16(key, "match", message.bytes()));
}

std::uint64_t Pseudonyms::MatchToken(std::string_view kind, std::string_view code) const {
  return MatchToken(*token_keys_->current(TokenPurpose::kMatch).key, kind, code);
}

model::CandidateRef Pseudonyms::CandidateRefFor(std::string_view company,
                                                const model::PostingId& posting,
                                                const model::PersonId& person) const {
  RecordWriter message;
  message.Field(company).Raw(posting.bytes()).Raw(person.bytes());
  const primitives::Token16 token =
      primitives::KeyedToken16(keys_.Of(KeyPurpose::kReleaseRef), "candidate", message.bytes());
  return model::CandidateRef::FromBytes(token).value();
}

Hash256 Pseudonyms::EmployerToken(const SecretBytes& key, const model::PersonId& person,
                                  const model::CorporateNumber& number) {
  RecordWriter message;
  message.Raw(person.bytes()).Field(number.ToString());
  return primitives::KeyedToken32(key, "employer", message.bytes());
}

std::uint64_t Pseudonyms::TieKey(ByteSpan subject, ByteSpan candidate) const {
  RecordWriter message;
  message.Field(subject).Field(candidate);
  return FirstWord(
      primitives::KeyedToken16(keys_.Of(KeyPurpose::kTieBreak), "tie", message.bytes()));
}

SecretBytes Pseudonyms::CardEpochKey(std::uint64_t epoch) const {
  RecordWriter info;
  info.Field("noren/v1/card-epoch").U64(epoch);
  return primitives::HkdfSha256Key(keys_.Of(KeyPurpose::kCardEpoch),
                                   {.salt = {}, .info = info.bytes()});
}

Hash256 Pseudonyms::CardName(std::uint64_t epoch, const model::PostingId& posting,
                             std::uint32_t class_index) const {
  RecordWriter message;
  message.Raw(posting.bytes()).U32(class_index);
  return primitives::KeyedToken32(CardEpochKey(epoch), "card", message.bytes());
}

Hash256 Pseudonyms::OrderToken(const PurposeKeys& keys, const model::ConsentId& consent,
                               std::string_view order_key) {
  RecordWriter message;
  message.Raw(consent.bytes()).Field(order_key);
  return primitives::KeyedToken32(keys.Of(KeyPurpose::kReleaseRef), "order", message.bytes());
}

}  // namespace noren::personal_data
