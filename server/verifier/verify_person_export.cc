// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/merkle/note.h"
#include "crypto/primitives/hash.h"
#include "server/verifier/json_line.h"
#include "server/verifier/verify.h"

namespace noren::verifier {
namespace {

constexpr std::size_t kMaxDocumentSizeBytes = std::size_t{32} << 20;
constexpr std::string_view kFormat = "noren/person-export/1";

std::optional<JsonObject> ParseLine(std::string_view line) {
  if (line.size() > kMaxDocumentSizeBytes || !line.ends_with('\n')) return std::nullopt;
  return JsonObject::Parse(line.substr(0, line.size() - 1));
}

class PersonExportVerifier {
 public:
  PersonExportVerifier(const PersonExportFiles& files, const merkle::NoteVerifier& key,
                       std::string_view key_text)
      : files_(files), key_(key), key_text_(key_text) {}

  Report Run();

 private:
  void Found(Finding finding, std::string detail) {
    report_.findings.push_back({finding, std::nullopt, std::move(detail)});
  }
  bool ReadDocument();
  void CheckSignature();
  StatusOr<bool> CheckProof(const std::string& proof, const std::string& name);
  void CheckProofs();

  const PersonExportFiles& files_;
  const merkle::NoteVerifier& key_;
  const std::string_view key_text_;
  Report report_;
  Bytes person_key_;            // empty: the person has none
  std::set<std::string> acts_;  // statements
  std::set<std::string> proved_;
};

// What the acts are compared with.
bool PersonExportVerifier::ReadDocument() {
  const auto document = ParseLine(files_.document);
  const auto given = document ? document->Object("given") : std::nullopt;
  const auto acts = given ? given->Objects("acts") : std::nullopt;
  if (!acts || document->Text("format") != kFormat) return false;
  for (const JsonObject& act : *acts) {
    const auto statement = act.Text("statement");
    if (!statement) return false;
    acts_.insert(*statement);
  }
  if (given->IsNull("person_key")) return true;
  const auto key = HexDecode(given->Text("person_key").value_or(""));
  if (!key.ok() || key->size() != 32) return false;
  person_key_ = *key;
  return true;
}

void PersonExportVerifier::CheckSignature() {
  const auto note = merkle::ParseNote(files_.note);
  if (!note.ok() || !merkle::VerifyNote(*note, key_).ok()) {
    Found(Finding::kSignatureInvalid, "the export is not signed by the given key");
    return;
  }
  report_.origin = key_.name();
  report_.checks.push_back({"signature of the export", 1});
  const Hash256 digest = primitives::Sha256(AsBytes(files_.document));
  if (note->text != std::string(kFormat) + "\n" + HexEncode(digest) + "\n") {
    Found(Finding::kStatementMismatch, "the document is not the one that was signed");
    return;
  }
  report_.checks.push_back({"document as signed", 1});
}

// True: the bundle proves an act of the document.
StatusOr<bool> PersonExportVerifier::CheckProof(const std::string& proof, const std::string& name) {
  const auto bundle = ParseLine(proof);
  const auto statement = bundle ? bundle->Text("statement") : std::nullopt;
  const bool is_signed = bundle && !bundle->IsNull("signature");
  NOREN_ASSIGN_OR_RETURN(
      const Report report,
      VerifyBundle(proof, {std::string(key_text_), is_signed ? person_key_ : Bytes()}));
  for (const FindingAt& at : report.findings) Found(at.finding, name + ": " + at.detail);
  if (!report.ok()) return false;
  report_.tree_size = std::max(report_.tree_size, report.tree_size);
  report_.last_sequence = std::max(report_.last_sequence, report.last_sequence);
  if (!statement || !acts_.contains(*statement)) {
    Found(Finding::kStatementMismatch, name + ": an act that is not in the document");
    return false;
  }
  proved_.insert(*statement);
  return true;
}

void PersonExportVerifier::CheckProofs() {
  std::uint64_t right = 0;
  for (std::size_t i = 0; i < files_.proofs.size(); ++i) {
    const auto proof = CheckProof(files_.proofs[i], "proof " + std::to_string(i + 1));
    if (proof.ok() && *proof) ++right;
    if (!proof.ok()) Found(Finding::kMalformed, "proof " + std::to_string(i + 1));
  }
  if (right > 0) report_.checks.push_back({"acts in the log", right});
  const auto unproved = std::count_if(acts_.begin(), acts_.end(), [this](const std::string& act) {
    return !proved_.contains(act);
  });
  if (unproved > 0) {
    report_.notes.push_back("acts of the document without a proof: " + std::to_string(unproved));
  }
}

Report PersonExportVerifier::Run() {
  if (!ReadDocument()) {
    Found(Finding::kMalformed, "not what a person took away");
    return std::move(report_);
  }
  CheckSignature();
  CheckProofs();
  return std::move(report_);
}

}  // namespace

StatusOr<Report> VerifyPersonExport(const PersonExportFiles& files, std::string_view verifier_key) {
  NOREN_ASSIGN_OR_RETURN(const merkle::NoteVerifier key, merkle::NoteVerifier::Parse(verifier_key));
  return PersonExportVerifier(files, key, verifier_key).Run();
}

}  // namespace noren::verifier
