// Which files and items a policy declares, and so what may be taken from a person.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/policy/decisions.h"

namespace noren::policy {

// May this kind of item be taken from a person of this kind? The lists of a file are allow-lists;
// what the system records by itself, and what is kept on a condition only, is not handed in.
//   errors   kPolicyIncomplete; kSourceMissing: the kind of person has to be said; kNoFile: no file
//            of such people holds such a document; kItemUndeclared: a detail of the person that no
//            file lists; kBannedCategory: banned, although a file lists it; kPurposeUndeclared: no
//            purpose of the file needs it
Decision MayTake(const Policy& policy, model::ItemKind kind, std::string_view subject);

// Has everything arrived that the files of such people require, as far as the service handles it?
//   errors   kSourceMissing: something required is not among `kinds`
Decision IsComplete(const Policy& policy, std::span<const model::ItemKind> kinds,
                    std::string_view subject);

// The list of the file that has one of the names, among the lists of what a person hands in; empty
// when none has.
std::string_view ListedUnder(const Entry& file, const std::vector<std::string_view>& names);
// The group of what is never taken that has one of the names; null: none has.
const Entry* BannedGroup(const Statement& statement, const std::vector<std::string_view>& names);

}  // namespace noren::policy
