// The document that a person takes away, from what was read of the person.
// Source:   docs/formats/person_export.md
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/clock.h"
#include "crypto/base/status.h"
#include "engine/operations/contacts.h"
#include "engine/operations/hand_over.h"
#include "engine/operations/provisions.h"
#include "engine/operations/questions.h"
#include "engine/operations/registration_consent.h"
#include "engine/operations/retention.h"
#include "engine/operations/rights_answer.h"
#include "engine/personal_data/consent_record.h"
#include "engine/personal_data/disclosure.h"
#include "engine/personal_data/person_record.h"
#include "engine/personal_data/vault.h"

namespace noren::operations {

struct ExportedApplication {
  personal_data::Invitation invitation;
  model::CandidateRef candidate;
  std::optional<personal_data::ReleaseConsent> consent;  // nullopt: the record is damaged
  personal_data::ConsentState state = personal_data::ConsentState::kRequested;
  UnixSeconds changed_at;
};

// Of an application that is under way, as it is computed now.
struct ExportedScore {
  model::PostingId posting;
  bool qualifies = false;
  std::int32_t score = 0;
};

struct ExportParts {
  UnixSeconds at;
  personal_data::PersonRecord record;
  std::vector<personal_data::ItemRecord> items;
  std::vector<ExportedApplication> applications;     // oldest first
  std::vector<personal_data::Disclosure> exposures;  // newest first
  std::vector<ProvisionLine> provisions;             // oldest first
  OwnDecisions decisions;                            // oldest first
  // The policy whose purposes the person agreed to; "": of none that can be shown.
  std::string agreed_version;
  std::vector<std::string> agreed_purposes;
  std::optional<RegistrationConsent> registration_consent = {};
  std::vector<ExportedScore> scores = {};  // in the order of the applications
  std::vector<WithheldPart> withheld = {};
  std::vector<HandOverRecord> hand_overs = {};  // oldest first
  ContactsOfPerson contacts = {};
  RetentionNotes keeping = {};
  std::string acquired_by = {};  // member of the joint use; "": this operator
};

// The acts behind the consents.
std::vector<personal_data::ActEvidence> EvidenceOf(
    const std::vector<ExportedApplication>& applications);

inline constexpr std::string_view kExportFormat = "noren/person-export/1";

// Everything, with nothing withheld.
//   errors   kDataCorrupt: the profile in the record does not decode
StatusOr<model::JsonValue> ExportToJson(const ExportParts& parts);
// What is not withheld, as canonical JSON and a line feed.
//   errors   kDataCorrupt: the profile in the record does not decode
StatusOr<std::string> WriteExportDocument(const ExportParts& parts);

}  // namespace noren::operations
