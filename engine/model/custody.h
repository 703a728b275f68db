// Who holds the keys that open a person's items: the service, or the person alone.
// Source:   docs/formats/person_custody.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace noren::model {

// Values are stored: never renumbered.
enum class Custody : std::uint8_t { kOperator = 1, kPerson = 2 };
inline constexpr std::array kCustodies = {Custody::kOperator, Custody::kPerson};

constexpr std::string_view CustodyName(Custody custody) {
  return custody == Custody::kPerson ? "person" : "operator";
}
constexpr std::optional<Custody> FindCustody(std::string_view name) {
  for (const Custody custody : kCustodies) {
    if (CustodyName(custody) == name) return custody;
  }
  return std::nullopt;
}

}  // namespace noren::model
