// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/rotate_tokens.h"

#include <optional>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/employer_tokens.h"
#include "engine/operations/list_cards.h"
#include "engine/operations/market.h"
#include "engine/operations/root_change.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using personal_data::TokenPurpose;

constexpr std::size_t kPortionPages = 64;  // of people read; one call ends long before its deadline

audit::EntryDraft DraftOf(const Call& call, audit::Operation operation) {
  audit::EntryDraft entry;
  entry.operation = operation;
  entry.principal = call.principal;
  return entry;
}

// Puts `next` in the place of what was read.
void StageRecord(ServiceContext& context, const StoredTokenKeys& before,
                 const TokenKeysRecord& next, personal_data::Staged& staged) {
  staged.Replace(TokenKeysKey(), before.stored,
                 EncodeTokenKeys(next, context.keys, context.random));
}

// A step that changes what the record says of the purpose; `change` says false when there is
// nothing to change any more.
Status RecordStep(ServiceContext& context, const Call& call, TokenPurpose purpose,
                  const std::function<bool(TokenKeysOfPurpose&)>& change,
                  const std::function<void(const TokenKeysOfPurpose&)>& applied = {}) {
  bool is_needed = true;
  const auto recorded = Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(const StoredTokenKeys before,
                           ReadTokenKeys(context.store, context.keys));
    TokenKeysRecord next = before.record;
    is_needed = change(next.at(purpose));
    if (!is_needed) return model::MakeError(ErrorCode::kNotFound);
    Attempt attempt;
    attempt.change.entry = DraftOf(call, audit::Operation::kRewrapKeys);
    StageRecord(context, before, next, attempt.change.staged);
    if (applied) attempt.change.applied = [applied, of = next.at(purpose)] { applied(of); };
    return attempt;
  });
  return is_needed ? recorded.status() : OkStatus();
}

// --- the old key ---

// Its leaf first: a crash in between leaves a key that is gone, and a note that says it is to go.
StatusOr<RewrapAnswer> DestroyGoing(ServiceContext& context, const Call& call, TokenPurpose purpose,
                                    personal_data::LeafIndex leaf) {
  if (context.keyring.Open(leaf).ok()) {
    RootChange change(context);
    const auto committed = Record(context, [&]() -> StatusOr<Attempt> {
      NOREN_ASSIGN_OR_RETURN(const auto* const plan, change.Begin({leaf}));
      Attempt attempt;
      attempt.change.entry = DraftOf(call, audit::Operation::kRewrapKeys);
      attempt.change.key_tree_root = plan->new_root.Clone();
      return attempt;
    });
    const bool was_gone = model::CodeOf(committed.status()) == ErrorCode::kNotFound;
    if (!was_gone) NOREN_RETURN_IF_ERROR(change.End(committed.status()));
  }
  NOREN_RETURN_IF_ERROR(RecordStep(context, call, purpose, [&](TokenKeysOfPurpose& of) {
    return of.going == leaf ? (of.going.reset(), true) : false;
  }));
  return RewrapAnswer{0, true};
}

// Nothing is under an older version, and nothing comes under it any more: whoever staged something
// under it did so on the condition that the record is the one of before.
StatusOr<RewrapAnswer> Retire(ServiceContext& context, const Call& call, TokenPurpose purpose) {
  bool is_going = false;
  NOREN_RETURN_IF_ERROR(RecordStep(
      context, call, purpose,
      [&is_going](TokenKeysOfPurpose& of) {
        if (of.live.size() < 2) return false;
        of.going = of.live.front().leaf;
        is_going = of.going.has_value();
        of.live.erase(of.live.begin());
        return true;
      },
      [&context, purpose](const TokenKeysOfPurpose& of) {
        context.pseudonyms.token_keys().KeepOnly(purpose, {of.oldest(), of.newest()});
      }));
  return RewrapAnswer{0, !is_going};
}

// --- match tokens: the market beside the present one, then the class tables ---

