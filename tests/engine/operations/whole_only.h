// A record is read whole, or not at all.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "crypto/base/bytes.h"
#include "engine/model/errors.h"

namespace noren::operations {

// Every cut, a tail, and a first byte that is no layout: each is damage.
template <typename Decode>
void ExpectWholeOnly(Bytes bytes, Decode decode) {
  using model::CodeOf;
  using model::ErrorCode;
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_EQ(CodeOf(decode(ByteSpan(bytes).first(size)).status()), ErrorCode::kDataCorrupt)
        << size;
  bytes.push_back(0);
  EXPECT_EQ(CodeOf(decode(bytes).status()), ErrorCode::kDataCorrupt);
  bytes.pop_back();
  bytes[0] = 9;
  EXPECT_EQ(CodeOf(decode(bytes).status()), ErrorCode::kDataCorrupt) << "another layout";
}

}  // namespace noren::operations
