// What a registration brings for blind enrolment: subject ids. They are noted and nothing is looked
// up, so that a registration does the same, whoever the person is; settle_enrolments.h finds out
// later, in nobody's call.
// Source:   docs/design/0007-blind-enrolment.md (What answers show)
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "crypto/oprf/suite.h"
#include "engine/operations/idempotent_run.h"

namespace noren::operations {

inline constexpr std::size_t kMaxIdentifiers = 4;  // of one registration

struct SubjectId {
  std::uint32_t version = 0;
  oprf::Output id{};
};
// One phone number or mail address: its subject id under every key version that lives.
using SubjectIdentifier = std::vector<SubjectId>;

void EncodeIdentifiers(const std::vector<SubjectIdentifier>& identifiers, RecordWriter& writer);

// Notes that `person` came with these. Nothing when there are none.
//   errors   kBadRequest: more than kMaxIdentifiers; kPolicyForbids; kNoEnrolmentKey;
//            kEnrolmentVersions: not exactly the versions that live
Status StageContacts(ServiceContext& context, const Call& call, const model::PersonId& person,
                     const std::vector<SubjectIdentifier>& identifiers,
                     personal_data::Staged& staged);

}  // namespace noren::operations
