// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/documents.h"

#include <algorithm>

#include "engine/intake/document_reader.h"
#include "engine/intake/job_posting.h"

namespace noren::intake {
namespace {

using model::ErrorCode;
using model::JsonValue;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string_view WithoutMark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

std::optional<JsonValue> ReadLoosely(std::string_view text) {
  model::JsonProblem problem;
  return model::ReadJson(
      text, {kMaxDocumentSizeBytes, model::kMaxJsonDepth, model::JsonNumbers::kFractionsToo},
      &problem);
}

bool HasObject(const JsonValue& document, std::string_view name) {
  const JsonValue* member = document.Find(name);
  return member != nullptr && member->object() != nullptr;
}

bool IsJsonResume(const JsonValue& document) {
  // FRESH documents share the lists but keep the person in "info" and "contact".
  if (HasObject(document, "basics")) return true;
  const JsonValue* schema = document.Find("$schema");
  return schema != nullptr && schema->text() != nullptr &&
         schema->text()->find("resume-schema") != std::string::npos;
}

}  // namespace

std::optional<JsonValue> ReadOutsideJson(std::string_view text, RowNotes* notes) {
  text = WithoutMark(text);
  model::JsonProblem problem;
  auto value = model::ReadJson(
      text, {kMaxDocumentSizeBytes, model::kMaxJsonDepth, model::JsonNumbers::kFractionsToo},
      &problem);
  if (value.has_value()) return value;
  ErrorCode cause = ErrorCode::kBadJson;
  if (problem.fault == model::JsonFault::kInvalidUtf8) cause = ErrorCode::kBadEncoding;
  if (problem.fault == model::JsonFault::kTooLarge || problem.fault == model::JsonFault::kTooDeep) {
    cause = ErrorCode::kTooLarge;
  }
  const bool is_utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  if (is_utf16) cause = ErrorCode::kBadEncoding;
  std::string fix(is_utf16 ? "the file is UTF-16" : model::JsonFaultSentence(problem.fault));
  fix.insert(0, "Repair the document: ")
      .append(", at byte ")
      .append(std::to_string(problem.offset_bytes + 1));
  notes->Error("", cause, fix.append("."));
  return std::nullopt;
}

void CheckReference(std::string_view reference, RowNotes* notes) {
  const bool is_printable = std::ranges::none_of(
      reference, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (reference.empty() || reference.size() > kMaxReferenceSizeBytes || !is_printable) {
    notes->Error("ref", ErrorCode::kBadRequest,
                 "Give the document a reference of 1 to 128 printable bytes.");
  }
}

std::optional<model::RegionCode> FindPlace(const model::Dictionary& dictionary,
                                           const Place& place) {
  const auto text_of = [](const std::string* text) {
    return text != nullptr ? *text : std::string();
  };
  const std::string region = text_of(place.region);
  const std::string city = text_of(place.city);
  std::optional<model::RegionCode> country;
  if (place.country != nullptr) {
    const auto* entry = dictionary.Find(model::CodeKind::kRegion, *place.country);
    if (entry != nullptr) country = *model::RegionCode::Parse(entry->code);
  }
  // From the most exact to the coarsest; a name of two places is none.
  for (const std::string& name : {region + city, city + "," + region, city, region}) {
    if (name.empty() || name == ",") continue;
    const auto* entry = dictionary.Find(model::CodeKind::kRegion, name);
    if (entry == nullptr) continue;
    const auto code = *model::RegionCode::Parse(entry->code);
    if (!country.has_value() || model::IsWithin(code, *country)) return code;
  }
  return country;
}

DocumentFormat DetectFormat(std::string_view text) {
  text = WithoutMark(text);
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return DocumentFormat::kUnknown;
  text.remove_prefix(start);
  const auto document = ReadLoosely(text);
  if (document.has_value()) {
    if (document->Find("noren") != nullptr) return DocumentFormat::kNorenJsonLines;
    if (!FindJobPostings(*document).empty()) return DocumentFormat::kJobPosting;
    return IsJsonResume(*document) ? DocumentFormat::kJsonResume : DocumentFormat::kUnknown;
  }
  // Several lines are no JSON document, and any of them may be broken; the name of the format still
  // shows.
  const bool names_format = text.front() == '{' && text.find("\"noren\"") != std::string_view::npos;
  return names_format ? DocumentFormat::kNorenJsonLines : DocumentFormat::kUnknown;
}

Intake ReadDocument(std::string_view text, const DocumentSource& source,
                    const IntakeContext& context) {
  switch (DetectFormat(text)) {
    case DocumentFormat::kNorenJsonLines:
      return ReadNorenJsonLines(text, context);
    case DocumentFormat::kJsonResume:
      return ReadJsonResume(text, source, context);
    case DocumentFormat::kJobPosting:
      return ReadJobPostings(text, source, context);
    case DocumentFormat::kUnknown:
      break;
  }
  Intake intake;
  intake.rows_count = 1;
  intake.refused_rows_count = 1;
  RowNotes notes(1);
  if (ReadOutsideJson(text, &notes).has_value()) {
    notes.Error(
        "", ErrorCode::kUnsupportedDocument,
        "Send Noren JSON Lines, a JSON Resume 1.0 (with \"basics\") or a schema.org JobPosting.");
  }
  intake.problems = notes.Take();
  return intake;
}

}  // namespace noren::intake
