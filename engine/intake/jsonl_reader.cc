// SPDX-License-Identifier: Apache-2.0
#include "engine/intake/jsonl_reader.h"

#include <algorithm>

#include "engine/intake/noren_row.h"
#include "engine/model/utf8.h"

namespace noren::intake {
namespace {

using model::ErrorCode;
using model::JsonValue;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The cause of a JSON fault, and what to do about it.
void NoteJsonProblem(const model::JsonProblem& problem, RowNotes* notes) {
  const std::string where =
      " at byte " + std::to_string(problem.offset_bytes + 1) + " of the line.";
  const std::string what(model::JsonFaultSentence(problem.fault));
  switch (problem.fault) {
    case model::JsonFault::kInvalidUtf8:
      return notes->Error("", ErrorCode::kBadEncoding, "Save the file as UTF-8: " + what + where);
    case model::JsonFault::kTooLarge:
    case model::JsonFault::kTooDeep:
      return notes->Error("", ErrorCode::kTooLarge, "Make the row smaller: " + what + where);
    case model::JsonFault::kNumber:
      return notes->Error("", ErrorCode::kBadRequest,
                          "Write a number that a computer can hold: " + what + where);
    default:
      return notes->Error("", ErrorCode::kBadJson,
                          "Write one complete JSON object a line: " + what + where);
  }
}

JsonlRow ReadRow(std::string_view text, std::size_t line, const IntakeContext& context) {
  RowNotes notes(line);
  JsonlRow row{line, {}, {}};
  model::JsonProblem problem;
  model::JsonOptions options;
  options.max_size_bytes = kMaxLineSizeBytes;
  // Read here so that the report can name the field that must be whole.
  options.numbers = model::JsonNumbers::kFractionsToo;
  const auto value = model::ReadJson(text, options, &problem);
  if (!value.has_value()) {
    NoteJsonProblem(problem, &notes);
  } else if (const JsonValue* kind = value->Find("noren");
             kind == nullptr || kind->text() == nullptr) {
    notes.Error("noren",
                value->object() == nullptr ? ErrorCode::kBadJson : ErrorCode::kMissingField,
                "Write an object with \"noren\":\"seeker/1\" or \"noren\":\"posting/1\".");
  } else if (*kind->text() == "seeker/1") {
    ParsedSeeker seeker = ReadSeekerRow(*value, context, &notes);
    seeker.line = line;
    if (!notes.has_errors()) row.value = std::move(seeker);
  } else if (*kind->text() == "posting/1") {
    ParsedPosting posting = ReadPostingRow(*value, context, &notes);
    posting.line = line;
    if (!notes.has_errors()) row.value = std::move(posting);
  } else {
    notes.Error("noren", ErrorCode::kUnsupportedDocument, "Write seeker/1 or posting/1.");
  }
  row.problems = notes.Take();
  return row;
}

// "seeker/" or "posting/<company>/" before the reference: each has its own names.
std::string ReferenceKey(const JsonlRow& row) {
  if (const auto* seeker = std::get_if<ParsedSeeker>(&row.value))
    return "seeker/" + seeker->reference;
  if (const auto* posting = std::get_if<ParsedPosting>(&row.value)) {
    return "posting/" + posting->posting.company + "/" + posting->posting.reference;
  }
  return {};
}

}  // namespace

JsonlReader::JsonlReader(const IntakeContext& context, Sink sink)
    : context_(context), sink_(std::move(sink)) {}

void JsonlReader::Report(ErrorCode cause, std::string_view fix) {
  RowNotes notes(line_);
  notes.Error("", cause, fix);
  sink_(JsonlRow{line_, {}, notes.Take()});
}

bool JsonlReader::IsStartOfFileRefused() {
  const bool is_utf16 =
      line_text_.starts_with("\xFF\xFE") || line_text_.starts_with("\xFE\xFF") ||
      (line_text_.size() >= 2 && (line_text_[0] == '\0' || line_text_[1] == '\0'));
  if (!is_utf16) return false;
  Report(ErrorCode::kBadEncoding, "The file is UTF-16; save it as UTF-8 and send it again.");
  return true;
}

void JsonlReader::Feed(std::string_view chunk) {
  while (!chunk.empty() && !is_refused_) {
    const std::size_t end = chunk.find('\n');
    const std::string_view part = chunk.substr(0, end);
    if (!is_overlong_) {
      const std::size_t room =
          kMaxLineSizeBytes + 1 - std::min(line_text_.size(), kMaxLineSizeBytes + 1);
      line_text_.append(part.substr(0, room));
      is_overlong_ = line_text_.size() > kMaxLineSizeBytes;
    }
    if (end == std::string_view::npos) return;
    EndLine();
    chunk.remove_prefix(end + 1);
  }
}

void JsonlReader::EndLine() {
  if (line_ == 1 && IsStartOfFileRefused()) {
    is_refused_ = true;
    line_text_.clear();
    return;
  }
  std::string_view text = line_text_;
  if (line_ == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.ends_with('\r')) text.remove_suffix(1);
  const bool is_blank = text.find_first_not_of(" \t") == std::string_view::npos;
  if (is_overlong_) {
    Report(ErrorCode::kTooLarge,
           "The line is longer than 1 MiB; put documents into files and name them by \"file\".");
  } else if (!is_blank) {
    JsonlRow row = ReadRow(text, line_, context_);
    const std::string key = ReferenceKey(row);
    if (!key.empty() && !references_.insert(key).second) {
      RowNotes notes(line_);
      notes.Error("ref", ErrorCode::kDuplicateValue,
                  "An earlier row of this file has the same ref; remove one.");
      row = JsonlRow{line_, {}, notes.Take()};
    }
    sink_(std::move(row));
  }
  line_text_.clear();
  is_overlong_ = false;
  ++line_;
}

void JsonlReader::Finish() {
  if (!line_text_.empty() && !is_refused_) EndLine();
}

Intake ReadNorenJsonLines(std::string_view text, const IntakeContext& context) {
  Intake intake;
  JsonlReader reader(context, [&intake](JsonlRow row) {
    ++intake.rows_count;
    if (std::holds_alternative<std::monostate>(row.value)) ++intake.refused_rows_count;
    if (auto* seeker = std::get_if<ParsedSeeker>(&row.value))
      intake.seekers.push_back(std::move(*seeker));
    if (auto* posting = std::get_if<ParsedPosting>(&row.value))
      intake.postings.push_back(std::move(*posting));
    std::ranges::move(row.problems, std::back_inserter(intake.problems));
  });
  reader.Feed(text);
  reader.Finish();
  return intake;
}

}  // namespace noren::intake
