// New versions of the keys of tokens while the service runs, in the steps of rotate and rewrap
// (rotate_keys.h): a key in a new leaf, tokens made anew under it beside the old ones, the old leaf
// destroyed.
// Source:   docs/design/0018-rotation-of-tokens.md
// Threads:  concurrently with every other operation; two rewraps of one purpose only hinder each
//           other
// Why safe: both versions open until nothing is under the older one; what made a token under it and
//           is not committed yet is conditional on the record of versions, which every step from
//           then on changes. Stopped anywhere, each token is under a live version
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/operations/idempotent_run.h"
#include "engine/operations/rotate_keys.h"
#include "engine/operations/token_keys.h"

namespace noren::operations {

struct TokenKeyStatus {
  std::uint32_t newest = 1;
  std::uint32_t oldest = 1;
  std::int64_t left = -1;  // people in the market under an older version, and keys to destroy
};
StatusOr<TokenKeyStatus> ReadTokenKeyStatus(ServiceContext& context,
                                            personal_data::TokenPurpose purpose, bool count_left);

//   errors   kLimitReached: an older version is not gone yet
StatusOr<RunResult> RotateTokens(ServiceContext& context, const Call& call,
                                 const RequestIdentity& identity,
                                 personal_data::TokenPurpose purpose);

// One portion.
StatusOr<RewrapAnswer> RewrapTokens(ServiceContext& context, const Call& call,
                                    personal_data::TokenPurpose purpose, RewrapPlace& place);

}  // namespace noren::operations
