// Keyspaces of the audit log; layouts in docs/formats/audit_entry.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace noren::audit {

inline constexpr std::string_view kEntryKeyspace = "audit_entry/";  // + u64 leaf index
inline constexpr std::string_view kNodeKeyspace = "audit_node/";    // + u8 level, u64 index
inline constexpr std::string_view kStateKeyspace = "audit_state/";  // one record

}  // namespace noren::audit
