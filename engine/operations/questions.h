// A person asks about a human's decision on them: for an explanation, or for a review by another
// human. It stands in the queue of the officer, and of the company where the company knows who
// asks; the answer is recorded and shown to the person.
// Source:   docs/formats/operations_records.md, docs/design/0012-after-the-release.md
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "engine/operations/act_run.h"
#include "engine/operations/human_decisions.h"

namespace noren::operations {

// Values are stored: never renumbered.
enum class QuestionOutcome : std::uint8_t { kOpen = 0, kExplained = 1, kUpheld = 2, kChanged = 3 };
std::string_view QuestionOutcomeName(QuestionOutcome outcome);  // "" while open

struct Question {
  model::QuestionId question;
  personal_data::QuestionKind kind = personal_data::QuestionKind::kExplanation;
  model::DecisionId decision;
  std::string company;
  model::PostingId posting;
  model::CandidateRef candidate;  // none: the company must not learn who asks
  UnixSeconds asked_at;
  UnixSeconds answer_by;
  QuestionOutcome outcome = QuestionOutcome::kOpen;
  UnixSeconds answered_at;
  // Under the person's key:
  std::string text;
  std::string answer;
  std::string answered_by;
};

// act "ask". One question of a kind about a decision.
//   errors   kNotFound: no such decision about the person; kStateConflict: asked before
StatusOr<ActResult> AskAboutDecision(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key, const PersonAct& act);
// A company's own, of people it knows; an officer's all. Oldest first.
StatusOr<std::vector<Question>> ListQuestions(ServiceContext& context, const Call& call);

struct QuestionAnswer {
  std::string idempotency_key;
  model::QuestionId question;
  QuestionOutcome outcome = QuestionOutcome::kOpen;
  std::string answer;        // 3..2000 characters
  SignedStatement decision;  // a company's: act "answer"; an officer is a named human already
};
//   errors   kNotFound; kBadRequest: outcome, answer; kStateConflict: answered before;
//            kHumanRequired: a review by the human who decided; those of AdmitDecision
StatusOr<EntryPosition> AnswerQuestion(ServiceContext& context, const Call& call,
                                       const QuestionAnswer& answer);

struct OwnDecisions {
  std::vector<DecisionRecord> decisions;
  std::vector<Question> questions;
};
// act "read".
StatusOr<OwnDecisions> ReadOwnDecisions(ServiceContext& context, const Call& call,
                                        const PersonAct& act);
StatusOr<OwnDecisions> LoadDecisions(ServiceContext& context, const LoadedPerson& person);

// What an erasure deletes of a person's questions; the person's keys are not needed.
Status StageErasureOfQuestions(ServiceContext& context, const model::PersonId& person,
                               personal_data::Staged& staged);

}  // namespace noren::operations
