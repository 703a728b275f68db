// Exit codes of the process, as sysexits(3) names them where it has a name.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace noren::server {

inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 1;
inline constexpr int kExitFailure = 2;
inline constexpr int kExitNotFound = 3;
inline constexpr int kExitDenied = 4;
inline constexpr int kExitConflict = 5;
inline constexpr int kExitRetryLater = 6;
inline constexpr int kExitUnavailable = 69;
inline constexpr int kExitStorage = 74;  // a disk failed; nothing unacknowledged was told as done
inline constexpr int kExitMisconfigured = 78;  // or sealed: someone has to look

}  // namespace noren::server
