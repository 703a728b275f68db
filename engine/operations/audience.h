// The audience of a company: which people who are discoverable have it among those they are
// discoverable to.
// Threads:  values
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace noren::operations {

// The classes of companies (ids of the policy) that a company is in; ascending, none twice.
struct Audience {
  std::vector<std::string> classes;

  // `reach`: a class, and what ReachedBy adds.
  bool Contains(std::string_view reach) const {
    const std::size_t cut = reach.find('&');
    return std::binary_search(classes.begin(), classes.end(), reach.substr(0, cut)) &&
           IsReached(reach);
  }
  // Whether what ReachedBy added has one of the classes, or nothing was added.
  bool IsReached(std::string_view reach) const {
    std::size_t at = reach.find('&');
    if (at == std::string_view::npos) return true;
    while (at != std::string_view::npos) {
      const std::size_t next = reach.find('|', at + 1);
      const auto one = reach.substr(at + 1, next == std::string_view::npos ? next : next - at - 1);
      if (std::binary_search(classes.begin(), classes.end(), one)) return true;
      at = next;
    }
    return false;
  }
  std::string Name() const {  // "all+public"
    std::string name;
    for (const std::string& one : classes) name += (name.empty() ? "" : "+") + one;
    return name;
  }
  bool operator==(const Audience&) const = default;
};

// "all&own|partners": whom somebody is discoverable to (or "", nobody), and the classes of one of
// which a company has to be besides; ids of classes have neither sign.
inline std::string ReachedBy(std::string companies_class, const std::vector<std::string>& only) {
  for (std::size_t i = 0; i < only.size(); ++i) companies_class += (i == 0 ? '&' : '|') + only[i];
  return companies_class;
}

// The classes that one audience saw in one card epoch.
struct AudienceOfEpoch {
  std::uint64_t epoch = 0;
  std::string audience;  // its name
  auto operator<=>(const AudienceOfEpoch&) const = default;
};

}  // namespace noren::operations
