// The statement a named human of a company signs when they decide about people: invite, reject, or
// answer a question. Canonical JSON, so that what is signed is what is done.
// Source:   docs/formats/decision.md
// Threads:  values; free functions concurrently
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
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/model/purposes.h"

namespace noren::personal_data {

inline constexpr std::string_view kDecisionSignaturePrefix = "noren/decision/1\n";
inline constexpr std::string_view kDutySignaturePrefix = "noren/duty/1\n";
inline constexpr std::size_t kMaxSignerNameBytes = 80;

// Values are stored: never renumbered.
enum class DecisionAct : std::uint8_t { kInvite = 1, kReject = 2, kAnswer = 3 };
std::string_view DecisionActName(DecisionAct act);  // "invite"
std::optional<DecisionAct> FindDecisionAct(std::string_view name);

// Why. Values are stored: never renumbered.
enum class DecisionReason : std::uint8_t {
  kBestMatch = 1,
  kRequirements = 2,  // met, or not met
  kExperience = 3,
  kConditions = 4,  // place, hours, wage
  kPositionFilled = 5,
  kOtherChosen = 6,
  kQuestionAsked = 7,  // an answer to a person
  kOther = 8,
};
std::string_view DecisionReasonName(DecisionReason reason);  // "best_match"
std::optional<DecisionReason> FindDecisionReason(std::string_view name);

struct HumanDecision {
  DecisionAct act = DecisionAct::kInvite;
  std::string company;
  UnixSeconds at;
  std::string decided_by;  // a human's name, as registered
  std::string role;        // as registered
  DecisionReason reason = DecisionReason::kOther;
  std::array<std::uint8_t, 16> nonce{};
  // kInvite:
  model::PostingId posting;
  std::string card;
  std::int32_t how_many = 0;
  std::vector<model::ItemKind> item_kinds;  // ascending, none twice
  model::Purpose purpose = model::Purpose::kApplicationScreening;
  model::CandidateRef candidate;  // kReject
  model::QuestionId question;     // kAnswer
  std::string outcome;            // "explained", "upheld", "changed"
  Hash256 answer_sha256{};
  bool operator==(const HumanDecision&) const = default;
};

// The canonical statement; `decision` is one that ParseDecision would give.
std::string StatementOf(const HumanDecision& decision);
//   errors   kTooLarge; kBadRequest with the field: not canonical, or a member wrong
StatusOr<HumanDecision> ParseDecision(std::string_view statement);
// Of the statement: one statement is one decision.
model::DecisionId DecisionIdOf(std::string_view statement);

//   signature   64 bytes, Ed25519 over `prefix` and the statement
//   errors      kProofInvalid
Status VerifyHumanSignature(std::string_view prefix, std::string_view statement, ByteSpan signature,
                            ByteSpan public_key);

}  // namespace noren::personal_data
