// SPDX-License-Identifier: Apache-2.0
#include "engine/matching/scoring/employment_type.h"

namespace noren::matching {
namespace {

Fit FitOf(model::EmploymentTypes asked, model::EmploymentTypes answer) {
  if (asked.empty()) return Fit::NotAsked();
  if (answer.empty()) return Fit::Missing();
  return Fit::Known(asked.Intersects(answer) ? kFullFit : 0);
}

}  // namespace

Fit EmploymentTypeFitForPosting(const PostingRow& posting, const SeekerRow& seeker) {
  return FitOf(posting.employment_types, seeker.employment_types);
}

Fit EmploymentTypeFitForPerson(const PostingRow& posting, const SeekerRow& seeker) {
  return FitOf(seeker.employment_types, posting.employment_types);
}

}  // namespace noren::matching
