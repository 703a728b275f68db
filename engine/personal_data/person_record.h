// One person's record: an outer part under the store key (where the person's leaf is), and inner
// parts under the person's own keys, which destruction replaces: only ids are left to read then.
// Source:   docs/formats/person_record.md
// Threads:  values
// Secrets:  contact and profile; sealed before they are stored
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/custody.h"
#include "engine/model/ids.h"
#include "engine/personal_data/blocked_employer.h"
#include "engine/personal_data/keyring.h"
#include "engine/personal_data/person_facts.h"
#include "engine/personal_data/purpose_keys.h"

namespace noren::personal_data {

// A person and the keys that open what is about them. Borrowed: both outlive the call.
struct PersonContext {
  model::PersonId person;
  const PersonKeys& keys;
};

inline constexpr std::size_t kMaxBlockedEmployers = 64;

// Consent of level 1: to be shown, in coded form, to a class of companies.
struct Discoverability {
  std::string companies_class;  // as the policy names it, e.g. "all"
  // While live: when the act that gave it was stated. Withdrawn: the bar; what was stated at or
  // before it shows nobody any more.
  UnixSeconds given_at;
  std::uint64_t consent_version = 0;  // rises with every change; 0: never given
  bool live = false;                  // false: withdrawn or never given
  bool operator==(const Discoverability&) const = default;
};

// The outer part: opens with the store key.
struct PersonAddress {
  std::uint64_t version = 0;  // 1 for the first; rises with every change
  LeafIndex leaf = 0;
  std::string portal;
  model::SeekerHandle handle;
  bool operator==(const PersonAddress&) const = default;
};

// What the operator's notice asks of a registration.
struct StatedFacts {
  std::string subject;  // kind of person at registration, by its id; empty: the usual one
  Hash256 notice{};     // of the public notice that was confirmed; zeros: none was
  bool child = false;   // the legal representative has agreed
  Hash256 agreed{};     // of the policy whose purposes the person agreed to; zeros: of none
  bool operator==(const StatedFacts&) const = default;
};
inline constexpr std::size_t kMaxSubjectSizeBytes = 40;

struct PersonRecord {
  model::PersonId person;
  PersonAddress address;
  std::optional<std::array<std::uint8_t, 32>> person_key;  // Ed25519 public key
  std::string language;                                    // "ko", "ja", "en"
  UnixSeconds registered_at;
  Discoverability discoverability;
  std::string contact;                                 // where one-time codes go
  Bytes profile;                                       // model::EncodeProfile
  model::Custody custody = model::Custody::kOperator;  // fixed at registration
  std::string age_recipient;                           // kPerson: "age1...", else ""
  // In ascending order of tokens, none twice, at most kMaxBlockedEmployers.
  std::vector<BlockedEmployer> blocked_employers = {};
  // The bar: an act that unblocks and was stated before this is stale. 0: none.
  UnixSeconds blocked_at = {};
  StatedFacts stated = {};
  PersonFacts facts = {};
};

//   returns  the value to store at keyspaces::PersonKey(record.person)
StatusOr<Bytes> EncodePersonRecord(const PersonRecord& record, const PersonKeys& keys,
                                   const PurposeKeys& purpose_keys, Random& random);
// The outer part: what is needed to find the person's keys.
//   errors   kDataCorrupt: not this person's record, or changed
StatusOr<PersonAddress> OpenPersonAddress(const model::PersonId& person, ByteSpan stored,
                                          const PurposeKeys& purpose_keys);
//   errors   kDataCorrupt: another person's, another version's or a destroyed person's keys
StatusOr<PersonRecord> DecodePersonRecord(PersonContext context, ByteSpan stored,
                                          const PurposeKeys& purpose_keys);

// The value at handle/ and subject/: a person id under the store key, bound to its key in the
// store.
StatusOr<Bytes> EncodePersonPointer(std::string_view store_key, const model::PersonId& person,
                                    const PurposeKeys& purpose_keys, Random& random);
StatusOr<model::PersonId> DecodePersonPointer(std::string_view store_key, ByteSpan stored,
                                              const PurposeKeys& purpose_keys);

}  // namespace noren::personal_data
