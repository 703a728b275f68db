// SPDX-License-Identifier: Apache-2.0
#include "server/cli/import_reader.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <utility>

#include "engine/intake/document_reader.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"

namespace noren::cli {
namespace {

namespace fs = std::filesystem;
using intake::DocumentFormat;
using intake::JsonlRow;

constexpr std::size_t kChunkSizeBytes = 64 * 1024;
constexpr std::size_t kMaxContactSizeBytes = 254;

std::string ItemPath(const intake::ParsedItem& item, const std::string& file) {
  return (fs::path(file).parent_path() / item.file_path).string();
}

void AddError(JsonlRow* row, std::string field, model::ErrorCode cause, std::string fix) {
  row->problems.push_back(
      {row->line, std::move(field), cause, intake::Severity::kError, std::move(fix)});
}

// Documents come after the identity items, in the order of the row's "items".
void CheckItemFiles(const intake::ParsedSeeker& seeker, const std::string& file, JsonlRow* row) {
  std::size_t index = 0;
  for (const intake::ParsedItem& item : seeker.items) {
    if (model::IsIdentityItem(item.kind)) continue;
    const std::string field = "items[" + std::to_string(index++) + "].file";
    if (item.file_path.empty()) continue;
    std::error_code error;
    const std::string path = ItemPath(item, file);
    if (!fs::is_regular_file(path, error)) {
      AddError(row, field, model::ErrorCode::kNotFound,
               "Put the document there, relative to the folder of the import file.");
    } else if (fs::file_size(path, error) > intake::kMaxItemSizeBytes || error) {
      AddError(row, field, model::ErrorCode::kTooLarge, "At most 8 MiB a document.");
    }
  }
}

void CheckSeeker(const std::string& file, JsonlRow* row) {
  const auto* seeker = std::get_if<intake::ParsedSeeker>(&row->value);
  if (seeker == nullptr) return;
  const intake::ParsedSeeker copy = *seeker;
  const std::string contact = ContactOf(copy);
  if (contact.empty()) {
    AddError(row, "identity.email", model::ErrorCode::kMissingField,
             "Give an e-mail address or a phone number: one-time codes go there.");
  } else if (contact.size() > kMaxContactSizeBytes) {
    AddError(row, "identity.email", model::ErrorCode::kTooLarge, "At most 254 bytes.");
  }
  CheckItemFiles(copy, file, row);
  if (HasError(*row)) row->value = std::monostate{};
}

// Hands rows on until the sink fails.
class RowForwarder {
 public:
  RowForwarder(const std::string& file, const ImportSink& sink) : file_(file), sink_(sink) {}
  void Take(JsonlRow row) {
    if (!status_.ok()) return;
    CheckSeeker(file_, &row);
    status_ = sink_({&file_, std::move(row)});
  }
  const Status& status() const { return status_; }

 private:
  const std::string& file_;
  const ImportSink& sink_;
  Status status_;
};

Status ReadLines(const std::string& file, const intake::IntakeContext& context,
                 RowForwarder& forwarder) {
  std::ifstream in(file, std::ios::binary);
  if (!in.is_open()) return FileError("cannot read", file);
  intake::JsonlReader reader(context,
                             [&forwarder](JsonlRow row) { forwarder.Take(std::move(row)); });
  std::array<char, kChunkSizeBytes> chunk{};
  while (in.good() && forwarder.status().ok()) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    reader.Feed({chunk.data(), static_cast<std::size_t>(in.gcount())});
  }
  if (in.bad()) return FileError("cannot read", file);
  if (forwarder.status().ok()) reader.Finish();
  return forwarder.status();
}

// A document's values and problems as rows; problems of rows without a value come first.
Status ForwardIntake(intake::Intake intake, RowForwarder& forwarder) {
  std::multimap<std::size_t, JsonlRow> rows;
  for (auto& seeker : intake.seekers) {
    const std::size_t line = seeker.line;
    rows.emplace(line, JsonlRow{line, std::move(seeker), {}});
  }
  for (auto& posting : intake.postings) {
    const std::size_t line = posting.line;
    rows.emplace(line, JsonlRow{line, std::move(posting), {}});
  }
  std::map<std::size_t, JsonlRow> refused;
  for (auto& problem : intake.problems) {
    const auto found = rows.find(problem.line);
    const bool is_warning = problem.severity == intake::Severity::kWarning;
    if (is_warning && found != rows.end()) {
      found->second.problems.push_back(std::move(problem));
    } else {
      JsonlRow& row = refused[problem.line];
      row.line = problem.line;
      row.problems.push_back(std::move(problem));
    }
  }
  for (auto& [line, row] : refused) forwarder.Take(std::move(row));
  for (auto& [line, row] : rows) forwarder.Take(std::move(row));
  return forwarder.status();
}

Status ReadWholeDocument(const std::string& file, const ImportSource& source,
                         const intake::IntakeContext& context, RowForwarder& forwarder) {
  NOREN_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(file, intake::kMaxDocumentSizeBytes));
  const intake::DocumentSource document{fs::path(file).stem().string(), source.company,
                                        source.default_region};
  const auto format = source.format.value_or(intake::DetectFormat(text));
  if (format == DocumentFormat::kJsonResume) {
    return ForwardIntake(intake::ReadJsonResume(text, document, context), forwarder);
  }
  if (format == DocumentFormat::kJobPosting) {
    return ForwardIntake(intake::ReadJobPostings(text, document, context), forwarder);
  }
  return ForwardIntake(intake::ReadDocument(text, document, context), forwarder);
}

bool IsLines(const std::string& file, const ImportSource& source) {
  if (source.format) return *source.format == DocumentFormat::kNorenJsonLines;
  return fs::path(file).extension() == ".jsonl";
}

}  // namespace

StatusOr<std::optional<DocumentFormat>> ParseFormat(std::string_view name) {
  if (name == "auto") return std::optional<DocumentFormat>();
  if (name == "noren") return std::optional(DocumentFormat::kNorenJsonLines);
  if (name == "json-resume") return std::optional(DocumentFormat::kJsonResume);
  if (name == "schema-org") return std::optional(DocumentFormat::kJobPosting);
  return UsageError("--format: auto, noren, json-resume or schema-org");
}

Status ReadImport(const ImportSource& source, const intake::IntakeContext& context,
                  const ImportSink& sink) {
  for (const std::string& file : source.files) {
    RowForwarder forwarder(file, sink);
    NOREN_RETURN_IF_ERROR(IsLines(file, source)
                              ? ReadLines(file, context, forwarder)
                              : ReadWholeDocument(file, source, context, forwarder));
  }
  return OkStatus();
}

bool HasError(const JsonlRow& row) {
  return std::ranges::any_of(row.problems, [](const intake::RowProblem& problem) {
    return problem.severity == intake::Severity::kError;
  });
}

std::string ContactOf(const intake::ParsedSeeker& seeker) {
  for (const model::ItemKind kind : {model::ItemKind::kEmail, model::ItemKind::kPhone}) {
    const auto item = std::ranges::find(seeker.items, kind, &intake::ParsedItem::kind);
    if (item != seeker.items.end()) return std::string(AsText(item->content));
  }
  return "";
}

StatusOr<Bytes> ReadItem(const intake::ParsedItem& item, const std::string& file) {
  if (item.file_path.empty()) return item.content;
  NOREN_ASSIGN_OR_RETURN(const std::string text,
                         ReadTextFile(ItemPath(item, file), intake::kMaxItemSizeBytes));
  return ToBytes(text);
}

}  // namespace noren::cli
