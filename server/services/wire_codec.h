// Between the structs of the wire and the values of the model. Ids and codes are parsed strictly,
// numbers outside their range are refused, each with the path of its field.
// Source:   server/thrift/*.thrift
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/matching/scoring/score.h"
#include "engine/model/errors.h"
#include "engine/model/posting.h"
#include "engine/model/profile.h"
#include "engine/model/purposes.h"
#include "engine/operations/act_gate.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/letter_facts.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/rank.h"
#include "engine/operations/read_exposures.h"
#include "engine/operations/withdrawals.h"
#include "gen-cpp/company_types.h"
#include "gen-cpp/person_types.h"

namespace noren::server {

// --- from the wire; all refuse with kBadRequest and `field`, codes of no taxonomy with
// kUnknownCode ---

// "<prefix>-<32 hex digits>", and not the id of nothing.
template <typename Id>
StatusOr<Id> ParseId(std::string_view text, std::string_view field) {
  const StatusOr<Id> id = Id::Parse(text);
  if (!id.ok() || id->is_none()) {
    return model::MakeFieldError(model::ErrorCode::kBadRequest, field, "malformed id");
  }
  return *id;
}

// Fields are named "profile...." and "posting....".
StatusOr<model::Profile> ProfileFromWire(const wire::Profile& profile);
StatusOr<model::Posting> PostingFromWire(const wire::Posting& posting);
StatusOr<model::ItemKind> ItemKindFromWire(std::string_view name, std::string_view field);
StatusOr<std::vector<model::ItemKind>> ItemKindsFromWire(const std::vector<std::string>& names,
                                                         std::string_view field);
StatusOr<model::Purpose> PurposeFromWire(std::string_view name, std::string_view field);
// Exactly 32 bytes.
StatusOr<std::array<std::uint8_t, 32>> Binary32FromWire(std::string_view bytes,
                                                        std::string_view field);
// Only the day is read here; the operation looks at the rest.
StatusOr<operations::LetterFacts> LetterFactsFromWire(const wire::LetterFacts& facts);
// Not negative.
StatusOr<std::uint64_t> CountFromWire(std::int64_t value, std::string_view field);
// A signature or code that is present must not be empty; fields "act.signature", "act.code".
StatusOr<operations::PersonAct> ActFromWire(const wire::PersonAct& act);

// --- to the wire ---

wire::AuditPosition ToWire(const operations::EntryPosition& position);
wire::Profile ToWire(const model::Profile& profile);
std::vector<wire::Term> ToWire(const matching::PairScore& score);
wire::Explanation ToWire(const operations::PairExplanation& explanation);
wire::Card ToWire(const operations::CardView& card);
wire::Applicant ToWire(const operations::Applicant& applicant);
wire::Release ToWire(const operations::CollectedRelease& release);
wire::Withdrawal ToWire(const operations::WithdrawalRecord& withdrawal);
wire::ActAnswer ToWire(const operations::ActResult& result);
wire::Invitation ToWire(const operations::InvitationView& view);
wire::PersonItem ToWire(const operations::OwnItem& item);
wire::RewrapRequest ToWire(const operations::RewrapNeeded& needed);
wire::DisclosureRecord ToWire(const personal_data::Disclosure& disclosure);
wire::DisclosureRecord ToWire(const operations::ExposureView& view);
wire::PersonRecord ToWire(const operations::PersonRecordView& view, std::string_view erasure_claim);
std::string BytesToWire(ByteSpan bytes);

}  // namespace noren::server
