// Plans of destruction as they are stored: what was selected, who planned and approved it, how far
// it is; and the journal's act of one part.
// Source:   docs/formats/destruction.md, docs/formats/journal.md (payload of format 5)
// Threads:  values; free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/operations/people.h"
#include "engine/personal_data/staged.h"
#include "engine/storage/narrowing_journal.h"

namespace noren::operations {

enum class DestructionLevel : std::uint8_t {
  kPeople = 1,
  kItems = 2,
  kFile = 3,
  kHeld = 4,
  kMedium = 5  // of the journal alone: a medium is lost, and no plan is made of that (media.h)
};
std::string_view DestructionLevelName(DestructionLevel level);  // "people", "items", "file", "held"
// One that a plan can be of.
std::optional<DestructionLevel> FindDestructionLevel(std::string_view name);

// How a plan selects.
enum class SelectBy : std::uint8_t {
  kRequests = 1,       // people who asked to be erased
  kHandles = 2,        // people by portal and handle
  kIdleSince = 3,      // people who did nothing since a time
  kItems = 4,          // items by portal, handle and item
  kKindOlderThan = 5,  // items of a kind that came in before a time
  kFile = 6,           // everything in a declared file
  kDueHolds = 7,       // held copies whose end date has passed
  kHolds = 8           // these held copies
};
std::string_view SelectByName(SelectBy by);  // "requests", "handles", "idle_since", ...

// One thing to destroy, and the leaf that does it.
struct DestructionTarget {
  model::PersonId person;
  model::ItemId item;  // level kItems
  model::HoldId hold;  // level kHeld
  personal_data::LeafIndex leaf = 0;
  std::uint64_t holds_mark = 0;  // of the holds on the person; 0: none
  bool operator==(const DestructionTarget&) const = default;
};
inline constexpr std::size_t kTargetsPerPart = 1024;
inline constexpr std::size_t kMaxTargets = 200'000;

struct DestructionCounts {
  std::uint64_t people = 0;  // destroyed as people; 0 at other levels
  std::uint64_t items = 0;
  std::uint64_t held_people = 0;  // of the people: a hold keeps a minimum of them
  std::uint64_t held_items = 0;   // what the holds keep
  bool operator==(const DestructionCounts&) const = default;
};

struct OfficerMark {
  std::string name;
  Hash256 key{};  // SHA-256 of the TLS key; zeros: not known
  bool operator==(const OfficerMark&) const = default;
};

struct PlanRecord {
  enum class State : std::uint8_t {
    kPlanned = 1,
    kApproved = 2,
    kExecuting = 3,
    kDone = 4,
    kVoid = 5
  };
  model::PlanId plan;
  State state = State::kPlanned;
  DestructionLevel level = DestructionLevel::kPeople;
  SelectBy by = SelectBy::kHandles;
  UnixSeconds older_than;               // kIdleSince, kKindOlderThan
  std::optional<model::ItemKind> kind;  // kKindOlderThan
  std::string file;                     // kFile
  std::string reason;
  OfficerMark planner, approver;  // the approver's name is empty until then
  UnixSeconds created_at, expires_at, approved_at, begun_at;
  std::string statement;  // canonical JSON
  Hash256 digest{};       // its SHA-256: what is approved
  DestructionCounts counts;
  std::uint32_t parts = 0;
  std::uint32_t next_part = 0;
  std::uint64_t spared = 0;  // selected by time, and active again before their part came
  std::string cursor;        // kFile: item keys up to here are done
  bool scanned = false;      // kFile: all of them
  std::uint64_t generation_before = 0, generation_after = 0;  // of the key tree
  model::ReceiptId receipt;                                   // set when it is done
  bool operator==(const PlanRecord&) const = default;
};
std::string_view PlanStateName(PlanRecord::State state);  // "planned", "approved", ...

StatusOr<Bytes> EncodePlan(const PlanRecord& plan, const personal_data::PurposeKeys& keys,
                           Random& random);
//   errors   kDataCorrupt
StatusOr<PlanRecord> DecodePlan(const model::PlanId& plan, ByteSpan stored,
                                const personal_data::PurposeKeys& keys);
struct LoadedPlan {
  PlanRecord record;
  Bytes stored;
};
//   errors   kNotFound
StatusOr<LoadedPlan> LoadPlan(ServiceContext& context, const model::PlanId& plan);

struct PartAddress {
  model::PlanId plan;
  std::uint32_t part = 0;
};
StatusOr<Bytes> EncodePart(const PartAddress& address,
                           const std::vector<DestructionTarget>& targets,
                           const personal_data::PurposeKeys& keys, Random& random);
StatusOr<std::vector<DestructionTarget>> LoadPart(ServiceContext& context,
                                                  const PartAddress& address);

// The one plan that runs, if any.
StatusOr<std::optional<model::PlanId>> RunningPlan(ServiceContext& context);
std::string RunningPlanKey();
// Stages that none runs when the change commits.
//   errors   kRetryLater: one runs
Status RequireNoDestruction(ServiceContext& context, personal_data::Staged& staged);

// What the journal keeps of one part.
struct DestructionAct {
  DestructionLevel level = DestructionLevel::kPeople;
  model::PlanId plan;
  UnixSeconds at;
  std::uint64_t generation_after = 0;  // an anchor below it still has the root that opens the keys
  std::string file;                    // kFile: targets is one leaf; kMedium: the medium's name
  std::vector<DestructionTarget> targets;  // without marks
  bool operator==(const DestructionAct&) const = default;
};
storage::NarrowingAct MakeDestructionAct(const DestructionAct& act);
bool IsDestructionAct(const storage::NarrowingAct& act);
//   errors   kDataCorrupt
StatusOr<DestructionAct> DestructionActOf(ByteSpan payload);

}  // namespace noren::operations
