// The notice a person reads before consenting, rendered from the policy that is enforced; its
// digest goes into the consent. It says who receives what, for what purpose, for how long, that one
// may refuse, and what follows from refusing.
// Source:   docs/formats/policy.md, section notices
// Threads:  pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "crypto/base/status.h"
#include "engine/policy/policy.h"

namespace noren::policy {

struct ReleaseNotice {
  std::string_view recipient;  // the company's name as the person is shown it; 1..200 bytes
  model::Purpose purpose = model::Purpose::kApplicationScreening;
  std::span<const model::ItemKind> items;  // in the order shown
  std::int32_t retention_days = 0;
  // PublicNoticeDigest of the policy; it ends the notice. Zeros: the policy publishes nothing.
  Hash256 public_notice{};
};

//   errors   kPolicyForbids: purpose, item or days the policy does not allow; kBadRequest: empty
//            recipient or items
StatusOr<std::string> RenderReleaseNotice(const Policy& policy, model::Language language,
                                          const ReleaseNotice& notice);
StatusOr<std::string> RenderDiscoverabilityNotice(const Policy& policy, model::Language language,
                                                  std::string_view recipient_class);

// SHA-256 of the rendered text.
Hash256 NoticeDigest(std::string_view rendered);
// NoticeDigest of the public notice (statement_notice.h) in the operator's language; zeros without
// a stated part. Printing takes milliseconds.
Hash256 PublicNoticeDigest(const Policy& policy);

// The whole policy as a page for the public: what is collected, why, for how long, who processes
// it, what is forbidden.
std::string RenderPublicNotice(const Policy& policy, model::Language language);

}  // namespace noren::policy
