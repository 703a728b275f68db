// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/enrol_contact.h"

#include <algorithm>
#include <utility>

#include "engine/model/errors.h"
#include "engine/operations/enrolment_keys.h"
#include "engine/personal_data/keyspaces.h"
#include "engine/policy/decisions.h"

namespace noren::operations {
namespace {

namespace keyspaces = personal_data::keyspaces;
using model::ErrorCode;
using model::MakeFieldError;

// In the order of the keys.
StatusOr<personal_data::EnrolmentContact> ContactOf(ServiceContext& context,
                                                    const std::vector<StoredEnrolmentKey>& keys,
                                                    const SubjectIdentifier& identifier) {
  if (identifier.size() != keys.size()) {
    return MakeFieldError(ErrorCode::kEnrolmentVersions, "identifiers");
  }
  personal_data::EnrolmentContact contact;
  contact.at = context.time.Now();
  for (const StoredEnrolmentKey& key : keys) {
    const auto id = std::find_if(identifier.begin(), identifier.end(), [&](const SubjectId& one) {
      return one.version == key.record.version;
    });
    if (id == identifier.end()) {
      return MakeFieldError(ErrorCode::kEnrolmentVersions, "identifiers");
    }
    contact.tokens.push_back({id->version, context.pseudonyms.EnrolmentToken(id->version, id->id)});
  }
  return contact;
}

}  // namespace

void EncodeIdentifiers(const std::vector<SubjectIdentifier>& identifiers, RecordWriter& writer) {
  for (const SubjectIdentifier& identifier : identifiers) {
    writer.U32(static_cast<std::uint32_t>(identifier.size()));
    for (const SubjectId& id : identifier) writer.U32(id.version).Raw(id.id);
  }
}

Status StageContacts(ServiceContext& context, const Call& call, const model::PersonId& person,
                     const std::vector<SubjectIdentifier>& identifiers,
                     personal_data::Staged& staged) {
  if (identifiers.empty()) return OkStatus();
  if (identifiers.size() > kMaxIdentifiers) {
    return MakeFieldError(ErrorCode::kBadRequest, "identifiers", "at most 4");
  }
  NOREN_RETURN_IF_ERROR(
      policy::ToStatus(policy::MayEvaluate(context.policy, {call.principal.name, 0, 0})));
  NOREN_ASSIGN_OR_RETURN(auto keys, LoadLiveEnrolmentKeys(context));
  for (const SubjectIdentifier& identifier : identifiers) {
    NOREN_ASSIGN_OR_RETURN(auto contact, ContactOf(context, keys, identifier));
    contact.person = person;
    personal_data::Unique16 unique{};
    context.random.Fill(unique);
    const std::string key =
        keyspaces::EnrolmentContactKey(contact.at.value, contact.tokens.back().version, unique);
    const std::string place_key = keyspaces::EnrolmentOfKey(person, unique);
    NOREN_ASSIGN_OR_RETURN(Bytes stored, personal_data::EncodeEnrolmentContact(
                                             key, contact, context.keys, context.random));
    NOREN_ASSIGN_OR_RETURN(Bytes place, personal_data::EncodeSubjectPlace(
                                            place_key, key, context.keys, context.random));
    staged.Put(key, std::move(stored));
    staged.Put(place_key, std::move(place));
  }
  // Under a version that is retired meanwhile nobody would be found: then the portal is told.
  for (StoredEnrolmentKey& key : keys) staged.Require(key.store_key, std::move(key.stored));
  return OkStatus();
}

}  // namespace noren::operations
