// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/erase_person.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/contact_record.h"
#include "engine/operations/erase_history.h"
#include "engine/operations/freezes.h"
#include "engine/operations/keyspaces.h"
#include "engine/operations/letter_facts.h"
#include "engine/operations/questions.h"
#include "engine/operations/retention.h"
#include "engine/operations/rights_record.h"
#include "engine/operations/settle_enrolments.h"
#include "engine/operations/withdrawals.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/personal_data/release.h"
#include "engine/storage/sealed_value.h"

namespace noren::operations {
namespace {

namespace person_keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

Status StagePrefix(ServiceContext& context, const std::string& prefix,
                   personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const auto items, ScanAll(context, prefix));
  for (const storage::KeyValue& item : items) staged.Delete(item.key);
  return OkStatus();
}

// Releases and the addresses that lead to them.
Status StageReleases(ServiceContext& context, const LoadedPerson& person,
                     const personal_data::Invitation& invitation, personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const auto releases,
                         ScanAll(context, person_keyspaces::ReleasePrefix(invitation.consent)));
  for (const storage::KeyValue& item : releases) {
    const auto release = personal_data::DecodeRelease(person.context(), item.key, item.value);
    // One that does not open is no reason not to destroy it.
    if (release.ok()) staged.Delete(keyspaces::ReleaseOfKey(invitation.company, release->release));
    staged.Delete(item.key);
  }
  return OkStatus();
}

// Of a person whose keys are gone: what the names of the consents lead to (stray_records.h has the
// rest).
Status StageReleasesByName(ServiceContext& context, const model::PersonId& person,
                           personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const auto consents,
                         ScanAll(context, person_keyspaces::ConsentVersionPrefix(person)));
  for (const storage::KeyValue& item : consents) {
    NOREN_ASSIGN_OR_RETURN(const auto consent,
                           person_keyspaces::IdOfKey<model::ConsentId>(item.key, 1));
    NOREN_RETURN_IF_ERROR(StagePrefix(context, person_keyspaces::ReleasePrefix(consent), staged));
    NOREN_RETURN_IF_ERROR(StagePrefix(context, keyspaces::DecidedPrefix(consent), staged));
  }
  return OkStatus();
}

// Candidate references and releases of the person's consents; needs the person's keys to know the
// companies.
Status StageApplications(ServiceContext& context, const LoadedPerson& person,
                         personal_data::Staged& staged) {
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  for (const personal_data::Invitation& invitation : invitations) {
    const auto candidate =
        context.pseudonyms.CandidateRefFor(invitation.company, invitation.posting, person.person);
    staged.Delete(person_keyspaces::CandidateKey(invitation.company, candidate));
    staged.Delete(keyspaces::ApplicantKey(invitation.posting, candidate));
    NOREN_RETURN_IF_ERROR(StageReleases(context, person, invitation, staged));
    NOREN_RETURN_IF_ERROR(
        StagePrefix(context, keyspaces::DecidedPrefix(invitation.consent), staged));
  }
  return OkStatus();
}

// The name under which the person is known across portals, both ways.
Status StageSubject(ServiceContext& context, const model::PersonId& person,
                    personal_data::Staged& staged) {
  const std::string back_key = keyspaces::SubjectOfKey(person);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> back, ReadOne(context, back_key));
  if (!back) return OkStatus();
  NOREN_ASSIGN_OR_RETURN(
      const auto opened,
      storage::OpenValue(context.keys.store_seal(), {keyspaces::kSubjectOf, back_key}, *back));
  Hash256 token{};
  if (opened.plaintext.size() == token.size()) {
    std::copy(opened.plaintext.begin(), opened.plaintext.end(), token.begin());
    staged.Delete(person_keyspaces::SubjectKey(token));
  }
  staged.Delete(back_key);
  return OkStatus();
}

// The company is told, and owes the destruction of what it may have.
Status TellCompany(ServiceContext& context, const LoadedPerson& person,
                   const personal_data::Invitation& invitation, HandedOver handed_over,
                   StagedDuty& notices) {
  const auto candidate =
      context.pseudonyms.CandidateRefFor(invitation.company, invitation.posting, person.person);
  auto released = context.store.Scan(kEmbeddedPartition,
                                     person_keyspaces::ReleasePrefix(invitation.consent), "", 1);
  if (!released.ok()) return MakeError(ErrorCode::kStorage);
  const std::string key = person_keyspaces::WithdrawalKey(invitation.company, candidate);
  // What was told before, by an interrupted run that deleted the releases, holds.
  NOREN_ASSIGN_OR_RETURN(const auto before, ReadOne(context, key));
  const auto noticed = before ? DecodeWithdrawal(key, *before, context.keys)
                              : StatusOr<WithdrawalRecord>(WithdrawalRecord());
  const bool has_copies = handed_over == HandedOver::kAssumed || !released->items.empty() ||
                          (noticed.ok() && noticed->destroy_copies);
  NOREN_ASSIGN_OR_RETURN(
      Bytes record,
      EncodeWithdrawal(key, {candidate, invitation.posting, context.time.Now(), has_copies, {}},
                       context.keys, context.random));
  notices.staged.Put(key, std::move(record));
  NOREN_ASSIGN_OR_RETURN(
      StagedDuty duty,
      StageDutyOfEnd(context, {invitation.company, candidate, invitation.posting,
                               invitation.consent, DutyCause::kErasure, has_copies}));
  notices.staged.Append(std::move(duty.staged));
  std::move(duty.told.begin(), duty.told.end(), std::back_inserter(notices.told));
  return OkStatus();
}

}  // namespace

