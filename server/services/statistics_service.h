// The services "statistics", of privacy officers, and "analyst": editions and their figures.
// Threads:  one object per connection, whose calls run one after another
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "gen-cpp/AnalystService.h"
#include "gen-cpp/StatisticsService.h"
#include "server/services/service_calls.h"

namespace noren::server {

class StatisticsService final : public wire::StatisticsServiceIf {
 public:
  // Both must outlive the service.
  StatisticsService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void begin_edition(wire::BegunEdition& answer, const wire::BeginEdition& request) override;
  void count_edition(wire::Edition& answer, const std::string& edition,
                     std::int32_t limit) override;
  void list_editions(std::vector<wire::Edition>& answer) override;
  void list_figures_released(wire::FiguresReleasedPage& answer, const std::string& edition,
                             const wire::PageRequest& page) override;

 private:
  ServiceCalls calls_;
};

class AnalystService final : public wire::AnalystServiceIf {
 public:
  // Both must outlive the service.
  AnalystService(const ServiceParts& parts, const RequestContext& request)
      : calls_(parts, request) {}

  void list_editions(std::vector<wire::Edition>& answer) override;
  void read_figures(wire::Figures& answer, const wire::ReadFigures& request) override;

 private:
  ServiceCalls calls_;
};

}  // namespace noren::server
