// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/people.h"

#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/commit_pipeline.h"
#include "engine/operations/consent_versions.h"
#include "engine/operations/stored_items.h"
#include "engine/personal_data/keyspaces.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeError;

constexpr std::size_t kScanPage = 256;

}  // namespace

StatusOr<std::optional<Bytes>> ReadOne(ServiceContext& context, const std::string& key) {
  auto values = context.store.Read(kEmbeddedPartition, {key});
  if (!values.ok()) return MakeError(ErrorCode::kStorage);
  return std::move((*values)[0]);
}

StatusOr<std::vector<storage::KeyValue>> ScanAll(ServiceContext& context,
                                                 const std::string& prefix) {
  std::vector<storage::KeyValue> all;
  NOREN_RETURN_IF_ERROR(ScanEach(context, prefix, [&all](const storage::KeyValue& item) {
    all.push_back(item);
    return OkStatus();
  }));
  return all;
}

Status ScanEach(ServiceContext& context, const std::string& prefix,
                const std::function<Status(const storage::KeyValue&)>& take) {
  std::string after;
  for (bool more = true; more;) {
    auto page = context.store.Scan(kEmbeddedPartition, prefix, after, kScanPage);
    if (!page.ok()) return MakeError(ErrorCode::kStorage);
    for (const storage::KeyValue& item : page->items) NOREN_RETURN_IF_ERROR(take(item));
    more = page->more;
    if (more) after = std::move(page->items.back().key);
  }
  return OkStatus();
}

StatusOr<LoadedPerson> LoadPersonByHandle(ServiceContext& context, std::string_view portal,
                                          const model::SeekerHandle& handle) {
  const std::string key = keyspaces::HandleKey(portal, handle);
  NOREN_ASSIGN_OR_RETURN(const std::optional<Bytes> pointer, ReadOne(context, key));
  if (!pointer) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const model::PersonId person,
                         personal_data::DecodePersonPointer(key, *pointer, context.keys));
  return LoadPerson(context, person);
}

StatusOr<LoadedPerson> LoadPerson(ServiceContext& context, const model::PersonId& person) {
  NOREN_ASSIGN_OR_RETURN(std::optional<Bytes> stored,
                         ReadOne(context, keyspaces::PersonKey(person)));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(const personal_data::PersonAddress address,
                         personal_data::OpenPersonAddress(person, *stored, context.keys));
  NOREN_ASSIGN_OR_RETURN(auto keys, context.keyring.Open(address.leaf));
  NOREN_ASSIGN_OR_RETURN(personal_data::PersonRecord record,
                         personal_data::DecodePersonRecord({person, *keys}, *stored, context.keys));
  return LoadedPerson{person, std::move(record), std::move(*stored), std::move(keys)};
}

StatusOr<std::vector<personal_data::ItemRecord>> LoadItems(ServiceContext& context,
                                                           const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto stored, ScanAll(context, keyspaces::ItemPrefix(person.person)));
  std::vector<personal_data::ItemRecord> items;
  for (const storage::KeyValue& entry : stored) {
    NOREN_ASSIGN_OR_RETURN(const model::ItemId item,
                           keyspaces::IdOfKey<model::ItemId>(entry.key, 1));
    StatusOr<StoredItem> opened = OpenStoredItem(context, person, item, entry.value);
    // Its key, or its file's, is destroyed, and the record will be deleted behind it.
    if (model::CodeOf(opened.status()) == ErrorCode::kNotFound) continue;
    NOREN_RETURN_IF_ERROR(opened.status());
    items.push_back(std::move(opened->record));
  }
  return items;
}

StatusOr<std::vector<personal_data::Invitation>> LoadInvitations(ServiceContext& context,
                                                                 const LoadedPerson& person) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ScanAll(context, keyspaces::InvitationPrefix(person.person)));
  std::vector<personal_data::Invitation> invitations;
  for (const storage::KeyValue& entry : stored) {
    NOREN_ASSIGN_OR_RETURN(const auto id, keyspaces::IdOfKey<model::InvitationId>(entry.key, 1));
    NOREN_ASSIGN_OR_RETURN(personal_data::Invitation invitation,
                           personal_data::DecodeInvitation(person.context(), id, entry.value));
    invitations.push_back(std::move(invitation));
  }
  return invitations;
}

StatusOr<personal_data::Invitation> LoadInvitation(ServiceContext& context,
                                                   const LoadedPerson& person,
                                                   const model::InvitationId& invitation) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ReadOne(context, keyspaces::InvitationKey(person.person, invitation)));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  return personal_data::DecodeInvitation(person.context(), invitation, *stored);
}

StatusOr<personal_data::LoadedConsent> LoadConsentOf(ServiceContext& context,
                                                     const LoadedPerson& person,
                                                     const model::ConsentId& consent) {
  StatusOr<StoredConsent> stored = ReadConsent(context, person.person, consent);
  NOREN_RETURN_IF_ERROR(stored.status());
  if (!stored->content || !stored->version) return MakeError(ErrorCode::kNotFound);
  StatusOr<personal_data::LoadedConsent> loaded =
      personal_data::LoadConsent(person.context(), consent, std::move(*stored->content),
                                 std::move(*stored->version), context.keys);
  // The version record is the present one: then the content is not the one that it names.
  if (model::CodeOf(loaded.status()) == ErrorCode::kDataCorrupt) context.pipeline.MarkDamaged();
  return loaded;
}

StatusOr<LoadedCandidate> LoadCandidate(ServiceContext& context, std::string_view company,
                                        const model::CandidateRef& candidate) {
  NOREN_ASSIGN_OR_RETURN(const auto stored,
                         ReadOne(context, keyspaces::CandidateKey(company, candidate)));
  if (!stored) return MakeError(ErrorCode::kNotFound);
  NOREN_ASSIGN_OR_RETURN(personal_data::CandidateRecord record,
                         personal_data::DecodeCandidate(company, candidate, *stored, context.keys));
  StatusOr<LoadedPerson> person = LoadPerson(context, record.person);
  // A person who is gone has withdrawn everything; the company learns no more than that.
  if (model::CodeOf(person.status()) == ErrorCode::kNotFound)
    return MakeError(ErrorCode::kConsentWithdrawn);
  NOREN_RETURN_IF_ERROR(person.status());
  NOREN_ASSIGN_OR_RETURN(personal_data::LoadedConsent consent,
                         LoadConsentOf(context, *person, record.consent));
  return LoadedCandidate{candidate, std::move(record), std::move(*person), std::move(consent)};
}

}  // namespace noren::operations
