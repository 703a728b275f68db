// Items under the person's own custody: whole age files that only the person's client can make and
// open. They are checked for their form, cut behind the header and stored as they are.
// Source:   docs/formats/person_custody.md
// Threads:  a writer is externally synchronised; free functions concurrently
// Why safe: no function here takes or makes a key; what is stored opens with the person's alone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/personal_data/act.h"
#include "engine/personal_data/vault.h"
#include "engine/storage/blob_store.h"

namespace noren::personal_data {

inline constexpr std::size_t kMaxHeldItemStanzas = 8;

// Takes one age file as it comes. Dropped without Finish, it leaves nothing behind.
class HeldItemWriter {
 public:
  // `blobs` must outlive the writer.
  static StatusOr<HeldItemWriter> Begin(storage::BlobStore& blobs);
  HeldItemWriter(HeldItemWriter&&) noexcept;
  HeldItemWriter& operator=(HeldItemWriter&&) noexcept;
  ~HeldItemWriter();

  // In any split. After an error only destruction is left.
  //   errors   kNotAgeFile; kAgeRecipients: a stanza that is not X25519, or more than
  //            kMaxHeldItemStanzas; kTooLarge: the plaintext would be past kMaxItemSizeBytes;
  //            kStorage
  Status Update(ByteSpan file);
  std::uint64_t size_bytes() const;           // of the file so far
  std::uint64_t plain_size_at_least() const;  // of the plaintext, as the length tells
  // The payload is durable on return.
  //   errors   kNotAgeFile: the header is not complete; kAgeLength: no plaintext has this length
  StatusOr<WrittenItem> Finish();

 private:
  struct Stream;
  explicit HeldItemWriter(std::unique_ptr<Stream> stream);
  std::unique_ptr<Stream> stream_;
};

// A recipient that items can be made for.
//   errors   kBadRequest: not "age1...", or of small order
Status CheckPersonRecipient(std::string_view text);

// Ephemeral shares of X25519 stanzas: each is made for one wrapping and never seen again.
using HeaderShares = std::set<std::array<std::uint8_t, 32>>;
//   errors   kDataCorrupt: a stored header that is none
Status AddShares(ByteSpan header, HeaderShares& shares);

// A header as it came with an act, and what it is judged by.
struct HeaderCheck {
  std::string_view field;            // its path, for errors
  std::size_t recipients_count = 0;  // as many X25519 stanzas it must have
};
// Ok when it is a whole header and nothing more, of X25519 stanzas only, exactly as many as there
// are recipients, none of whose shares is in `used`; its own are added there.
//   errors   kNotAgeFile, kAgeRecipients, kHeaderReused
Status CheckHeader(ByteSpan header, const HeaderCheck& check, HeaderShares& used);

// Brings the headers that came with an act into the order of `items`, and compares each with its
// signed digest.
//   errors   kHeaderMismatch: one is missing, is not named, is there twice or has another digest
StatusOr<std::vector<ItemHeader>> MatchHeaders(const std::vector<ConsentItem>& items,
                                               const std::vector<Hash256>& headers_sha256,
                                               std::vector<ItemHeader> carried);

}  // namespace noren::personal_data
