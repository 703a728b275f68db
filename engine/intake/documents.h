// What intake makes of outside documents: coded values and sealed items, or a report. Pure: text
// in, values out.
// Source:   docs/formats/noren_jsonl.md; JSON Resume 1.0; schema.org JobPosting
// Secrets:  items hold identifying text: sealed by whoever stores them, printed nowhere
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/bytes.h"
#include "engine/intake/forbidden_fields.h"
#include "engine/intake/row_report.h"
#include "engine/model/dictionary.h"
#include "engine/model/posting.h"
#include "engine/model/profile.h"
#include "engine/model/purposes.h"

namespace noren::intake {

inline constexpr std::size_t kMaxItems = 16;
inline constexpr std::size_t kMaxItemNameSizeBytes = 200;
inline constexpr std::size_t kMaxMediaTypeSizeBytes = 100;
inline constexpr std::size_t kMaxIdentitySizeBytes = 400;
inline constexpr std::size_t kMaxItemSizeBytes = std::size_t{8} << 20;
inline constexpr std::size_t kMaxReferenceSizeBytes = 128;

struct ParsedItem {
  model::ItemKind kind = model::ItemKind::kOtherDocument;
  std::string name;
  std::string media_type;
  Bytes content;          // empty when `file_path` is set
  std::string file_path;  // relative, without "..": the caller reads it
};

struct ParsedSeeker {
  std::size_t line = 0;
  std::string reference;  // the portal's own identifier
  model::Profile profile;
  std::vector<ParsedItem> items;  // identity items first
  bool is_discoverable = false;
};

struct ParsedPosting {
  std::size_t line = 0;
  model::Posting posting;
};

// Everything that was read. Seekers and postings are those of rows without an error.
struct Intake {
  std::vector<ParsedSeeker> seekers;
  std::vector<ParsedPosting> postings;
  std::vector<RowProblem> problems;  // by line
  std::size_t rows_count = 0;
  std::size_t refused_rows_count = 0;
};

// `dictionary` and `forbidden` must outlive every call that takes this.
struct IntakeContext {
  const model::Dictionary& dictionary;
  const ForbiddenFields& forbidden;
};

// What documents of others do not carry: the reference of a resume, or of the first posting of a
// document (further ones get "-2", "-3"); the principal name of the company that imports postings;
// and the region that is taken, with a warning, where the document names none of the lists.
struct DocumentSource {
  std::string reference;
  std::string company;
  std::optional<model::RegionCode> default_region = std::nullopt;
};

enum class DocumentFormat : std::uint8_t { kNorenJsonLines, kJsonResume, kJobPosting, kUnknown };
// From the first object of the text; kUnknown for anything else, broken or not.
DocumentFormat DetectFormat(std::string_view text);

// A whole Noren JSON Lines text (reader for streams: jsonl_reader.h).
Intake ReadNorenJsonLines(std::string_view text, const IntakeContext& context);
// One JSON Resume 1.0 document.
Intake ReadJsonResume(std::string_view text, const DocumentSource& source,
                      const IntakeContext& context);
// One JSON-LD document: a JobPosting, an array of them, or an object with @graph.
Intake ReadJobPostings(std::string_view text, const DocumentSource& source,
                       const IntakeContext& context);
// Whichever of the three it is; kUnsupportedDocument in the report otherwise.
Intake ReadDocument(std::string_view text, const DocumentSource& source,
                    const IntakeContext& context);

}  // namespace noren::intake
