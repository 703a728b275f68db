// People in statistics: one name a person and period, which joins what is counted within the period
// and nothing else with anything else. It is made of the person's id and the period's key alone; no
// other name comes in, and none comes out.
// Source:   docs/design/0018-rotation-of-tokens.md, Statistics; ARCHITECTURE invariant 13
// Threads:  const members concurrently
// Secrets:  the period's key, shared with TokenKeys; at home it dies with its leaf
// Why safe: keyed BLAKE2b under a key that nothing else uses; a period that is over has no key.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/status.h"
#include "engine/model/ids.h"
#include "engine/personal_data/token_keys.h"

namespace noren::personal_data {

class StatisticsPseudonyms {
 public:
  // `period` is a version of the key. Whoever counts opens the periods that its policy lets it; the
  // names of two of them do not join.
  //   errors   kNotFound: the period has not begun, or is over
  static StatusOr<StatisticsPseudonyms> OfPeriod(const TokenKeys& keys, std::uint32_t period);

  Hash256 Of(const model::PersonId& person) const;

 private:
  explicit StatisticsPseudonyms(TokenKeys::SharedKey key) : key_(std::move(key)) {}

  TokenKeys::SharedKey key_;
};

}  // namespace noren::personal_data
