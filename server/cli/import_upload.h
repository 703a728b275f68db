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

// A row with the content of its documents and its digest.
struct SeekerUpload {
  const intake::ParsedSeeker* seeker = nullptr;  // borrowed
  std::vector<Bytes> contents;                   // one for each item
  std::string contact;
  std::string language;
  std::string digest;  // hex SHA-256 of all of it
};
// Exit code 74: a document cannot be read.
StatusOr<SeekerUpload> PrepareSeeker(const intake::ParsedSeeker& seeker, const std::string& file,
                                     const std::string& language);
std::string DigestOf(const intake::ParsedPosting& posting);

struct RegisteredSeeker {
  std::string handle;
  std::vector<std::string> items;  // ids; "" for one that an earlier run had registered
};
StatusOr<RegisteredSeeker> RegisterSeeker(Session& session, const SeekerUpload& upload);
// The posting's id.
StatusOr<std::string> RegisterPosting(Session& session, const intake::ParsedPosting& posting);

}  // namespace noren::cli
