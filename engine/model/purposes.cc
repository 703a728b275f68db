// SPDX-License-Identifier: Apache-2.0
#include "engine/model/purposes.h"

#include <algorithm>
#include <array>

namespace noren::model {
namespace {

constexpr std::array kKinds = {ItemKind::kResume, ItemKind::kCoverLetter,  ItemKind::kCertificate,
                               ItemKind::kName,   ItemKind::kAddress,      ItemKind::kPhone,
                               ItemKind::kEmail,  ItemKind::kOtherDocument};
constexpr std::array<std::string_view, 8> kKindNames = {
    "resume", "cover_letter", "certificate", "name", "address", "phone", "email", "other_document"};
constexpr std::array kPurposes = {Purpose::kApplicationScreening, Purpose::kInterviewContact,
                                  Purpose::kQualificationCheck, Purpose::kOfferPreparation};
constexpr std::array<std::string_view, 4> kPurposeNames = {
    "application_screening", "interview_contact", "qualification_check", "offer_preparation"};

}  // namespace

std::span<const ItemKind> AllItemKinds() { return kKinds; }
std::string_view ItemKindName(ItemKind kind) {
  return kKindNames.at(static_cast<std::size_t>(kind) - 1);
}

std::optional<ItemKind> FindItemKind(std::string_view name) {
  const auto found = std::ranges::find(kKindNames, name);
  if (found == kKindNames.end()) return std::nullopt;
  return kKinds.at(static_cast<std::size_t>(found - kKindNames.begin()));
}

bool IsIdentityItem(ItemKind kind) {
  return kind == ItemKind::kName || kind == ItemKind::kAddress || kind == ItemKind::kPhone ||
         kind == ItemKind::kEmail;
}

std::span<const Purpose> AllPurposes() { return kPurposes; }
std::string_view PurposeName(Purpose purpose) {
  return kPurposeNames.at(static_cast<std::size_t>(purpose) - 1);
}

std::optional<Purpose> FindPurpose(std::string_view name) {
  const auto found = std::ranges::find(kPurposeNames, name);
  if (found == kPurposeNames.end()) return std::nullopt;
  return kPurposes.at(static_cast<std::size_t>(found - kPurposeNames.begin()));
}

}  // namespace noren::model