StatusOr<StagedDuty> StageCompanyNotices(ServiceContext& context, const LoadedPerson& person,
                                         HandedOver handed_over) {
  StagedDuty notices;
  NOREN_ASSIGN_OR_RETURN(const auto invitations, LoadInvitations(context, person));
  for (const personal_data::Invitation& invitation : invitations) {
    const auto loaded = LoadConsentOf(context, person, invitation.consent);
    // A consent that cannot be shown is no reason not to destroy, nor not to tell the company.
    const bool is_shown = model::CodeOf(loaded.status()) != ErrorCode::kDataCorrupt;
    if (is_shown) NOREN_RETURN_IF_ERROR(loaded.status());
    if (is_shown && loaded->version.state != personal_data::ConsentState::kGranted) continue;
    NOREN_RETURN_IF_ERROR(TellCompany(context, person, invitation, handed_over, notices));
  }
  return notices;
}

StatusOr<personal_data::Staged> StageErasure(ServiceContext& context, const model::PersonId& person,
                                             const LoadedPerson* known) {
  personal_data::Staged staged;
  const std::string person_key = person_keyspaces::PersonKey(person);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, ReadOne(context, person_key));
  // Fails once the key is destroyed.
  const StatusOr<LoadedPerson> loaded = LoadPerson(context, person);
  if (loaded.ok()) known = &*loaded;
  if (stored) {
    const auto address = personal_data::OpenPersonAddress(person, *stored, context.keys);
    if (!address.ok() && known == nullptr) return address.status();
    // Without an address the handle stays, and leads to nobody.
    if (address.ok()) staged.Delete(person_keyspaces::HandleKey(address->portal, address->handle));
    NOREN_RETURN_IF_ERROR(known != nullptr ? StageApplications(context, *known, staged)
                                           : StageReleasesByName(context, person, staged));
  }
  NOREN_RETURN_IF_ERROR(StageSubject(context, person, staged));
  NOREN_RETURN_IF_ERROR(StageLetterErasure(context, person, staged));
  for (const std::string& prefix :
       {person_keyspaces::ItemPrefix(person), person_keyspaces::InvitationPrefix(person),
        person_keyspaces::ConsentPrefix(person), person_keyspaces::ConsentVersionPrefix(person),
        keyspaces::ReencryptPrefix(person), FreezeKey(person), RightTextPrefix(person),
        RetentionKey(person), ContactPrefix(person), UnsubscribedKey(person),
        keyspaces::FormAnswerPrefix(person), keyspaces::KeptByConsentKey(person),
        keyspaces::OriginKey(person)}) {
    NOREN_RETURN_IF_ERROR(StagePrefix(context, prefix, staged));
  }
  NOREN_RETURN_IF_ERROR(StageHistoryErasure(context, person, staged));
  NOREN_RETURN_IF_ERROR(StageErasureOfQuestions(context, person, staged));
  NOREN_RETURN_IF_ERROR(StageEnrolmentErasure(
      context, person, known == nullptr ? nullptr : known->keys.get(), staged));
  staged.Delete(person_keyspaces::CodeKey(person));
  staged.Delete(person_key);
  return staged;
}

std::size_t CountConsents(const personal_data::Staged& staged) {
  return static_cast<std::size_t>(
      std::ranges::count_if(staged.mutations, [](const storage::Mutation& one) {
        return one.key.starts_with(person_keyspaces::kConsentVersion);
      }));
}

namespace {

// Where the first piece of these ends.
std::vector<storage::Mutation>::iterator EndOfPiece(std::vector<storage::Mutation>& mutations) {
  std::size_t consents = 0;
  std::size_t count = 0;
  for (auto at = mutations.begin(); at != mutations.end(); ++at) {
    consents += at->key.starts_with(person_keyspaces::kConsentVersion) ? 1 : 0;
    if (++count > kMutationsPerChange || consents > kConsentsPerChange) return at;
  }
  return mutations.end();
}

}  // namespace

Status EraseAhead(ServiceContext& context, const audit::EntryDraft& entry,
                  personal_data::Staged& staged, std::vector<AddressedEvent>& told) {
  while (true) {
    const auto end = EndOfPiece(staged.mutations);
    if (end == staged.mutations.end()) return OkStatus();
    Change change;
    change.entry = entry;
    change.staged.conditions = staged.conditions;
    change.staged.mutations.assign(std::make_move_iterator(staged.mutations.begin()),
                                   std::make_move_iterator(end));
    // What a piece has written is not any more what it was read as.
    std::erase_if(staged.conditions, [&change](const storage::Condition& one) {
      return std::ranges::any_of(change.staged.mutations, [&one](const storage::Mutation& written) {
        return written.key == one.key;
      });
    });
    staged.mutations.erase(staged.mutations.begin(), end);
    AddEvents(context, change, std::exchange(told, {}));
    NOREN_RETURN_IF_ERROR(context.pipeline.Commit(std::move(change)).status());
  }
}

}  // namespace noren::operations
