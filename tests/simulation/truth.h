// What must be so: a plain model of the service, of maps and sets, beside the real one. It changes
// when the service acknowledges something, and is what every restart is compared with.
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/personal_data/consent_record.h"

namespace noren::simulation {

struct PersonTruth {
  model::SeekerHandle handle;
  model::PersonId id;
  std::set<model::ItemId> items;
  std::map<model::ItemId, model::ItemKind> kinds;  // of the items
  bool discoverable = false;
  std::optional<model::RequestId> erasure;  // asked for; used for nothing from then on
  std::set<std::string> blocked;            // corporate numbers
};

// What an officer keeps of a person, whoever is destroyed.
struct HoldTruth {
  model::PersonId person;
  std::set<model::ItemId> items;
  bool released = false;
  std::set<model::ItemKind> kinds = {};
  std::uint64_t copy = 0;  // the number of the restore that placed it again; 0: none
  bool lost = false;       // of a backup's: the key of this copy is destroyed
};

struct ReleaseTruth {
  model::ReleaseId release;
  UnixSeconds ends_at;  // of the company's access; exclusive
};

struct ConsentTruth {
  int person = 0;
  model::InvitationId invitation;
  model::PostingId posting;
  UnixSeconds answer_by;
  personal_data::ConsentState state = personal_data::ConsentState::kRequested;
  std::optional<model::CandidateRef> candidate;  // from the grant on
  UnixSeconds expires_at;
  std::set<model::ItemId> asked;  // by the invitation
  std::set<model::ItemId> items;  // granted
  std::map<std::string, ReleaseTruth> orders;
};

// Everything acknowledged that a restore of an older backup takes back.
struct Truth {
  std::map<int, PersonTruth> people;  // by the portal's number; those who live
  std::map<model::ConsentId, ConsentTruth> consents;
  std::set<model::PostingId> postings;
  std::set<std::string> used_statements;
  std::set<model::CandidateRef> owed;  // a company has the duty to destroy its copies
  std::map<model::HoldId, HoldTruth> holds;
};

// What no restore takes back.
struct Narrowing {
  enum class Kind {
    kHidden,
    kErasureAsked,
    kWithdrawn,
    kDestroyed,
    kItemDestroyed,
    kBlocked,
    kHoldPlaced,
    kHoldReleased,
    kHoldDestroyed
  } kind = Kind::kHidden;
  model::PersonId person = {};
  model::ConsentId consent = {};
  model::RequestId request = {};
  model::ItemId item = {};
  std::string employer = {};
  model::HoldId hold = {};
  std::set<model::ItemKind> kinds = {};  // that the hold keeps
};

void Narrow(Truth& truth, const Narrowing& narrowing);
// A backup's truth, and everything that was narrowed since, after the restore of this number.
Truth AfterRestore(Truth backup, const std::vector<Narrowing>& narrowed, std::size_t before,
                   std::uint64_t restore);

}  // namespace noren::simulation
