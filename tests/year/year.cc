// SPDX-License-Identifier: Apache-2.0
#include "tests/year/year.h"

#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/deadlines.h"
#include "engine/operations/maintenance.h"
#include "engine/operations/register_seeker.h"
#include "engine/policy/calendar/civil.h"
#include "engine/policy/calendar/working_days.h"
#include "engine/policy/due_day.h"
#include "engine/policy/loader.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/support/status_matchers.h"

namespace noren::year {
namespace {

constexpr std::int64_t kDaySeconds = 86400, kHourSeconds = 3600;
constexpr std::uint64_t kSeed = 23;

model::CivilDay Parsed(const std::string& text) { return model::ParseCivilDay(text).value(); }

UnixSeconds StartOf(model::CivilDay day, const policy::Policy& policy) {
  return {day.days_since_1970 * kDaySeconds - policy.utc_offset_seconds};
}

}  // namespace

Year::Year(const Plan& plan)
    : plan_(plan),
      begins_(Parsed(plan.begins)),
      first_day_(Parsed(plan.first_day)),
      last_day_(Parsed(plan.last_day)),
      today_(begins_) {
  for (const Version& version : plan_.versions) {
    auto policy =
        policy::ParsePolicy(model::ReadSourceFile("datasets/policies/" + version.file + ".toml"));
    EXPECT_OK(policy);
    if (policy.ok()) policies_.push_back(std::make_unique<policy::Policy>(*std::move(policy)));
  }
  const policy::Policy& first = *policies_.at(0);
  service_ = std::make_unique<operations::TestService>(
      kSeed, UnixSeconds{StartOf(begins_, first).value + 9 * kHourSeconds}, &first);
}

bool Year::IsWorkingDay(model::CivilDay day) const {
  const auto days = policy::WorkingDaysOf(*policies_.at(version_));
  EXPECT_OK(days);
  const auto off = days.value()->WhyOff(day);
  EXPECT_OK(off);
  return off.ok() && !off->has_value();
}

void Year::SetHour(int hour) {
  service_->clock().Set(UnixSeconds{StartOf(today_, rules()).value + hour * kHourSeconds});
}

// As after a start with the new file.
void Year::TakeVersionOf(model::CivilDay day) {
  const std::size_t next = version_ + 1;
  if (next >= plan_.versions.size() || day < Parsed(plan_.versions[next].from)) return;
  version_ = next;
  service_->set_policy(policies_.at(next).get());
  ASSERT_OK(service_->Restart());
  ++counts_["a next version of the policy"];
  BeginCompanies();
}

bool Year::Ok(const Status& status, const std::string& what) {
  if (!status.ok()) {
    ADD_FAILURE() << plan_.name << " " << model::ToIso(today_) << " " << what << ": " << status;
    return false;
  }
  ++counts_[what];
  return true;
}

bool Year::Count(const Status& status, const std::string& what) {
  if (status.ok()) {
    ++counts_[what];
    return true;
  }
  const std::string detail = model::DetailOf(status);
  std::string code(model::RowOf(model::CodeOf(status)).name);
  if (detail.starts_with("E_")) code = detail.substr(0, detail.find(' '));
  ++counts_[what + ": refused " + code];
  return false;
}

Somebody* Year::OfHandle(const std::string& handle) {
  const auto found = by_handle_.find(handle);
  return found == by_handle_.end() ? nullptr : &At(found->second);
}

operations::NamedPerson Year::NamedOf(const Somebody& one) const {
  return {"first-portal", one.known.handle};
}

void Year::BeGone(Somebody& one) {
  const auto there = operations::GetSeeker(context(), service_->portal(), one.known.handle);
  EXPECT_EQ(model::CodeOf(there.status()), model::ErrorCode::kNotFound)
      << "destroyed, and still there";
  one.gone = true;
  one.gone_on = today_;
  one.consents.clear();
}

void Year::LookWhoIsGone(const std::vector<operations::NamedPerson>& named) {
  for (const operations::NamedPerson& one : named) {
    Somebody* const somebody = OfHandle(one.handle.ToString());
    ASSERT_NE(somebody, nullptr);
    if (!somebody->gone) BeGone(*somebody);
  }
}

void Year::LiveDay(model::CivilDay day) {
  today_ = day;
  SetHour(9);
  TakeVersionOf(day);
  const bool works = IsWorkingDay(day) || !InYear();
  Arrivals();
  PeopleAct();
  RequestsComeIn();
  SetHour(11);
  if (works) CompaniesAct();
  SetHour(13);
  ReadPortalEvents();
  SetHour(14);
  if (works) {
    WorkOnRequests();
    CarryOutErasures();
    KeepBooks();
  }
  SetHour(16);
  KeepTime();
  const bool gives_up =
      plan_.ends_with_a_file && today_ == policy::calendar::AddDays(last_day_, -1);
  if (gives_up) GiveUpOneFile();
  // What the daemon does by itself.
  SetHour(23);
  EXPECT_OK(operations::PassDeadlines(context()));
  EXPECT_OK(settler_.All(context()));
  EXPECT_OK(operations::SweepNonces(context()));
}

void Year::Live() {
  BeginCompanies();
  BeginBooks();
  for (model::CivilDay day = begins_; day < first_day_;
       day = policy::calendar::AddDays(day, plan_.steps_of_days)) {
    LiveDay(day);
    if (::testing::Test::HasFatalFailure()) return;
  }
  std::uint64_t days = 0;
  for (model::CivilDay day = first_day_; !(last_day_ < day);
       day = policy::calendar::AddDays(day, 1), ++days) {
    LiveDay(day);
    if (::testing::Test::HasFatalFailure()) return;
  }
  counts_["days of the year"] = days;
}

// Printed ids are "<prefix>-<32 hex digits>": each becomes its prefix and number.
std::string Year::Ordinals(const std::string& text) {
  constexpr std::size_t kDigits = 32;
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_hex(text[end])) ++end;
    const bool is_id = end - i == kDigits && i > 0 && text[i - 1] == '-';
    if (!is_id) {
      end = std::max(end, i + 1);
      result += text.substr(i, end - i);
      i = end;
      continue;
    }
    std::size_t begin = result.size() - 1;
    while (begin > 0 && result[begin - 1] >= 'a' && result[begin - 1] <= 'z') --begin;
    const std::string prefix = result.substr(begin, result.size() - 1 - begin);
    const std::string id = prefix + "-" + text.substr(i, kDigits);
    result.resize(begin);
    const Somebody* const somebody = OfHandle(id);
    if (somebody != nullptr) {
      result += "p" + std::to_string(somebody->number);
    } else {
      std::string& known = ordinals_[id];
      if (known.empty()) known = prefix + "-" + std::to_string(++ordinals_of_kind_[prefix]);
      result += known;
    }
    i = end;
  }
  return result;
}

}  // namespace noren::year
