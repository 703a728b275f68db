// Whether the form of a request is whole, what is enclosed with it, and how it wants its answer.
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>

#include "engine/model/errors.h"
#include "engine/policy/rights_rules.h"
#include "engine/policy/stated_names.h"

namespace noren::policy {
namespace {

using model::ErrorCode;

constexpr std::string_view kDescribed = "described";
constexpr std::size_t kMinReasonBytes = 3;

// Whether this part of the form has to be filled in for this request.
bool IsNeeded(const Policy& policy, const Entry& part, const HandedIn& request) {
  const auto needed = part.Word("needed");
  const bool by_right =
      !Has(&part, "rights") || part.Holds("rights", model::RightName(request.right));
  if (needed == "always") return true;
  if (needed != "sometimes" || !by_right) return false;
  if (!Has(&part, "needed_for")) return true;
  if (request.requester == Requester::kPerson) return false;
  const std::vector<Value> agents = ValuesOf(One(policy, "agents"), "accepted");
  return std::ranges::any_of(
      agents, [&](const Value& agent) { return part.Holds("needed_for", agent.text); });
}

// "part=what=described", split.
struct Filled {
  std::string_view part, what;
  bool described = false;
};
Filled ReadFilled(std::string_view text) {
  Filled filled;
  const std::size_t first = std::min(text.find('='), text.size());
  filled.part = text.substr(0, first);
  text.remove_prefix(std::min(first + 1, text.size()));
  const std::size_t second = std::min(text.find('='), text.size());
  filled.what = text.substr(0, second);
  filled.described = second < text.size() && text.substr(second + 1) == kDescribed;
  return filled;
}

// What is filled in of one part, by the names of its choices and fields.
class FilledPart {
 public:
  FilledPart(const Policy& policy, const Entry& part, const HandedIn& request)
      : policy_(policy), part_(part) {
    const Fact& name = *part.Find("name");
    for (const std::string& text : request.parts) {
      const Filled filled = ReadFilled(text);
      if (!Names(name, filled.part)) continue;
      is_there_ = true;
      if (!filled.what.empty()) filled_.push_back(filled);
    }
  }

  bool is_there() const { return is_there_; }
  const Filled* Find(const Value& value) const {
    const auto found =
        std::ranges::find_if(filled_, [&](const Filled& one) { return IsCalled(value, one.what); });
    return found == filled_.end() ? nullptr : &*found;
  }
  bool HasOne(std::string_view key) const {
    return std::ranges::any_of(ValuesOf(&part_, key),
                               [&](const Value& value) { return Find(value) != nullptr; });
  }

  Status IsRead() const {
    for (const Filled& one : filled_) {
      const bool known = std::ranges::any_of(kWhats, [&](std::string_view key) {
        const Fact* const fact = part_.Find(key);
        return fact != nullptr && Names(*fact, one.what);
      });
      if (!known) return model::MakeFieldError(ErrorCode::kBadRequest, "parts." + Title());
    }
    return OkStatus();
  }

  Status IsWhole() const {
    if (!is_there_) return Missing("");
    const std::vector<Value> options = ValuesOf(&part_, "options");
    if (!options.empty() && !HasOne("options")) return Missing("");
    for (const Value& option : options) {
      const Filled* const ticked = Find(option);
      if (ticked == nullptr && part_.Bool("all_choices") == true) return Missing(option.text);
      if (ticked != nullptr && !IsDescribed(option, *ticked)) return Missing(option.text);
    }
    const Fact* const asks = part_.Find("fields_for");
    if (asks == nullptr || !HasOne("fields_for")) return OkStatus();
    for (const Value& field : ValuesOf(&part_, "fields")) {
      if (Find(field) == nullptr) return Missing(field.text);
    }
    return OkStatus();
  }

  Status Missing(const std::string& what) const {
    const std::string field = "parts." + Title() + (what.empty() ? "" : "." + what);
    return RefuseBy(policy_, "E_FORM_INCOMPLETE", field);
  }

 private:
  static constexpr std::string_view kWhats[] = {"options", "fields", "proof"};

  std::string Title() const { return std::string(part_.Title()); }
  bool IsDescribed(const Value& option, const Filled& ticked) const {
    return !part_.Holds("described", option.text) || ticked.described;
  }

