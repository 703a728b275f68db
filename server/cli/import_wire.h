// Coded values as the wire wants them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/model/posting.h"
#include "engine/model/profile.h"
#include "gen-cpp/common_types.h"

namespace noren::cli {

wire::Profile ToWire(const model::Profile& profile);
wire::Posting ToWire(const model::Posting& posting);

}  // namespace noren::cli
