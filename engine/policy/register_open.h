// What is open in the registers because a step has yet to follow, whatever the day: destructions
// that wait for their confirmation, complaints (and whoever is to handle one about themselves),
// media without a place, lost media without an incident, signs of one, additional use to be weighed
// again.
// Source:   docs/formats/register_entry.md, section "What is due"
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/policy/register_due.h"

namespace noren::policy {

// The policy has a statement.
std::vector<DueRow> OpenInRegisters(const Policy& policy, std::span<const RegisteredStep> steps,
                                    model::CivilDay today, model::Language language);

// A medium, device or bundle of papers that is listed and neither lost nor out of use.
struct Medium {
  std::string kind, place;
  std::uint64_t number = 0;  // of the entry that listed it
};
inline constexpr std::string_view kDevice = "device";  // a kind: what technical measures are of
std::map<std::string, Medium> MediaIn(std::span<const RegisteredStep> steps);

// Whether the case's handler, as last recorded, is whom the complaint is about.
bool IsInConflict(const Policy& policy, std::span<const RegisteredStep> steps,
                  const RegisteredStep& lodged);
// Who handles the case as last recorded.
std::string_view OwnerOf(std::span<const RegisteredStep> steps, const RegisteredStep& lodged);

}  // namespace noren::policy
