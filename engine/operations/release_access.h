// Until when a company may read a release, and that it has ended: kept beside the provision, after
// the person is gone too, and naming nobody but the candidate reference.
// Source:   docs/formats/operations_records.md, docs/design/0012-after-the-release.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "engine/operations/people.h"
#include "engine/personal_data/staged.h"

namespace noren::operations {

struct ReleaseAccess {
  model::ReleaseId release;
  std::string company;
  model::CandidateRef candidate;
  model::PostingId posting;
  model::ConsentId consent;
  UnixSeconds released_at;
  UnixSeconds ends_at;     // exclusive
  UnixSeconds keep_until;  // the company may keep its copy as long: the retention of the consent
  bool ended = false;      // written down: no clock opens it again
};

// nullopt: a release of before accesses were kept; it ends with its consent.
StatusOr<std::optional<ReleaseAccess>> FindAccess(ServiceContext& context,
                                                  const model::ReleaseId& release);
// Stages the access of a release made now, and the deadline at which it ends.
void StageAccess(ServiceContext& context, const LoadedCandidate& loaded,
                 const model::ReleaseId& release, UnixSeconds released_at,
                 personal_data::Staged& staged);
// When an access that begins at `released_at` ends, at the latest.
UnixSeconds AccessEndOf(ServiceContext& context, UnixSeconds released_at);
// Ok while the release may be read.
//   errors   kAccessExpired
Status CheckAccess(const std::optional<ReleaseAccess>& access, UnixSeconds now);

Bytes EncodeAccess(const ReleaseAccess& access);
StatusOr<ReleaseAccess> DecodeAccess(const model::ReleaseId& release, ByteSpan plaintext);
void PutAccess(ServiceContext& context, const ReleaseAccess& access, personal_data::Staged& staged);

}  // namespace noren::operations
