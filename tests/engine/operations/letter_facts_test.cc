// By what a letter names somebody: written alike is the same token, and nothing of it is kept.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/letter_facts.h"

#include <gmock/gmock.h>

#include "engine/operations/destroy_person.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/rights_requests.h"
#include "engine/operations/scan.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;

model::CivilDay Day(std::string_view text) { return model::ParseCivilDay(text).value(); }

LetterFacts Facts(std::string address = "横浜市中区架空町1丁目2番3号") {
  return {"架空 花子", Day("1990-02-28"), "231-0005", std::move(address)};
}

// kyodo-kanagawa looks letters up in its registry (K-65).
struct LetterScene {
  LetterScene()
      : policy(policy::OperatorPolicy("kyodo-kanagawa")), service(1, {1767225600}, &policy) {
    person = service.Register(1);
  }
  Hash256 TokenOf(const LetterFacts& facts) {
    const auto token = LetterToken(service.context(), facts);
    EXPECT_OK(token);
    return token.ok() ? *token : Hash256{};
  }
  Status State(const LetterFacts& facts) {
    return StateLetterFacts(service.context(), service.portal(),
                            {service.NextKey(), person->handle, facts})
        .status();
  }
  std::size_t Pointers() {
    const auto rows = ScanAll(service.context(), std::string(keyspaces::kLetter));
    EXPECT_OK(rows);
    return rows->size();
  }

  policy::Policy policy;
  TestService service;
  std::unique_ptr<TestPerson> person;
};

TEST(LetterFacts, WrittenAlikeAreTheSameToken) {
  LetterScene scene;
  const Hash256 token = scene.TokenOf(Facts());
  for (const char* address :
       {"横浜市中区架空町1-2-3", "横浜市中区 架空町１－２－３", "横浜市中区架空町1丁目2番地3",
        "横浜市中区架空町1丁目2の3", "横浜市中区架空町1‐2−3号"})
    EXPECT_EQ(scene.TokenOf(Facts(address)), token) << address;
  LetterFacts other = Facts();
  other.postal_code = "〒２３１ ０００５";
  other.name = "架空花子";
  EXPECT_EQ(scene.TokenOf(other), token);
}

TEST(LetterFacts, ThatDifferAreAnotherToken) {
  LetterScene scene;
  const Hash256 token = scene.TokenOf(Facts());
  LetterFacts name = Facts(), born = Facts(), postal = Facts();
  name.name = "架空 華子";
  born.born = Day("1990-03-01");
  postal.postal_code = "231-0006";
  for (const LetterFacts& other :
       {name, born, postal, Facts("横浜市中区架空町12-3"), Facts("横浜市中区架空町1-2"),
        Facts("横浜市中区架空町1-2-31"), Facts("横浜市西区架空町1-2-3")})
    EXPECT_NE(scene.TokenOf(other), token) << other.address;
}

TEST(LetterFacts, ThatAreNoneAreRefusedByFieldWithoutAWordOfThem) {
  LetterScene scene;
  LetterFacts name = Facts(), postal = Facts(), later = Facts();
  name.name = " ";
  postal.postal_code = "12";
  later.born = Day("2099-01-01");
  for (const auto& [facts, field] :
       {std::pair{name, "facts.name"}, std::pair{postal, "facts.postal_code"},
        std::pair{later, "facts.born"}, std::pair{Facts(std::string(501, 'x')), "facts.address"}}) {
    const Status refused = scene.State(facts);
    EXPECT_EQ(CodeOf(refused), ErrorCode::kBadRequest) << field;
    EXPECT_EQ(model::FieldOf(refused), field);
  }
  EXPECT_EQ(scene.Pointers(), 0u);
}

TEST(LetterFacts, ReplaceWhatWasStatedBeforeAndGoWithThePerson) {
  LetterScene scene;
  ASSERT_OK(scene.State(Facts()));
  ASSERT_OK(scene.State(Facts("横浜市中区架空町9-9-9")));
  EXPECT_EQ(scene.Pointers(), 1u);
  ASSERT_OK(DestroyPerson(scene.service.context(), scene.service.officer(),
                          {scene.service.NextKey(), scene.service.AskForErasure(*scene.person),
                           "asked by the person"}));
  EXPECT_EQ(scene.Pointers(), 0u);
}

TEST(LetterFacts, SaidAgainWithTheSameKeyAreAnsweredFromTheRecord) {
  LetterScene scene;
  const StateLetterFactsRequest request{"again", scene.person->handle, Facts()};
  const auto first = StateLetterFacts(scene.service.context(), scene.service.portal(), request);
  const auto second = StateLetterFacts(scene.service.context(), scene.service.portal(), request);
  ASSERT_OK(first);
  ASSERT_OK(second);
  EXPECT_EQ(first->sequence, second->sequence);
  const auto other = StateLetterFacts(scene.service.context(), scene.service.portal(),
                                      {"again", scene.person->handle, Facts("elsewhere 1")});
  EXPECT_EQ(CodeOf(other.status()), ErrorCode::kConflict);
}

}  // namespace
}  // namespace noren::operations
