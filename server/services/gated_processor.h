// The processor of one connection to a service that may be sealed: the one of processor.h while it
// is open, SEALED to every call while it is not, and for officers the service "custody" always.
// Source:   docs/formats/wire.md
// Threads:  MakeGatedProcessor from any thread; a processor serves one connection
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "server/services/custody_control.h"
#include "server/services/seal_gate.h"

namespace apache::thrift {
class TProcessor;
}

namespace noren::server {

// All must outlive every processor.
struct GatedParts {
  SealGate& gate;
  CustodyControl& control;
  EventLog& log;
  MetricsRegistry& metrics;
};

std::shared_ptr<apache::thrift::TProcessor> MakeGatedProcessor(const GatedParts& parts,
                                                               const RequestContext& request);

}  // namespace noren::server
