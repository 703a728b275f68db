// What follows a release, between the wire and the operations. docs/formats/wire.md
// Source:   server/thrift/after_release.thrift
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/duties.h"
#include "engine/operations/events.h"
#include "engine/operations/human_decisions.h"
#include "engine/operations/provisions.h"
#include "engine/operations/questions.h"
#include "gen-cpp/after_release_types.h"

namespace noren::server {

// --- from the wire; all refuse with kBadRequest and `field` ---

operations::SignedStatement SignedFromWire(const wire::SignedStatement& carried);
StatusOr<operations::CompanySigner> SignerFromWire(const wire::Signer& signer);
// "ko", "ja" or "en".
StatusOr<model::Language> LanguageFromWire(std::string_view name, std::string_view field);
//   errors   kReasonRequired
StatusOr<personal_data::DownloadReason> DownloadReasonFromWire(std::string_view name,
                                                               std::string_view field);
StatusOr<operations::QuestionAnswer> AnswerFromWire(const wire::QuestionAnswer& answer);

// --- to the wire ---

wire::Provision ToWire(const operations::ProvisionLine& line);
wire::Duty ToWire(const operations::Duty& duty, UnixSeconds now);
wire::DecisionView ToWire(const operations::DecisionRecord& record);
wire::Question ToWire(const operations::Question& question, UnixSeconds now);
wire::EventPage ToWire(const operations::EventPage& page);

}  // namespace noren::server
