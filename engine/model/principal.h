// Who calls: taken from the TLS client certificate (URI SAN urn:noren:<role>:<name>), never from a
// message.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/status.h"

namespace noren::model {

enum class Role : std::uint8_t {
  kPortal = 1,
  kPerson = 2,
  kCompany = 3,
  kAnalyst = 4,
  kOfficer = 5,
  kSystem = 6,
  kHandler = 7  // of the operator, or of a processor: opens single items for a declared purpose
};

std::string_view RoleName(Role role);  // "portal", "person", ...
StatusOr<Role> ParseRole(std::string_view name);

struct Principal {
  Role role = Role::kSystem;
  std::string name;  // [a-z0-9][a-z0-9-]{0,39}
  auto operator<=>(const Principal&) const = default;
};

bool IsPrincipalName(std::string_view name);
std::string ToUri(const Principal& principal);  // urn:noren:<role>:<name>
StatusOr<Principal> ParsePrincipalUri(std::string_view uri);

}  // namespace noren::model
