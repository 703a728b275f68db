// What companies do in a year: they advertise, ask, collect, and acknowledge what they owe.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/duties.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/rank.h"
#include "engine/operations/register_company.h"
#include "engine/operations/register_posting.h"
#include "tests/support/status_matchers.h"
#include "tests/year/year.h"

namespace noren::year {
namespace {

using model::ItemKind;
using operations::EventKind;

constexpr const char* kCompanies[] = {"hangang-care", "sumida-works", "halla-foods", "ishikari-it"};
constexpr std::size_t kCards = 100, kCardsAsked = 6;
constexpr std::int32_t kAskedPerCard = 3, kRanked = 20;

}  // namespace

// Invented; each is verified by the officer, and again where a new version has other classes.
void Year::BeginCompanies() {
  std::vector<std::string> classes;
  for (const policy::RecipientClass& one : rules().recipient_classes) {
    if (one.members == policy::ClassMembers::kRegistered) classes.push_back(one.id);
  }
  for (std::size_t i = 0; i < std::size(kCompanies); ++i) {
    const std::string name = kCompanies[i];
    Ok(operations::RegisterCompany(context(), officer(), service_->NextKey(),
                                   {name,
                                    name + " (invented)",
                                    "1, Invented Road",
                                    "Park Haneul (invented)",
                                    "kr-corporation:110111000000" + std::to_string(i),
                                    {},
                                    classes})
           .status(),
       "verify a company");
    if (version_ == 0) service_->AddKey(name);
  }
}

void Year::Advertise(const std::string& company) {
  const auto posting = operations::RegisterPosting(
      context(), service_->portal(), {service_->NextKey(), operations::SomePosting(company)});
  if (!Ok(posting.status(), "post")) return;
  Count(
      operations::RankCandidates(context(), service_->portal(), posting->posting, kRanked).status(),
      "rank people");
  const auto page =
      operations::ListCards(context(), service_->company(company), posting->posting, 0, kCards);
  if (!Count(page.status(), "show cards")) return;
  const std::size_t asked =
      std::min(page->cards.size(), kCardsAsked * static_cast<std::size_t>(std::min(Times(), 3)));
  for (std::size_t i = 0; i < asked; ++i) {
    operations::InviteRequest request{service_->NextKey(),
                                      posting->posting,
                                      page->cards[i].card,
                                      kAskedPerCard,
                                      {ItemKind::kResume, ItemKind::kName},
                                      model::Purpose::kApplicationScreening};
    Count(operations::InviteCandidates(context(), service_->company(company),
                                       service_->Decided(std::move(request), company))
              .status(),
          "invite");
  }
}

// Whoever said yes since is collected; once more where the first has been read.
void Year::CollectFor(const std::string& company) {
  const operations::Call call = service_->company(company);
  std::uint64_t after = 0;
  for (bool more = true; more;) {
    const auto page = operations::ReadEvents(context(), call, after, operations::kMaxEventRows);
    ASSERT_OK(page);
    for (const operations::PositionedEvent& positioned : page->events) {
      after = positioned.position;
      const operations::Event& event = positioned.event;
      if (event.kind != EventKind::kAnswer || event.subject.empty()) continue;
      const auto candidate = model::CandidateRef::Parse(event.subject);
      ASSERT_OK(candidate);
      applicants_[company].push_back(*candidate);
    }
    more = page->more;
  }
  if (after != 0) {
    EXPECT_OK(operations::AcknowledgeEvents(context(), call, service_->NextKey(), after));
  }
  for (const model::CandidateRef& candidate : applicants_[company]) {
    Count(operations::CollectRelease(context(), service_->company(company),
                                     {service_->NextKey(), candidate, service_->NextKey(), "",
                                      personal_data::DownloadReason::kScreening})
              .status(),
          "release");
  }
  applicants_[company].clear();
}

void Year::AcknowledgeDuties(const std::string& company) {
  const auto duties =
      operations::ListDuties(context(), service_->company(company), operations::DutyFilter::kAll);
  ASSERT_OK(duties);
  for (const operations::Duty& duty : *duties) {
    const auto state = operations::StateOf(duty, context().time.Now());
    if (state == operations::DutyState::kAcknowledged) continue;
    if (state == operations::DutyState::kOverdue) ++counts_["a duty acknowledged late"];
    const std::string statement = operations::StatementOf(duty);
    const std::string message = std::string(personal_data::kDutySignaturePrefix) + statement;
    const primitives::Signature signature = service_->SignerOf(company).Sign(AsBytes(message));
    Ok(operations::AcknowledgeDuty(
           context(), service_->company(company),
           {service_->NextKey(), duty.duty, statement, Bytes(signature.begin(), signature.end())})
           .status(),
       "acknowledge a duty");
  }
}

// Each advertises once in eight weeks and looks twice a week at who has applied.
void Year::CompaniesAct() {
  if (!InYear() || people_.empty()) return;
  const auto day = static_cast<std::size_t>(today_.days_since_1970 - first_day_.days_since_1970);
  for (std::size_t i = 0; i < std::size(kCompanies); ++i) {
    if (day % 56 == i * 14 + 1) Advertise(kCompanies[i]);
    if (day % 7 == 2 || day % 7 == 4) CollectFor(kCompanies[i]);
    if (day % 28 == i * 7 + 3) AcknowledgeDuties(kCompanies[i]);
  }
}

}  // namespace noren::year
