// Keyed names: each kind under its own key, and no call turns one kind into another (invariant 13).
// Source:   docs/formats/pseudonyms.md
// Threads:  const members concurrently
// Why safe: keyed BLAKE2b is a pseudo-random function; inputs are length-prefixed, so two different
//           inputs never share bytes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "crypto/base/bytes.h"
#include "crypto/base/secret_bytes.h"
#include "engine/model/corporate_number.h"
#include "engine/model/ids.h"
#include "engine/personal_data/purpose_keys.h"
#include "engine/personal_data/token_keys.h"

namespace noren::personal_data {

class Pseudonyms {
 public:
  // `keys` must outlive this.
  explicit Pseudonyms(const PurposeKeys& keys)
      : keys_(keys), token_keys_(std::make_unique<TokenKeys>(keys)) {}

  // The keys of match and employer tokens, which have versions.
  TokenKeys& token_keys() const { return *token_keys_; }

  // The portal's own reference of a person, 1..128 bytes.
  // Of the folded facts by which a letter names somebody (docs/design/0041-whose-letter.md).
  Hash256 LetterToken(ByteSpan facts) const;
  Hash256 SubjectToken(std::string_view portal, std::string_view ref) const;
  // What stands for a subject id, 64 bytes, of one enrolment key version.
  Hash256 EnrolmentToken(std::uint32_t version, ByteSpan subject_id) const;
  // A code of the ranking side, e.g. ("skill", "SK-cpp"), under one version of its key.
  static std::uint64_t MatchToken(const SecretBytes& key, std::string_view kind,
                                  std::string_view code);
  // Under the newest one.
  std::uint64_t MatchToken(std::string_view kind, std::string_view code) const;
  // One person towards one company for one posting.
  model::CandidateRef CandidateRefFor(std::string_view company, const model::PostingId& posting,
                                      const model::PersonId& person) const;
  // An employer whom this person blocked: another person's token of it is another one.
  static Hash256 EmployerToken(const SecretBytes& key, const model::PersonId& person,
                               const model::CorporateNumber& number);
  // Order among equals: differs per posting, so that nobody is always last.
  std::uint64_t TieKey(ByteSpan subject, ByteSpan candidate) const;
  // Orders and names the classes of one epoch.
  SecretBytes CardEpochKey(std::uint64_t epoch) const;
  // Opaque name of a class on one posting's cards.
  Hash256 CardName(std::uint64_t epoch, const model::PostingId& posting,
                   std::uint32_t class_index) const;
  // A company's order key inside a release key of the store.
  Hash256 OrderToken(const model::ConsentId& consent, std::string_view order_key) const {
    return OrderToken(keys_, consent, order_key);
  }
  static Hash256 OrderToken(const PurposeKeys& keys, const model::ConsentId& consent,
                            std::string_view order_key);

 private:
  const PurposeKeys& keys_;
  std::unique_ptr<TokenKeys> token_keys_;
};

}  // namespace noren::personal_data
