// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/job_posting.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "engine/intake/code_resolver.h"
#include "engine/intake/document_reader.h"
#include "engine/intake/documents.h"
#include "engine/intake/row_notes.h"

namespace noren::intake {
namespace {

using model::CodeKind;
using model::ErrorCode;
using model::JsonValue;

// "JobPosting", "schema:JobPosting", "https://schema.org/JobPosting".
bool IsType(const JsonValue& value, std::string_view type) {
  const auto matches = [type](const JsonValue& item) {
    if (item.text() == nullptr) return false;
    std::string_view name = *item.text();
    const std::size_t cut = name.find_last_of("/:#");
    if (cut != std::string_view::npos) name.remove_prefix(cut + 1);
    return name == type;
  };
  const JsonValue* types = value.Find("@type");
  if (types == nullptr) return false;
  return types->array() != nullptr ? std::ranges::any_of(*types->array(), matches)
                                   : matches(*types);
}

// A member that may be one value or a list of them.
std::vector<const JsonValue*> AllOf(const JsonValue& object, std::string_view name) {
  std::vector<const JsonValue*> values;
  const JsonValue* member = object.Find(name);
  if (member == nullptr || member->is_null()) return values;
  if (member->array() == nullptr) return {member};
  for (const JsonValue& item : *member->array()) values.push_back(&item);
  return values;
}

// The text of a value, or of the first of these members that an object has.
const std::string* WordOf(const JsonValue& value, std::initializer_list<std::string_view> members) {
  if (value.text() != nullptr) return value.text()->empty() ? nullptr : value.text();
  for (const std::string_view name : members) {
    const JsonValue* member = value.Find(name);
    if (member != nullptr && member->text() != nullptr && !member->text()->empty())
      return member->text();
  }
  return nullptr;
}

const std::string* TextOf(const JsonValue& object, std::string_view name) {
  const JsonValue* member = object.Find(name);
  return member != nullptr ? WordOf(*member, {"name", "@value"}) : nullptr;
}

std::optional<double> NumberOf(const JsonValue& object, std::string_view name) {
  const JsonValue* member = object.Find(name);
  if (member == nullptr) return std::nullopt;
  if (const std::string* text = member->text()) {
    double value = 0;
    const auto result = std::from_chars(text->data(), text->data() + text->size(), value);
    const bool is_number = result.ec == std::errc() && result.ptr == text->data() + text->size();
    return is_number ? std::optional(value) : std::nullopt;
  }
  return member->number();
}

// "15-1132.00 Software Developers" -> "Software Developers".
std::string_view WithoutLeadingCode(std::string_view text) {
  const std::size_t letter = text.find_first_not_of("0123456789.-: \t");
  return letter == std::string_view::npos ? std::string_view() : text.substr(letter);
}

class PostingReader {
 public:
  PostingReader(const JsonValue& object, const IntakeContext& context, RowNotes* notes)
      : object_(object),
        context_(context),
        resolver_(context.dictionary, Words::kMayStay, notes),
        notes_(notes) {}

  model::Posting Read(const DocumentSource& source, std::string_view fallback_reference) {
    posting_.company = source.company;
    ReadTexts(fallback_reference);
    ReadOccupation();
    ReadRegions();
    if (posting_.regions.empty() && source.default_region.has_value()) {
      posting_.regions.push_back(*source.default_region);
      notes_->Warn("jobLocation", ErrorCode::kMissingField,
                   "The import's default region is taken.");
    }
    ReadEmploymentTypes();
    ReadWage();
    ReadRequirements();
    ReadSkills();
    Finish();
    return std::move(posting_);
  }

 private:
  void ReadTexts(std::string_view fallback_reference) {
    const std::string* title = TextOf(object_, "title");
    if (title == nullptr) title = TextOf(object_, "name");
    if (title != nullptr) posting_.title = *title;
    const JsonValue* identifier = object_.Find("identifier");
    const std::string* reference =
        identifier != nullptr ? WordOf(*identifier, {"value", "@value"}) : nullptr;
    posting_.reference = reference != nullptr ? *reference : std::string(fallback_reference);
    for (const std::string_view name :
         {"description", "responsibilities", "qualifications", "jobBenefits"}) {
      const std::string* text = TextOf(object_, name);
      if (text == nullptr) continue;
      if (!posting_.description.empty()) posting_.description.append("\n\n");
      posting_.description.append(*text);
    }
  }

  // The category first, then the related occupation, then the title; the first that resolves.
  void ReadOccupation() {
    std::vector<std::pair<std::string, std::string>> words;
    const auto add_category = [&](const JsonValue& holder, const std::string& path) {
      for (const JsonValue* category : AllOf(holder, "occupationalCategory")) {
        AddIscoCode(*category, &words, path);
        const std::string* word = WordOf(*category, {"name"});
        if (word == nullptr) continue;
        words.emplace_back(*word, path);
        words.emplace_back(std::string(WithoutLeadingCode(*word)), path);
      }
    };
    add_category(object_, "occupationalCategory");
    for (const JsonValue* occupation : AllOf(object_, "relevantOccupation")) {
      add_category(*occupation, "relevantOccupation.occupationalCategory");
      if (const std::string* word = WordOf(*occupation, {"name"}))
        words.emplace_back(*word, "relevantOccupation");
    }
    words.emplace_back(posting_.title, "title");
    for (const auto& [word, field] : words) {
      if (word.empty()) continue;
      if (const auto* entry = context_.dictionary.Find(CodeKind::kOccupation, word)) {
        posting_.occupations.push_back(*model::OccupationCode::Parse(entry->code));
        return;
      }
    }
    if (!posting_.title.empty()) resolver_.Resolve(CodeKind::kOccupation, posting_.title, "title");
  }

