// Finds and loads code lists and the policy file; only for commands that need them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "crypto/base/status.h"
#include "engine/intake/forbidden_fields.h"
#include "engine/model/dictionary.h"

namespace noren::cli {

// `given` (--datasets, NOREN_DATASETS), or the nearest folder "datasets" or "share/noren" beside or
// above the program that holds taxonomies. kFailedPrecondition when there is none.
StatusOr<std::string> FindDatasets(const std::string& given);
StatusOr<model::Dictionary> LoadDictionary(const std::string& datasets);
// What the policy file forbids to collect.
//   errors   exit code 74: unreadable; kInvalidArgument: a broken policy, with line and column
StatusOr<intake::ForbiddenFields> LoadForbiddenFields(const std::string& policy_path);

// The whole file. Exit code 74; kTooLarge beyond `max_size_bytes`.
StatusOr<std::string> ReadTextFile(const std::string& path, std::size_t max_size_bytes);
// "-" is `in`, "@FILE" a file's content, anything else itself; one line end at the end is dropped.
StatusOr<std::string> ReadArgument(const std::string& argument, std::istream& in);
// Writes with mode 0600 through a temporary name; exit code 74.
Status WritePrivateFile(const std::string& path, std::string_view content);

}  // namespace noren::cli
