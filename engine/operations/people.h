// Finding a person, and everything of theirs that an operation needs, from what the caller named.
// Threads:  free functions concurrently
// Secrets:  the person's keys, borrowed from the keyring's cache
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/operations/service_context.h"
#include "engine/personal_data/consent.h"
#include "engine/personal_data/person_record.h"
#include "engine/personal_data/vault.h"

namespace noren::operations {

struct LoadedPerson {
  model::PersonId person;
  personal_data::PersonRecord record;
  Bytes stored;  // the record as it is stored: what changes condition on
  std::shared_ptr<const personal_data::PersonKeys> keys;
  personal_data::PersonContext context() const { return {person, *keys}; }
};

// Whether a person may be used, and until when.
struct PersonUse {
  bool allowed = true;
  std::optional<std::int32_t> last_day;  // on which this holds, days since 1970-01-01; nothing:
                                         // no end is known
  std::vector<std::string> companies;    // for openings of companies in one of these classes only;
                                         // none: of every company
};

//   errors   kNotFound: no such person, or another portal's (not told apart)
StatusOr<LoadedPerson> LoadPersonByHandle(ServiceContext& context, std::string_view portal,
                                          const model::SeekerHandle& handle);
StatusOr<LoadedPerson> LoadPerson(ServiceContext& context, const model::PersonId& person);

// Sorted by id; without those whose key, or whose file's, is destroyed.
StatusOr<std::vector<personal_data::ItemRecord>> LoadItems(ServiceContext& context,
                                                           const LoadedPerson& person);
StatusOr<std::vector<personal_data::Invitation>> LoadInvitations(ServiceContext& context,
                                                                 const LoadedPerson& person);
//   errors   kNotFound
StatusOr<personal_data::Invitation> LoadInvitation(ServiceContext& context,
                                                   const LoadedPerson& person,
                                                   const model::InvitationId& invitation);
// The present one, shown by the map of consents: every decision on a consent goes through here.
//   errors   kNotFound: there is none; kDataCorrupt: what is stored is not the present one
StatusOr<personal_data::LoadedConsent> LoadConsentOf(ServiceContext& context,
                                                     const LoadedPerson& person,
                                                     const model::ConsentId& consent);

// One value, or nullopt when the key is absent.
StatusOr<std::optional<Bytes>> ReadOne(ServiceContext& context, const std::string& key);
// Everything under a prefix; for prefixes whose size is bounded by one person or one posting.
StatusOr<std::vector<storage::KeyValue>> ScanAll(ServiceContext& context,
                                                 const std::string& prefix);
// Everything under a prefix of any size, page by page; not one view of the store.
Status ScanEach(ServiceContext& context, const std::string& prefix,
                const std::function<Status(const storage::KeyValue&)>& take);

// A company that collects, reads or is told: who stands behind a candidate reference.
struct LoadedCandidate {
  model::CandidateRef candidate;
  personal_data::CandidateRecord record;
  LoadedPerson person;
  personal_data::LoadedConsent consent;
};
//   errors   kNotFound: none, or not of this company; kConsentWithdrawn: the person is gone
StatusOr<LoadedCandidate> LoadCandidate(ServiceContext& context, std::string_view company,
                                        const model::CandidateRef& candidate);

}  // namespace noren::operations
