// A chart with logarithmic axes as SVG: lines with points, a legend, ticks at powers of ten.
// Threads:  plain values; pure functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace noren::bench {

struct ChartPoint {
  double x = 0;  // above 0, as is y
  double y = 0;
};
struct ChartLine {
  std::string name;
  std::vector<ChartPoint> points;
};
struct Chart {
  std::string title;
  std::string x_label;
  std::string y_label;
  std::vector<ChartLine> lines;
};

std::string ToSvg(const Chart& chart);

}  // namespace noren::bench
