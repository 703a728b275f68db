// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/enrolment_reviews.h"

#include <algorithm>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/market.h"
#include "engine/operations/person_merges.h"
#include "engine/operations/settle_enrolments.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using personal_data::MergeEntry;
using personal_data::ReviewRecord;
using State = ReviewRecord::State;

constexpr int kSettlementsPerListing = 32;
constexpr std::size_t kReadPerListing = 1000;

// A case with both people, who are all there.
struct LoadedReview {
  ReviewRecord record;
  Bytes stored;
  KnownPerson earlier, later;
};

// nullopt: one of the two is destroyed; nobody decides such a case.
StatusOr<std::optional<LoadedReview>> OpenReview(ServiceContext& context,
                                                 const model::ReviewId& review, Bytes stored) {
  std::optional<LoadedReview> none;
  NOREN_ASSIGN_OR_RETURN(const model::PersonId earlier_id,
                         personal_data::EarlierOf(review, stored, context.keys));
  NOREN_ASSIGN_OR_RETURN(auto earlier, FindKnownPerson(context, earlier_id));
  if (!earlier) return none;
  NOREN_ASSIGN_OR_RETURN(ReviewRecord record,
                         personal_data::DecodeReview(review, stored, *earlier->keys, context.keys));
  NOREN_ASSIGN_OR_RETURN(auto later, FindKnownPerson(context, record.later));
  if (!later) return none;
  return std::optional(
      LoadedReview{record, std::move(stored), std::move(*earlier), std::move(*later)});
}

StatusOr<ReviewSide> SideOf(ServiceContext& context, const KnownPerson& known) {
  NOREN_ASSIGN_OR_RETURN(
      const personal_data::PersonRecord record,
      personal_data::DecodePersonRecord({known.person, *known.keys}, known.stored, context.keys));
  return ReviewSide{known.address.portal, known.address.handle, record.registered_at,
                    record.discoverability.live};
}

StatusOr<std::optional<ReviewView>> ViewOf(ServiceContext& context, const storage::KeyValue& item,
                                           bool open_only) {
  std::optional<ReviewView> none;
  NOREN_ASSIGN_OR_RETURN(const auto id, keyspaces::IdOfKey<model::ReviewId>(item.key, 0));
  NOREN_ASSIGN_OR_RETURN(const auto review, OpenReview(context, id, item.value));
  if (!review || (open_only && review->record.state != State::kOpen)) return none;
  ReviewView view{review->record, {}, {}};
  NOREN_ASSIGN_OR_RETURN(view.earlier, SideOf(context, review->earlier));
  NOREN_ASSIGN_OR_RETURN(view.later, SideOf(context, review->later));
  return std::optional(std::move(view));
}

StatusOr<LoadedReview> LoadReview(ServiceContext& context, const model::ReviewId& id) {
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, keyspaces::ReviewKey(id)));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(auto review, OpenReview(context, id, std::move(*stored)));
  if (!review) return MakeError(ErrorCode::kNotFound);
  return std::move(*review);
}

// The later person's root points at the earlier one's. Nothing to be made when they are one by
// another review.
Status StageMerge(ServiceContext& context, LoadedReview& review, Attempt& attempt) {
  if (review.record.state == State::kMerged) return MakeError(ErrorCode::kStateConflict, "merged");
  NOREN_ASSIGN_OR_RETURN(const auto into, RootOf(context, review.earlier.person));
  NOREN_ASSIGN_OR_RETURN(const auto from, RootOf(context, review.later.person));
  review.record.state = State::kMerged;
  review.record.merge = {};
  if (from == into) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const auto source, FindKnownPerson(context, from));
  if (!source) return MakeError(ErrorCode::kStateConflict, "who stands for them is destroyed");
  review.record.merge = {from, into};
  NOREN_ASSIGN_OR_RETURN(
      Bytes entry, personal_data::EncodeMerge(review.record.merge, *source->keys, context.random));
  personal_data::Staged& staged = attempt.change.staged;
  staged.Replace(keyspaces::MergeKey(from), std::nullopt, std::move(entry));
  staged.Require(keyspaces::MergeKey(into), std::nullopt);  // no circle by a race
  staged.Require(keyspaces::PersonKey(from), source->stored);
  attempt.change.feed.push_back(PersonChanged(from));
  return OkStatus();
}

