// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "engine/intake/code_resolver.h"
#include "engine/intake/document_reader.h"
#include "engine/intake/documents.h"
#include "engine/intake/row_notes.h"

namespace noren::intake {
namespace {

using model::CodeKind;
using model::ErrorCode;
using model::ItemKind;
using model::JsonValue;

constexpr std::uint8_t kAssumedSkillLevel = 3;

// The words JSON Resume writers use for a skill's level. Others count as not stated.
std::optional<std::uint8_t> SkillLevelOf(std::string_view word) {
  constexpr std::array<std::pair<std::string_view, std::uint8_t>, 9> kLevels = {
      {{"novice", 1},
       {"beginner", 1},
       {"basic", 2},
       {"elementary", 2},
       {"intermediate", 3},
       {"competent", 3},
       {"advanced", 4},
       {"expert", 5},
       {"master", 5}}};
  const std::string folded = model::FoldName(word);
  for (const auto& [name, level] : kLevels) {
    if (folded == name) return level;
  }
  return std::nullopt;
}

// Months since year 0 of "YYYY-MM[-DD]"; a year alone counts as its January.
std::optional<std::int32_t> MonthOf(const JsonValue& object, std::string_view name) {
  const JsonValue* member = object.Find(name);
  const std::string* text = member != nullptr ? member->text() : nullptr;
  if (text == nullptr || (text->size() != 4 && text->size() != 7 && text->size() != 10))
    return std::nullopt;
  const std::string month = text->size() == 4 ? "01" : text->substr(5, 2);
  const std::string day = text->size() == 10 ? text->substr(8, 2) : "01";
  const auto parsed = model::ParseCivilDay(text->substr(0, 4) + "-" + month + "-" + day);
  if (!parsed.ok() || (text->size() > 4 && (*text)[4] != '-')) return std::nullopt;
  const std::string iso = model::ToIso(*parsed);
  return std::stoi(iso.substr(0, 4)) * 12 + std::stoi(iso.substr(5, 2)) - 1;
}

class ResumeReader {
 public:
  ResumeReader(const JsonValue& document, const IntakeContext& context, RowNotes* notes)
      : document_(document),
        context_(context),
        resolver_(context.dictionary, Words::kMayStay, notes),
        notes_(notes) {}

  ParsedSeeker Read(const DocumentSource& source, std::string_view text) {
    ParsedSeeker seeker;
    seeker.line = 1;
    seeker.reference = source.reference;
    const JsonValue* basics = ReadObject(document_, "", "basics", notes_);
    const JsonValue none = JsonValue::MakeObject();
    ReadIdentity(basics != nullptr ? *basics : none, &seeker.items);
    ReadOccupations(basics != nullptr ? *basics : none);
    ReadRegion(basics != nullptr ? *basics : none);
    if (profile_.regions.empty() && source.default_region.has_value()) {
      profile_.regions.push_back(*source.default_region);
      notes_->Warn("basics.location", ErrorCode::kMissingField,
                   "The import's default region is taken.");
    }
    ReadSkills();
    ReadLanguages();
    ReadLicences();
    ReadEducation();
    ReadExperience();
    Finish(basics != nullptr);
    seeker.profile = std::move(profile_);
    // The whole document is one sealed item: its free text is read by people only.
    seeker.items.push_back(
        {ItemKind::kResume, "JSON Resume", "application/json", ToBytes(text), {}});
    return seeker;
  }

 private:
  const std::string* TextOf(const JsonValue& object, std::string_view path, std::string_view name) {
    const JsonValue* member = object.Find(name);
    if (member == nullptr || member->is_null()) return nullptr;
    if (member->text() == nullptr) {
      notes_->Error(JoinPath(path, name), ErrorCode::kBadRequest, "Write a text in quotes.");
      return nullptr;
    }
    return member->text()->empty() ? nullptr : member->text();
  }

  // Calls `read(item, path)` for each object of a top-level list.
  template <typename ReadItem>
  void ForEach(std::string_view name, ReadItem read) {
    const JsonValue::Array* array = ReadArray(document_, "", name, notes_);
    if (array == nullptr) return;
    for (std::size_t i = 0; i < array->size(); ++i) {
      const std::string path = ItemPath(name, i);
      if ((*array)[i].object() != nullptr) {
        read((*array)[i], path);
      } else {
        notes_->Error(path, ErrorCode::kBadRequest, "Write an object in { }.");
      }
    }
  }

