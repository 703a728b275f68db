// Records of blind enrolment: the keys, who stands under which token, what waits to be settled, the
// portals' counts.
// Source:   docs/formats/enrolment.md
// Threads:  free functions concurrently
// Secrets:  the seed of a key version
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/secret_bytes.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/personal_data/keyring.h"
#include "engine/personal_data/person_record.h"
#include "engine/personal_data/purpose_keys.h"

namespace noren::personal_data {

using Unique16 = std::array<std::uint8_t, 16>;
inline constexpr std::uint32_t kMaxEnrolmentVersion = 1'000'000;
inline constexpr std::size_t kMaxLiveEnrolmentVersions = 2;

// One version of the key that portals have identifiers evaluated with.
struct EnrolmentKeyRecord {
  enum class State : std::uint8_t { kLive = 1, kRetired = 2, kCleared = 3 };
  std::uint32_t version = 0;  // from 1
  State state = State::kLive;
  UnixSeconds made_at;
  UnixSeconds retired_at;  // 0 while it lives
  std::array<std::uint8_t, 32> public_key{};
  SecretBytes seed;  // 32 bytes; empty once it is retired
};
std::string_view EnrolmentKeyStateName(EnrolmentKeyRecord::State state);  // "live", "retired"
StatusOr<Bytes> EncodeEnrolmentKey(const EnrolmentKeyRecord& record, const PurposeKeys& keys,
                                   Random& random);
StatusOr<EnrolmentKeyRecord> DecodeEnrolmentKey(std::uint32_t version, ByteSpan stored,
                                                const PurposeKeys& keys);

// The subject record: one person under one token. The outer part leads to the person's key, the
// inner one opens with it.
struct SubjectRecord {
  LeafIndex leaf = 0;
  model::PersonId person;
  UnixSeconds seen_at;
};
StatusOr<Bytes> EncodeSubject(std::string_view store_key, const SubjectRecord& record,
                              const PersonKeys& person_keys, const PurposeKeys& keys,
                              Random& random);
StatusOr<LeafIndex> SubjectLeaf(std::string_view store_key, ByteSpan stored,
                                const PurposeKeys& keys);
StatusOr<SubjectRecord> DecodeSubject(std::string_view store_key, ByteSpan stored,
                                      const PersonKeys& person_keys, const PurposeKeys& keys);

// Where one contact or subject record of a person is: the way back, for destruction.
StatusOr<Bytes> EncodeSubjectPlace(std::string_view store_key, std::string_view subject_key,
                                   const PurposeKeys& keys, Random& random);
StatusOr<std::string> DecodeSubjectPlace(std::string_view store_key, ByteSpan stored,
                                         const PurposeKeys& keys);

// An identifier that a person came with: its token under every key version that lived then.
struct VersionedToken {
  std::uint32_t version = 0;
  Hash256 token{};
  bool operator==(const VersionedToken&) const = default;
};
struct EnrolmentContact {
  model::PersonId person;
  UnixSeconds at;
  std::vector<VersionedToken> tokens;  // by rising version, 1..kMaxLiveEnrolmentVersions
};
StatusOr<Bytes> EncodeEnrolmentContact(std::string_view store_key, const EnrolmentContact& contact,
                                       const PurposeKeys& keys, Random& random);
StatusOr<EnrolmentContact> DecodeEnrolmentContact(std::string_view store_key, ByteSpan stored,
                                                  const PurposeKeys& keys);

// Elements that a portal had evaluated on one day of the operator's.
struct EnrolmentCount {
  std::int32_t day = 0;  // since 1970
  std::uint64_t elements = 0;
};
StatusOr<Bytes> EncodeEnrolmentCount(std::string_view store_key, const EnrolmentCount& count,
                                     const PurposeKeys& keys, Random& random);
StatusOr<EnrolmentCount> DecodeEnrolmentCount(std::string_view store_key, ByteSpan stored,
                                              const PurposeKeys& keys);

}  // namespace noren::personal_data
