// What ends by itself: invitations nobody answers, consents that expire, accesses to a release.
// Each is noted when it begins, in order of time; once its time has come by a trusted clock,
// whoever may be concerned is told, and a company that had access gets a duty.
// Source:   docs/design/0012-after-the-release.md
// Threads:  free functions concurrently: a deadline passes once
// Why safe: nothing is decided here that a decision rests on: consents and accesses are judged by
//           time at every use. This writes the end down and tells it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "engine/operations/idempotent_run.h"

namespace noren::operations {

// Values are stored: never renumbered.
enum class DeadlineKind : std::uint8_t { kInvitation = 1, kConsent = 2, kAccess = 3 };

struct Deadline {
  DeadlineKind kind = DeadlineKind::kInvitation;
  UnixSeconds at;
  model::PersonId person;            // none for an access
  std::span<const std::uint8_t> id;  // 16 bytes: invitation, consent or release
};
void StageDeadline(ServiceContext& context, const Deadline& deadline,
                   personal_data::Staged& staged);

// Passes every deadline that has come. Without a trusted clock none passes. Returns how many did.
StatusOr<std::size_t> PassDeadlines(ServiceContext& context);

// A company that has left: what was asked in its name up to then ends before its time, and the
// portal is told, for the person ("company_left").
struct LeftCompany {
  std::string company;
  UnixSeconds left_at;
};
Status EndInvitations(ServiceContext& context, const LeftCompany& left);
// A consent to a company that has left, requested or granted, ends with it.
Status StageCompanyEndOf(ServiceContext& context, const LoadedPerson& person,
                         const personal_data::LoadedConsent& consent, Attempt& attempt);

}  // namespace noren::operations
