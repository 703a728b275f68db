// Whoever sets a form for a posting, reads it, answers it, and gets the answers.
// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/company_forms.h"

#include <gmock/gmock.h>

#include "engine/operations/destroy_person.h"
#include "engine/operations/form_ties.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/scan.h"
#include "tests/engine/operations/service_fixture.h"
#include "tests/engine/operations/whole_only.h"
#include "tests/engine/policy/operators.h"
#include "tests/support/status_matchers.h"

namespace noren::operations {
namespace {

using model::CodeOf;
using model::ErrorCode;
using model::FieldOf;

constexpr const char* kPosting = "posting-00112233445566778899aabbccddeeff";

// mapo has a file of answers to the forms of companies (M-10).
struct FormScene {
  explicit FormScene(std::string_view name = "mapo")
      : policy(policy::OperatorPolicy(name)), service(1, {1767225600}, &policy) {
    person = service.Register(1);
    posting = service.RegisterPosting();
  }
  StatusOr<PutForm> Put(std::vector<FormQuestion> questions) {
    return PutCompanyForm(service.context(), service.company(),
                          {service.NextKey(), posting, std::move(questions)});
  }
  Status Review(std::uint32_t version, bool publishes, std::string reason = "") {
    return ReviewCompanyForm(service.context(), service.officer(),
                             {service.NextKey(), posting, version, publishes, std::move(reason)})
        .status();
  }
  StatusOr<FinishedItem> Answer(std::uint32_t version, std::map<std::string, std::string> answers) {
    return AnswerCompanyForm(
        service.context(), service.portal(),
        {service.NextKey(), person->handle, posting, version, std::move(answers)});
  }
  std::size_t Ties() {
    const auto rows = ScanAll(service.context(), std::string(keyspaces::kFormAnswer));
    EXPECT_OK(rows);
    return rows->size();
  }

