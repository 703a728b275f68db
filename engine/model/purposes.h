// What kinds of items a person hands in, and the purposes they may be released for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace noren::model {

// Values are stored and signed: never renumbered.
enum class ItemKind : std::uint8_t {
  kResume = 1,
  kCoverLetter = 2,
  kCertificate = 3,
  kName = 4,
  kAddress = 5,
  kPhone = 6,
  kEmail = 7,
  kOtherDocument = 8,
};
std::span<const ItemKind> AllItemKinds();
std::string_view ItemKindName(ItemKind kind);  // "cover_letter"
std::optional<ItemKind> FindItemKind(std::string_view name);
// Name, address, phone and e-mail: short texts that identify; the others are documents.
bool IsIdentityItem(ItemKind kind);

enum class Purpose : std::uint8_t {
  kApplicationScreening = 1,  // reading the application
  kInterviewContact = 2,      // inviting to and arranging an interview
  kQualificationCheck = 3,    // verifying a licence or a certificate
  kOfferPreparation = 4,      // preparing a contract
};
std::span<const Purpose> AllPurposes();
std::string_view PurposeName(Purpose purpose);  // "application_screening"
std::optional<Purpose> FindPurpose(std::string_view name);

}  // namespace noren::model
