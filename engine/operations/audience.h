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

  bool Contains(std::string_view companies_class) const {
    return std::binary_search(classes.begin(), classes.end(), companies_class);
  }
  std::string Name() const {  // "all+public"
    std::string name;
    for (const std::string& one : classes) name += (name.empty() ? "" : "+") + one;
    return name;
  }
  bool operator==(const Audience&) const = default;
};

// The classes that one audience saw in one card epoch.
struct AudienceOfEpoch {
  std::uint64_t epoch = 0;
  std::string audience;  // its name
  auto operator<=>(const AudienceOfEpoch&) const = default;
};

}  // namespace noren::operations
