// Items: what a person hands in. Each version is an age v1 file of its own: the payload
// (ciphertext) in the BlobStore; the header, wrapped to the person's items identity, in the record.
// Source:   docs/formats/item.md, docs/formats/age.md
// Threads:  an ItemWriter is externally synchronised; free functions concurrently
// Secrets:  plaintext passes chunk by chunk (64 KiB) and is never held whole
// Why safe: a payload opens with its file key only; that is wrapped to a key destruction replaces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/custody.h"
#include "engine/model/ids.h"
#include "engine/model/purposes.h"
#include "engine/personal_data/person_record.h"
#include "engine/storage/blob_store.h"

namespace noren::personal_data {

inline constexpr std::uint64_t kMaxItemSizeBytes = std::uint64_t{20} << 20;
inline constexpr std::size_t kMaxItemNameSizeBytes = 480;  // 120 characters

struct ItemRecord {
  model::ItemId item;
  std::uint64_t version = 0;  // 1 for the first; rises when it is encrypted anew
  model::ItemKind kind = model::ItemKind::kOtherDocument;
  std::string media_type;
  std::string name;                      // a file name for the company
  Bytes header;                          // age header, wrapped to the person
  Hash256 payload_sha256{};              // of the ciphertext: the blob's digest
  std::uint64_t payload_size_bytes = 0;  // of the ciphertext
  std::uint64_t plain_size_bytes = 0;
  UnixSeconds created_at;
  model::Custody custody = model::Custody::kOperator;  // kPerson: nothing here opens the header
  bool operator==(const ItemRecord&) const = default;
};
StatusOr<Bytes> EncodeItem(PersonContext person, const ItemRecord& record, Random& random);
//   errors   kDataCorrupt
StatusOr<ItemRecord> DecodeItem(PersonContext person, const model::ItemId& item, ByteSpan stored);

struct WrittenItem {
  Bytes header;
  Hash256 payload_sha256{};
  std::uint64_t payload_size_bytes = 0;
  std::uint64_t plain_size_bytes = 0;
  Hash256 sent_sha256{};  // to compare with what the portal says it sent
};

// Encrypts one item as its bytes come in. Dropped without Finish, it leaves nothing behind.
class ItemWriter {
 public:
  // `blobs` and `random` must outlive the writer.
  static StatusOr<ItemWriter> Begin(storage::BlobStore& blobs, const PersonKeys& keys,
                                    Random& random);
  ItemWriter(ItemWriter&&) noexcept;
  ItemWriter& operator=(ItemWriter&&) noexcept;
  ~ItemWriter();

  // In any split.
  //   errors   kTooLarge: past kMaxItemSizeBytes; kStorage. After an error only destruction is
  //   left.
  Status Update(ByteSpan plaintext);
  std::uint64_t size_bytes() const;  // of the plaintext so far
  // The payload is durable on return.
  StatusOr<WrittenItem> Finish();

 private:
  struct Stream;
  explicit ItemWriter(std::unique_ptr<Stream> stream);
  std::unique_ptr<Stream> stream_;
};

// `text` is an age X25519 recipient ("age1...").
//   errors   kBadRequest
Status CheckRecipient(std::string_view text);
// SHA-256 over the recipients, sorted: what consents and manifests name.
Hash256 FingerprintOf(std::vector<std::string> recipients);

// A header for `recipients` to the same payload.
//   errors   kDataCorrupt: the header does not open; kNoRecipientKey: no recipients; kBadRequest: a
//            malformed one
StatusOr<Bytes> Rewrap(const PersonKeys& keys, ByteSpan header,
                       const std::vector<std::string>& recipients, Random& random);

// Encrypts an item's payload anew under a fresh file key (after a withdrawal: whoever had the old
// file key cannot open the new version).
//   returns  the record to store in its place, version + 1; the old blob is left to the sweep
StatusOr<ItemRecord> Reencrypt(storage::BlobStore& blobs, const PersonKeys& keys,
                               const ItemRecord& record, Random& random);

}  // namespace noren::personal_data
