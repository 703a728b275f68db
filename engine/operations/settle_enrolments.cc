// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/settle_enrolments.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/enrolment_keys.h"
#include "engine/operations/idempotent_run.h"
#include "engine/operations/person_merges.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;
using personal_data::EnrolmentContact;
using personal_data::ReviewRecord;
using personal_data::Staged;
using personal_data::SubjectRecord;
using personal_data::VersionedToken;
using State = personal_data::EnrolmentKeyRecord::State;

constexpr std::size_t kContactsPerCommit = 8;
constexpr std::size_t kMaxMembers = 64;  // of one token that are looked at
constexpr std::size_t kMaxReviews = 8;   // that one newcomer opens at once
constexpr std::size_t kClearedPerCommit = 200;

// One person under one token.
struct Member {
  std::string key;
  std::optional<Bytes> stored;  // nullopt: put by this very change
  SubjectRecord record;
  std::shared_ptr<const personal_data::PersonKeys> keys;
};
using Group = std::vector<Member>;

Bytes UniqueOf(std::string_view key) {
  const auto segments = keyspaces::Segments(key);
  const auto bytes = HexDecode(segments.empty() ? std::string_view() : segments.back());
  return bytes.ok() ? *bytes : Bytes();
}

// A few contacts, as one change.
class Settlement {
 public:
  Settlement(ServiceContext& context, Staged& staged) : context_(context), staged_(staged) {}
  Status Begin();
  Status Settle(const storage::KeyValue& item);

 private:
  bool IsLive(const VersionedToken& token) const { return live_.contains(token.version); }
  StatusOr<Group*> GroupUnder(const VersionedToken& token);
  Status Move(const VersionedToken& from, const VersionedToken& to);
  Status Add(const VersionedToken& token, Member member, ByteSpan unique);
  StatusOr<std::set<model::PersonId>> KnownWith(const KnownPerson& person);
  Status OpenReviews(const KnownPerson& newcomer, const Group& others);
  Status PutReview(const KnownPerson& earlier, const KnownPerson& later);

  ServiceContext& context_;
  Staged& staged_;
  std::set<std::uint32_t> live_;
  std::map<std::string, Group> groups_;
  std::set<std::pair<model::PersonId, model::PersonId>> opened_;
};

Status Settlement::Begin() {
  NOREN_ASSIGN_OR_RETURN(const auto keys, LoadEnrolmentKeys(context_));
  for (const StoredEnrolmentKey& key : keys) {
    if (key.record.state == State::kLive) live_.insert(key.record.version);
  }
  return OkStatus();
}

// Whoever is destroyed is left out.
StatusOr<Group*> Settlement::GroupUnder(const VersionedToken& token) {
  const std::string prefix = keyspaces::EnrolmentPrefix(token.version, token.token);
  const auto [at, added] = groups_.try_emplace(prefix);
  if (!added) return &at->second;
  auto page = context_.store.Scan(kEmbeddedPartition, prefix, "", kMaxMembers);
  if (!page.ok()) return MakeError(ErrorCode::kStorage);
  for (storage::KeyValue& item : page->items) {
    NOREN_ASSIGN_OR_RETURN(const personal_data::LeafIndex leaf,
                           personal_data::SubjectLeaf(item.key, item.value, context_.keys));
    auto keys = context_.keyring.Open(leaf);
    if (model::CodeOf(keys.status()) == ErrorCode::kNotFound) continue;
    NOREN_RETURN_IF_ERROR(keys.status());
    NOREN_ASSIGN_OR_RETURN(SubjectRecord record, personal_data::DecodeSubject(
                                                     item.key, item.value, **keys, context_.keys));
    at->second.push_back({std::move(item.key), std::move(item.value), record, std::move(*keys)});
  }
  return &at->second;
}

