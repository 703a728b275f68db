// Which of a person's items are answers to the form of one posting, and what that keeps from
// everybody else.
// Source:   docs/design/0042-company-forms.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "engine/operations/form_record.h"
#include "engine/operations/people.h"
#include "engine/personal_data/staged.h"

namespace noren::operations {

// Nothing: the item is for any posting.
StatusOr<std::optional<FormTie>> FindFormTie(ServiceContext& context, const LoadedPerson& person,
                                             const model::ItemId& item);
void StageFormTie(ServiceContext& context, const LoadedPerson& person, const model::ItemId& item,
                  const FormTie& tie, personal_data::Staged& staged);

// Takes out of `items` what was answered to another posting's form.
Status LeaveOutOthers(ServiceContext& context, const LoadedPerson& person,
                      const model::PostingId& posting,
                      std::vector<personal_data::ConsentItem>& items);
// Of a consent to `posting`: none of `items` was answered to another one's form.
//   errors   kConsentAnew, in the log
Status RequireOfPosting(ServiceContext& context, const Call& call, const LoadedPerson& person,
                        const model::PostingId& posting,
                        const std::vector<personal_data::ConsentItem>& items);
// Open invitations of the posting that ask for such items name the answers, too.
Status StageIntoInvitations(ServiceContext& context, const LoadedPerson& person,
                            const model::PostingId& posting, const personal_data::ItemRecord& item,
                            personal_data::Staged& staged);

}  // namespace noren::operations
