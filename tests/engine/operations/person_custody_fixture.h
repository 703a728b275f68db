// A market of people under person custody, and the acts that tests change before they are sent.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/agefile/agefile.h"
#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/held_items.h"
#include "tests/engine/operations/person_client.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {

using model::ErrorCode;
using model::FieldOf;
using model::ItemKind;
using personal_data::ItemHeader;

inline ErrorCode CodeOf(const Status& status) { return model::CodeOf(status); }
template <typename T>
ErrorCode CodeOf(const StatusOr<T>& result) {
  return model::CodeOf(result.status());
}

inline constexpr std::size_t kResumeBytes = 150'000;  // three chunks

// Six people under person custody who look alike, each with a resume and a name, and one under
// operator custody; one posting of a company with two keys.
class PersonCustody : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 6; ++i) {
      people_.push_back(std::make_unique<PersonClient>(service_, i));
      PersonClient& client = *people_.back();
      resumes_.push_back(SomeBytes(static_cast<std::uint64_t>(100 + i), kResumeBytes));
      items_.push_back(client.PutItem(ItemKind::kResume, resumes_.back()));
      client.PutItem(ItemKind::kName, ToBytes("Seo Yeon"));
      service_.BecomeDiscoverable(client.person());
    }
    served_ = service_.Register(50, /*with_key=*/true);
    service_.PutItem(*served_, ItemKind::kResume, SomeBytes(1, 1000));
    service_.BecomeDiscoverable(*served_);
    posting_ = service_.RegisterPosting();
    first_.emplace(service_.AddKey());
    second_.emplace(service_.AddKey());
    service_.InviteAll(posting_);
  }
  ServiceContext& context() { return service_.context(); }
  PersonClient& client(std::size_t who = 0) { return *people_[who]; }

  StatusOr<ActResult> Answer(const PersonAct& act) {
    return AnswerInvitation(context(), service_.portal(), service_.NextKey(), act);
  }
  StatusOr<ActResult> Rewrap(const PersonAct& act) {
    return RewrapConsent(context(), service_.portal(), service_.NextKey(), act);
  }
  StatusOr<CollectedRelease> Collect(const TestApplication& application,
                                     const std::string& order = "order-1",
                                     const std::string& company = "hangang-care") {
    return CollectRelease(context(), service_.company(company),
                          {service_.NextKey(), application.candidate, order, "first interview"});
  }
  // The company's copy of the resume, opened with this identity.
  StatusOr<Bytes> Open(const CollectedRelease& release, const agefile::Identity& identity,
                       const std::string& company = "hangang-care") {
    for (const personal_data::ReleasedItem& item : release.record.items) {
      if (item.kind != ItemKind::kResume) continue;
      Bytes file = item.header;
      for (std::uint64_t offset = 0;;) {
        NOREN_ASSIGN_OR_RETURN(const Bytes piece,
                               ReadPayload(context(), service_.company(company),
                                           release.record.release, item.item, offset));
        if (piece.empty()) break;
        offset += piece.size();
        file.insert(file.end(), piece.begin(), piece.end());
      }
      return agefile::DecryptFile(file, identity);
    }
    return NotFound("resume");
  }
  // A grant as it should be, changed before it is sent.
  ErrorCode GrantWith(const std::function<void(PersonAct&)>& change) {
    const auto invitation = client().InvitationTo(posting_);
    PersonAct act = client().GrantAct(
        invitation, client().Wrap(invitation.items, invitation.company_recipients));
    change(act);
    return CodeOf(Answer(act));
  }
  // A grant with these headers, signed by the person with their digests.
  ErrorCode GrantSigned(std::vector<ItemHeader> headers) {
    return CodeOf(Answer(client().GrantAct(client().InvitationTo(posting_), std::move(headers))));
  }
  std::vector<ItemHeader> GoodHeaders() {
    const auto invitation = client().InvitationTo(posting_);
    return client().Wrap(invitation.items, invitation.company_recipients);
  }
  void ExpectNothingGranted() {
    const auto applicants = ListApplicants(context(), service_.company(), posting_);
    ASSERT_OK(applicants);
    EXPECT_TRUE(applicants->empty());
  }

  TestService service_;
  std::vector<std::unique_ptr<PersonClient>> people_;
  std::vector<Bytes> resumes_;
  std::vector<model::ItemId> items_;
  std::unique_ptr<TestPerson> served_;  // one under operator custody among them
  model::PostingId posting_;
  std::optional<agefile::Identity> first_, second_;
};

}  // namespace noren::operations
