// Plaintext that must be nowhere: in no stored value, payload, journal, message or error.
// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string_view>

#include "engine/model/errors.h"
#include "engine/operations/collect_release.h"
#include "engine/operations/company_keys.h"
#include "engine/operations/invite_candidates.h"
#include "engine/operations/person_acts.h"
#include "engine/operations/register_posting.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::Role;

// Plaintext that is put in, and must be found nowhere outside the sealed values.
constexpr std::string_view kContactCanary = "canary-contact@mail.example";
constexpr std::string_view kNameCanary = "CanaryNameOfAPerson";
constexpr std::string_view kTextCanary = "CanaryFreeTextOfAResume";
constexpr std::string_view kRefCanary = "canary-portal-reference";
constexpr std::string_view kReasonCanary = "CanaryReasonOfADownload";
constexpr std::string_view kCanaries[] = {kContactCanary, kNameCanary, kTextCanary, kRefCanary,
                                          kReasonCanary};

bool Contains(ByteSpan haystack, std::string_view needle) {
  return AsText(haystack).find(needle) != std::string_view::npos;
}

// Walks one person with canaries through registration, application, release and withdrawal.
class Canary : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 3; ++i) people_.push_back(service_.Register(i, /*with_key=*/true));
    TestPerson& canary = *people_[0];
    RegisterSeekerRequest request{service_.NextKey(), std::string(kRefCanary),     SomeProfile(0),
                                  std::nullopt,       std::string(kContactCanary), "en"};
    canary.key = primitives::SigningKey::Generate(service_.random());
    request.person_key = canary.key->verifying_key().bytes;
    const auto registered = RegisterSeeker(service_.context(), service_.portal(), request);
    ASSERT_OK(registered);
    canary.handle = registered->handle;
    canary.contact = std::string(kContactCanary);
    for (const auto& person : people_) {
      service_.PutItem(*person, model::ItemKind::kName, ToBytes(kNameCanary));
      service_.PutItem(*person, model::ItemKind::kResume, ToBytes(kTextCanary));
      service_.BecomeDiscoverable(*person);
    }
    service_.AddKey();
    posting_ = service_.RegisterPosting();
    service_.InviteAll(posting_);
    application_ = service_.Grant(canary, posting_);
    const auto release = CollectRelease(
        service_.context(), service_.company(),
        {service_.NextKey(), application_.candidate, "order", std::string(kReasonCanary)});
    ASSERT_OK(release);
    release_ = release->record.release;
    item_ = release->record.items.at(0);
  }
  void ExpectNoCanaryStored(storage::Store& store) {
    for (const storage::KeyValue& item : ContentOf(store)) {
      for (const std::string_view canary : kCanaries) {
        EXPECT_EQ(item.key.find(canary), std::string::npos) << item.key;
        EXPECT_FALSE(Contains(item.value, canary)) << item.key;
      }
    }
  }

  TestService service_;
  std::vector<std::unique_ptr<TestPerson>> people_;
  model::PostingId posting_;
  TestApplication application_;
  model::ReleaseId release_;
  personal_data::ReleasedItem item_;
};

TEST_F(Canary, IsInNoStoredKeyOrValueBeforeAndAfterWithdrawal) {
  ExpectNoCanaryStored(service_.data());
  ExpectNoCanaryStored(service_.tree());
  ASSERT_OK(service_.WithdrawConsent(application_));
  ExpectNoCanaryStored(service_.data());
}

TEST_F(Canary, IsInNoPayloadThatIsHandedOver) {
  const auto payload = ReadPayload(service_.context(), service_.company(), release_, item_.item, 0);
  ASSERT_OK(payload);
  EXPECT_FALSE(payload->empty());
  for (const std::string_view canary : kCanaries) EXPECT_FALSE(Contains(*payload, canary));
}

TEST_F(Canary, IsInNoJournaledActAndNoAuditEntry) {
  ASSERT_OK(service_.WithdrawConsent(application_));
  for (const storage::NarrowingAct& act : service_.journal().acts()) {
    for (const std::string_view canary : kCanaries) EXPECT_FALSE(Contains(act.payload, canary));
  }
  const audit::LogReader reader(service_.data(), kEmbeddedPartition);
  const auto entries = reader.ReadEntries(0, service_.pipeline().log_state().tree_size);
  ASSERT_OK(entries);
  for (const audit::StoredEntry& entry : *entries) {
    for (const std::string_view canary : kCanaries) EXPECT_FALSE(Contains(entry.entry, canary));
  }
}

// Refusals of calls that carry a person's text in every field that takes one.
TEST_F(Canary, IsInNoErrorText) {
  ServiceContext& context = service_.context();
  const std::string text(kTextCanary);
  RegisterSeekerRequest seeker{
      service_.NextKey(), std::string(129, 'x') + text, SomeProfile(1), std::nullopt, text, "en"};
  std::vector<Status> refusals = {RegisterSeeker(context, service_.portal(), seeker).status()};
  seeker.ref = "r";
  seeker.contact = text + std::string(254, 'x');
  refusals.push_back(RegisterSeeker(context, service_.portal(), seeker).status());
  seeker.contact = "a@mail.example";
  seeker.language = text;
  refusals.push_back(RegisterSeeker(context, service_.portal(), seeker).status());
  seeker.language = "en";
  seeker.idempotency_key = text + " with spaces";
  refusals.push_back(RegisterSeeker(context, service_.portal(), seeker).status());
  refusals.push_back(
      BeginItem(context, service_.portal(),
                {service_.NextKey(), people_[0]->handle, model::ItemKind::kResume, text, text})
          .status());
  refusals.push_back(
      RequestCode(context, service_.portal(), people_[0]->handle, "{\"x\":\"" + text + "\"}"));
  refusals.push_back(
      SetDiscoverable(context, service_.portal(), service_.NextKey(), {text, {}, text}).status());
  refusals.push_back(PrepareAct(context, service_.portal(), text, people_[0]->handle, {}).status());
  refusals.push_back(
      PrepareAct(context, service_.portal(), "withdraw", people_[0]->handle, {{"consent", text}})
          .status());
  refusals.push_back(AddCompanyKey(context, service_.company(), service_.NextKey(), text).status());
  refusals.push_back(CollectRelease(context, service_.company(),
                                    {service_.NextKey(), application_.candidate, text, "x"})
                         .status());
  refusals.push_back(InviteCandidates(context, service_.company(),
                                      {service_.NextKey(),
                                       posting_,
                                       text,
                                       1,
                                       {model::ItemKind::kResume},
                                       model::Purpose::kApplicationScreening,
                                       "Kim"})
                         .status());
  for (std::size_t i = 0; i < refusals.size(); ++i) {
    EXPECT_FALSE(refusals[i].ok()) << i;
    EXPECT_EQ(refusals[i].ToString().find(kTextCanary), std::string::npos) << i;
  }
}

// The person's channel gets codes and notices, not what others wrote.
TEST_F(Canary, IsInNoMessageButAsItsAddress) {
  for (const personal_data::OutboxMessage& message : service_.outbox().messages()) {
    for (const std::string_view canary : kCanaries) {
      EXPECT_EQ(message.text.find(canary), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace noren::operations
