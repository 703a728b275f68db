// What is kept of a medium: the leaf of the key tree that its packages are sealed to, and for each
// person that something of theirs was put on it.
// Source:   docs/formats/medium.md, docs/design/0036-media.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/people.h"

namespace noren::operations {

// By the name that the register has.
Hash256 HashOfMedium(std::string_view name);

struct MediumKey {
  enum class State : std::uint8_t { kLive = 1, kLost = 2 };
  State state = State::kLive;
  personal_data::LeafIndex leaf = 0;
  UnixSeconds since;           // of the state
  std::uint64_t packages = 0;  // rises with each: who counts the people on it is told of a new one
  std::string name;
  bool operator==(const MediumKey&) const = default;
};
StatusOr<Bytes> EncodeMediumKey(const MediumKey& medium, const personal_data::PurposeKeys& keys,
                                Random& random);
//   errors   kDataCorrupt
StatusOr<MediumKey> DecodeMediumKey(std::string_view store_key, ByteSpan stored,
                                    const personal_data::PurposeKeys& keys);
struct LoadedMedium {
  MediumKey medium;
  Bytes stored;
};
// Nothing: nothing was ever put on it by the service.
StatusOr<std::optional<LoadedMedium>> LoadMedium(ServiceContext& context, std::string_view name);

// Goes with the person.
struct OnMedium {
  UnixSeconds first_at, last_at;
  std::uint32_t packages = 0;
  std::string name;  // of the medium
  bool operator==(const OnMedium&) const = default;
};
StatusOr<Bytes> SealOnMedium(personal_data::PersonContext person, std::string_view store_key,
                             const OnMedium& record, Random& random);
//   errors   kDataCorrupt
StatusOr<OnMedium> OpenOnMedium(personal_data::PersonContext person, std::string_view store_key,
                                ByteSpan stored);

// Everybody registered of whom something was put on it, in the order of their ids, from the id
// after `after`; until `visit` returns false.
Status VisitPeopleOnMedium(ServiceContext& context, std::string_view name,
                           const std::optional<model::PersonId>& after,
                           const std::function<StatusOr<bool>(const model::PersonId&)>& visit);
StatusOr<std::uint64_t> CountPeopleOnMedium(ServiceContext& context, std::string_view name);

StatusOr<std::vector<MediumKey>> LostMedia(ServiceContext& context);
// Calls `use` with every leaf that a medium which is not lost stands on.
Status VisitLeavesOfMedia(ServiceContext& context,
                          const std::function<void(personal_data::LeafIndex)>& use);

}  // namespace noren::operations
