// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "crypto/base/encoding.h"
#include "engine/intake/noren_row.h"

namespace noren::intake {
namespace {

using model::ErrorCode;
using model::ItemKind;
using model::JsonValue;

constexpr std::array<std::string_view, 6> kSeekerMembers = {"noren", "ref",      "profile",
                                                            "items", "identity", "consent"};
constexpr std::array<std::string_view, 12> kProfileMembers = {
    "occupations", "skills",           "regions",      "licences",
    "languages",   "employment_types", "wage_floor",   "experience_months",
    "education",   "available_from",   "confirmed_on", "preferences"};
constexpr std::array<std::string_view, 5> kPreferenceMembers = {"occupation", "region", "wage",
                                                                "employment_type", "skills"};
constexpr std::array<std::string_view, 3> kWageMembers = {"amount", "currency", "per"};
constexpr std::array<std::string_view, 6> kItemMembers = {"kind", "name", "media_type",
                                                          "text", "file", "base64"};
constexpr std::array<std::string_view, 4> kIdentityMembers = {"name", "email", "phone", "address"};
constexpr std::array<std::string_view, 1> kConsentMembers = {"discoverable"};

std::optional<model::Wage> ReadWageFloor(const JsonValue& profile, RowNotes* notes) {
  constexpr std::string_view kPath = "profile.wage_floor";
  const JsonValue* wage = ReadObject(profile, "profile", "wage_floor", notes);
  if (wage == nullptr) return std::nullopt;
  NoteUnknownMembers(*wage, kPath, kWageMembers, notes);
  const WageUnit unit = ReadWageUnit(*wage, kPath, notes);
  const auto amount = ReadAmount(*wage, kPath, "amount", unit, notes);
  if (!amount.has_value() && wage->Find("amount") == nullptr) {
    notes->Error("profile.wage_floor.amount", ErrorCode::kMissingField,
                 "Required; add it, or leave wage_floor out.");
  }
  if (!amount.has_value() || !unit.currency.has_value()) return std::nullopt;
  return model::Wage{*amount, *unit.currency};
}

model::Preferences ReadPreferences(const JsonValue& profile, RowNotes* notes) {
  constexpr std::string_view kPath = "profile.preferences";
  model::Preferences preferences;
  const JsonValue* object = ReadObject(profile, "profile", "preferences", notes);
  if (object == nullptr) return preferences;
  NoteUnknownMembers(*object, kPath, kPreferenceMembers, notes);
  ReadWeight(*object, kPath, "occupation", &preferences.occupation, notes);
  ReadWeight(*object, kPath, "region", &preferences.region, notes);
  ReadWeight(*object, kPath, "wage", &preferences.wage, notes);
  ReadWeight(*object, kPath, "employment_type", &preferences.employment_type, notes);
  ReadWeight(*object, kPath, "skills", &preferences.skills, notes);
  return preferences;
}

model::Profile ReadProfile(const JsonValue& object, CodeResolver* resolver, RowNotes* notes) {
  constexpr std::string_view kPath = "profile";
  NoteUnknownMembers(object, kPath, kProfileMembers, notes);
  model::Profile profile;
  profile.occupations = ReadOccupations(object, kPath, resolver, notes);
  profile.skills = ReadSkillLevels(object, kPath, resolver, notes);
  profile.regions = ReadRegions(object, kPath, resolver, notes);
  profile.licences = ReadLicences(object, kPath, resolver, notes);
  profile.languages = ReadLanguageLevels(object, kPath, resolver, notes);
  profile.employment_types = ReadEmploymentTypes(object, kPath, resolver, notes);
  profile.wage_floor = ReadWageFloor(object, notes);
  profile.experience_months = ReadExperience(object, kPath, notes);
  profile.education = ReadEducation(object, kPath, resolver);
  profile.available_from = ReadDay(object, kPath, "available_from", notes);
  profile.confirmed_on = ReadDay(object, kPath, "confirmed_on", notes);
  profile.preferences = ReadPreferences(object, notes);
  return profile;
}

bool IsMediaType(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto is_token_char = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$&-^_.+/").find(c) != std::string_view::npos;
  };
  return slash != std::string_view::npos && slash > 0 && slash + 1 < text.size() &&
         text.find('/', slash + 1) == std::string_view::npos &&
         text.size() <= kMaxMediaTypeSizeBytes && std::ranges::all_of(text, is_token_char);
}

// Relative, inside the folder of the file that is imported.
bool IsInnerPath(std::string_view path) {
  if (path.empty() || path.size() > 1024 || path.front() == '/') return false;
  if (path.find('\\') != std::string_view::npos || path.find('\0') != std::string_view::npos)
    return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

void ReadContent(const JsonValue& item, std::string_view path, ParsedItem* parsed,
                 RowNotes* notes) {
  const auto text = ReadText(item, path, "text", notes);
  const auto file = ReadText(item, path, "file", notes);
  const auto base64 = ReadText(item, path, "base64", notes);
  const int given =
      (text.has_value() ? 1 : 0) + (file.has_value() ? 1 : 0) + (base64.has_value() ? 1 : 0);
  if (given != 1) {
    notes->Error(path, given == 0 ? ErrorCode::kMissingField : ErrorCode::kBadRequest,
                 "Give the document as exactly one of text, file, base64.");
    return;
  }
  if (text.has_value()) parsed->content = ToBytes(*text);
  if (file.has_value()) {
    parsed->file_path = *file;
    if (!IsInnerPath(*file)) {
      notes->Error(JoinPath(path, "file"), ErrorCode::kBadRequest,
                   "Write a path relative to the imported file, without \"..\".");
    }
    return;
  }
  if (base64.has_value()) {
    auto decoded = Base64Decode(*base64);
    if (!decoded.ok()) {
      notes->Error(JoinPath(path, "base64"), ErrorCode::kBadEncoding,
                   "Write RFC 4648 base64 with padding.");
      return;
    }
    parsed->content = *std::move(decoded);
  }
  if (parsed->content.empty())
    notes->Error(path, ErrorCode::kMissingField, "The document is empty.");
  if (parsed->content.size() > kMaxItemSizeBytes) {
    notes->Error(path, ErrorCode::kTooLarge, "At most 8 MiB a document.");
  }
}

ParsedItem ReadItem(const JsonValue& item, std::string_view path, RowNotes* notes) {
  ParsedItem parsed;
  if (item.object() == nullptr) {
    notes->Error(path, ErrorCode::kBadRequest, "Write an object in { }.");
    return parsed;
  }
  NoteUnknownMembers(item, path, kItemMembers, notes);
  const std::string kind_name = RequireText(item, path, "kind", kMaxItemNameSizeBytes, notes);
  const auto kind = model::FindItemKind(kind_name);
  if (kind.has_value() && !model::IsIdentityItem(*kind)) {
    parsed.kind = *kind;
  } else if (!kind_name.empty()) {
    notes->Error(JoinPath(path, "kind"), ErrorCode::kUnknownCode,
                 "Write resume, cover_letter, certificate or other_document; name, email, phone "
                 "and address go into "
                 "identity.");
  }
  parsed.name = RequireText(item, path, "name", kMaxItemNameSizeBytes, notes);
  parsed.media_type = ReadText(item, path, "media_type", notes).value_or("text/plain");
  if (!IsMediaType(parsed.media_type)) {
    notes->Error(JoinPath(path, "media_type"), ErrorCode::kBadRequest,
                 "Write type/subtype, such as application/pdf.");
  }
  ReadContent(item, path, &parsed, notes);
  return parsed;
}

void ReadItems(const JsonValue& row, std::vector<ParsedItem>* items, RowNotes* notes) {
  const JsonValue::Array* array = ReadArray(row, "", "items", notes);
  if (array == nullptr) return;
  if (array->size() > kMaxItems) {
    notes->Error("items", ErrorCode::kTooLarge,
                 "At most " + std::to_string(kMaxItems) + " documents.");
    return;
  }
  for (std::size_t i = 0; i < array->size(); ++i)
    items->push_back(ReadItem((*array)[i], ItemPath("items", i), notes));
}

void ReadIdentity(const JsonValue& row, std::vector<ParsedItem>* items, RowNotes* notes) {
  const JsonValue* identity = ReadObject(row, "", "identity", notes);
  if (identity == nullptr) return;
  NoteUnknownMembers(*identity, "identity", kIdentityMembers, notes);
  for (const std::string_view name : kIdentityMembers) {
    const JsonValue* member = identity->Find(name);
    if (member == nullptr || member->is_null()) continue;
    const std::string text = RequireText(*identity, "identity", name, kMaxIdentitySizeBytes, notes);
    const auto kind = model::FindItemKind(name);
    items->push_back(
        {kind.value_or(ItemKind::kName), std::string(name), "text/plain", ToBytes(text), {}});
  }
}

bool ReadDiscoverable(const JsonValue& row, RowNotes* notes) {
  const JsonValue* consent = ReadObject(row, "", "consent", notes);
  if (consent == nullptr) return false;
  NoteUnknownMembers(*consent, "consent", kConsentMembers, notes);
  const JsonValue* member = consent->Find("discoverable");
  if (member == nullptr || member->is_null()) return false;
  const auto value = member->boolean();
  if (!value.has_value()) {
    notes->Error("consent.discoverable", ErrorCode::kBadRequest,
                 "Write true or false without quotes.");
  }
  return value.value_or(false);
}

}  // namespace

ParsedSeeker ReadSeekerRow(const JsonValue& row, const IntakeContext& context, RowNotes* notes) {
  NoteForbidden(row, Subjects::kPeopleOnly, context.forbidden, {}, notes);
  NoteUnknownMembers(row, "", kSeekerMembers, notes);
  CodeResolver resolver(context.dictionary, Words::kMustResolve, notes);
  ParsedSeeker seeker;
  seeker.reference = RequireText(row, "", "ref", kMaxReferenceSizeBytes, notes);
  const JsonValue* profile = ReadObject(row, "", "profile", notes);
  if (profile != nullptr) {
    seeker.profile = ReadProfile(*profile, &resolver, notes);
    notes->AddValidation(model::ProblemsOf(seeker.profile));
  } else if (row.Find("profile") == nullptr || row.Find("profile")->is_null()) {
    notes->Error("profile", ErrorCode::kMissingField, "Required; add it.");
  }
  ReadIdentity(row, &seeker.items, notes);
  ReadItems(row, &seeker.items, notes);
  seeker.is_discoverable = ReadDiscoverable(row, notes);
  return seeker;
}

}  // namespace noren::intake
