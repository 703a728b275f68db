// What another law keeps: a copy is set apart, and read again, only for whoever can say by which
// article.
// Threads:  pure functions.
// Source:   docs/formats/policy.md, section "Enforcement"
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "engine/policy/decisions.h"

namespace noren::policy {

// Whether a text names a statute and an article of it, as Korean, Japanese or English texts do:
// a number between the words for "number" and "article" (je .. jo, dai .. jo), or after "article",
// "art.", "section" or the section sign, and words besides.
bool CitesAnArticle(std::string_view text);

// May items be kept under this authority after their period? Internal rules alone keep nothing
// where the policy asks for the statute and the article.
//   errors   kGroundEvidence
Decision MayHold(const Policy& policy, std::string_view authority);

// May what is kept be read for this reason? Where it is used as a law says alone, the reason cites
// the law.
//   errors   kPurposeUndeclared
Decision MayOpenHeld(const Policy& policy, std::string_view reason);

}  // namespace noren::policy
