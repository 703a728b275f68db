// Opens files that nobody else may read: keys, passphrases, anchors.
// Threads:  free functions, concurrently.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/storage/durable_file.h"

namespace noren::server {

// Opens an existing regular file, and only when group and others have no permission on it.
//   flags    as in open(2), without O_CREAT
//   what     a literal that names the file in messages
//   errors   kNotFound; kPermissionDenied: others may read it, with the command that mends it
StatusOr<storage::FileDescriptor> OpenPrivateFile(const std::string& path, int flags,
                                                  std::string_view what);

// Makes each directory that is missing, with mode 0700.
//   errors   kInvalidArgument: none or more than two
Status MakeMirrorDirectories(const std::vector<std::string>& directories);

}  // namespace noren::server