  void ReadIdentity(const JsonValue& basics, std::vector<ParsedItem>* items) {
    const auto add = [&](ItemKind kind, const std::string& text, const std::string& field) {
      if (text.size() > kMaxIdentitySizeBytes) {
        notes_->Error(field, ErrorCode::kTooLarge,
                      "At most " + std::to_string(kMaxIdentitySizeBytes) + " bytes.");
      }
      items->push_back(
          {kind, std::string(model::ItemKindName(kind)), "text/plain", ToBytes(text), {}});
    };
    for (const ItemKind kind : {ItemKind::kName, ItemKind::kEmail, ItemKind::kPhone}) {
      const std::string_view name = model::ItemKindName(kind);
      if (const std::string* text = TextOf(basics, "basics", name))
        add(kind, *text, JoinPath("basics", name));
    }
    const JsonValue* location = ReadObject(basics, "basics", "location", notes_);
    if (location == nullptr) return;
    std::string address;
    for (const std::string_view name : {"address", "city", "region", "postalCode", "countryCode"}) {
      const std::string* text = TextOf(*location, "basics.location", name);
      if (text == nullptr) continue;
      if (!address.empty()) address.append(", ");
      address.append(*text);
    }
    if (!address.empty()) add(ItemKind::kAddress, address, "basics.location");
  }

  // The label says what the person wants; where it is no known word, the latest position stands in.
  void ReadOccupations(const JsonValue& basics) {
    AddOccupation(TextOf(basics, "basics", "label"), "basics.label");
    ForEach("work", [&](const JsonValue& work, const std::string& path) {
      const std::string* position = TextOf(work, path, "position");
      if (profile_.occupations.empty()) AddOccupation(position, JoinPath(path, "position"));
    });
  }

  void AddOccupation(const std::string* text, const std::string& field) {
    if (text == nullptr) return;
    const auto* entry = resolver_.Resolve(CodeKind::kOccupation, *text, field);
    if (entry != nullptr)
      profile_.occupations.push_back(*model::OccupationCode::Parse(entry->code));
  }

  void ReadRegion(const JsonValue& basics) {
    const JsonValue* location = basics.Find("location");
    if (location == nullptr || location->object() == nullptr) return;
    const auto region =
        FindPlace(context_.dictionary, Place{TextOf(*location, "basics.location", "countryCode"),
                                             TextOf(*location, "basics.location", "region"),
                                             TextOf(*location, "basics.location", "city")});
    if (region.has_value()) {
      profile_.regions.push_back(*region);
    } else {
      notes_->Warn(
          "basics.location", ErrorCode::kUnresolvedWord,
          "No region of the lists has this name; give countryCode and city as in regions.tsv.");
    }
  }

  void ReadSkills() {
    std::set<std::string> seen;
    ForEach("skills", [&](const JsonValue& skill, const std::string& path) {
      const std::string* word = TextOf(skill, path, "level");
      const auto level = word != nullptr ? SkillLevelOf(*word) : std::nullopt;
      const auto add = [&](const std::string& name, const std::string& field) {
        const auto* entry = resolver_.Resolve(CodeKind::kSkill, name, field);
        if (entry == nullptr || !seen.insert(entry->code).second ||
            profile_.skills.size() == model::kMaxSkills)
          return;
        profile_.skills.push_back(
            {*model::SkillCode::Parse(entry->code), level.value_or(kAssumedSkillLevel)});
        if (!level.has_value()) {
          notes_->Warn(field, ErrorCode::kMissingField,
                       "No level is stated; 3 of 5 (works alone) is taken.");
        }
      };
      if (const std::string* name = TextOf(skill, path, "name")) add(*name, JoinPath(path, "name"));
      const JsonValue::Array* keywords = ReadArray(skill, path, "keywords", notes_);
      if (keywords == nullptr) return;
      for (std::size_t i = 0; i < keywords->size(); ++i) {
        const std::string* keyword = (*keywords)[i].text();
        if (keyword != nullptr && !keyword->empty())
          add(*keyword, ItemPath(JoinPath(path, "keywords"), i));
      }
    });
  }

  void ReadLanguages() {
    std::set<std::string> seen;
    ForEach("languages", [&](const JsonValue& item, const std::string& path) {
      const std::string* name = TextOf(item, path, "language");
      const std::string* fluency = TextOf(item, path, "fluency");
      if (name == nullptr) return;
      const auto* entry = resolver_.Resolve(CodeKind::kLanguage, *name, JoinPath(path, "language"));
      if (entry == nullptr) return;
      if (fluency == nullptr) {
        notes_->Warn(JoinPath(path, "fluency"), ErrorCode::kMissingField,
                     "No level is stated; the language is left out.");
        return;
      }
      const auto code = *model::LanguageCode::Parse(entry->code);
      const std::uint8_t level =
          resolver_.LanguageLevel(JsonValue::Text(*fluency), code, JoinPath(path, "fluency"));
      if (level == 0 || !seen.insert(entry->code).second ||
          profile_.languages.size() == model::kMaxLanguages)
        return;
      profile_.languages.push_back({code, level});
    });
  }

