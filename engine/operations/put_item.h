// A portal hands in one item of a person, in pieces. Bytes are encrypted as they come, or under
// person custody taken as the age file that they are; an upload that is not finished leaves nothing
// behind.
// Threads:  thread-safe; pieces of one upload are taken one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "crypto/primitives/hash.h"
#include "engine/operations/act_gate.h"
#include "engine/operations/form_record.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/uploads.h"

namespace noren::operations {

// How something was taken, where that is not from the person and without special care.
struct TakenHow {
  std::string category;  // of special care, as the policy prints it; empty: of none
  std::optional<UnixSeconds> explained_at, consented_at;
  bool from_person = true;  // else consented_at says when the person agreed to the source
};

struct BeginItemRequest {
  std::string idempotency_key;
  model::SeekerHandle handle;
  model::ItemKind kind = model::ItemKind::kOtherDocument;
  std::string media_type;  // 3..100 characters of printable ASCII with one '/'
  std::string name;        // 1..480 bytes
  std::optional<model::ItemId> replaces = std::nullopt;  // whose new version it is
  TakenHow how = {};
  std::optional<FormTie> form = std::nullopt;  // answers to a company's form (company_forms.h)
};
//   errors   those of policy::MayTake, MayTakeFrom and MayTakeCategory: the notice does not declare
//            it; kPolicyForbids: the policy does not offer such items; kLimitReached: too many
//            uploads are open; kNotFound, kBadRequest: what it replaces is not the person's, or of
//            another kind; kStateConflict: under operator custody, and no correction of it is
//            accepted
StatusOr<model::UploadId> BeginItem(ServiceContext& context, const Call& call,
                                    const BeginItemRequest& request);

// Returns how many bytes are there now.
//   errors   kStateConflict: `offset` is neither the end nor the beginning of the last piece;
//            kTooLarge; kNotFound; under person custody those of HeldItemWriter
StatusOr<std::uint64_t> AppendItem(ServiceContext& context, const Call& call,
                                   const model::UploadId& upload, std::uint64_t offset,
                                   ByteSpan chunk);

struct FinishItemRequest {
  std::string idempotency_key;
  model::UploadId upload;
  std::uint64_t size_bytes = 0;
  Hash256 sha256{};                             // of what was sent
  std::optional<PersonAct> act = std::nullopt;  // "replace", for person custody
};
struct FinishedItem {
  model::ItemId item;
  EntryPosition position;
  Hash256 payload_sha256{};
};
//   errors   kBadRequest: size or digest is not that of what arrived; those of HeldItemWriter; to
//            replace: those of AdmitAct, kProofRequired: no act, kHeaderMismatch: not what the act
//            names, kHeaderReused: the old header or payload, kStateConflict: a live consent names
//            the item
StatusOr<FinishedItem> FinishItem(ServiceContext& context, const Call& call,
                                  const FinishItemRequest& request);

}  // namespace noren::operations