  void AddIscoCode(const JsonValue& category,
                   std::vector<std::pair<std::string, std::string>>* words,
                   const std::string& path) {
    const std::string* code = TextOf(category, "codeValue");
    const JsonValue* set = category.Find("inCodeSet");
    const std::string* set_name = set != nullptr ? WordOf(*set, {"name", "url"}) : nullptr;
    const bool is_isco =
        set_name != nullptr && model::FoldName(*set_name).find("isco") != std::string::npos;
    if (code != nullptr && is_isco) words->emplace_back("ISCO-" + *code, path);
  }

  void ReadRegions() {
    std::set<std::string> seen;
    const auto add = [&](const std::optional<model::RegionCode>& region, std::string_view field) {
      if (!region.has_value()) {
        notes_->Warn(field, ErrorCode::kUnresolvedWord, "No region of the lists has this name.");
      } else if (seen.insert(region->text()).second &&
                 posting_.regions.size() < model::kMaxRegions) {
        posting_.regions.push_back(*region);
      }
    };
    for (const JsonValue* location : AllOf(object_, "jobLocation")) {
      const JsonValue* address = location->Find("address");
      if (address != nullptr && address->object() != nullptr) {
        add(FindPlace(context_.dictionary,
                      Place{TextOf(*address, "addressCountry"), TextOf(*address, "addressRegion"),
                            TextOf(*address, "addressLocality")}),
            "jobLocation.address");
      } else if (const std::string* name = WordOf(*location, {"address", "name"})) {
        add(FindPlace(context_.dictionary, Place{nullptr, nullptr, name}), "jobLocation");
      }
    }
    for (const JsonValue* area : AllOf(object_, "applicantLocationRequirements")) {
      if (const std::string* name = WordOf(*area, {"name"})) {
        add(FindPlace(context_.dictionary, Place{nullptr, nullptr, name}),
            "applicantLocationRequirements");
      }
    }
  }

  void ReadEmploymentTypes() {
    for (const JsonValue* value : AllOf(object_, "employmentType")) {
      const std::string* word = WordOf(*value, {"name"});
      if (word == nullptr) continue;
      const auto type = resolver_.EmploymentType(JsonValue::Text(*word), "employmentType");
      if (type.has_value()) posting_.employment_types.Add(*type);
    }
  }

  void ReadWage() {
    const JsonValue* salary = object_.Find("baseSalary");
    if (salary == nullptr || salary->is_null()) return;
    const JsonValue* value = salary->Find("value");
    const JsonValue& quantity = value != nullptr && value->object() != nullptr ? *value : *salary;
    const std::string* unit = TextOf(quantity, "unitText");
    const std::string* currency = TextOf(*salary, "currency");
    if (currency == nullptr) currency = TextOf(object_, "salaryCurrency");
    const auto known_currency = currency != nullptr ? model::FindCurrency(*currency) : std::nullopt;
    const auto amount = NumberOf(quantity, "value");
    const auto low = NumberOf(quantity, "minValue");
    const auto high = NumberOf(quantity, "maxValue");
    const double min = low.value_or(amount.value_or(high.value_or(0)));
    const double max = high.value_or(amount.value_or(low.value_or(0)));
    const std::string folded_unit = unit != nullptr ? model::FoldName(*unit) : std::string();
    const auto min_per_month = PerMonth(min, folded_unit);
    const auto max_per_month = PerMonth(max, folded_unit);
    if (!min_per_month.has_value() || !max_per_month.has_value() || *min_per_month < 1 ||
        !known_currency.has_value()) {
      notes_->Warn("baseSalary", ErrorCode::kUnresolvedWord,
                   "Not used: give currency (KRW, JPY, USD, EUR), value or minValue and maxValue, "
                   "and unitText HOUR, DAY, "
                   "WEEK, MONTH or YEAR.");
      return;
    }
    posting_.wage = model::WageOffer{*min_per_month, *max_per_month, *known_currency};
  }

