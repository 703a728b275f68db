// How far two folded names are apart, for suggestions in error messages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace noren::model {

class NameDistance {
 public:
  explicit NameDistance(std::string_view folded_name);
  // Edits between the names (insert, delete, replace one character); 1 when one contains the other;
  // none when it is more than half of the longer name.
  std::optional<std::size_t> operator()(std::string_view other_folded_name) const;

 private:
  std::u32string name_;
};

}  // namespace noren::model
