// From a Status to what the caller of the command sees: one sentence, a stable code, an exit code.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/status.h"
#include "server/cli/console.h"

namespace noren::cli {

// What a server said beside code, field and detail.
struct ServerWords {
  std::string public_message;
  std::string request_id;
  std::string clauses;  // "E-04, E-07"
};
// `status` carrying them; ok stays ok.
Status WithServerWords(Status status, const ServerWords& words);
ServerWords ServerWordsOf(const Status& status);

// A refusal by its name on the wire. One that this version does not know becomes kInternal with the
// name as its detail.
Status RefusalOf(std::string_view code_name, std::string_view field, std::string_view detail);

// A wrong use of the command line; `sentence` may quote arguments, it is shown to their writer
// only.
Status UsageError(std::string_view sentence);
// A file that cannot be read or written: exit code 74.
Status FileError(std::string_view action, const std::string& path);

// By the error table for statuses with a code; otherwise by category: unavailable 69 (cannot
// connect), failed precondition 78 (files, configuration).
int ExitCodeOf(const Status& status);
// "CONSENT_WITHDRAWN"; a category's name for statuses without a code.
std::string FailureName(const Status& status);
// Prints `status` (not ok) on standard error, as an object with --json. Returns its exit code.
int ReportFailure(const Status& status, Console& console);

}  // namespace noren::cli
