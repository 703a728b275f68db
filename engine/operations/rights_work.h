// What the operations on requests about one's own data share: loading, staging, freezing, telling.
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/operations/idempotent_run.h"
#include "engine/operations/rights_requests.h"

namespace noren::operations {

struct LoadedRight {
  RightHead head;
  Bytes stored;
  std::optional<LoadedPerson> person;  // while there is one
  RightText text;
  std::optional<Bytes> text_stored;
};
//   errors   kNotFound
StatusOr<LoadedRight> LoadRight(ServiceContext& context, const model::RequestId& request);

// The requests of one person, in the order of their ids.
StatusOr<std::vector<model::RequestId>> RequestsOf(ServiceContext& context,
                                                   const LoadedPerson& person);

// The attempt of one step: its entry, whose it is, and `head` in the place of what was read.
StatusOr<Attempt> StartRightAttempt(ServiceContext& context, const Call& call,
                                    audit::Operation operation, const LoadedRight& before,
                                    const RightHead& head);
Status StageRightHead(ServiceContext& context, const RightHead& head, std::optional<Bytes> previous,
                      personal_data::Staged& staged);
Status StageRightText(ServiceContext& context, const LoadedPerson& person,
                      const model::RequestId& request, const RightText& text,
                      std::optional<Bytes> previous, personal_data::Staged& staged);

// Begins, changes or ends (nullopt) the freeze of the request, with its act of the journal.
Status SetFreeze(ServiceContext& context, const RightHead& head,
                 const std::optional<Freeze>& freeze, Change& change);
// A refusal of the policy's is in the log; any other is passed on.
Status RecordRightRefusal(ServiceContext& context, const Call& call, audit::Operation operation,
                          const model::RequestId& request, const Status& refusal);
// No resident registration number and no Individual Number stands in what is written; that one did
// is in the log, without it.
//   errors   those of RequireNoPersonalNumber, at "text"
Status CheckWritten(ServiceContext& context, const Call& call, audit::Operation operation,
                    const model::RequestId& request, const std::vector<std::string>& texts);

// The policy takes no request from an agent: it is refused, logged, and kept for people to look at.
Status KeepForReview(ServiceContext& context, const Call& call, const ReceiveRightRequest& request,
                     const Status& refusal);
inline constexpr std::string_view kDecidedByPolicy = "policy";

// The letter, however it goes out.
StatusOr<std::string> LetterOfRight(ServiceContext& context, const Call& call,
                                    const RightLetterRequest& request);

// What letters are written in: the person's language where the operator writes it, else English.
model::Language OperatorsLanguage(const ServiceContext& context);
model::Language LetterLanguage(const ServiceContext& context, std::string_view code);

// A new request: its head, its words, its freeze, and the word to the portal. One about data that
// another member of the joint use acquired is passed on (record_origin.h).
StatusOr<Attempt> StageNewRight(ServiceContext& context, const Call& call, RightHead head,
                                const std::optional<LoadedPerson>& person, RightText text);
inline constexpr std::string_view kPassedOn = "passed_on";  // what the portal reads of that

// The freeze that the policy wants while the request is open; nullopt: none.
std::optional<Freeze> PendingFreezeOf(ServiceContext& context, const RightHead& head);

// The person's portal reads a word about the request.
void TellOfRight(ServiceContext& context, const LoadedPerson& person, const RightHead& head,
                 std::string_view word, Change& change);

// With what was paid for another request on the same form.
StatusOr<policy::HandedIn> HandedInOf(ServiceContext& context, const RightHead& head);
// Ok, or what is missing before it can be decided.
Status WhatIsMissing(ServiceContext& context, const RightHead& head,
                     std::optional<model::CivilDay> born = {});
// What a correction changes: profile, contact and items.
StatusOr<Hash256> StateOfPerson(ServiceContext& context, const LoadedPerson& person);
// The person has something to be changed before the request is carried out.
bool ChangesData(const RightHead& head, policy::RightEffect effect);
bool ErasesEverything(const RightHead& head, policy::RightEffect effect);

}  // namespace noren::operations
