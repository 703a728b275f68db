// What a person is told, in the person's language: who saw what, in which form, why, and what
// stands in the person's record.
// Source:   docs/formats/person_record.md (forms), docs/formats/consent.md (states)
// Threads:  const members concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/model/dictionary.h"
#include "gen-cpp/person_types.h"

namespace noren::cli {

std::optional<model::Language> FindLanguage(std::string_view name);  // "ko", "ja", "en"
model::Language LanguageOrEnglish(std::string_view name);

enum class Phrase : std::uint8_t {
  kAnswerBy,
  kApplicant,
  kBlocked,
  kCard,
  kCardSays,
  kCollected,
  kExplanation,
  kExported,
  kFirstOnly,
  kFor,
  kHiddenByYou,
  kInvitations,
  kItems,
  kLikeOthers,
  kMoreAt,
  kNobody,
  kNoInvitations,
  kNoItems,
  kOnNoCard,
  kOpened,
  kOwnItem,
  kProofs,
  kRanking,
  kReencrypt,
  kRequest,
  kRewrap,
  kScope,
  kSomething,
  kStated,
  kUsed,
  kVerify,
  kWhy,
};

class PersonWords {
 public:
  // `dictionary` (null: codes stay codes) must outlive this.
  PersonWords(model::Language language, const model::Dictionary* dictionary)
      : language_(language), dictionary_(dictionary) {}

  // The phrase; `number` in the place of "{}".
  std::string Say(Phrase phrase, std::int64_t number = 0) const;
  // "Hangang Care (hangang-care, company)"
  std::string Viewer(const wire::DisclosureRecord& shown) const;
  // What was shown, in a sentence.
  std::string Shown(const wire::DisclosureRecord& shown) const;
  // What the card said: "occupation Care worker, region Seoul"; "" when it was no card.
  std::string Card(const wire::DisclosureRecord& shown) const;
  std::string Reason(std::string_view reason) const;
  std::string State(std::string_view state) const;  // of a consent
  std::string Custody(std::string_view custody) const;

 private:
  std::string Value(std::string_view name, std::string_view value) const;

  model::Language language_;
  const model::Dictionary* dictionary_;
};

}  // namespace noren::cli
