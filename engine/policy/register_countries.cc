// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/register_countries.h"

#include <algorithm>

#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/storage.h"

namespace noren::policy {
namespace {

bool IsAtHome(const Policy& policy, std::string_view country) {
  const Entry* storage = policy.statement->One("storage");
  const bool is_domestic = storage != nullptr && storage->Holds("domestic", country);
  return is_domestic || (!country.empty() && country == HomeCountry(policy));
}

// The last study of the country; null: nobody studied it.
const RegisteredStep* StudyOf(std::span<const RegisteredStep> steps, std::string_view country) {
  const RegisteredStep* last = nullptr;
  for (const RegisteredStep& one : steps) {
    if (one.kind == RegisterKind::kCountries && one.step == "studied" && one.subject == country)
      last = &one;
  }
  return last;
}

// As it would be, were the study of the measure's clause and the only one.
bool IsOver(const Policy& policy, const Entry& measure, const RegisteredStep& study,
            UnixSeconds now) {
  std::vector<RegisteredStep> alone = {study};
  alone[0].clauses = {ClauseOf(measure)};
  const auto rows = DueInRegisters(policy, alone, now, policy.statement->language);
  return !rows.ok() || std::ranges::any_of(*rows, [&](const DueRow& row) {
    return row.clause == ClauseOf(measure) && row.state == DueState::kOverdue;
  });
}

}  // namespace

Decision IsCountryStudied(const Policy& policy, std::span<const RegisteredStep> steps,
                          std::string_view country, UnixSeconds now) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  const Entry* measure = FirstMeasureOf(policy, RegisterKind::kCountries);
  if (const Entry* storage = policy.statement->One("storage")) basis.Rest(*storage, "regime");
  if (measure != nullptr) basis.Rest(*measure);
  if (IsAtHome(policy, country)) return basis.Allow();
  const RegisteredStep* study = StudyOf(steps, country);
  const bool is_current = study != nullptr && study->at <= now &&
                          (measure == nullptr || !IsOver(policy, *measure, *study, now));
  return is_current ? basis.Allow() : basis.Refuse(model::ErrorCode::kStorageCountry);
}

std::vector<CountryAnswer> AnswerOnCountries(const Policy& policy,
                                             std::span<const RegisteredStep> steps) {
  std::vector<CountryAnswer> answers;
  const Entry* storage = policy.statement == nullptr ? nullptr : policy.statement->One("storage");
  if (storage == nullptr) return answers;
  for (const std::string_view country : storage->Many("countries")) {
    if (IsAtHome(policy, country)) continue;
    CountryAnswer answer;
    answer.country = country;
    if (const RegisteredStep* study = StudyOf(steps, country)) {
      answer.name = study->Field("name");
      answer.outline = study->Field("outline");
      answer.studied = model::CivilDayAt(study->at, policy.utc_offset_seconds);
    }
    answers.push_back(std::move(answer));
  }
  return answers;
}

}  // namespace noren::policy
