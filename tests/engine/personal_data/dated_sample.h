// A sample person record with facts that hold from day to day.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/engine/personal_data/samples.h"

namespace noren::personal_data {

// And of one who was of several kinds and permitted something to two partners: layout 6.
inline PersonRecord SampleDatedPersonRecord(const model::PersonId& person) {
  PersonRecord record = SampleAgreedPersonRecord(person);
  record.facts.kinds = {{"employee", "", {19000}, model::CivilDay{20178}},
                        {"employee", "dispatched", {19500}, std::nullopt}};
  record.facts.permissions = {{"partner a", {"name", "phone"}, {20000}, model::CivilDay{20100}},
                              {"partner b", {"name"}, {20010}, std::nullopt}};
  return record;
}

}  // namespace noren::personal_data
