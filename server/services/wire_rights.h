// Requests about one's own data between the wire and operations.
// Source:   server/thrift/rights.thrift
// Threads:  free functions concurrently
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "engine/operations/rights_requests.h"
#include "gen-cpp/rights_types.h"

namespace noren::server {

// All refuse with kBadRequest and the field.
StatusOr<operations::ReceiveRightRequest> ReceiveFromWire(const wire::ReceiveRight& request);
StatusOr<operations::IdentifyRightRequest> IdentifyFromWire(const wire::IdentifyRight& request);
StatusOr<operations::DecideRightRequest> DecideFromWire(const wire::DecideRight& request);
StatusOr<operations::SettleRightRequest> SettleFromWire(const wire::SettleRight& request);
StatusOr<operations::RightFilter> RightFilterFromWire(std::string_view filter);

wire::ReceivedRight ToWire(const operations::ReceivedRight& received);
wire::DecidedRight ToWire(const operations::DecidedRight& decided);
wire::DueDay ToWire(const policy::DueDay& due);
wire::Right ToWire(const operations::ListedRight& listed);

}  // namespace noren::server
