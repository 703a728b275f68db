// Runs a mutation once per idempotency key: the same key with the same request is answered from the
// record, with another request
// refused. What lost a race is staged again from what is now stored.
// Source:   docs/formats/operations_records.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/encoding.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/people.h"
#include "engine/operations/service_context.h"

namespace noren::operations {

// The caller's key, and a digest over everything the request says.
struct RequestIdentity {
  std::string key;  // 1..64 characters of [A-Za-z0-9._:-]
  Hash256 digest{};
};
// `request` is the request in any unambiguous encoding; `method` keeps methods apart.
RequestIdentity IdentifyRequest(std::string_view key, std::string_view method, ByteSpan request);

// What one attempt wants to commit, and what the answer consists of besides its position.
struct Attempt {
  Change change;
  std::vector<std::string> answer;  // kept 24 hours, sealed
  // Whose entry this is: the opening of the subject's commitment goes under this person's key.
  std::shared_ptr<const personal_data::PersonKeys> subject_keys;
  model::PersonId subject;
};

struct RunResult {
  std::vector<std::string> answer;
  EntryPosition position;
  bool repeated = false;  // answered from the record
};

// Calls `stage` until its change commits (a few times at most: each time something else changed in
// between).
//   errors   kConflict: the key was used for another request; kBadRequest: malformed key;
//            kRetryLater: too many races;
//            those of `stage` and of the pipeline
StatusOr<RunResult> RunOnce(ServiceContext& context, const Call& call,
                            const RequestIdentity& identity,
                            const std::function<StatusOr<Attempt>()>& stage);

// A change without a key of the caller's (reads that leave an entry, refusals).
StatusOr<EntryPosition> Record(ServiceContext& context,
                               const std::function<StatusOr<Attempt>()>& stage);
// Records that a disclosure was refused, and returns the refusal. `also`: what else is written with
// it, staged anew when something else changed in between.
Status RecordRefusal(ServiceContext& context, audit::EntryDraft entry, const Status& refusal,
                     const std::function<StatusOr<personal_data::Staged>()>& also = nullptr);

// Deletes answers that are older than 24 hours. Returns how many.
StatusOr<std::size_t> SweepAnswers(ServiceContext& context);

}  // namespace noren::operations
