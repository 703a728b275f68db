// What is stored of a showing, and of who was in it.
// Source:   docs/formats/exposures.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/operations/service_context.h"
#include "engine/personal_data/disclosure.h"
#include "engine/storage/store.h"

namespace noren::operations {

// A class of which a card was shown, and what the card says of it.
struct ShownClass {
  std::uint32_t class_id = 0;
  std::string form;  // "card occupation=ISCO-2512 region=KR-11"
  bool operator==(const ShownClass&) const = default;
};

// One showing; nobody is named in it.
struct Showing {
  UnixSeconds at;
  std::string what;  // operation name
  std::string who;   // "company:hangang-care"
  std::string form;  // of a list; cards have theirs
  std::string reason;
  model::PostingId posting;         // none: of no posting
  std::uint32_t people = 0;         // in the list; of cards: in each class at least
  std::vector<ShownClass> classes;  // of cards
  std::uint64_t sequence = 0;       // of the entry in the audit log; not in the layout
  bool operator==(const Showing&) const = default;
};
Bytes EncodeShowing(const Showing& showing);
//   errors   kDataCorrupt
StatusOr<Showing> DecodeShowing(ByteSpan plain, std::uint64_t sequence);
// As somebody who was in it reads it.
personal_data::Disclosure DisclosureOf(const Showing& showing, std::string_view form);

// Which class somebody was in, and from when on no card counted that person any more.
struct ClassOfPerson {
  std::uint32_t class_id = 0;
  UnixSeconds hidden_from;  // 0: never
  bool operator==(const ClassOfPerson&) const = default;
};
Bytes EncodeClassOfPerson(const ClassOfPerson& of);
StatusOr<ClassOfPerson> DecodeClassOfPerson(ByteSpan plain);

// Showings, by the numbers of their entries.
Bytes EncodeSequences(const std::vector<std::uint64_t>& sequences);
StatusOr<std::vector<std::uint64_t>> DecodeSequences(ByteSpan plain);

// Who was in a list.
Bytes EncodePeople(const std::vector<model::PersonId>& people);
StatusOr<std::vector<model::PersonId>> DecodePeople(ByteSpan plain);

// Sealed under store-seal, for what names nobody or is soon gone.
Bytes SealForStore(ServiceContext& context, std::string_view keyspace, const std::string& key,
                   ByteSpan plain, std::uint64_t version);
struct OpenedForStore {
  Bytes plain;
  std::uint64_t version = 0;
};
StatusOr<OpenedForStore> OpenForStore(ServiceContext& context, std::string_view keyspace,
                                      const std::string& key, ByteSpan stored);
StatusOr<Showing> OpenShowing(ServiceContext& context, std::string_view keyspace,
                              const std::string& key, ByteSpan stored);

}  // namespace noren::operations
