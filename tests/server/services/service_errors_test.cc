// SPDX-License-Identifier: Apache-2.0
#include "server/services/service_errors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/model/errors.h"

namespace noren::server {
namespace {

using model::ErrorCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ServiceErrors, CarryNameSentenceFieldAndDetailOfEveryRow) {
  for (const model::ErrorRow& row : model::AllErrors()) {
    const auto error =
        ToServiceError(model::MakeFieldError(row.code, "a.b", "1..5"), "request-1", "en");
    EXPECT_EQ(error.code, row.name);
    EXPECT_EQ(error.public_message, row.sentence_en);
    EXPECT_EQ(error.retryable, row.retryable);
    EXPECT_EQ(error.request_id, "request-1");
    const bool is_fault = row.code == ErrorCode::kInternal || row.code == ErrorCode::kDataCorrupt ||
                          row.code == ErrorCode::kStorage || row.code == ErrorCode::kSealed;
    EXPECT_EQ(error.field, is_fault ? "" : "a.b") << row.name;
    EXPECT_EQ(error.detail, is_fault ? "" : "1..5") << row.name;
  }
}

TEST(ServiceErrors, SayWhenToComeAgainWhenTheRefusalKnows) {
  const Status refusal = model::MakeError(ErrorCode::kEnrolmentQuota);
  EXPECT_EQ(ToServiceError(refusal, "r", "en").retry_after_ms, 0);
  EXPECT_EQ(ToServiceError(model::WithRetryAfter(refusal, 90), "r", "en").retry_after_ms, 90'000);
  EXPECT_EQ(ToServiceError(model::WithRetryAfter(refusal, -5), "r", "en").retry_after_ms, 1'000);
  const auto far = ToServiceError(model::WithRetryAfter(refusal, std::int64_t{1} << 40), "r", "en");
  EXPECT_EQ(far.retry_after_ms, 7 * 86'400'000);
}

TEST(ServiceErrors, SayNothingOfAStatusWithoutACode) {
  for (const Status& status :
       {Internal("secret text"), InvalidArgument("secret text"), DataLoss("secret text")}) {
    const auto error = ToServiceError(status, "request-1", "en");
    EXPECT_EQ(error.code, "INTERNAL");
    EXPECT_EQ(error.public_message, model::RowOf(ErrorCode::kInternal).sentence_en);
    EXPECT_EQ(error.field, "");
    EXPECT_EQ(error.detail, "");
    EXPECT_FALSE(error.retryable);
  }
}

TEST(ServiceErrors, SpeakTheLanguageOfTheCall) {
  const Status status = model::MakeError(ErrorCode::kNotFound);
  const model::ErrorRow& row = model::RowOf(ErrorCode::kNotFound);
  EXPECT_EQ(ToServiceError(status, "", "ko").public_message, row.sentence_ko);
  EXPECT_EQ(ToServiceError(status, "", "ja").public_message, row.sentence_ja);
  EXPECT_EQ(ToServiceError(status, "", "xx").public_message, row.sentence_en);
}

TEST(ServiceErrors, NameTheClausesOfAPolicyDecision) {
  EXPECT_THAT(
      ToServiceError(model::MakeError(ErrorCode::kPolicyForbids, "clauses A.1 B.2"), "", "en")
          .clauses,
      ElementsAre("A.1", "B.2"));
  EXPECT_THAT(
      ToServiceError(model::MakeError(ErrorCode::kPolicyForbids, "other A.1"), "", "en").clauses,
      IsEmpty());
}

TEST(ServiceErrors, TellWhenToComeBackOnlyForWhatPassesSoon) {
  EXPECT_EQ(ToServiceError(model::MakeError(ErrorCode::kRetryLater), "", "en").retry_after_ms, 250);
  EXPECT_EQ(ToServiceError(model::MakeError(ErrorCode::kClockUntrusted), "", "en").retry_after_ms,
            0);
  EXPECT_EQ(ToServiceError(model::MakeError(ErrorCode::kNotFound), "", "en").retry_after_ms, 0);
}

TEST(WireFields, FollowTheStructsOfTheWire) {
  const std::pair<const char*, const char*> cases[] = {
      {"posting.required.skills[0].level", "posting.required_skills[0].level"},
      {"posting.required.experience_months", "posting.min_experience_months"},
      {"posting.required.education", "posting.min_education"},
      {"posting.required.start_by", "posting.start_by"},
      {"posting.preferred.languages[2].weight", "posting.preferred_languages[2].weight"},
      {"posting.wage.max", "posting.wage_max.amount"},
      {"posting.title", "posting.title"},
      {"profile.skills[3].level", "profile.skills[3].level"},
  };
  for (const auto& [model_field, wire_field] : cases) {
    const Status renamed =
        WithWireField(model::MakeFieldError(ErrorCode::kOutOfRange, model_field, "d"));
    EXPECT_EQ(model::FieldOf(renamed), wire_field);
    EXPECT_EQ(model::CodeOf(renamed), ErrorCode::kOutOfRange);
    EXPECT_EQ(model::DetailOf(renamed), "d");
  }
  EXPECT_TRUE(WithWireField(OkStatus()).ok());
}

}  // namespace
}  // namespace noren::server