StatusOr<std::optional<RewrapAnswer>> MoveMatch(ServiceContext& context, const Call& call,
                                                const TokenKeysOfPurpose& of) {
  if (context.market.version() != of.newest()) {
    NOREN_ASSIGN_OR_RETURN(const bool moved, context.market.MoveToNewest(kPortionPages));
    return std::optional(RewrapAnswer{moved ? context.market.people_count() : 0, false});
  }
  if (of.used != of.newest()) {
    NOREN_RETURN_IF_ERROR(
        RecordStep(context, call, TokenPurpose::kMatch, [](TokenKeysOfPurpose& moved) {
          return std::exchange(moved.used, moved.newest()) != moved.newest();
        }));
    return std::optional(RewrapAnswer{});
  }
  NOREN_ASSIGN_OR_RETURN(const bool table, CardEpochs::RewrapOneTable(context, call));
  return table ? std::optional(RewrapAnswer{1, false}) : std::nullopt;
}

StatusOr<std::optional<RewrapAnswer>> MoveSome(ServiceContext& context, const Call& call,
                                               TokenPurpose purpose, const TokenKeysOfPurpose& of,
                                               RewrapPlace& place) {
  switch (purpose) {
    case TokenPurpose::kMatch:
      return MoveMatch(context, call, of);
    case TokenPurpose::kEmployer:
      return MoveEmployers(context, call, place);
    case TokenPurpose::kStatistics:
      break;
  }
  return std::optional<RewrapAnswer>();  // no token is kept
}

StatusOr<std::int64_t> CountLeft(ServiceContext& context, TokenPurpose purpose,
                                 const TokenKeysOfPurpose& of) {
  std::int64_t left = of.going ? 1 : 0;
  if (of.live.size() < 2) return left;
  if (purpose == TokenPurpose::kMatch && context.market.version() != of.newest()) {
    left += static_cast<std::int64_t>(context.market.people_count());
  }
  return left + 1;  // the older key itself, until it is retired
}

}  // namespace

StatusOr<TokenKeyStatus> ReadTokenKeyStatus(ServiceContext& context, TokenPurpose purpose,
                                            bool count_left) {
  NOREN_ASSIGN_OR_RETURN(const StoredTokenKeys stored, ReadTokenKeys(context.store, context.keys));
  const TokenKeysOfPurpose& of = stored.record.at(purpose);
  TokenKeyStatus status{of.newest(), of.oldest(), -1};
  if (count_left) {
    NOREN_ASSIGN_OR_RETURN(status.left, CountLeft(context, purpose, of));
  }
  return status;
}

StatusOr<RunResult> RotateTokens(ServiceContext& context, const Call& call,
                                 const RequestIdentity& identity, TokenPurpose purpose) {
  // One leaf, however often it is tried; one that came to no use is swept at the next start.
  std::optional<personal_data::AddedLeaf> leaf;
  return RunOnce(context, call, identity, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(const StoredTokenKeys before,
                           ReadTokenKeys(context.store, context.keys));
    TokenKeysRecord next = before.record;
    TokenKeysOfPurpose& of = next.at(purpose);
    if (of.live.size() > 1 || of.going) {
      return model::MakeError(ErrorCode::kLimitReached, "rewrap the older version first");
    }
    if (!leaf) {
      NOREN_ASSIGN_OR_RETURN(leaf, context.keyring.AddLeaf());
      NOREN_RETURN_IF_ERROR(FollowWithTreeCopy(context));
    }
    const std::uint32_t version = of.newest() + 1;
    of.live.push_back({version, leaf->leaf});
    if (purpose != TokenPurpose::kMatch) of.used = version;
    Attempt attempt;
    attempt.answer = {std::to_string(version)};
    attempt.change.entry = DraftOf(call, audit::Operation::kRotateKey);
    StageRecord(context, before, next, attempt.change.staged);
    attempt.change.applied = [&keys = context.pseudonyms.token_keys(), purpose, version,
                              opened = leaf->keys] {
      keys.Add(purpose, version, personal_data::TokenKeyOf(*opened, purpose));
    };
    return attempt;
  });
}

StatusOr<RewrapAnswer> RewrapTokens(ServiceContext& context, const Call& call, TokenPurpose purpose,
                                    RewrapPlace& place) {
  NOREN_ASSIGN_OR_RETURN(const StoredTokenKeys stored, ReadTokenKeys(context.store, context.keys));
  const TokenKeysOfPurpose& of = stored.record.at(purpose);
  if (of.going) return DestroyGoing(context, call, purpose, *of.going);
  if (of.live.size() == 1) return RewrapAnswer{0, true};
  NOREN_ASSIGN_OR_RETURN(const auto step, MoveSome(context, call, purpose, of, place));
  return step ? *step : Retire(context, call, purpose);
}

}  // namespace noren::operations