  policy::Policy policy;
  TestService service;
  std::unique_ptr<TestPerson> person;
  model::PostingId posting;
};

FormRecord SampleForm() {
  FormRecord form;
  form.posting = *model::PostingId::Parse(kPosting);
  form.version = 3;
  form.company = "hangang-care";
  form.state = FormState::kRefused;
  form.questions = {{"why", "Why here?", true}, {"when", "When can you begin?", false}};
  form.put_at = {1767225600};
  form.reviewed_at = {1767225700};
  form.reviewed_by = "officer kim";
  form.reason = "the second question is of no use";
  return form;
}

TEST(CompanyFormRecord, IsReadWholeOrNotAtAll) {
  const Bytes encoded = EncodeForm(SampleForm());
  const auto decoded = DecodeForm(encoded);
  ASSERT_OK(decoded);
  EXPECT_EQ(*decoded, SampleForm());
  ExpectWholeOnly(encoded, DecodeForm);
}

TEST(CompanyFormRecord, OfATieIsReadWholeOrNotAtAll) {
  const FormTie tie{*model::PostingId::Parse(kPosting), 7};
  const auto decoded = DecodeFormTie(EncodeFormTie(tie));
  ASSERT_OK(decoded);
  EXPECT_EQ(*decoded, tie);
  ExpectWholeOnly(EncodeFormTie(tie), DecodeFormTie);
}

TEST(CompanyForm, IsRefusedByTheNameOfWhatItAsks) {
  FormScene scene;
  const auto numbers =
      scene.Put({{"q1", "Why here?", false}, {"q2", "여권번호를 적으세요", false}});
  EXPECT_EQ(CodeOf(numbers.status()), ErrorCode::kBannedCategory);
  EXPECT_EQ(FieldOf(numbers.status()), "questions[1].label");
  EXPECT_EQ(CodeOf(scene.Put({{"q1", "Height", false}}).status()), ErrorCode::kBannedCategory)
      << "a short name is the whole label";
  EXPECT_EQ(CodeOf(scene.Put({{"q1", "M Y-number", false}}).status()), ErrorCode::kBannedCategory);
  EXPECT_OK(scene.Put({{"q1", "How old is the software you know best?", false}}));
}

TEST(CompanyForm, IsRefusedWhenItIsNotWellMade) {
  FormScene scene;
  const auto code = [&](std::vector<FormQuestion> questions) {
    return CodeOf(scene.Put(std::move(questions)).status());
  };
  EXPECT_EQ(code({}), ErrorCode::kBadRequest);
  EXPECT_EQ(code({{"a", "One", false}, {"a", "Two", false}}), ErrorCode::kBadRequest);
  EXPECT_EQ(code({{"A", "One", false}}), ErrorCode::kBadRequest);
  EXPECT_EQ(code({{"a", "", false}}), ErrorCode::kBadRequest);
  EXPECT_EQ(code({{"a", "\xff", false}}), ErrorCode::kBadRequest);
  EXPECT_EQ(code(std::vector<FormQuestion>(kMaxFormQuestions + 1, {"a", "One", false})),
            ErrorCode::kBadRequest);
}

TEST(CompanyForm, IsForNobodyUntilAnOfficerHasReadItsNewestVersion) {
  FormScene scene;
  ASSERT_OK(scene.Put({{"why", "Why here?", true}}));
  EXPECT_EQ(CodeOf(scene.Answer(1, {{"why", "because"}}).status()), ErrorCode::kNotFound);
  ASSERT_OK(scene.Put({{"why", "Why us?", true}}));
  EXPECT_EQ(CodeOf(scene.Review(1, true)), ErrorCode::kStateConflict) << "there is a newer one";
  const auto waiting =
      ListWaitingForms(scene.service.context(), scene.service.officer(), std::nullopt, 10);
  ASSERT_OK(waiting);
  ASSERT_EQ(waiting->forms.size(), 1u) << "the older one is overtaken";
  EXPECT_EQ(waiting->forms[0].version, 2u);
  EXPECT_EQ(CodeOf(scene.Review(2, false)), ErrorCode::kReasonRequired);
  ASSERT_OK(scene.Review(2, true));
  EXPECT_EQ(CodeOf(scene.Review(2, true)), ErrorCode::kStateConflict) << "once";
  ASSERT_OK(scene.Answer(2, {{"why", "because"}}));
}

TEST(CompanyForm, TakesAnswersToWhatThePersonRead) {
  FormScene scene;
  ASSERT_OK(scene.Put({{"why", "Why here?", true}, {"when", "When?", false}}));
  ASSERT_OK(scene.Review(1, true));
  EXPECT_EQ(CodeOf(scene.Answer(2, {{"why", "because"}}).status()), ErrorCode::kStateConflict);
  EXPECT_EQ(CodeOf(scene.Answer(1, {{"when", "now"}}).status()), ErrorCode::kMissingField);
  EXPECT_EQ(CodeOf(scene.Answer(1, {{"why", "x"}, {"age", "x"}}).status()), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf(scene.Answer(1, {{"why", std::string(kMaxAnswerBytes + 1, 'x')}}).status()),
            ErrorCode::kBadRequest);
  EXPECT_EQ(scene.Ties(), 0u);
  ASSERT_OK(scene.Put({{"why", "Why?", true}}));
  ASSERT_OK(scene.Answer(1, {{"why", "because"}})) << "what is published stays";
  EXPECT_EQ(scene.Ties(), 1u);
}

TEST(CompanyForm, OfAnotherCompanyIsAbsentAndItsAnswersGoWithThePerson) {
  FormScene scene;
  ASSERT_OK(scene.Put({{"why", "Why here?", true}}));
  const auto read = [&](const Call& call) {
    return CodeOf(ReadCompanyForm(scene.service.context(), call, scene.posting).status());
  };
  EXPECT_EQ(read(scene.service.company("another")), ErrorCode::kNotFound);
  EXPECT_EQ(read(scene.service.portal()), ErrorCode::kNotFound) << "it waits";
  EXPECT_EQ(read(scene.service.company()), ErrorCode::kNone);
  ASSERT_OK(scene.Review(1, true));
  ASSERT_OK(scene.Answer(1, {{"why", "because"}}));
  ASSERT_EQ(scene.Ties(), 1u);
  ASSERT_OK(DestroyPerson(scene.service.context(), scene.service.officer(),
                          {scene.service.NextKey(), scene.service.AskForErasure(*scene.person),
                           "asked by the person"}));
  EXPECT_EQ(scene.Ties(), 0u);
}

TEST(CompanyForm, IsNotHadUnderAPolicyWithoutAFileForIt) {
  FormScene scene("kyodo-kanagawa");
  EXPECT_EQ(CodeOf(scene.Put({{"why", "Why here?", true}}).status()), ErrorCode::kItemUndeclared);
}

}  // namespace
}  // namespace noren::operations
