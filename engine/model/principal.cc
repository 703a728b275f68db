// SPDX-License-Identifier: Apache-2.0
#include "engine/model/principal.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/model/errors.h"

namespace noren::model {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 7> kRoles = {{
    {Role::kPortal, "portal"},
    {Role::kPerson, "person"},
    {Role::kCompany, "company"},
    {Role::kAnalyst, "analyst"},
    {Role::kOfficer, "officer"},
    {Role::kSystem, "system"},
    {Role::kHandler, "handler"},
}};
constexpr std::string_view kUriPrefix = "urn:noren:";
constexpr std::size_t kMaxNameSize = 40;

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

std::string_view RoleName(Role role) {
  for (const auto& [value, name] : kRoles) {
    if (value == role) return name;
  }
  return "unknown";
}

StatusOr<Role> ParseRole(std::string_view name) {
  for (const auto& [value, role_name] : kRoles) {
    if (role_name == name) return value;
  }
  return MakeError(ErrorCode::kBadRequest, "role: unknown");
}

bool IsPrincipalName(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameSize || !IsLowerOrDigit(name.front())) return false;
  return std::ranges::all_of(name, [](char c) { return IsLowerOrDigit(c) || c == '-'; });
}

std::string ToUri(const Principal& principal) {
  return std::string(kUriPrefix)
      .append(RoleName(principal.role))
      .append(":")
      .append(principal.name);
}

StatusOr<Principal> ParsePrincipalUri(std::string_view uri) {
  if (!uri.starts_with(kUriPrefix))
    return MakeError(ErrorCode::kBadRequest, "principal: not urn:noren:");
  uri.remove_prefix(kUriPrefix.size());
  const std::size_t colon = uri.find(':');
  if (colon == std::string_view::npos)
    return MakeError(ErrorCode::kBadRequest, "principal: no name");
  NOREN_ASSIGN_OR_RETURN(const Role role, ParseRole(uri.substr(0, colon)));
  const std::string_view name = uri.substr(colon + 1);
  if (!IsPrincipalName(name)) return MakeError(ErrorCode::kBadRequest, "principal: malformed name");
  return Principal{role, std::string(name)};
}

}  // namespace noren::model