  void ReadRequirements() {
    const JsonValue* experience = object_.Find("experienceRequirements");
    if (experience != nullptr && !experience->is_null()) {
      const auto months = NumberOf(*experience, "monthsOfExperience");
      if (months.has_value() && *months >= 0 && *months <= model::kMaxExperienceMonths) {
        posting_.required.min_experience_months = static_cast<std::uint16_t>(*months);
      } else {
        notes_->Warn("experienceRequirements", ErrorCode::kUnresolvedWord,
                     "Not used as a condition: give monthsOfExperience.");
      }
    }
    for (const JsonValue* education : AllOf(object_, "educationRequirements")) {
      const std::string* word = WordOf(*education, {"credentialCategory", "name"});
      if (word == nullptr) continue;
      const auto level = resolver_.Education(JsonValue::Text(*word), "educationRequirements");
      // Several are alternatives: the lowest opens the door.
      if (level.has_value()) {
        posting_.required.min_education =
            std::min(posting_.required.min_education.value_or(*level), *level);
      }
    }
    const std::string* start = TextOf(object_, "jobStartDate");
    if (start == nullptr) return;
    const auto day = model::ParseCivilDay(start->substr(0, 10));
    if (day.ok()) {
      posting_.required.start_by = *day;
    } else {
      notes_->Warn("jobStartDate", ErrorCode::kUnresolvedWord,
                   "Not used as a condition: write YYYY-MM-DD.");
    }
  }

  // A list in one text is taken apart at commas; each is welcome, none is required.
  void ReadSkills() {
    std::set<std::string> seen;
    const auto add = [&](std::string_view word, const std::string& field) {
      if (word.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
      const auto* entry = resolver_.Resolve(CodeKind::kSkill, word, field);
      if (entry == nullptr || !seen.insert(entry->code).second) return;
      if (posting_.preferred_skills.size() == model::kMaxSkills) return;
      posting_.preferred_skills.push_back(
          {*model::SkillCode::Parse(entry->code), model::kDefaultWeight});
    };
    std::size_t index = 0;
    for (const JsonValue* value : AllOf(object_, "skills")) {
      const std::string field = ItemPath("skills", index++);
      const std::string* text = WordOf(*value, {"name"});
      if (text == nullptr) continue;
      std::string_view rest = *text;
      while (true) {
        const std::size_t comma = rest.find(',');
        add(rest.substr(0, comma), field);
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
      }
    }
  }

  void Finish() {
    if (posting_.title.empty())
      notes_->Error("title", ErrorCode::kMissingField, "Required; add it.");
    if (posting_.occupations.empty()) {
      notes_->Error(
          "occupationalCategory", ErrorCode::kMissingField,
          "No occupation could be resolved; write an ISCO-08 code (ISCO-2512) or an exact label.");
    }
    if (posting_.regions.empty()) {
      notes_->Error(
          "jobLocation", ErrorCode::kMissingField,
          "No region could be resolved; write addressCountry, addressRegion and addressLocality.");
    }
    for (const Status& problem : model::ProblemsOf(posting_)) {
      const std::string field = model::FieldOf(problem);
      const bool is_said =
          field == "title" || field == "posting.occupations" || field == "posting.regions";
      if (!is_said || model::CodeOf(problem) != ErrorCode::kMissingField)
        notes_->AddValidation({problem});
    }
  }

  const JsonValue& object_;
  const IntakeContext& context_;
  CodeResolver resolver_;
  RowNotes* notes_;
  model::Posting posting_;
};

}  // namespace

std::vector<const JsonValue*> FindJobPostings(const JsonValue& document) {
  std::vector<const JsonValue*> found;
  const auto add = [&found](const JsonValue& value) {
    if (IsType(value, "JobPosting")) found.push_back(&value);
  };
  add(document);
  const JsonValue* graph = document.Find("@graph");
  const JsonValue::Array* items = graph != nullptr ? graph->array() : document.array();
  if (items != nullptr) {
    for (const JsonValue& item : *items) add(item);
  }
  return found;
}

Intake ReadJobPostings(std::string_view text, const DocumentSource& source,
                       const IntakeContext& context) {
  Intake intake;
  RowNotes document_notes(1);
  const auto document = ReadOutsideJson(text, &document_notes);
  const auto objects =
      document.has_value() ? FindJobPostings(*document) : std::vector<const JsonValue*>();
  if (document.has_value() && objects.empty()) {
    document_notes.Error("", ErrorCode::kUnsupportedDocument,
                         "No object with \"@type\":\"JobPosting\" is in it.");
  }
  if (objects.empty()) {
    intake.rows_count = 1;
    intake.refused_rows_count = 1;
    intake.problems = document_notes.Take();
    return intake;
  }
  std::set<std::string> references;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    RowNotes notes(i + 1);
    NoteForbidden(*objects[i], Subjects::kPeopleAndPostings, context.forbidden, {}, &notes);
    const std::string fallback =
        i == 0 ? source.reference : source.reference + "-" + std::to_string(i + 1);
    ParsedPosting parsed{i + 1, PostingReader(*objects[i], context, &notes).Read(source, fallback)};
    if (!references.insert(parsed.posting.reference).second) {
      notes.Error("identifier", ErrorCode::kDuplicateValue,
                  "An earlier posting of this document has it; remove one.");
    }
    ++intake.rows_count;
    if (notes.has_errors()) {
      ++intake.refused_rows_count;
    } else {
      intake.postings.push_back(std::move(parsed));
    }
    std::ranges::move(notes.Take(), std::back_inserter(intake.problems));
  }
  return intake;
}

}  // namespace noren::intake
