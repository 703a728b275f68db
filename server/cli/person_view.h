// A person's record and list of showings, as JSON and as a text to be read.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/model/canonical_json.h"
#include "gen-cpp/person_types.h"
#include "server/cli/person_words.h"

namespace noren::cli {

model::JsonValue RecordJson(const wire::PersonRecord& record);
std::string RecordText(const wire::PersonRecord& record, const PersonWords& words);

model::JsonValue ShownJson(const wire::DisclosureRecord& shown);
// When, who, what, for which posting, what the card said, why: a few lines, the last one ended.
std::string ShownText(const wire::DisclosureRecord& shown, const PersonWords& words);

}  // namespace noren::cli