  const Policy& policy_;
  const Entry& part_;
  std::vector<Filled> filled_;
  bool is_there_ = false;
};

Status FormIsComplete(const Policy& policy, const HandedIn& request) {
  const Entry* const rights = One(policy, "rights");
  if (Has(rights, "forms") && request.form.empty())
    return RefuseBy(policy, "E_FORM_INCOMPLETE", "form");
  for (const Entry* part : All(policy, "form_part")) {
    const FilledPart filled(policy, *part, request);
    NOREN_RETURN_IF_ERROR(filled.IsRead());
    if (IsNeeded(policy, *part, request)) NOREN_RETURN_IF_ERROR(filled.IsWhole());
  }
  return OkStatus();
}

// The way of the answer that the form ticks; nothing: it names none.
std::optional<Value> ChosenWay(const Policy& policy, const HandedIn& request) {
  for (const Value& way : ValuesOf(One(policy, "rights"), "answer")) {
    for (const Entry* part : All(policy, "form_part")) {
      const FilledPart filled(policy, *part, request);
      if (part->Holds("options", way.text) && filled.Find(way) != nullptr) return way;
    }
  }
  return std::nullopt;
}

constexpr std::string_view kMail = "e-mail";

Status OtherWay(const Policy& policy) {
  std::string clauses;
  for (const std::string& clause : ClausesOfAnswerWay(policy))
    clauses += (clauses.empty() ? "" : " ") + clause;
  return model::MakeFieldError(ErrorCode::kPolicyForbids, "way", clauses);
}

bool IsTraceable(const Policy& policy, std::string_view channel) {
  const Entry* const rights = One(policy, "rights");
  const bool asks = rights != nullptr && rights->Bool("traceable") == true;
  const Fact* const submission = asks ? rights->Find("submission") : nullptr;
  return submission == nullptr || channel == "portal" || Names(*submission, channel);
}

bool IsFeeWithoutAmount(const Policy& policy, model::Right right) {
  const Entry* const fee = One(policy, "fee");
  return fee != nullptr && fee->Holds("rights", model::RightName(right)) && !fee->Number("amount");
}

}  // namespace

std::int64_t FeeOf(const Policy& policy, model::Right right) {
  const Entry* const fee = One(policy, "fee");
  if (fee == nullptr) return 0;
  if (Has(fee, "rights") && !fee->Holds("rights", model::RightName(right))) return 0;
  return fee->Number("amount").value_or(0);
}

Status IsComplete(const Policy& policy, const HandedIn& request) {
  NOREN_RETURN_IF_ERROR(FormIsComplete(policy, request));
  const std::int64_t short_by =
      FeeOf(policy, request.right) - request.fee_paid - request.fee_on_form;
  if (short_by > 0) return RefuseBy(policy, "E_FEE_MISSING", "fee." + std::to_string(short_by));
  return OkStatus();
}

Status ProofIsThere(const Policy& policy, const HandedIn& request) {
  for (const Entry* part : All(policy, "form_part")) {
    if (!Has(part, "proof") || !IsNeeded(policy, *part, request)) continue;
    const FilledPart filled(policy, *part, request);
    if (!filled.HasOne("proof"))
      return filled.Missing(std::string(part->Text("proof").value_or("proof")));
  }
  return OkStatus();
}

Status MayAnswerBy(const Policy& policy, const HandedIn& request, std::string_view way,
                   std::string_view reason) {
  const Entry* const rights = One(policy, "rights");
  if (!Has(rights, "answer_choice")) return OkStatus();
  const std::optional<Value> chosen = ChosenWay(policy, request);
  if (!chosen || IsCalled(*chosen, way)) return OkStatus();
  const Fact* const fallback = rights->Find("fallback");
  if (fallback == nullptr || !Names(*fallback, way)) return OtherWay(policy);
  if (reason.size() < kMinReasonBytes)
    return model::MakeFieldError(ErrorCode::kReasonRequired, "way_reason");
  return OkStatus();
}

Status MayAnswerByMail(const Policy& policy, const HandedIn& request) {
  if (!Has(One(policy, "rights"), "answer_choice")) return OkStatus();
  const std::optional<Value> chosen = ChosenWay(policy, request);
  return chosen && IsCalled(*chosen, kMail) ? OkStatus() : OtherWay(policy);
}

Status MayAnswerByLetter(const Policy& policy, const HandedIn& request) {
  if (!Has(One(policy, "rights"), "answer_choice")) return OkStatus();
  const std::optional<Value> chosen = ChosenWay(policy, request);
  return chosen && IsCalled(*chosen, kMail) ? OtherWay(policy) : OkStatus();
}

std::vector<std::string> ClausesOfAnswerWay(const Policy& policy) {
  const Entry* const rights = One(policy, "rights");
  const Fact* const choice = rights == nullptr ? nullptr : rights->Find("answer_choice");
  return choice == nullptr ? std::vector<std::string>() : choice->clauses;
}

const Entry* DeskOf(const Policy& policy, model::Right right) {
  for (const Entry* entry : All(policy, "right")) {
    if (entry->Word("kind") != model::RightName(right) || !Has(entry, "law")) continue;
    for (const Entry* desk : All(policy, "desk")) {
      if (Has(desk, "law") && desk->Text("law") == entry->Text("law")) return desk;
    }
  }
  const Entry* const rights = One(policy, "rights");
  const auto named = rights == nullptr ? std::nullopt : rights->Text("desk");
  return named ? policy.statement->ById("desk", *named) : nullptr;
}

bool IsSpecialCarePaper(const Policy& policy, std::string_view name) {
  const Entry* const identity = One(policy, "identity");
  const Fact* const papers = identity == nullptr ? nullptr : identity->Find("special_care");
  return papers != nullptr && Names(*papers, name);
}

std::vector<std::string> RemarksOn(const Policy& policy, const HandedIn& request,
                                   const std::vector<SeenPaper>& papers) {
  std::vector<std::string> remarks;
  if (!IsTraceable(policy, request.channel)) remarks.emplace_back("not_traceable");
  if (IsFeeWithoutAmount(policy, request.right)) remarks.emplace_back("FEE_AMOUNT_UNSPECIFIED");
  if (std::ranges::any_of(papers, &SeenPaper::special_care)) remarks.emplace_back("special_care");
  return remarks;
}

}  // namespace noren::policy
