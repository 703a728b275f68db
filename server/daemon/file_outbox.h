// The outbox as a folder: one JSON file per message, for whatever delivers mail or text messages to
// take away.
// Source:   docs/formats/outbox.md
// Threads:  thread-safe
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "crypto/base/clock.h"
#include "crypto/base/random.h"
#include "engine/personal_data/outbox.h"

namespace noren::server {

class FileOutbox final : public personal_data::Outbox {
 public:
  // Makes the folder (mode 0700) when it is missing. `clock` and `random` must outlive the object.
  //   errors   kUnavailable: it cannot be made
  static StatusOr<std::unique_ptr<FileOutbox>> Open(const std::string& directory,
                                                    const Clock& clock, Random& random);
  // Writes "<time>-<random>.json" (mode 0600) through a temporary name, synced.
  Status Send(const personal_data::OutboxMessage& message) override;

 private:
  FileOutbox(std::string directory, const Clock& clock, Random& random)
      : directory_(std::move(directory)), clock_(clock), random_(random) {}
  std::string directory_;
  const Clock& clock_;
  Random& random_;
};

}  // namespace noren::server