Status Settlement::Add(const VersionedToken& token, Member member, ByteSpan unique) {
  const std::string place_key = keyspaces::EnrolmentOfKey(member.record.person, unique);
  member.key = keyspaces::EnrolmentKey(token.version, token.token, unique);
  member.stored.reset();
  NOREN_ASSIGN_OR_RETURN(Bytes subject,
                         personal_data::EncodeSubject(member.key, member.record, *member.keys,
                                                      context_.keys, context_.random));
  NOREN_ASSIGN_OR_RETURN(Bytes place, personal_data::EncodeSubjectPlace(
                                          place_key, member.key, context_.keys, context_.random));
  staged_.Put(member.key, std::move(subject));
  staged_.Put(place_key, std::move(place));
  NOREN_ASSIGN_OR_RETURN(Group* const group, GroupUnder(token));
  group->push_back(std::move(member));
  return OkStatus();
}

Status Settlement::Move(const VersionedToken& from, const VersionedToken& to) {
  NOREN_ASSIGN_OR_RETURN(Group* const old, GroupUnder(from));
  for (Member& member : std::exchange(*old, {})) {
    if (member.stored) staged_.Require(member.key, std::move(member.stored));
    staged_.Delete(member.key);
    const Bytes unique = UniqueOf(member.key);
    NOREN_ASSIGN_OR_RETURN(Group* const group, GroupUnder(to));
    const bool is_there = std::any_of(group->begin(), group->end(), [&](const Member& other) {
      return other.record.person == member.record.person;
    });
    if (is_there) {
      staged_.Delete(keyspaces::EnrolmentOfKey(member.record.person, unique));
      continue;
    }
    NOREN_RETURN_IF_ERROR(Add(to, std::move(member), unique));
  }
  return OkStatus();
}

// With whom the person is, or was, before the officer.
StatusOr<std::set<model::PersonId>> Settlement::KnownWith(const KnownPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto entries,
                         ScanAll(context_, keyspaces::ReviewOfPrefix(person.person)));
  std::set<model::PersonId> known;
  for (const storage::KeyValue& entry : entries) {
    NOREN_ASSIGN_OR_RETURN(const model::ReviewId id,
                           personal_data::DecodeReviewOf(entry.key, entry.value, *person.keys));
    NOREN_ASSIGN_OR_RETURN(const auto stored, ReadOne(context_, keyspaces::ReviewKey(id)));
    if (!stored) continue;
    NOREN_ASSIGN_OR_RETURN(const model::PersonId earlier,
                           personal_data::EarlierOf(id, *stored, context_.keys));
    known.insert(earlier);
    if (earlier != person.person) continue;
    NOREN_ASSIGN_OR_RETURN(const ReviewRecord review,
                           personal_data::DecodeReview(id, *stored, *person.keys, context_.keys));
    known.insert(review.later);
  }
  return known;
}

Status Settlement::PutReview(const KnownPerson& earlier, const KnownPerson& later) {
  ReviewRecord review;
  review.found_at = context_.time.Now();
  review.review = personal_data::MakeReviewId(review.found_at, context_.random);
  review.earlier = earlier.person;
  review.later = later.person;
  NOREN_ASSIGN_OR_RETURN(Bytes stored, personal_data::EncodeReview(review, *earlier.keys,
                                                                   context_.keys, context_.random));
  staged_.Put(keyspaces::ReviewKey(review.review), std::move(stored));
  for (const KnownPerson* person : {&earlier, &later}) {
    personal_data::Unique16 unique{};
    context_.random.Fill(unique);
    const std::string key = keyspaces::ReviewOfKey(person->person, unique);
    NOREN_ASSIGN_OR_RETURN(Bytes entry, personal_data::EncodeReviewOf(
                                            key, review.review, *person->keys, context_.random));
    staged_.Put(key, std::move(entry));
    staged_.Require(keyspaces::PersonKey(person->person), person->stored);
  }
  return OkStatus();
}

