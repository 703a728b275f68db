// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/letter_facts.h"

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/base/encoding.h"
#include "engine/audit/operation.h"
#include "engine/model/dictionary.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/stated_gate.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/stated/letters.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::MakeError;
using model::MakeFieldError;

constexpr std::size_t kMaxNameBytes = 200;
constexpr std::size_t kMaxAddressBytes = 500;
constexpr std::size_t kUniqueBytes = 16;
constexpr std::uint8_t kLayout = 1;

// Of a house number, longest first: chome, banchi, ban, go, no (and what FoldName makes of them).
constexpr std::array<std::string_view, 9> kPartings = {
    "\xe4\xb8\x81\xe7\x9b\xae",  // chome
    "\xe7\x95\xaa\xe5\x9c\xb0\xe3\x81\xae",
    "\xe7\x95\xaa\xe5\x9c\xb0",  // banchi
    "\xe7\x95\xaa",              // ban
    "\xe5\x8f\xb7",              // go
    "\xe2\x80\x90",              // hyphen
    "\xe2\x88\x92",              // minus sign
    "\xe3\x83\xbc",              // the long mark, where a hyphen was meant
    "\xe3\x81\xae",              // no
};

std::string_view PartingAt(std::string_view text) {
  for (const std::string_view one : kPartings) {
    if (text.starts_with(one)) return one;
  }
  return {};
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whatever parts two numbers is one hyphen, and behind the last number is none.
std::string FoldAddress(std::string_view address) {
  std::string folded;
  std::string_view rest = address;
  while (!rest.empty()) {
    const bool after_digit = !folded.empty() && (IsDigit(folded.back()) || folded.back() == '-');
    const std::string_view parting = after_digit ? PartingAt(rest) : std::string_view();
    if (!parting.empty()) {
      if (folded.back() != '-') folded += '-';
      rest.remove_prefix(parting.size());
      continue;
    }
    const bool repeats = rest.front() == '-' && !folded.empty() && folded.back() == '-';
    if (!repeats) folded += rest.front();
    rest.remove_prefix(1);
  }
  while (!folded.empty() && folded.back() == '-') folded.pop_back();
  return folded;
}

StatusOr<std::string> Folded(std::string_view text, std::size_t most, std::string_view field) {
  std::string folded = text.size() > most ? std::string() : model::FoldName(text);
  if (folded.empty()) return MakeFieldError(ErrorCode::kBadRequest, std::string(field));
  return folded;
}

StatusOr<std::string> FoldPostalCode(std::string_view code) {
  const std::string folded = code.size() > 40 ? std::string() : model::FoldName(code);
  std::string digits;
  std::ranges::copy_if(folded, std::back_inserter(digits), IsDigit);
  if (digits.size() != 5 && digits.size() != 7)
    return MakeFieldError(ErrorCode::kBadRequest, "facts.postal_code", "5 or 7 digits");
  return digits;
}

struct StoredLetter {
  std::string key;  // of the pointer
  Bytes stored;
};
// What is stored of a person: which pointer leads to them. Under the store's key, so that it can be
// deleted when the person's own is gone.
StatusOr<std::optional<StoredLetter>> ReadLetterOf(ServiceContext& context,
                                                   const model::PersonId& person) {
  const std::string key = keyspaces::LetterOfKey(person);
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored, ReadOne(context, key));
  if (!stored) return std::optional<StoredLetter>();
  const auto opened =
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kLetterOf, key}, *stored);
  if (!opened.ok()) return MakeError(ErrorCode::kDataCorrupt, "letter-of");
  RecordReader reader(opened->plaintext);
  const std::uint8_t layout = reader.U8();
  Hash256 token{};
  const ByteSpan read = reader.Raw(token.size());
  const ByteSpan unique = reader.Raw(kUniqueBytes);
  if (!reader.Finish().ok() || layout != kLayout)
    return MakeError(ErrorCode::kDataCorrupt, "letter-of");
  std::ranges::copy(read, token.begin());
  return std::optional<StoredLetter>({keyspaces::LetterKey(token, unique), *std::move(stored)});
}

