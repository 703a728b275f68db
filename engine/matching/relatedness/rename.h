// The same model under other tokens: what was learned stays when the key of tokens changes.
// Threads:  concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "engine/matching/relatedness/relatedness_model.h"

namespace noren::matching {

// Tokens for which `renamed` says none are left out; no two may become one.
// Equally near tokens stand in the order of their new values.
//   errors   kInvalidArgument: two tokens become one
StatusOr<RelatednessModel> RenameTokens(const RelatednessModel& model,
                                        const std::function<Token(Token)>& renamed);

}  // namespace noren::matching
