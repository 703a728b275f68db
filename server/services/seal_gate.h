// Lets calls through while the service is unsealed, and keeps them out while it is not.
// Threads:  thread-safe; Open and Close are externally serialised
// Why safe: Close returns when nobody is inside and nobody keeps anything of the unsealed service,
//           so that it may be destroyed
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <set>

#include "server/services/service_calls.h"

namespace noren::server {

class SealGate {
 public:
  // Something that holds on to parts of the unsealed service between calls.
  class Keeper {
   public:
    virtual ~Keeper() = default;
    virtual void Forget() = 0;  // nobody is inside
  };

  // One call inside; parts() is null when the service is sealed.
  class Pass {
   public:
    explicit Pass(SealGate& gate) : gate_(gate), parts_(gate.Enter()) {}
    ~Pass() {
      if (parts_ != nullptr) gate_.Leave();
    }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    const ServiceParts* parts() const { return parts_; }

   private:
    SealGate& gate_;
    const ServiceParts* parts_;
  };

  // `parts` must live until Close has returned.
  void Open(const ServiceParts& parts);
  // From here on nobody gets in; waits for those inside, then makes every keeper forget.
  void Close();

  void Add(Keeper& keeper);
  void Remove(Keeper& keeper);

 private:
  const ServiceParts* Enter();
  void Leave();

  std::mutex mutex_;  // guards what follows
  std::condition_variable empty_;
  const ServiceParts* parts_ = nullptr;
  std::size_t inside_ = 0;
  std::set<Keeper*> keepers_;
};

}  // namespace noren::server
