// Person custody: headers that came with a grant are admitted, a live consent gets new ones, and
// the person's client reads its own items back.
// Source:   docs/formats/person_custody.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/act_gate.h"
#include "engine/operations/person_acts.h"
#include "engine/personal_data/held_item.h"

namespace noren::operations {

inline constexpr std::size_t kMaxOwnItemChunkBytes = std::size_t{64} << 10;

// True while another living consent names this version of the item: it would not open any more.
StatusOr<bool> IsStillConsentedTo(ServiceContext& context, const LoadedPerson& person,
                                  const model::ItemId& item);

// What the signed statement says of its headers, and for how many keys each must be.
struct SignedHeaders {
  const std::vector<personal_data::ConsentItem>& items;
  const std::vector<Hash256>& headers_sha256;
  std::size_t recipients_count = 0;
};
// The act's headers in the order of the items. Under operator custody there are none.
//   errors   kBadRequest: header digests under operator custody; kHeaderMismatch, kNotAgeFile,
//            kAgeRecipients, kHeaderReused
StatusOr<std::vector<personal_data::ItemHeader>> AdmitHeaders(ServiceContext& context,
                                                              const AdmittedAct& admitted,
                                                              const SignedHeaders& signed_headers);

// Live consents whose headers are not for the keys that their company has now.
StatusOr<std::vector<RewrapNeeded>> RewrapsOf(ServiceContext& context, const LoadedPerson& person);
// Sorted by id.
StatusOr<std::vector<OwnItem>> OwnItemsOf(ServiceContext& context, const LoadedPerson& person);

// Act "rewrap": other headers for a live consent, to the keys the company has now.
//   errors   those of AdmitAct and AdmitHeaders; kNotFound; kConsentMissing, kConsentWithdrawn,
//            kConsentExpired; kBadRequest: not the company's keys of now, or other items
StatusOr<ActResult> RewrapConsent(ServiceContext& context, const Call& call,
                                  const std::string& idempotency_key, const PersonAct& act);

// At most kMaxOwnItemChunkBytes of the stored payload from `offset`; empty at the end. Leaves an
// entry and a disclosure at its beginning.
//   errors   kNotFound; kStateConflict: under operator custody
StatusOr<Bytes> ReadOwnItem(ServiceContext& context, const Call& call,
                            const model::SeekerHandle& handle, const model::ItemId& item,
                            std::uint64_t offset);

}  // namespace noren::operations