// One case for each other person, and not for each of their ids.
Status Settlement::OpenReviews(const KnownPerson& newcomer, const Group& others) {
  if (others.empty()) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(const auto known, KnownWith(newcomer));
  NOREN_ASSIGN_OR_RETURN(const model::PersonId own_root, RootOf(context_, newcomer.person));
  std::set<model::PersonId> roots = {own_root};
  for (const Member& member : others) {
    if (roots.size() > kMaxReviews) return OkStatus();
    const model::PersonId other = member.record.person;
    NOREN_ASSIGN_OR_RETURN(const model::PersonId root, RootOf(context_, other));
    const auto pair = std::minmax(other, newcomer.person);
    if (!roots.insert(root).second || known.contains(other)) continue;
    if (!opened_.emplace(pair.first, pair.second).second) continue;
    NOREN_ASSIGN_OR_RETURN(const auto earlier, FindKnownPerson(context_, other));
    if (earlier) NOREN_RETURN_IF_ERROR(PutReview(*earlier, newcomer));
  }
  return OkStatus();
}

Status Settlement::Settle(const storage::KeyValue& item) {
  const Bytes unique = UniqueOf(item.key);
  NOREN_ASSIGN_OR_RETURN(EnrolmentContact contact, personal_data::DecodeEnrolmentContact(
                                                       item.key, item.value, context_.keys));
  staged_.Require(item.key, item.value);
  staged_.Delete(item.key);
  staged_.Delete(keyspaces::EnrolmentOfKey(contact.person, unique));
  std::erase_if(contact.tokens, [this](const VersionedToken& token) { return !IsLive(token); });
  NOREN_ASSIGN_OR_RETURN(const auto person, FindKnownPerson(context_, contact.person));
  if (!person || contact.tokens.empty()) return OkStatus();
  staged_.Require(keyspaces::PersonKey(contact.person), person->stored);
  const VersionedToken newest = contact.tokens.back();
  contact.tokens.pop_back();
  for (const VersionedToken& older : contact.tokens) NOREN_RETURN_IF_ERROR(Move(older, newest));
  NOREN_ASSIGN_OR_RETURN(Group* const group, GroupUnder(newest));
  Group others = *group;
  const bool is_there = std::any_of(others.begin(), others.end(), [&](const Member& member) {
    return member.record.person == contact.person;
  });
  if (is_there) return OkStatus();
  std::sort(others.begin(), others.end(), [](const Member& a, const Member& b) {
    return std::tie(a.record.seen_at.value, a.record.person) <
           std::tie(b.record.seen_at.value, b.record.person);
  });
  const SubjectRecord record{person->address.leaf, contact.person, contact.at};
  NOREN_RETURN_IF_ERROR(Add(newest, {"", std::nullopt, record, person->keys}, unique));
  return OpenReviews(*person, others);
}

Attempt StartAttempt() {
  Attempt attempt;
  attempt.change.entry.operation = audit::Operation::kSettleEnrolments;
  attempt.change.entry.principal = kServiceItself;
  return attempt;
}

// False: no contact waits.
StatusOr<bool> SettleContacts(ServiceContext& context) {
  const std::string prefix(keyspaces::kEnrolmentContact);
  auto first = context.store.Scan(kEmbeddedPartition, prefix, "", 1);
  if (!first.ok()) return MakeError(ErrorCode::kStorage);
  if (first->items.empty()) return false;
  const auto settled = Record(context, [&]() -> StatusOr<Attempt> {
    auto page = context.store.Scan(kEmbeddedPartition, prefix, "", kContactsPerCommit);
    if (!page.ok()) return MakeError(ErrorCode::kStorage);
    Attempt attempt = StartAttempt();
    Settlement settlement(context, attempt.change.staged);
    NOREN_RETURN_IF_ERROR(settlement.Begin());
    for (const storage::KeyValue& item : page->items) {
      NOREN_RETURN_IF_ERROR(settlement.Settle(item));
    }
    return attempt;
  });
  NOREN_RETURN_IF_ERROR(settled.status());
  return true;
}

