// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/public_notice.h"

#include <map>
#include <mutex>

#include "engine/policy/notice.h"

namespace noren::operations {

Hash256 PublicNoticeOf(const policy::Policy& policy) {
  static std::mutex mutex;
  static auto& known = *new std::map<Hash256, Hash256>();  // by the digest of the policy
  const std::lock_guard lock(mutex);
  const auto found = known.find(policy.digest);
  if (found != known.end()) return found->second;
  return known[policy.digest] = policy::PublicNoticeDigest(policy);
}

}  // namespace noren::operations
