// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/statistics_pseudonyms.h"

#include <utility>

#include "crypto/primitives/keyed_token.h"
#include "engine/model/errors.h"

namespace noren::personal_data {

StatusOr<StatisticsPseudonyms> StatisticsPseudonyms::OfPeriod(const TokenKeys& keys,
                                                              std::uint32_t period) {
  TokenKeys::SharedKey key = keys.Find(TokenPurpose::kStatistics, period);
  if (key == nullptr) return model::MakeError(model::ErrorCode::kNotFound);
  return StatisticsPseudonyms(std::move(key));
}

Hash256 StatisticsPseudonyms::Of(const model::PersonId& person) const {
  return primitives::KeyedToken32(*key_, "statistics", person.bytes());
}

}  // namespace noren::personal_data
