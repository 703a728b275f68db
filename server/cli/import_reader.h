// Reads the files of an import row by row, as often as asked: once to validate, once to register.
// Source:   engine/intake/documents.h, docs/formats/noren_jsonl.md
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/status.h"
#include "engine/intake/jsonl_reader.h"

namespace noren::cli {

enum class ImportKind : std::uint8_t { kSeekers, kPostings };

struct ImportSource {
  std::vector<std::string> files;
  std::optional<intake::DocumentFormat> format;  // nullopt: found out for each file
  std::string company;                           // of schema.org postings
  std::optional<model::RegionCode> default_region;
};

// One row of one file, with whatever is to be said about it; no value where a row has an error.
struct ImportRow {
  const std::string* file = nullptr;  // borrowed from the source
  intake::JsonlRow row;
};
using ImportSink = std::function<Status(ImportRow)>;

// "auto" gives nullopt. kInvalidArgument for another name.
StatusOr<std::optional<intake::DocumentFormat>> ParseFormat(std::string_view name);

// Calls `sink` for every row; its first failure ends the reading. Adds what only the import can
// see: documents that are not there, and people without a contact.
//   errors   exit code 74: a file cannot be read; those of `sink`
Status ReadImport(const ImportSource& source, const intake::IntakeContext& context,
                  const ImportSink& sink);

bool HasError(const intake::JsonlRow& row);
// Where one-time codes go: the e-mail address of the row, else its phone number, else "".
std::string ContactOf(const intake::ParsedSeeker& seeker);
// The content of an item, from the row or from its file. Exit code 74.
StatusOr<Bytes> ReadItem(const intake::ParsedItem& item, const std::string& file);

}  // namespace noren::cli
