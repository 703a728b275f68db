// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <set>

#include "engine/model/errors.h"
#include "tests/engine/policy/example.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using model::ItemKind;
using model::Language;
using model::Purpose;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::array kLanguages = {Language::kKorean, Language::kJapanese, Language::kEnglish};
constexpr std::array kItems = {ItemKind::kName, ItemKind::kPhone};

ReleaseNotice Notice() { return {"Hangang Care", Purpose::kInterviewContact, kItems, 45}; }

TEST(ReleaseNotice, SaysWhoWhyWhatHowLongAndThatOneMayRefuse) {
  const Policy policy = Example();
  for (const Language language : kLanguages) {
    ASSERT_OK_AND_ASSIGN(const std::string text, RenderReleaseNotice(policy, language, Notice()));
    EXPECT_THAT(text, AllOf(HasSubstr(policy.operator_name.In(language)), HasSubstr("Hangang Care"),
                            HasSubstr("45"), HasSubstr(policy.VersionText()),
                            HasSubstr(policy.notices.refusal.In(language))));
    EXPECT_THAT(text,
                HasSubstr(policy.FindPurpose(Purpose::kInterviewContact)->label.In(language)));
    for (const ItemKind kind : kItems) {
      EXPECT_THAT(text, HasSubstr(policy.FindItem(kind)->label.In(language)));
    }
    EXPECT_THAT(text, Not(HasSubstr("{")));
  }
}

TEST(ReleaseNotice, ARecipientCalledLikeAPlaceholderStaysText) {
  ReleaseNotice notice = Notice();
  notice.recipient = "{items} {days}";
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       RenderReleaseNotice(Example(), Language::kEnglish, notice));
  EXPECT_THAT(text, HasSubstr("Recipient: {items} {days}\n"));
}

TEST(ReleaseNotice, RefusesWhatThePolicyDoesNotAllow) {
  const Policy policy = Example();
  constexpr std::array kResume = {ItemKind::kResume};
  ReleaseNotice notice = Notice();
  notice.items = kResume;
  EXPECT_EQ(model::CodeOf(RenderReleaseNotice(policy, Language::kEnglish, notice).status()),
            model::ErrorCode::kPolicyForbids);
  notice = Notice();
  notice.retention_days = 91;
  EXPECT_EQ(model::CodeOf(RenderReleaseNotice(policy, Language::kEnglish, notice).status()),
            model::ErrorCode::kPolicyForbids);
  notice = Notice();
  notice.recipient = "";
  EXPECT_EQ(model::CodeOf(RenderReleaseNotice(policy, Language::kEnglish, notice).status()),
            model::ErrorCode::kBadRequest);
  notice = Notice();
  notice.items = {};
  EXPECT_EQ(model::CodeOf(RenderReleaseNotice(policy, Language::kEnglish, notice).status()),
            model::ErrorCode::kBadRequest);
}

// Goal: what was promised cannot drift from what is recorded: any other recipient, purpose, item,
// day, language or policy has another digest.
TEST(NoticeDigest, ChangesWithEverythingTheNoticeSays) {
  const Policy policy = Example();
  std::set<Hash256> digests;
  const auto add = [&](const Policy& with, Language language, const ReleaseNotice& notice) {
    const StatusOr<std::string> text = RenderReleaseNotice(with, language, notice);
    ASSERT_OK(text);
    EXPECT_TRUE(digests.insert(NoticeDigest(*text)).second);
  };
  for (const Language language : kLanguages) add(policy, language, Notice());
  ReleaseNotice notice = Notice();
  notice.recipient = "Hangang Car";
  add(policy, Language::kEnglish, notice);
  notice = Notice();
  notice.purpose = Purpose::kOfferPreparation;
  add(policy, Language::kEnglish, notice);
  notice = Notice();
  notice.items = std::span(kItems).first(1);
  add(policy, Language::kEnglish, notice);
  notice = Notice();
  notice.retention_days = 44;
  add(policy, Language::kEnglish, notice);
  Policy other = policy;
  other.digest[0] ^= 1;
  add(other, Language::kEnglish, Notice());
}

TEST(DiscoverabilityNotice, SaysTheClassAndK) {
  const Policy policy = Example();
  for (const Language language : kLanguages) {
    ASSERT_OK_AND_ASSIGN(const std::string text,
                         RenderDiscoverabilityNotice(policy, language, "all"));
    EXPECT_THAT(text, AllOf(HasSubstr(policy.FindRecipientClass("all")->label.In(language)),
                            HasSubstr("3"), HasSubstr(policy.notices.refusal.In(language))));
    EXPECT_THAT(text, Not(HasSubstr("{")));
  }
  EXPECT_EQ(model::CodeOf(RenderDiscoverabilityNotice(policy, Language::kEnglish, "some").status()),
            model::ErrorCode::kPolicyForbids);
}

TEST(PublicNotice, HoldsEveryItemPurposeRuleAndClauseInEveryLanguage) {
  const Policy policy = Example();
  for (const Language language : kLanguages) {
    const std::string page = RenderPublicNotice(policy, language);
    for (const auto& item : policy.items) EXPECT_THAT(page, HasSubstr(item.label.In(language)));
    for (const auto& rule : policy.purposes) EXPECT_THAT(page, HasSubstr(rule.label.In(language)));
    for (const auto& field : policy.forbidden) {
      EXPECT_THAT(page, HasSubstr(field.rule.In(language)));
    }
    for (const auto& clause : policy.clauses)
      EXPECT_THAT(page, HasSubstr(clause.text.In(language)));
    for (const auto& one : policy.processors) EXPECT_THAT(page, HasSubstr(one.name));
    EXPECT_THAT(page, HasSubstr(policy.VersionText()));
  }
}

TEST(PublicNotice, SaysWhoHoldsTheKeysWhenThePolicyDoes) {
  Policy policy = Example();
  EXPECT_THAT(RenderPublicNotice(policy, Language::kEnglish), Not(HasSubstr("the keys")));
  policy.custody = {.is_stated = true, .allowed = {false, true}};
  for (const Language language : kLanguages) {
    const std::string person_only = RenderPublicNotice(policy, language);
    policy.custody.allowed = {true, true};
    EXPECT_GT(RenderPublicNotice(policy, language).size(), person_only.size());
    policy.custody.allowed = {false, true};
  }
  const std::string page = RenderPublicNotice(policy, Language::kEnglish);
  EXPECT_THAT(page, HasSubstr("Only the person can open the items"));
  EXPECT_THAT(page, Not(HasSubstr("The operator encrypts")));
}

TEST(PublicNotice, AnInventedPolicySaysSo) {
  Policy policy = Example();
  EXPECT_THAT(RenderPublicNotice(policy, Language::kEnglish), HasSubstr("invented example"));
  policy.invented = false;
  EXPECT_THAT(RenderPublicNotice(policy, Language::kEnglish), Not(HasSubstr("invented example")));
}

}  // namespace
}  // namespace noren::policy
