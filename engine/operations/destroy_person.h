// Destruction of a person: the key on the tree, every record, a journal entry that outlives
// backups, and a signed receipt.
// Source:   docs/formats/receipt.md; ARCHITECTURE invariant 9
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/operations/events.h"
#include "engine/operations/idempotent_run.h"
#include "engine/personal_data/receipt.h"

namespace noren::operations {

struct ErasureRequest {
  model::RequestId request;
  model::PersonId person;
  UnixSeconds asked_at;
  std::string asked_by;  // "portal:..." that carried it, and how it was proved
  enum class State : std::uint8_t { kOpen = 1, kDestroying = 2, kDone = 3 } state = State::kOpen;
  model::ReceiptId receipt;     // set when destruction begins
  Hash256 handle_commitment{};  // for the receipt, while the handle is still known
  // Of the person's key, set with the receipt: after a crash the person's record may be gone and
  // the key still there.
  std::optional<personal_data::LeafIndex> leaf;
  std::uint64_t generation_before = 0;  // of the key tree, with the leaf
};
std::string_view ErasureStateName(ErasureRequest::State state);  // "open", "destroying", "done"
StatusOr<Bytes> EncodeErasureRequest(const ErasureRequest& request,
                                     const personal_data::PurposeKeys& keys, Random& random);
StatusOr<ErasureRequest> DecodeErasureRequest(const model::RequestId& request, ByteSpan stored,
                                              const personal_data::PurposeKeys& keys);

StatusOr<std::vector<ErasureRequest>> ListErasureRequests(ServiceContext& context,
                                                          const Call& call);

struct DestroyRequest {
  std::string idempotency_key;
  model::RequestId request;
  std::string reason;  // 3..300 characters
};
struct DestroyedPerson {
  personal_data::SignedReceipt receipt;
  EntryPosition position;
};
StatusOr<DestroyedPerson> DestroyPerson(ServiceContext& context, const Call& call,
                                        const DestroyRequest& request);

// Finishes destructions that a crash interrupted. Call at start, before serving.
Status ResumeDestructions(ServiceContext& context);

// Brings the copy of the key tree beside the backups up to the tree; nothing where there is none.
Status FollowWithCopy(const ServiceContext& context);

}  // namespace noren::operations
