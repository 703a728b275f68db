// A posting as it is stored: the coded posting with its state, sealed under the store key.
// Source:   docs/formats/operations_records.md
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "crypto/base/bytes.h"
#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/model/posting.h"
#include "engine/personal_data/purpose_keys.h"

namespace noren::operations {

struct PostingRecord {
  model::PostingId posting;
  std::uint64_t version = 0;  // 1 for the first
  std::string portal;         // who registered it
  bool open = true;
  UnixSeconds registered_at;
  std::uint32_t invited_count = 0;  // invitations sent for it so far
  model::Posting content;
};

StatusOr<Bytes> EncodePostingRecord(const PostingRecord& record,
                                    const personal_data::PurposeKeys& keys, Random& random);
//   errors   kDataCorrupt
StatusOr<PostingRecord> DecodePostingRecord(const model::PostingId& posting, ByteSpan stored,
                                            const personal_data::PurposeKeys& keys);

}  // namespace noren::operations
