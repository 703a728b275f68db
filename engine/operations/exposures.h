// Who was shown what of a person: one record for each showing, which the people in it find in their
// own record. A list of named people leaves a record with each of them. A card stands for a class
// of at least k people: the showing is recorded once, under its class, and who was in the class of
// an epoch is recorded with each person when the epoch is over.
// Source:   docs/formats/person_record.md (Disclosures, Classes of a person),
//           docs/formats/operations_records.md (exposure/)
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/idempotent_run.h"
#include "engine/operations/list_cards.h"
#include "engine/personal_data/disclosure.h"

namespace noren::operations {

inline constexpr std::string_view kFormApplicant = "applicant";      // reference, items, score
inline constexpr std::string_view kFormCard = "card";                // followed by the class row
inline constexpr std::string_view kFormDocuments = "documents";      // as age files
inline constexpr std::string_view kFormExplanation = "explanation";  // score, conditions
inline constexpr std::string_view kFormRanking = "ranking";          // handle, score
inline constexpr std::string_view kFormRequest = "erasure-request";  // that it was asked for

// Why, where nobody had to state it.
inline constexpr std::string_view kToChooseWhomToInvite = "to choose whom to invite";
inline constexpr std::string_view kToErase = "to carry out an erasure";
inline constexpr std::string_view kToJudgeAnApplication = "to judge an application";
inline constexpr std::string_view kToRankForAPosting = "to find candidates for a posting";

std::string ViewerOf(const model::Principal& principal);  // "company:hangang-care"

// What a list shows, and why.
struct ListShowing {
  std::string_view what;  // operation name
  std::string_view form;
  std::string_view reason;
  model::PostingId posting;
};
// Adds to `attempt` a record for each of `people`: the first showing of a day (UTC) to this viewer,
// in this form and for this posting; the audit log has an entry for every one. People who are gone
// are left out.
//   errors   kTooLarge: above kMaxPeopleInList
inline constexpr std::size_t kMaxPeopleInList = 1000;
Status StageListShowing(ServiceContext& context, const Call& call, const ListShowing& showing,
                        const std::vector<model::PersonId>& people, Attempt& attempt);

// Cards of one page of one posting.
struct CardShowing {
  model::PostingId posting;
  const CardEpochs::Epoch& epoch;
  std::vector<std::uint32_t> classes;
  std::vector<std::string> forms;  // one for each class
};
// Adds a record for each class, and the condition that the epoch is still the current one.
Status StageCardShowing(ServiceContext& context, const Call& call, const CardShowing& showing,
                        Attempt& attempt);

// After an epoch: writes for everybody in a class that was shown which class that was, and deletes
// the table of classes. Repeating it is harmless. Epochs from `current` on are left alone.
//   returns  how many people's records were written
StatusOr<std::size_t> SettleCardEpochs(ServiceContext& context, std::uint64_t current);

// Everything that was shown of the person, newest first: disclosures, and cards of every epoch.
StatusOr<std::vector<personal_data::Disclosure>> LoadExposures(ServiceContext& context,
                                                               const LoadedPerson& person);

}  // namespace noren::operations
