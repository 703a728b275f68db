// The tokens of blocked employers, under the keys they were made with and under the one in use.
// Source:   docs/design/0018-rotation-of-tokens.md, docs/design/0014-companies-and-audiences.md (5)
// Threads:  free functions concurrently
// Secrets:  token keys, for the call
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/operations/narrowing.h"
#include "engine/operations/people.h"
#include "engine/operations/rotate_keys.h"
#include "engine/operations/token_keys.h"
#include "engine/personal_data/blocked_employer.h"

namespace noren::operations {

// Opens each key once. For one call.
class EmployerKeys {
 public:
  explicit EmployerKeys(ServiceContext& context) : context_(context) {}

  // What new tokens are made under, and the record that says so: whoever stages some requires that
  // it is still this one.
  StatusOr<personal_data::EmployerKey> InUse();
  const std::optional<Bytes>& record() const { return record_; }

  // nullopt: nobody can tell, since the key is gone.
  std::optional<bool> Meets(const model::PersonId& person,
                            const personal_data::BlockedEmployer& blocked,
                            const model::CorporateNumber& number);
  // The same employer under the key in use.
  //   errors   kDataCorrupt: its key is gone, or it has no number
  StatusOr<personal_data::BlockedEmployer> Renewed(const model::PersonId& person,
                                                   const personal_data::BlockedEmployer& blocked);

 private:
  using SharedKey = std::shared_ptr<const SecretBytes>;
  SharedKey Find(std::optional<std::uint32_t> leaf);  // null: gone

  ServiceContext& context_;
  std::vector<std::pair<std::optional<std::uint32_t>, SharedKey>> known_;
  std::optional<Bytes> record_;
};

// What the journal keeps of a block, under the person's own key.
//   replaces   these are all of hers: what an older backup has of them is under keys that are gone
StatusOr<NarrowedEmployers> NarrowedTo(const LoadedPerson& person,
                                       const std::vector<personal_data::BlockedEmployer>& employers,
                                       bool replaces, Random& random);
//   errors   kDataCorrupt
StatusOr<std::vector<personal_data::BlockedEmployer>> EmployersOf(
    const LoadedPerson& person, const NarrowedEmployers& narrowed);

// The next people whose tokens are under an older key: each in one batch with a narrowing act, so
// that a restore of an older backup has them under a key that lives.
//   returns  nullopt: a whole pass found none
StatusOr<std::optional<RewrapAnswer>> MoveEmployers(ServiceContext& context, const Call& call,
                                                    RewrapPlace& place);

}  // namespace noren::operations