Status StageUnmerge(ServiceContext& context, LoadedReview& review, Attempt& attempt) {
  if (review.record.state != State::kMerged) {
    return MakeError(ErrorCode::kStateConflict, "not merged");
  }
  const model::PersonId from = review.record.merge.person;
  if (from.is_none()) return MakeError(ErrorCode::kStateConflict, "merged by another review");
  NOREN_ASSIGN_OR_RETURN(const auto source, FindKnownPerson(context, from));
  if (source) {
    NOREN_ASSIGN_OR_RETURN(auto merge, FindMerge(context, *source));
    if (merge && merge->entry == review.record.merge) {
      attempt.change.staged.Require(keyspaces::MergeKey(from), std::move(merge->stored));
      attempt.change.staged.Delete(keyspaces::MergeKey(from));
      attempt.change.feed.push_back(PersonChanged(from));
    }
  }
  review.record.state = State::kApart;
  review.record.merge = {};
  return OkStatus();
}

audit::Operation OperationOf(ReviewDecision decision) {
  switch (decision) {
    case ReviewDecision::kMerge:
      return audit::Operation::kMergePeople;
    case ReviewDecision::kKeepApart:
      return audit::Operation::kKeepPeopleApart;
    case ReviewDecision::kUnmerge:
      return audit::Operation::kUnmergePeople;
  }
  return audit::Operation::kKeepPeopleApart;
}

StatusOr<Attempt> StageDecision(ServiceContext& context, const Call& call,
                                const model::ReviewId& id, ReviewDecision decision) {
  NOREN_ASSIGN_OR_RETURN(LoadedReview review, LoadReview(context, id));
  Attempt attempt;
  if (decision == ReviewDecision::kMerge) {
    NOREN_RETURN_IF_ERROR(StageMerge(context, review, attempt));
  } else if (decision == ReviewDecision::kUnmerge) {
    NOREN_RETURN_IF_ERROR(StageUnmerge(context, review, attempt));
  } else if (review.record.state != State::kOpen) {
    return MakeError(ErrorCode::kStateConflict, "decided already");
  } else {
    review.record.state = State::kApart;
  }
  review.record.decided_at = context.time.Now();
  NOREN_ASSIGN_OR_RETURN(
      Bytes stored, personal_data::EncodeReview(review.record, *review.earlier.keys, context.keys,
                                                context.random));
  attempt.change.staged.Replace(keyspaces::ReviewKey(id), std::move(review.stored),
                                std::move(stored));
  attempt.change.staged.Require(keyspaces::PersonKey(review.earlier.person), review.earlier.stored);
  attempt.change.staged.Require(keyspaces::PersonKey(review.later.person), review.later.stored);
  attempt.change.entry.operation = OperationOf(decision);
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = review.later.person.ToString();
  attempt.change.entry.object = id.ToString();
  attempt.change.entry.clause_ids = context.policy.enrolment.clauses;
  attempt.subject = review.later.person;
  attempt.subject_keys = review.later.keys;
  return attempt;
}

}  // namespace

StatusOr<ReviewPage> ListReviews(ServiceContext& context, const Call& call,
                                 const ReviewQuery& query) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  for (int i = 0; i < kSettlementsPerListing; ++i) {
    NOREN_ASSIGN_OR_RETURN(const bool more, SettleEnrolments(context));
    if (!more) break;
  }
  const std::string after = query.after ? keyspaces::ReviewKey(*query.after) : std::string();
  auto page = context.store.Scan(kEmbeddedPartition, std::string(keyspaces::kReview), after,
                                 kReadPerListing);
  if (!page.ok()) return MakeError(ErrorCode::kStorage);
  ReviewPage answer;
  std::size_t read = 0;
  for (; read < page->items.size() && answer.reviews.size() < query.limit; ++read) {
    NOREN_ASSIGN_OR_RETURN(auto view, ViewOf(context, page->items[read], query.open_only));
    if (view) answer.reviews.push_back(std::move(*view));
  }
  if (read == 0 || (read == page->items.size() && !page->more)) return answer;
  NOREN_ASSIGN_OR_RETURN(answer.next,
                         keyspaces::IdOfKey<model::ReviewId>(page->items[read - 1].key, 0));
  return answer;
}

StatusOr<EntryPosition> DecideReview(ServiceContext& context, const Call& call,
                                     const std::string& idempotency_key,
                                     const model::ReviewId& review, ReviewDecision decision) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  RecordWriter request;
  request.Raw(review.bytes()).U8(static_cast<std::uint8_t>(decision));
  const auto identity = IdentifyRequest(idempotency_key, "decide_review", request.bytes());
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageDecision(context, call, review, decision);
                         }));
  return std::move(run.position);
}

}  // namespace noren::operations
