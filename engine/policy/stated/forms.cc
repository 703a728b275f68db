// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/stated/forms.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/model/dictionary.h"
#include "engine/policy/stated/basis.h"
#include "engine/policy/stated/coded.h"
#include "engine/policy/stated/items.h"
#include "engine/policy/stated_names.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

// Shorter ones are parts of other words: they have to be the whole label.
constexpr std::size_t kLeastPartBytes = 9;  // three Hangul syllables or characters

const Entry* FileOfForms(const Policy& policy) {
  for (const Entry* file : All(policy, "file")) {
    if (file->Bool("per_posting") == true) return file;
  }
  return nullptr;
}

// Folded, and without what may part the words of a field's name.
std::string FoldLabel(std::string_view text) {
  std::string folded = model::FoldName(text);
  std::erase_if(folded, [](char c) { return c == '_' || c == '-' || c == '.'; });
  return folded;
}

bool Asks(const std::string& label, std::string_view name) {
  const std::string folded = FoldLabel(name);
  if (folded.empty()) return false;
  return label == folded ||
         (folded.size() >= kLeastPartBytes && label.find(folded) != std::string::npos);
}

bool AsksForbidden(const Policy& policy, const std::string& label) {
  return std::ranges::any_of(policy.forbidden, [&](const ForbiddenField& field) {
    return std::ranges::any_of(field.names,
                               [&](const std::string& name) { return Asks(label, name); });
  });
}

// The entry of what the notice does not collect, or collects with special care only.
const Entry* AsksStated(const Policy& policy, const std::string& label) {
  for (const auto& [section, key] :
       {std::pair{"banned", "items"}, std::pair{"special_care", "categories"}}) {
    for (const Entry* group : All(policy, section)) {
      const auto items = group->Many(key);
      if (std::ranges::any_of(items, [&](std::string_view one) { return Asks(label, one); }))
        return group;
    }
  }
  return nullptr;
}

}  // namespace

Decision MayHaveForms(const Policy& policy) {
  if (policy.statement == nullptr) return NothingStated(policy, Rule::kCollectItem);
  Basis basis(policy, Rule::kCollectItem);
  const Entry* const file = FileOfForms(policy);
  if (file == nullptr) {
    basis.RestOnAll("file");
    return basis.Refuse(ErrorCode::kItemUndeclared);
  }
  basis.Rest(*file, "open_items");
  return basis.Allow();
}

Decision MayFormAsk(const Policy& policy, std::string_view label) {
  const Decision forms = MayHaveForms(policy);
  if (!forms.allowed) return forms;
  Basis basis(policy, Rule::kForbidField);
  basis.Rest(forms);
  const std::string folded = FoldLabel(label);
  if (const Entry* group = AsksStated(policy, folded)) {
    basis.Rest(*group);
    return basis.Refuse(ErrorCode::kBannedCategory);
  }
  return AsksForbidden(policy, folded) ? basis.Refuse(ErrorCode::kBannedCategory) : basis.Allow();
}

bool IsOfOnePosting(const Policy& policy, model::ItemKind kind) {
  const Entry* const file = FileOfForms(policy);
  return file != nullptr && !ListedUnder(*file, PrintedNames(*policy.statement, kind)).empty();
}

Decision MayTakeForPosting(const Policy& policy, model::ItemKind kind, bool is_answer) {
  const bool is_of_one = IsOfOnePosting(policy, kind);
  if (is_answer == is_of_one) {
    const Decision forms = MayHaveForms(policy);
    return is_answer ? forms : Basis(policy, Rule::kCollectItem).Allow();
  }
  Decision refused = MayHaveForms(policy);
  refused.allowed = false;
  refused.error = ErrorCode::kItemUndeclared;
  return refused;
}

Decision MayReleaseAnswers(const Policy& policy, bool is_same_posting) {
  Basis basis(policy, Rule::kRelease);
  basis.Rest(MayHaveForms(policy));
  return is_same_posting ? basis.Allow() : basis.Refuse(ErrorCode::kConsentAnew);
}

}  // namespace noren::policy
