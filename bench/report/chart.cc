// SPDX-License-Identifier: Apache-2.0
#include "bench/report/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string_view>

namespace noren::bench {
namespace {

constexpr double kWidth = 760;
constexpr double kHeight = 440;
constexpr double kLeft = 80;
constexpr double kRight = 200;  // the legend
constexpr double kTop = 48;
constexpr double kBottom = 60;

// Dark enough on white, and apart for those who see fewer colours (Okabe and Ito).
constexpr std::array<std::string_view, 7> kColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                      "#e69f00", "#56b4e9", "#000000"};

std::string Number(double value) {
  std::array<char, 32> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.1f", value);
  return {text.data(), static_cast<std::size_t>(size)};
}

// 1, 10, 100, 1k, 10k, 1M; below one 0.1, 0.01.
std::string TickName(int exponent) {
  static constexpr std::array<std::string_view, 3> kUnits = {"", "k", "M"};
  if (exponent < 0) return "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + "1";
  const auto unit = static_cast<std::size_t>(std::min(exponent / 3, 2));
  const std::size_t zeros = static_cast<std::size_t>(exponent) - 3 * unit;
  return "1" + std::string(zeros, '0') + std::string(kUnits[unit]);
}

// One axis: from a power of ten to another, mapped to pixels.
class Axis {
 public:
  Axis(double least, double most, double from, double to)
      : first_(static_cast<int>(std::floor(std::log10(least)))),
        last_(std::max(first_ + 1, static_cast<int>(std::ceil(std::log10(most))))),
        from_(from),
        to_(to) {}
  double At(double value) const {
    return from_ + (std::log10(value) - first_) / (last_ - first_) * (to_ - from_);
  }
  int first() const { return first_; }
  int last() const { return last_; }

 private:
  int first_;
  int last_;
  double from_;
  double to_;
};

struct Range {
  double least = std::numeric_limits<double>::max();
  double most = 0;
  void Include(double value) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
};

class Drawing {
 public:
  explicit Drawing(const Chart& chart)
      : chart_(chart),
        x_(AxisOf(&ChartPoint::x, kLeft, kWidth - kRight)),
        y_(AxisOf(&ChartPoint::y, kHeight - kBottom, kTop)) {}

  std::string Draw() {
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + Number(kWidth) + " " +
           Number(kHeight) + "\" font-family=\"sans-serif\" font-size=\"13\">\n";
    out_ += "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n";
    Text(kLeft, 26, "start", chart_.title, "font-size=\"16\" font-weight=\"bold\"");
    DrawXAxis();
    DrawYAxis();
    for (std::size_t i = 0; i < chart_.lines.size(); ++i) DrawLine(i);
    return out_ + "</svg>\n";
  }

 private:
  Axis AxisOf(double ChartPoint::* coordinate, double from, double to) const {
    Range range;
    for (const ChartLine& line : chart_.lines) {
      for (const ChartPoint& point : line.points) range.Include(point.*coordinate);
    }
    if (range.most == 0) range = {1, 10};
    return {range.least, range.most, from, to};
  }

  void Text(double x, double y, std::string_view anchor, const std::string& text,
            std::string_view more = "") {
    out_ += "<text x=\"" + Number(x) + "\" y=\"" + Number(y) + "\" text-anchor=\"" +
            std::string(anchor) + "\" " + std::string(more) + ">" + text + "</text>\n";
  }
  void Stroke(double x1, double y1, double x2, double y2, std::string_view colour) {
    out_ += "<line x1=\"" + Number(x1) + "\" y1=\"" + Number(y1) + "\" x2=\"" + Number(x2) +
            "\" y2=\"" + Number(y2) + "\" stroke=\"" + std::string(colour) + "\"/>\n";
  }

  // Faint lines at 2, 5 and full ones at 1 of each power.
  template <typename DrawAt>
  static void ForEachTick(const Axis& axis, DrawAt draw_at) {
    for (int exponent = axis.first(); exponent <= axis.last(); ++exponent) {
      for (const int step : {1, 2, 5}) {
        if (exponent == axis.last() && step > 1) continue;
        draw_at(step * std::pow(10.0, exponent), exponent, step == 1);
      }
    }
  }
  void DrawXAxis() {
    const double bottom = kHeight - kBottom;
    ForEachTick(x_, [&](double value, int exponent, bool is_main) {
      Stroke(x_.At(value), kTop, x_.At(value), bottom, is_main ? "#cccccc" : "#eeeeee");
      if (is_main) Text(x_.At(value), bottom + 20, "middle", TickName(exponent));
    });
    Stroke(kLeft, bottom, kWidth - kRight, bottom, "#333333");
    Text((kLeft + kWidth - kRight) / 2, kHeight - 14, "middle", chart_.x_label);
  }
  void DrawYAxis() {
    ForEachTick(y_, [&](double value, int exponent, bool is_main) {
      Stroke(kLeft, y_.At(value), kWidth - kRight, y_.At(value), is_main ? "#cccccc" : "#eeeeee");
      if (is_main) Text(kLeft - 8, y_.At(value) + 4, "end", TickName(exponent));
    });
    Stroke(kLeft, kTop, kLeft, kHeight - kBottom, "#333333");
    const double middle = (kTop + kHeight - kBottom) / 2;
    Text(20, middle, "middle", chart_.y_label,
         "transform=\"rotate(-90 20 " + Number(middle) + ")\"");
  }
  void DrawLine(std::size_t index) {
    const ChartLine& line = chart_.lines[index];
    const std::string colour(kColours[index % kColours.size()]);
    std::string path;
    for (const ChartPoint& point : line.points) {
      path += (path.empty() ? "" : " ") + Number(x_.At(point.x)) + "," + Number(y_.At(point.y));
    }
    out_ += "<polyline points=\"" + path + "\" fill=\"none\" stroke=\"" + colour +
            "\" stroke-width=\"2\"/>\n";
    for (const ChartPoint& point : line.points) Dot(x_.At(point.x), y_.At(point.y), colour);
    const double y = kTop + 14 + 22 * static_cast<double>(index);
    Dot(kWidth - kRight + 20, y - 4, colour);
    Text(kWidth - kRight + 32, y, "start", line.name);
  }
  void Dot(double x, double y, const std::string& colour) {
    out_ += "<circle cx=\"" + Number(x) + "\" cy=\"" + Number(y) + "\" r=\"3.5\" fill=\"" + colour +
            "\"/>\n";
  }

  const Chart& chart_;
  Axis x_;
  Axis y_;
  std::string out_;
};

}  // namespace

std::string ToSvg(const Chart& chart) { return Drawing(chart).Draw(); }

}  // namespace noren::bench
