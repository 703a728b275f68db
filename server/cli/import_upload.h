// Registers read rows at the portal's service. Every request's idempotency key is made from the
// row's content, so that the same row sent twice is one registration.
// Source:   docs/formats/cli.md
// Threads:  externally synchronised.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/intake/documents.h"
#include "server/cli/session.h"

namespace noren::cli {

// Whose keys open the person's items: empty members mean the operator's.
struct CustodyChoice {
  std::string person_key;     // 32 bytes
  std::string age_recipient;  // "age1..."
  bool is_person() const { return !age_recipient.empty(); }
};

// What the operator's notice asks of a registration; empty: nothing is said.
struct StatedChoice {
  std::string subject;  // kind of person
  std::string notice;   // 32 bytes: SHA-256 of the public notice that was confirmed
  bool says() const { return !subject.empty() || !notice.empty(); }
};

// A row with the content of its documents and its digest.
struct SeekerUpload {
  const intake::ParsedSeeker* seeker = nullptr;  // borrowed
  std::vector<Bytes> contents;                   // one for each item
  std::string contact;
  std::string language;
  CustodyChoice custody;
  StatedChoice stated;
  std::string digest;  // hex SHA-256 of all of it
};
// Under person custody the row's own items stay here: they are not encrypted.
// Exit code 74: a document cannot be read.
StatusOr<SeekerUpload> PrepareSeeker(const intake::ParsedSeeker& seeker, const std::string& file,
                                     const std::string& language, const CustodyChoice& custody,
                                     const StatedChoice& stated);
std::string DigestOf(const intake::ParsedPosting& posting);

struct RegisteredSeeker {
  std::string handle;
  std::vector<std::string> items;  // ids; "" for one that an earlier run had registered
};
StatusOr<RegisteredSeeker> RegisterSeeker(Session& session, const SeekerUpload& upload);
// The posting's id.
StatusOr<std::string> RegisterPosting(Session& session, const intake::ParsedPosting& posting);

}  // namespace noren::cli