StatusOr<Attempt> StageFacts(ServiceContext& context, const Call& call,
                             const StateLetterFactsRequest& request, const Hash256& token) {
  NOREN_ASSIGN_OR_RETURN(const LoadedPerson person,
                         LoadPersonByHandle(context, call.principal.name, request.handle));
  Attempt attempt;
  personal_data::Staged& staged = attempt.change.staged;
  // The person is there until this very commit: nothing of theirs is written after an erasure.
  staged.Require(personal_data::keyspaces::PersonKey(person.person), person.stored);
  NOREN_ASSIGN_OR_RETURN(std::optional<StoredLetter> before, ReadLetterOf(context, person.person));
  if (before) staged.Delete(before->key);
  std::array<std::uint8_t, kUniqueBytes> unique{};
  context.random.Fill(unique);
  const std::string key = keyspaces::LetterKey(token, unique);
  NOREN_ASSIGN_OR_RETURN(Bytes pointer, personal_data::EncodePersonPointer(
                                            key, person.person, context.keys, context.random));
  staged.Replace(key, std::nullopt, std::move(pointer));
  const std::string back = keyspaces::LetterOfKey(person.person);
  const Bytes plaintext = RecordWriter().U8(kLayout).Raw(token).Raw(unique).Take();
  staged.Replace(back, before ? std::optional<Bytes>(std::move(before->stored)) : std::nullopt,
                 storage::SealValue(context.keys.store_seal(), {keyspaces::kLetterOf, back}, 1,
                                    plaintext, context.random));
  attempt.change.entry.operation = audit::Operation::kStateLetterFacts;
  attempt.change.entry.principal = call.principal;
  attempt.change.entry.subject = person.person.ToString();
  attempt.change.entry.clause_ids = policy::MayFindByLetter(context.policy).clauses;
  attempt.subject = person.person;
  attempt.subject_keys = person.keys;
  return attempt;
}

}  // namespace

StatusOr<Hash256> LetterToken(const ServiceContext& context, const LetterFacts& facts) {
  NOREN_ASSIGN_OR_RETURN(const std::string name, Folded(facts.name, kMaxNameBytes, "facts.name"));
  NOREN_ASSIGN_OR_RETURN(const std::string address,
                         Folded(facts.address, kMaxAddressBytes, "facts.address"));
  NOREN_ASSIGN_OR_RETURN(const std::string postal_code, FoldPostalCode(facts.postal_code));
  RecordWriter message;
  message.Field(name).I64(facts.born.days_since_1970).Field(postal_code);
  message.Field(FoldAddress(address));
  return context.pseudonyms.LetterToken(message.bytes());
}

StatusOr<EntryPosition> StateLetterFacts(ServiceContext& context, const Call& call,
                                         const StateLetterFactsRequest& request) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kPortal}));
  if (policy::TodayOf(context.policy, context.time.Now()) < request.facts.born)
    return MakeFieldError(ErrorCode::kBadRequest, "facts.born", "is still to come");
  NOREN_ASSIGN_OR_RETURN(const Hash256 token, LetterToken(context, request.facts));
  NOREN_RETURN_IF_ERROR(RequireStated(context, call, {audit::Operation::kStateLetterFacts, ""},
                                      policy::MayFindByLetter(context.policy)));
  // The token stands for the facts: no record of the request has them.
  const Bytes encoded = RecordWriter().Raw(request.handle.bytes()).Raw(token).Take();
  const auto identity = IdentifyRequest(request.idempotency_key, "state_letter_facts", encoded);
  NOREN_ASSIGN_OR_RETURN(RunResult run, RunOnce(context, call, identity, [&] {
                           return StageFacts(context, call, request, token);
                         }));
  return std::move(run.position);
}

Status StageLetterErasure(ServiceContext& context, const model::PersonId& person,
                          personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const std::optional<StoredLetter> letter, ReadLetterOf(context, person));
  if (!letter) return OkStatus();
  staged.Delete(letter->key);
  staged.Delete(keyspaces::LetterOfKey(person));
  return OkStatus();
}

}  // namespace noren::operations
