// By what a letter names - name, day of birth, address - the one person it can be about is found.
// The facts themselves are kept nowhere: the portal states them, and a keyed token stays, which
// finds and which nothing can be read from.
// Source:   docs/design/0041-whose-letter.md
// Threads:  free functions concurrently
// Secrets:  the facts of both requests; they are in no log, no entry and no error
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/model/civil_day.h"
#include "engine/operations/find_registrations.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

struct LetterFacts {
  std::string name;         // 1..200 bytes of UTF-8
  model::CivilDay born;     // not in the future
  std::string postal_code;  // 5 (Korea) or 7 (Japan) digits, however they are parted
  std::string address;      // 1..500 bytes of UTF-8
};
// Written alike, they are one token: NFKC, without case, white space and points; digits of the
// postal code alone; parts of a Japanese house number ("1-2-3" and its longer form) alike.
//   errors   kBadRequest, with the field
StatusOr<Hash256> LetterToken(const ServiceContext& context, const LetterFacts& facts);

struct StateLetterFactsRequest {
  std::string idempotency_key;
  model::SeekerHandle handle;
  LetterFacts facts;
};
// The portal's, of one of its people; in the place of what it stated before.
//   errors   kBadRequest; kNotFound; kItemUndeclared: no form of the policy is matched by them
StatusOr<EntryPosition> StateLetterFacts(ServiceContext& context, const Call& call,
                                         const StateLetterFactsRequest& request);

struct LinkLetterRequest {
  std::string idempotency_key;
  model::RequestId request;  // waiting, of nobody yet
  LetterFacts facts;         // as the letter has them
};
inline constexpr std::size_t kMaxLetterCandidates = 20;
struct LinkedLetter {
  bool is_linked = false;                     // to the only candidate
  std::vector<FoundRegistration> candidates;  // several: the officer chooses with IdentifyRequester
  EntryPosition position;
};
// The officer's. Knowing whose a letter is does not prove who wrote it: that is asked as before.
// Everybody who is shown reads that an officer has seen it.
//   errors   kBadRequest; kNotFound: no such request; kStateConflict: it is known whose it is,
//            or decided; kItemUndeclared; kTooLarge: more than kMaxLetterCandidates
StatusOr<LinkedLetter> LinkLetter(ServiceContext& context, const Call& call,
                                  const LinkLetterRequest& request);

// With the person, their token goes.
Status StageLetterErasure(ServiceContext& context, const model::PersonId& person,
                          personal_data::Staged& staged);

}  // namespace noren::operations
