// A whole service under the policy of one of the operators, and one application through it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/register_company.h"
#include "engine/policy/loader.h"
#include "tests/engine/model/taxonomies.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {

// 2027-02-01 00:00 UTC: every policy there is, the example of a next version too, is in force.
inline constexpr UnixSeconds kAllInForce{1801440000};

class OperatorTest : public testing::Test {
 protected:
  // The service starts anew under the policy; its data stay.
  void Use(const std::string& name) {
    auto& known = policies_[name];
    if (known == nullptr) {
      auto loaded =
          policy::ParsePolicy(model::ReadSourceFile("datasets/policies/" + name + ".toml"));
      ASSERT_OK(loaded);
      known = std::make_unique<policy::Policy>(std::move(*loaded));
    }
    UsePolicy(*known);
  }
  void UsePolicy(const policy::Policy& policy) {
    service_.Stop();
    service_.clock().Set(std::max(kAllInForce, service_.clock().Now()));
    service_.set_policy(&policy);
    ASSERT_OK(service_.Start());
  }

  ServiceContext& context() { return service_.context(); }
  Status Take(const TestPerson& person, model::ItemKind kind) {
    return BeginItem(context(), service_.portal(),
                     {service_.NextKey(), person.handle, kind, "application/pdf", "document.pdf"})
        .status();
  }

  // The last entry of the log that refuses something.
  audit::AuditEntry LastRefusal() {
    audit::AuditEntry last;
    for (const audit::AuditEntry& entry : service_.Entries()) {
      if (entry.decision == audit::Decision::kRefused) last = entry;
    }
    return last;
  }

  // Six people of whom the first is invited by the company and says yes.
  TestApplication Apply(const std::string& company = "hangang-care") {
    const auto& classes = context().policy.recipient_classes;
    std::vector<std::string> registered;
    for (const policy::RecipientClass& one : classes) {
      if (one.members == policy::ClassMembers::kRegistered) registered.push_back(one.id);
    }
    EXPECT_OK(RegisterCompany(context(), service_.officer(), service_.NextKey(),
                              {company,
                               "주식회사 한강돌봄(가상)",
                               "서울특별시 마포구 가상로 1",
                               "홍가상",
                               "kr-business:123-45-67891",
                               {},
                               registered}));
    keys_.push_back(service_.AddKey(company));
    for (int i = 0; i < 6; ++i) {
      people_.push_back(service_.Register(i));
      service_.PutItem(*people_.back(), model::ItemKind::kResume, SomeBytes(7, 900));
      service_.PutItem(*people_.back(), model::ItemKind::kName, SomeBytes(8, 9));
      service_.BecomeDiscoverable(*people_.back(), classes.at(0).id);
    }
    const model::PostingId posting = service_.RegisterPosting(company);
    service_.InviteAll(posting, company);
    return service_.Grant(*people_.front(), posting, company);
  }
  StatusOr<CollectedRelease> Collect(const TestApplication& application,
                                     const std::string& company = "hangang-care") {
    return CollectRelease(context(), service_.company(company),
                          {service_.NextKey(), application.candidate, service_.NextKey(), "",
                           personal_data::DownloadReason::kScreening});
  }

  TestService service_;
  std::map<std::string, std::unique_ptr<policy::Policy>> policies_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  std::vector<agefile::Identity> keys_;
};

}  // namespace noren::operations
