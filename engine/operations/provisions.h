// The record of provisions to third parties, as the law of two countries asks for it: every
// release, for the officer; a person's own lines, for the person. What a form prints is made of
// these lines.
// Source:   docs/formats/provision_forms.md; docs/formats/release.md, Provision
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/model/dictionary.h"
#include "engine/operations/act_gate.h"
#include "engine/personal_data/release.h"

namespace noren::operations {

struct ProvisionLine {
  personal_data::ProvisionRecord record;
  std::vector<std::string> item_names;  // as the policy calls them, in the language
  std::string purpose_name;
};
struct ProvisionPage {
  std::vector<ProvisionLine> lines;  // oldest first
  std::string next_mark;             // "" at the end
};
struct ProvisionQuery {
  UnixSeconds from;  // inclusive
  UnixSeconds to;    // exclusive
  model::Language language = model::Language::kEnglish;
  std::string mark;  // of the page before
  std::size_t rows = 50;
};
// Leaves an entry.
//   errors   kNotAllowed; kBadRequest: from not before to
StatusOr<ProvisionPage> ListProvisions(ServiceContext& context, const Call& call,
                                       const ProvisionQuery& query);
// act "read".
StatusOr<std::vector<ProvisionLine>> ReadOwnProvisions(ServiceContext& context, const Call& call,
                                                       const PersonAct& act,
                                                       model::Language language);
// The lines about this person, oldest first.
StatusOr<std::vector<ProvisionLine>> LoadProvisions(ServiceContext& context,
                                                    const LoadedPerson& person,
                                                    model::Language language);

}  // namespace noren::operations
