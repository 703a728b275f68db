// Signs of a breach: a company that is refused releases again and again within an hour is noted in
// the register of incidents, without anybody having to look.
// Source:   docs/formats/operations_records.md, docs/formats/register_entry.md, section "Signs"
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "engine/operations/idempotent_run.h"

namespace noren::operations {

inline constexpr std::size_t kRefusalsOfASign = 50;  // within an hour
inline constexpr std::int64_t kSignSeconds = 3600;

// As RecordRefusal, of a release; the refusal that makes it a sign opens an entry `suspected`, and
// counting begins anew. `entry` names the company.
Status RefuseRelease(ServiceContext& context, audit::EntryDraft entry, const Status& refusal);

// The times of a company's last refusals, oldest first.
Bytes EncodeRefusals(const std::vector<UnixSeconds>& times);
//   errors   kDataCorrupt
StatusOr<std::vector<UnixSeconds>> DecodeRefusals(ByteSpan plaintext);

}  // namespace noren::operations
