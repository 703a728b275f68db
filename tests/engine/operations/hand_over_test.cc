// Hand-overs of named people: each by what is on record of them on the day, everybody or nobody.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/hand_over.h"

#include <gmock/gmock.h>

#include <fstream>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/public_notice.h"
#include "engine/operations/register_seeker.h"
#include "engine/operations/registers.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/engine/personal_data/samples.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

// Two people under kyodo-kanagawa, at noon of 1 June 2025, and an entry that asks for partner A.
struct HandOverScene {
  HandOverScene()
      : policy(policy::OperatorPolicy("kyodo-kanagawa")), service(1, {1748746800}, &policy) {
    for (const char* ref : {"ref-1", "ref-2"}) {
      RegisterSeekerRequest request;
      request.idempotency_key = service.NextKey();
      request.ref = ref;
      request.profile = SomeProfile(0);
      request.contact = std::string(ref) + "@mail.example";
      request.language = "ja";
      request.notice = PublicNoticeOf(policy);
      const auto registered = RegisterSeeker(service.context(), service.portal(), request);
      EXPECT_OK(registered);
      if (registered.ok()) handles.push_back(registered->handle);
    }
    Ask("partner A");
  }
  NamedPerson Named(std::size_t i) const { return {"first-portal", handles.at(i)}; }
  void Ask(const std::string& partner) {
    AddRegisterEntryRequest request;
    request.idempotency_key = service.NextKey();
    request.kind = policy::RegisterKind::kHandOvers;
    request.step = "asked";
    request.at = service.clock().Now();
    request.subject = partner;
    request.fields = {{"ground", "PARTNER_PERMISSION"},
                      {"recipient_kind", "業務提携先職業紹介所"},
                      {"people", "seeker"},
                      {"items", std::string(kItem)},
                      {"purpose", "職業紹介"},
                      {"means", "暗号化した電子データの送付"},
                      {"consent_record", "permissions"}};
    EXPECT_OK(AddRegisterEntry(service.context(), service.officer(), request));
  }
  PermitPartnerRequest Permission(std::size_t i, const std::string& partner) {
    return {service.NextKey(),
            Named(i),
            partner,
            {std::string(kItem)},
            model::ParseCivilDay("2025-06-01").value(),
            std::nullopt};
  }
  Status Permit(std::size_t i, const std::string& partner) {
    return PermitPartner(service.context(), service.portal(), Permission(i, partner)).status();
  }
  HandOverRequest Of(std::uint64_t entry, const std::vector<std::size_t>& people) {
    HandOverRequest request{service.NextKey(), entry, {}};
    for (const std::size_t i : people) request.people.push_back({Named(i), std::nullopt});
    return request;
  }
  StatusOr<HandedOver> Hand(const HandOverRequest& request) {
    return HandOver(service.context(), service.officer(), request);
  }
  std::size_t RecordsOf(std::size_t i) {
    const auto person = LoadPersonByHandle(service.context(), "first-portal", handles.at(i));
    EXPECT_OK(person);
    const auto records = LoadHandOvers(service.context(), *person);
    EXPECT_OK(records);
    return records.ok() ? records->size() : 99;
  }

  static constexpr std::string_view kItem = "求職者の項目一覧";
  policy::Policy policy;
  TestService service;
  std::vector<model::SeekerHandle> handles;
};

TEST(HandOver, IsOfEverybodyOrOfNobody) {
  HandOverScene scene;
  ASSERT_OK(scene.Permit(0, "partner A"));
  EXPECT_EQ(CodeOf(scene.Hand(scene.Of(1, {0, 1})).status()), ErrorCode::kConsentScope);
  EXPECT_EQ(scene.RecordsOf(0), 0U);
  ASSERT_OK(scene.Permit(1, "partner A"));
  const HandOverRequest both = scene.Of(1, {0, 1});
  const auto handed = scene.Hand(both);
  ASSERT_OK(handed);
  EXPECT_EQ(handed->entry, 2U);
  EXPECT_EQ(model::ToIso(handed->day), "2025-06-01");
  EXPECT_EQ(scene.RecordsOf(0), 1U);
  EXPECT_EQ(scene.RecordsOf(1), 1U);
  const auto again = scene.Hand(both);
  ASSERT_OK(again) << "the same request once more";
  EXPECT_EQ(again->entry, 2U);
  EXPECT_EQ(scene.RecordsOf(0), 1U);
  EXPECT_EQ(CodeOf(scene.Hand(scene.Of(1, {0})).status()), ErrorCode::kStateConflict)
      << "provided already";
}

TEST(HandOver, APermissionToOnePartnerIsNoneToAnother) {
  HandOverScene scene;
  scene.Ask("partner B");
  ASSERT_OK(scene.Permit(0, "partner A"));
  EXPECT_EQ(CodeOf(scene.Hand(scene.Of(2, {0})).status()), ErrorCode::kConsentScope);
  const auto refused = scene.service.Entries().back();
  EXPECT_EQ(refused.operation, audit::Operation::kHandOver);
  EXPECT_EQ(refused.outcome, ErrorCode::kConsentScope);
  EXPECT_THAT(refused.clause_ids, testing::Contains("K-9"));
  ASSERT_OK(scene.Permit(0, "partner B"));
  EXPECT_OK(scene.Hand(scene.Of(2, {0})));
}

