// Who saw what of a person: one record per disclosure, under the person's own key, for the person.
// Source:   docs/formats/person_record.md, Disclosures
// Threads:  values; free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/personal_data/person_record.h"
#include "engine/personal_data/staged.h"

namespace noren::personal_data {

struct Disclosure {
  UnixSeconds at;
  std::string what;  // operation name, e.g. "collect_release"
  std::string who;   // "company:hangang-care"
  // In which form: "documents"; "" in layout 1, which did not say it.
  std::string form = "";
  model::PostingId posting;
  std::string reason;
  std::vector<model::ItemId> items;
  std::uint64_t audit_sequence = 0;  // 0 when it is not known at staging
  std::uint32_t people = 1;          // shown together: how many, or at least how many
  // Of a use by a processor: who it is, and which task; else empty.
  std::string processor = "", task = "";
  bool operator==(const Disclosure&) const = default;
};

// A fresh key under disclosure/<person>/, in time order.
StatusOr<Staged> StageDisclosure(PersonContext person, const Disclosure& disclosure,
                                 Random& random);
// What is stored under a key that the caller has chosen.
StatusOr<Bytes> EncodeDisclosure(PersonContext person, std::string_view store_key,
                                 const Disclosure& disclosure, Random& random);
//   errors   kDataCorrupt
StatusOr<Disclosure> DecodeDisclosure(PersonContext person, std::string_view store_key,
                                      ByteSpan stored);

}  // namespace noren::personal_data