// What a retired version left: nobody can be found by it any more.
StatusOr<Attempt> StageClearing(ServiceContext& context, StoredEnrolmentKey key) {
  Attempt attempt = StartAttempt();
  Staged& staged = attempt.change.staged;
  const std::string prefix = keyspaces::EnrolmentPrefix(key.record.version);
  auto page = context.store.Scan(kEmbeddedPartition, prefix, "", kClearedPerCommit);
  if (!page.ok()) return MakeError(ErrorCode::kStorage);
  for (const storage::KeyValue& item : page->items) {
    staged.Delete(item.key);
    NOREN_ASSIGN_OR_RETURN(const personal_data::LeafIndex leaf,
                           personal_data::SubjectLeaf(item.key, item.value, context.keys));
    const auto keys = context.keyring.Open(leaf);
    if (!keys.ok()) continue;  // destroyed, and the place with the person
    const auto record = personal_data::DecodeSubject(item.key, item.value, **keys, context.keys);
    if (!record.ok()) continue;
    staged.Delete(keyspaces::EnrolmentOfKey(record->person, UniqueOf(item.key)));
  }
  if (page->more) return attempt;
  key.record.state = State::kCleared;
  NOREN_ASSIGN_OR_RETURN(
      Bytes stored, personal_data::EncodeEnrolmentKey(key.record, context.keys, context.random));
  staged.Replace(key.store_key, std::move(key.stored), std::move(stored));
  return attempt;
}

StatusOr<bool> ClearRetired(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(auto keys, LoadEnrolmentKeys(context));
  const auto is_retired = [](const StoredEnrolmentKey& key) {
    return key.record.state == State::kRetired;
  };
  if (std::none_of(keys.begin(), keys.end(), is_retired)) return false;
  const auto cleared = Record(context, [&]() -> StatusOr<Attempt> {
    NOREN_ASSIGN_OR_RETURN(auto now, LoadEnrolmentKeys(context));
    const auto key = std::find_if(now.begin(), now.end(), is_retired);
    if (key == now.end()) return StartAttempt();  // another call was faster
    return StageClearing(context, std::move(*key));
  });
  NOREN_RETURN_IF_ERROR(cleared.status());
  return true;
}

}  // namespace

StatusOr<bool> SettleEnrolments(ServiceContext& context) {
  NOREN_ASSIGN_OR_RETURN(const bool settled, SettleContacts(context));
  if (settled) return true;
  return ClearRetired(context);
}

Status SettleAllEnrolments(ServiceContext& context) {
  for (bool more = true; more;) {
    NOREN_ASSIGN_OR_RETURN(more, SettleContacts(context));
  }
  return OkStatus();
}

Status StageEnrolmentErasure(ServiceContext& context, const model::PersonId& person,
                             const personal_data::PersonKeys* keys, Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const auto places, ScanAll(context, keyspaces::EnrolmentOfPrefix(person)));
  for (const storage::KeyValue& place : places) {
    NOREN_ASSIGN_OR_RETURN(const std::string subject_key,
                           personal_data::DecodeSubjectPlace(place.key, place.value, context.keys));
    staged.Delete(subject_key);
    staged.Delete(place.key);
  }
  staged.Delete(keyspaces::MergeKey(person));
  NOREN_ASSIGN_OR_RETURN(const auto reviews, ScanAll(context, keyspaces::ReviewOfPrefix(person)));
  for (const storage::KeyValue& entry : reviews) {
    staged.Delete(entry.key);
    if (keys == nullptr) continue;  // after a restore: the case does not open any more either
    const auto review = personal_data::DecodeReviewOf(entry.key, entry.value, *keys);
    if (review.ok()) staged.Delete(keyspaces::ReviewKey(*review));
  }
  return OkStatus();
}

}  // namespace noren::operations