TEST(HandOver, APermissionEndsWithItsLastDay) {
  HandOverScene scene;
  PermitPartnerRequest ends = scene.Permission(0, "partner A");
  ends.last_day = ends.first_day;
  ASSERT_OK(PermitPartner(scene.service.context(), scene.service.portal(), ends));
  scene.service.clock().AdvanceSeconds(86400);
  EXPECT_EQ(CodeOf(scene.Hand(scene.Of(1, {0})).status()), ErrorCode::kConsentScope);
}

TEST(HandOver, WhatIsMalformedIsRefusedByName) {
  HandOverScene scene;
  ASSERT_OK(scene.Permit(0, "partner A"));
  EXPECT_EQ(CodeOf(scene.Hand(scene.Of(1, {})).status()), ErrorCode::kMissingField);
  EXPECT_EQ(CodeOf(scene.Hand(scene.Of(1, {0, 0})).status()), ErrorCode::kDuplicateValue);
  EXPECT_EQ(CodeOf(scene.Hand(scene.Of(0, {0})).status()), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(scene.Hand(scene.Of(9, {0})).status()), ErrorCode::kNotFound);
  HandOverRequest stranger = scene.Of(1, {0});
  stranger.people[0].person.portal = "second-portal";
  EXPECT_EQ(CodeOf(scene.Hand(stranger).status()), ErrorCode::kNotFound);
  HandOverRequest born = scene.Of(1, {0});
  born.people[0].born = model::ParseCivilDay("2000-02-29").value();
  EXPECT_EQ(CodeOf(scene.Hand(born).status()), ErrorCode::kBadRequest) << "no age is asked for";
  HandOverRequest many = scene.Of(1, {});
  many.people.resize(kMaxHandedOver + 1, {scene.Named(0), std::nullopt});
  EXPECT_EQ(CodeOf(scene.Hand(many).status()), ErrorCode::kTooLarge);
  EXPECT_EQ(scene.RecordsOf(0), 0U);
}

TEST(HandOver, IsTheOfficersAndPermissionsAreOfThePortalsOwnPeople) {
  HandOverScene scene;
  ServiceContext& context = scene.service.context();
  EXPECT_EQ(CodeOf(HandOver(context, scene.service.portal(), scene.Of(1, {0})).status()),
            ErrorCode::kNotAllowed);
  EXPECT_EQ(CodeOf(HandOver(context, scene.service.company(), scene.Of(1, {0})).status()),
            ErrorCode::kNotAllowed);
  const PermitPartnerRequest request = scene.Permission(0, "partner A");
  EXPECT_EQ(CodeOf(PermitPartner(context, scene.service.portal("second-portal"), request).status()),
            ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(PermitPartner(context, scene.service.company(), request).status()),
            ErrorCode::kNotAllowed);
  PermitPartnerRequest nothing = request;
  nothing.items.clear();
  EXPECT_EQ(CodeOf(PermitPartner(context, scene.service.portal(), nothing).status()),
            ErrorCode::kBadRequest);
  PermitPartnerRequest unlisted = request;
  unlisted.items = {"本籍"};
  EXPECT_EQ(CodeOf(PermitPartner(context, scene.service.portal(), unlisted).status()),
            ErrorCode::kItemNotListed);
}

TEST(HandOver, ItsRecordsGoWithThePerson) {
  HandOverScene scene;
  ASSERT_OK(scene.Permit(0, "partner A"));
  ASSERT_OK(scene.Hand(scene.Of(1, {0})));
  const auto person = LoadPersonByHandle(scene.service.context(), "first-portal", scene.handles[0]);
  ASSERT_OK(person);
  personal_data::Staged staged;
  const auto kept = ScanAll(scene.service.context(), keyspaces::HandOverPrefix(person->person));
  ASSERT_OK(kept);
  ASSERT_EQ(kept->size(), 1U);
  EXPECT_OK(OpenHandOver(person->context(), (*kept)[0].key, (*kept)[0].value));
  const personal_data::PersonKeys other = personal_data::PersonKeysOf(0x12);
  EXPECT_EQ(
      CodeOf(OpenHandOver({person->person, other}, (*kept)[0].key, (*kept)[0].value).status()),
      ErrorCode::kDataCorrupt)
      << "without the person's key";
}

HandOverRecord SampleHandOver() {
  return {{1748746800}, {20240},         "city",    "city of x", "report",
          "paper",      {"name", "age"}, "student", 3,           "example 2026-1"};
}

TEST(HandOver, ReadsAndWritesItsGoldenFileAndRefusesEveryChange) {
  const personal_data::SamplePerson person(0x11);
  const std::string key = keyspaces::HandOverKey(person.id, 1748746800, Bytes(16, 7));
  SeededRandom random(5);
  const auto sealed = SealHandOver(person.context(), key, SampleHandOver(), random);
  ASSERT_OK(sealed);
  std::ifstream file(SourceFolder() + "/tests/golden/hand_over_v1.hex");
  std::string golden;
  file >> golden;
  EXPECT_EQ(HexEncode(*sealed), golden);
  const auto read = OpenHandOver(person.context(), key, *sealed);
  ASSERT_OK(read);
  EXPECT_EQ(*read, SampleHandOver());
  for (std::size_t i = 0; i < sealed->size(); ++i) {
    Bytes changed = *sealed;
    changed[i] ^= 1;
    EXPECT_EQ(CodeOf(OpenHandOver(person.context(), key, changed).status()),
              ErrorCode::kDataCorrupt)
        << i;
  }
}

}  // namespace
}  // namespace noren::operations
