// SPDX-License-Identifier: Apache-2.0
#include "server/verifier/report.h"

#include <nlohmann/json.hpp>

#include "crypto/base/encoding.h"

namespace noren::verifier {

std::string_view FindingName(Finding finding) {
  switch (finding) {
    case Finding::kMalformed:
      return "MALFORMED";
    case Finding::kWrongLog:
      return "WRONG_LOG";
    case Finding::kEntryMalformed:
      return "ENTRY_MALFORMED";
    case Finding::kSequenceGap:
      return "SEQUENCE_GAP";
    case Finding::kChainBroken:
      return "CHAIN_BROKEN";
    case Finding::kRootMismatch:
      return "ROOT_MISMATCH";
    case Finding::kSignatureInvalid:
      return "SIGNATURE_INVALID";
    case Finding::kTruncated:
      return "TRUNCATED";
    case Finding::kInconsistent:
      return "INCONSISTENT";
    case Finding::kNotIncluded:
      return "NOT_INCLUDED";
    case Finding::kStatementMismatch:
      return "STATEMENT_MISMATCH";
    case Finding::kOpeningMismatch:
      return "OPENING_MISMATCH";
    case Finding::kConsentRootMoved:
      return "CONSENT_ROOT_MOVED";
  }
  return "UNKNOWN";
}

std::string ToText(const Report& report) {
  std::string text;
  if (!report.origin.empty()) text += "log       " + report.origin + "\n";
  text += "tree size " + std::to_string(report.tree_size) + "\n";
  if (report.last_sequence > 0) {
    text += "sequence  " + std::to_string(report.last_sequence) + "\n";
  }
  if (report.root) text += "root      " + HexEncode(*report.root) + "\n";
  for (const Check& check : report.checks) {
    text += "  ok    " + check.name + " (" + std::to_string(check.count) + ")\n";
  }
  for (const std::string& note : report.notes) text += "  note  " + note + "\n";
  for (const FindingAt& at : report.findings) {
    text += "  FOUND " + std::string(FindingName(at.finding)) + ": " + at.detail;
    if (at.line) text += " (line " + std::to_string(*at.line) + ")";
    text += "\n";
  }
  text += report.ok() ? "verified\n" : "NOT verified\n";
  return text;
}

std::string ToJson(const Report& report) {
  nlohmann::json json = {{"verified", report.ok()},
                         {"origin", report.origin},
                         {"tree_size", report.tree_size},
                         {"last_sequence", report.last_sequence},
                         {"lost_entries", report.lost_entries},
                         {"notes", report.notes},
                         {"checks", nlohmann::json::array()},
                         {"findings", nlohmann::json::array()}};
  if (report.root) json["root"] = HexEncode(*report.root);
  for (const Check& check : report.checks) {
    json["checks"].push_back({{"name", check.name}, {"count", check.count}});
  }
  for (const FindingAt& at : report.findings) {
    nlohmann::json finding = {{"code", FindingName(at.finding)}, {"detail", at.detail}};
    if (at.line) finding["line"] = *at.line;
    json["findings"].push_back(std::move(finding));
  }
  // The origin of a damaged file may hold anything.
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace noren::verifier
