// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/policy.h"

#include <algorithm>
#include <memory>

#include "crypto/base/encoding.h"

namespace noren::policy {
namespace {

template <typename List, typename Value, typename Member>
auto FindBy(const List& list, const Value& value, Member member) {
  const auto at = std::ranges::find(list, value, member);
  return at == list.end() ? nullptr : std::to_address(at);
}

}  // namespace

const std::string& LocalizedText::In(model::Language language) const {
  switch (language) {
    case model::Language::kKorean:
      return ko;
    case model::Language::kJapanese:
      return ja;
    case model::Language::kEnglish:
      return en;
  }
  return en;
}

std::string_view ActName(Act act) {
  switch (act) {
    case Act::kGrantDiscoverability:
      return "grant_discoverability";
    case Act::kWithdrawDiscoverability:
      return "withdraw_discoverability";
    case Act::kGrantConsent:
      return "grant_consent";
    case Act::kRefuseConsent:
      return "refuse_consent";
    case Act::kWithdrawConsent:
      return "withdraw_consent";
    case Act::kRequestErasure:
      return "request_erasure";
    case Act::kReadOwnRecord:
      return "read_own_record";
  }
  return "";
}

std::string_view ProofName(Proof proof) {
  switch (proof) {
    case Proof::kPortalAsserted:
      return "portal_asserted";
    case Proof::kOneTimeCode:
      return "one_time_code";
    case Proof::kSignature:
      return "signature";
  }
  return "";
}

std::string_view RuleName(Rule rule) {
  switch (rule) {
    case Rule::kCollectItem:
      return "collect_item";
    case Rule::kForbidField:
      return "forbid_field";
    case Rule::kShowCards:
      return "show_cards";
    case Rule::kInvite:
      return "invite";
    case Rule::kProof:
      return "proof";
    case Rule::kGrantConsent:
      return "grant_consent";
    case Rule::kRelease:
      return "release";
    case Rule::kRetention:
      return "retention";
    case Rule::kErasure:
      return "erasure";
    case Rule::kRanking:
      return "ranking";
    case Rule::kValidity:
      return "validity";
  }
  return "";
}

std::int32_t EnrolmentRules::QuotaOf(std::string_view portal) const {
  for (const PortalQuota& quota : portals) {
    if (quota.portal == portal) return quota.elements_per_day;
  }
  return elements_per_day;
}

std::string Policy::VersionText() const {
  return id + " " + version + " (sha256:" + HexEncode(ByteSpan(digest).first(8)) + ")";
}

const ItemRule* Policy::FindItem(model::ItemKind kind) const {
  return FindBy(items, kind, &ItemRule::kind);
}

const PurposeRule* Policy::FindPurpose(model::Purpose purpose) const {
  return FindBy(purposes, purpose, &PurposeRule::purpose);
}

const FileRule* Policy::FindFile(std::string_view wanted) const {
  const auto found = std::ranges::find(files, wanted, &FileRule::id);
  return found == files.end() ? nullptr : &*found;
}

const FileRule* Policy::FileOf(model::ItemKind kind) const {
  for (const FileRule& file : files) {
    if (std::ranges::find(file.items, kind) != file.items.end()) return &file;
  }
  return nullptr;
}

const RecipientClass* Policy::FindRecipientClass(std::string_view class_id) const {
  return FindBy(recipient_classes, class_id, &RecipientClass::id);
}

std::array<FeatureRule, kRankedFeatures.size()> RankingRules::Standard() {
  std::array<FeatureRule, kRankedFeatures.size()> features{};
  features.back().standard = 0;  // recency
  return features;
}

}  // namespace noren::policy
