// The pages that the policy part writes (notices, letters) as HTML for printing: headings, entries
// and facts of their Markdown, every text escaped, no script and nothing from elsewhere.
// Threads:  pure functions
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "engine/model/dictionary.h"

namespace noren::policy {

std::string PageHtml(std::string_view page, std::string_view title, model::Language language);

}  // namespace noren::policy
