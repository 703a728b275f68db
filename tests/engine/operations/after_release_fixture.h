// A service with people who applied: what the tests of everything after a release begin with.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/duties.h"
#include "engine/operations/events.h"
#include "engine/operations/human_decisions.h"
#include "engine/operations/person_acts.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {

class AfterRelease : public ::testing::Test {
 protected:
  static constexpr std::int64_t kDay = 86400;

  void SetUp() override {
    for (int i = 0; i < 4; ++i) {
      people_.push_back(service_.Register(i, /*with_key=*/true));
      items_.push_back(service_.PutItem(*people_.back(), model::ItemKind::kResume,
                                        SomeBytes(static_cast<std::uint64_t>(i), resume_bytes_)));
      service_.BecomeDiscoverable(*people_.back());
    }
    posting_ = service_.RegisterPosting();
    service_.AddKey();
    service_.InviteAll(posting_);
  }
  ServiceContext& context() { return service_.context(); }
  const personal_data::Pseudonyms& pseudonyms() { return context().pseudonyms; }

  TestApplication Apply(std::size_t who) { return service_.Grant(*people_[who], posting_); }
  StatusOr<CollectedRelease> Collect(
      const TestApplication& application, const std::string& order = "order-1",
      personal_data::DownloadReason reason = personal_data::DownloadReason::kScreening,
      const std::string& text = "") {
    return CollectRelease(context(), service_.company(),
                          {service_.NextKey(), application.candidate, order, text, reason});
  }
  StatusOr<Bytes> ReadChunk(const CollectedRelease& release, std::uint64_t offset) {
    return ReadPayload(context(), service_.company(), release.record.release,
                       release.record.items.at(0).item, offset);
  }
  // Takes effect with a restart, as a policy does.
  void SetReleaseRules(const policy::ReleaseRules& rules) {
    changed_policy_ = context().policy;
    changed_policy_->release = rules;
    service_.set_policy(&*changed_policy_);
    ASSERT_OK(service_.Restart());
  }
  void PassDays(std::int64_t days) { service_.clock().AdvanceSeconds(days * kDay); }

  PersonAct ReadAct(std::size_t who) {
    return service_.Prove(*people_[who], service_.Prepare(*people_[who], "read"));
  }
  std::vector<PositionedEvent> EventsOf(const Call& call, std::uint64_t after = 0) {
    const auto page = ReadEvents(context(), call, after, 200);
    EXPECT_OK(page);
    return page.ok() ? page->events : std::vector<PositionedEvent>();
  }
  // "answer:granted", "duty:withdrawal", ... in order.
  std::vector<std::string> Kinds(const Call& call, std::uint64_t after = 0) {
    std::vector<std::string> kinds;
    for (const PositionedEvent& one : EventsOf(call, after)) {
      std::string kind(EventKindName(one.event.kind));
      if (!one.event.detail.empty()) kind += ":" + one.event.detail;
      kinds.push_back(std::move(kind));
    }
    return kinds;
  }
  std::vector<Duty> Duties(const Call& call, DutyFilter filter = DutyFilter::kAll) {
    const auto duties = ListDuties(context(), call, filter);
    EXPECT_OK(duties);
    return duties.ok() ? *duties : std::vector<Duty>();
  }
  DutyAcknowledgement SignDuty(const Duty& duty, const std::string& company = "hangang-care") {
    const std::string statement = StatementOf(duty);
    const std::string message = std::string(personal_data::kDutySignaturePrefix) + statement;
    const primitives::Signature signature = service_.SignerOf(company).Sign(AsBytes(message));
    return {service_.NextKey(), duty.duty, statement, Bytes(signature.begin(), signature.end())};
  }

  std::size_t resume_bytes_ = 3000;
  std::optional<policy::Policy> changed_policy_;  // outlives the service
  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  std::vector<model::ItemId> items_;
  model::PostingId posting_;
};

}  // namespace noren::operations
