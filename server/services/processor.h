// The services a connection gets, by the role of its certificate. Other service names do not exist
// for it.
//   portal: "portal", "person"     company: "company"     officer: "officer"     others: nothing
// Source:   docs/formats/wire.md
// Threads:  MakeProcessor from any thread; a processor serves one connection
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "server/services/service_calls.h"

namespace apache::thrift {
class TProcessor;
}

namespace noren::server {

// Fits ProcessorFactory (server/transport/server.h): [&parts](const RequestContext& c) { return
// MakeProcessor(parts, c); }
//   parts, request   outlive the processor
std::shared_ptr<apache::thrift::TProcessor> MakeProcessor(const ServiceParts& parts,
                                                          const RequestContext& request);

}  // namespace noren::server
