// Who is kept by consent has given it, and it can be named.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/registration_consent.h"

#include <gmock/gmock.h>

#include "engine/operations/export_person.h"
#include "engine/operations/register_seeker.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/engine/operations/whole_only.h"
#include "tests/engine/personal_data/dated_sample.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using ::testing::Contains;
using ::testing::StartsWith;

// gojobs keeps its members by consent (G-9), at noon of 1 June 2022 in Seoul.
struct ConsentScene {
  explicit ConsentScene(std::string_view name = "gojobs")
      : policy(policy::OperatorPolicy(name)), service(1, {1654052400}, &policy) {}
  StatusOr<RegisteredSeeker> Register(bool agrees) {
    RegisterSeekerRequest request{service.NextKey(),    "ref-1", SomeProfile(0), std::nullopt,
                                  "minji@mail.example", "ko"};
    request.agrees = agrees;
    return RegisterSeeker(service.context(), service.portal(), request);
  }
  std::optional<RegistrationConsent> Found(const RegisteredSeeker& seeker) {
    const auto person = LoadPersonByHandle(service.context(), "first-portal", seeker.handle);
    EXPECT_OK(person);
    const auto found = FindRegistrationConsent(service.context(), *person);
    EXPECT_OK(found);
    return found.ok() ? *found : std::nullopt;
  }

  policy::Policy policy;
  TestService service;
};

TEST(RegistrationConsent, IsReadWholeOrNotAtAll) {
  const RegistrationConsent consent{
      *model::ConsentId::Parse("consent-00112233445566778899aabbccddeeff"),
      Hash256{7},
      {1654052400}};
  const Bytes encoded = EncodeRegistrationConsent(consent);
  const auto decoded = DecodeRegistrationConsent(encoded);
  ASSERT_OK(decoded);
  EXPECT_EQ(*decoded, consent);
  ExpectWholeOnly(encoded, DecodeRegistrationConsent);
}

TEST(RegistrationConsent, WithoutItNobodyIsStoredWhoWouldBeKeptByIt) {
  ConsentScene scene;
  const auto refused = scene.Register(false);
  EXPECT_EQ(CodeOf(refused.status()), ErrorCode::kConsentAnew);
  const auto accepted = scene.Register(true);
  ASSERT_OK(accepted);
  EXPECT_THAT(accepted->consent, StartsWith("consent-"));
  const auto found = scene.Found(*accepted);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->consent.ToString(), accepted->consent);
  EXPECT_EQ(found->policy, scene.policy.digest);
}

TEST(RegistrationConsent, HoldsForLaterProfilesAndIsReplacedByALaterOne) {
  ConsentScene scene;
  const auto first = scene.Register(true);
  ASSERT_OK(first);
  const auto changed = scene.Register(false);
  ASSERT_OK(changed);
  EXPECT_EQ(changed->consent, "");
  EXPECT_EQ(scene.Found(*first)->consent.ToString(), first->consent);
  const auto renewed = scene.Register(true);
  ASSERT_OK(renewed);
  EXPECT_NE(renewed->consent, first->consent);
  EXPECT_EQ(scene.Found(*first)->consent.ToString(), renewed->consent);
}

TEST(RegistrationConsent, IsNotAskedForWhereTheNoticeNamesAnotherGroundOrNone) {
  ConsentScene scene("mapo");
  const auto registered = scene.Register(false);
  ASSERT_OK(registered);
  EXPECT_FALSE(scene.Found(*registered));
}

}  // namespace
}  // namespace noren::operations
