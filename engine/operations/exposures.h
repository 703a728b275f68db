// Who was shown what of a person. A showing is recorded once, whoever is in it: a page of cards, a
// list of people. What a person reads is put together when it is read: from the classes and the
// lists the person was in. Who was in them is known from the table of classes and the list while
// the epoch or the day lasts, afterwards with each person (settle_exposures.h).
// Source:   docs/design/0017-exposures.md, docs/formats/exposures.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operations/audience.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/showing_record.h"
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
std::uint64_t DayOf(UnixSeconds at);                      // UTC, since 1970-01-01

// What a list shows, and why.
struct ListShowing {
  audit::Operation what;
  std::string_view form;
  std::string_view reason;
  model::PostingId posting;
};
// Adds to `attempt` one record of the showing and one of who is in it, however many they are.
//   errors   kTooLarge: above kMaxPeopleInList
inline constexpr std::size_t kMaxPeopleInList = 1000;
Status StageListShowing(ServiceContext& context, const Call& call, const ListShowing& showing,
                        const std::vector<model::PersonId>& people, Attempt& attempt);

// Cards of one page of one posting.
struct CardShowing {
  model::PostingId posting;
  AudienceOfEpoch of;  // which must be the current epoch when `attempt` is committed
  std::uint32_t k = 0;
  std::vector<ShownClass> classes;
};
// Adds to `attempt` one record; none for a page without cards.
void StageCardShowing(ServiceContext& context, const Call& call, const CardShowing& showing,
                      Attempt& attempt);

// Adds to `attempt` a record of one person who was shown alone.
void StageDisclosureOf(ServiceContext& context, const LoadedPerson& person,
                       personal_data::Disclosure disclosure, Attempt& attempt);

// From when on no card counts the person: the time of the withdrawal of being shown; 0: it does.
UnixSeconds HiddenFrom(const personal_data::PersonRecord& record);

// Everything that was shown of the person, newest first.
//   errors   kDataCorrupt: a record does not open
StatusOr<std::vector<personal_data::Disclosure>> LoadExposures(ServiceContext& context,
                                                               const LoadedPerson& person);

}  // namespace noren::operations
