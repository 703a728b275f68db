// The root key from officers' shares: collects them one by one until there are enough, and then
// forgets them.
// Source:   docs/formats/key_shares.md
// Secrets:  the shares given so far
// Threads:  externally synchronised
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "crypto/base/random.h"
#include "crypto/keys/shares/shares.h"
#include "server/custody/root_key_source.h"

namespace noren::server {

// The file that says which shares belong to a service. It holds no secret.
Status WriteShareSet(const std::string& path, const keys::ShareSet& set);
//   errors   kNotFound; kInvalidArgument: not such a file
StatusOr<keys::ShareSet> ReadShareSet(const std::string& path);

// Writes `<prefix>1.txt` .. `<prefix>n.txt` with mode 0600, one share each, to be handed to the
// officers and removed from here.
//   errors   kInvalidArgument: numbers outside the limits; those of the files
StatusOr<keys::ShareSet> WriteShareFiles(const std::string& prefix, const SecretBytes& root_key,
                                         unsigned needed, unsigned count, Random& random);

class ShareCustody final : public RootKeySource {
 public:
  explicit ShareCustody(const keys::ShareSet& set) : set_(set) {}

  StatusOr<std::optional<SecretBytes>> Open(const SecretBytes& secret, Asking asking) override;
  unsigned shares_needed() const override { return set_.needed; }
  unsigned shares_given() const override { return static_cast<unsigned>(given_.size()); }

 private:
  const keys::ShareSet set_;
  std::vector<keys::KeyShare> given_;
};

}  // namespace noren::server