  void ReadLicences() {
    std::set<std::string> seen;
    ForEach("certificates", [&](const JsonValue& item, const std::string& path) {
      const std::string* name = TextOf(item, path, "name");
      if (name == nullptr) return;
      const auto* entry = resolver_.Resolve(CodeKind::kLicence, *name, JoinPath(path, "name"));
      if (entry == nullptr || !seen.insert(entry->code).second ||
          profile_.licences.size() == model::kMaxLicences)
        return;
      profile_.licences.push_back(*model::LicenceCode::Parse(entry->code));
    });
  }

  void ReadEducation() {
    ForEach("education", [&](const JsonValue& item, const std::string& path) {
      const std::string* type = TextOf(item, path, "studyType");
      if (type == nullptr) return;
      const auto education =
          resolver_.Education(JsonValue::Text(*type), JoinPath(path, "studyType"));
      if (education.has_value())
        profile_.education = std::max(profile_.education.value_or(*education), *education);
    });
  }

  // Months of work whose position is one of the wanted occupations, each month once.
  void ReadExperience() {
    std::set<std::int32_t> months;
    bool is_stated = false;
    ForEach("work", [&](const JsonValue& work, const std::string& path) {
      const std::string* position = TextOf(work, path, "position");
      if (position == nullptr) return;
      const auto* entry = context_.dictionary.Find(CodeKind::kOccupation, *position);
      const bool is_wanted =
          entry != nullptr && std::ranges::any_of(profile_.occupations, [&](const auto& wanted) {
            return model::IsWithin(*model::OccupationCode::Parse(entry->code), wanted);
          });
      const auto begin = MonthOf(work, "startDate");
      const auto end = MonthOf(work, "endDate");
      if (!is_wanted) return;
      if (!begin.has_value() || !end.has_value()) {
        notes_->Warn(path, ErrorCode::kMissingField,
                     "Without both dates this work is not counted as experience.");
        return;
      }
      is_stated = true;
      for (std::int32_t month = *begin; month < *end; ++month) months.insert(month);
    });
    if (!is_stated) return;
    const std::size_t count = std::min<std::size_t>(months.size(), model::kMaxExperienceMonths);
    profile_.experience_months = static_cast<std::uint16_t>(count);
  }

  void Finish(bool has_basics) {
    if (!has_basics) notes_->Error("basics", ErrorCode::kMissingField, "Required; add it.");
    if (profile_.occupations.empty()) {
      notes_->Error(
          "basics.label", ErrorCode::kMissingField,
          "No wanted occupation could be resolved; write an exact label of occupations.tsv.");
    }
    if (profile_.regions.empty()) {
      notes_->Error(
          "basics.location", ErrorCode::kMissingField,
          "No region could be resolved; write a place of regions.tsv, or countryCode alone.");
    }
    if (!profile_.occupations.empty() && !profile_.regions.empty()) {
      notes_->AddValidation(model::ProblemsOf(profile_));
    }
  }

  const JsonValue& document_;
  const IntakeContext& context_;
  CodeResolver resolver_;
  RowNotes* notes_;
  model::Profile profile_;
};

}  // namespace

Intake ReadJsonResume(std::string_view text, const DocumentSource& source,
                      const IntakeContext& context) {
  Intake intake;
  intake.rows_count = 1;
  RowNotes notes(1);
  const auto document = ReadOutsideJson(text, &notes);
  ParsedSeeker seeker;
  if (document.has_value() && document->object() == nullptr) {
    notes.Error("", ErrorCode::kUnsupportedDocument, "A JSON Resume is one object in { }.");
  } else if (document.has_value()) {
    NoteForbidden(*document, Subjects::kPeopleOnly, context.forbidden, {}, &notes);
    CheckReference(source.reference, &notes);
    seeker = ResumeReader(*document, context, &notes).Read(source, text);
  }
  if (notes.has_errors()) {
    intake.refused_rows_count = 1;
  } else {
    intake.seekers.push_back(std::move(seeker));
  }
  intake.problems = notes.Take();
  return intake;
}

}  // namespace noren::intake
