// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <istream>
#include <optional>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/merkle/checkpoint.h"
#include "crypto/merkle/note.h"
#include "crypto/merkle/proof.h"
#include "crypto/merkle/tree.h"
#include "crypto/primitives/hash.h"
#include "server/verifier/entry_reader.h"
#include "server/verifier/json_line.h"
#include "server/verifier/verify.h"

namespace noren::verifier {
namespace {

// A checkpoint has up to 64 KiB, and JSON may write a byte of it as six.
constexpr std::size_t kMaxLineSizeBytes = std::size_t{512} << 10;

enum class LineEnd { kLine, kEnd, kTooLong, kUnended };

LineEnd ReadLine(std::istream& input, std::string& line) {
  line.clear();
  for (int c = input.get(); c != std::istream::traits_type::eof(); c = input.get()) {
    if (c == '\n') return LineEnd::kLine;
    if (line.size() >= kMaxLineSizeBytes) return LineEnd::kTooLong;
    line.push_back(static_cast<char>(c));
  }
  return line.empty() ? LineEnd::kEnd : LineEnd::kUnended;
}

Hash256 NextHead(const Hash256& head, const Hash256& leaf_hash) {
  return primitives::Sha256Hasher().Update(head).Update(leaf_hash).Finish();
}

class ExportVerifier {
 public:
  ExportVerifier(const merkle::NoteVerifier& key, std::optional<merkle::Checkpoint> known)
      : key_(key), known_(std::move(known)) {}

  Report Run(std::istream& input) {
    if (ReadHeader(input) && ReadEntries(input)) {
      CheckTrailer(input);
      CheckKnown();
    }
    report_.tree_size = frontier_.size();
    report_.last_sequence = sequence_;
    report_.root = frontier_.Root();
    return std::move(report_);
  }

 private:
  void Found(Finding finding, std::string detail) {
    report_.findings.push_back({finding, line_number_, std::move(detail)});
  }
  // False, with a finding, when the next line is not a canonical JSON object.
  bool NextObject(std::istream& input, std::optional<JsonObject>& object) {
    ++line_number_;
    const LineEnd end = ReadLine(input, line_);
    if (end == LineEnd::kLine) object = JsonObject::Parse(line_);
    if (end == LineEnd::kLine && object) return true;
    Found(Finding::kMalformed, end == LineEnd::kEnd ? "the file ends before its last line"
                                                    : "not a line of canonical JSON");
    return false;
  }

  bool ReadHeader(std::istream& input);
  bool ReadEntries(std::istream& input);
  bool ReadEntry(const JsonObject& line);
  bool FollowSequence(const EntryFacts& facts);
  void FollowConsentRoot(const EntryFacts& facts);
  void RememberRoots();
  void CheckTrailer(std::istream& input);
  void CheckCheckpoint(const std::string& note);
  void CheckConsistency(const std::optional<std::vector<Hash256>>& proof);
  void CheckKnown();
  bool DeclaredLost(const merkle::TreeHead& head) const;

  const merkle::NoteVerifier& key_;
  std::optional<merkle::Checkpoint> known_;
  Report report_;
  std::string line_;
  std::uint64_t line_number_ = 0;

  std::uint64_t partition_ = 0;
  std::uint64_t older_size_ = 0;
  std::optional<Hash256> older_root_;
  std::optional<Hash256> root_at_known_;
  std::vector<LostEntries> lost_;
  std::uint64_t sequence_ = 0;
  Hash256 head_{};
  Hash256 consent_root_{};
  bool consent_root_moved_ = false;
  merkle::Frontier frontier_;
  std::optional<JsonObject> trailer_;
};

bool ExportVerifier::ReadHeader(std::istream& input) {
  std::optional<JsonObject> header;
  if (!NextObject(input, header)) return false;
  const auto origin = header->Text("origin");
  const auto partition = header->Unsigned("partition");
  const auto older_size = header->Unsigned("older_size");
  if (!header->HasExactly({"format", "older_size", "origin", "partition"}) || !origin ||
      !partition || !older_size || header->Text("format") != "noren/audit-export/1") {
    Found(Finding::kMalformed, "the first line is not the header of an audit export");
    return false;
  }
  report_.origin = *origin;
  partition_ = *partition;
  older_size_ = *older_size;
  if (*origin != key_.name()) {
    Found(Finding::kWrongLog, "the export is of another log than the key");
    return false;
  }
  const std::string suffix = "/" + std::to_string(partition_);
  const bool of_a_further_partition = std::count(origin->begin(), origin->end(), '/') > 1;
  if (of_a_further_partition ? !origin->ends_with(suffix) || partition_ == 0 : partition_ != 0) {
    Found(Finding::kWrongLog, "the partition is not the origin's");
    return false;
  }
  return true;
}

bool ExportVerifier::ReadEntries(std::istream& input) {
  RememberRoots();
  std::optional<JsonObject> line;
  while (NextObject(input, line)) {
    if (line->Text("checkpoint")) {
      trailer_ = std::move(line);
      report_.checks.push_back({"leaf hashes", frontier_.size()});
      report_.checks.push_back({"chain heads", frontier_.size()});
      report_.checks.push_back({"sequence without gaps", frontier_.size()});
      if (!consent_root_moved_) {
        report_.checks.push_back({"consents changed by consent entries only", frontier_.size()});
      }
      return true;
    }
    if (!ReadEntry(*line)) return false;
  }
  return false;
}

bool ExportVerifier::ReadEntry(const JsonObject& line) {
  const auto entry = line.Base64("entry");
  const auto head = line.Hash("head");
  const auto index = line.Unsigned("index");
  if (!line.HasExactly({"entry", "head", "index"}) || !entry || !head || !index) {
    Found(Finding::kMalformed, "not an entry line");
    return false;
  }
  if (*index != frontier_.size()) {
    Found(Finding::kSequenceGap, "expected index " + std::to_string(frontier_.size()));
    return false;
  }
  const auto facts = ReadEntryFacts(*entry);
  if (!facts.ok()) {
    Found(Finding::kEntryMalformed, "the entry does not decode");
    return false;
  }
  if (facts->partition != partition_) {
    Found(Finding::kWrongLog, "the entry is of another partition");
    return false;
  }
  if (!FollowSequence(*facts)) return false;
  const Hash256 leaf_hash = merkle::HashLeaf(*entry);
  head_ = NextHead(head_, leaf_hash);
  if (head_ != *head) {
    Found(Finding::kChainBroken, "the chain head is not what the entries give");
    return false;
  }
  FollowConsentRoot(*facts);
  frontier_.Append(leaf_hash);
  RememberRoots();
  return true;
}

// The first one is the finding; those after it may follow from it.
void ExportVerifier::FollowConsentRoot(const EntryFacts& facts) {
  if (facts.consent_root != consent_root_ && !facts.may_change_consents && !consent_root_moved_) {
    consent_root_moved_ = true;
    Found(Finding::kConsentRootMoved, "consents changed under an entry that cannot change any");
  }
  consent_root_ = facts.consent_root;
}

bool ExportVerifier::FollowSequence(const EntryFacts& facts) {
  std::uint64_t expected = sequence_ + 1;
  if (facts.lost) {
    const LostEntries& lost = *facts.lost;
    const std::uint64_t sequences = lost.last_sequence - lost.first_sequence + 1;
    if (sequence_ == 0 || lost.first_sequence != expected ||
        lost.last_sequence < lost.first_sequence || lost.last_sequence + 1 == 0 ||
        lost.tree_size == 0 || lost.tree_size > lost.last_sequence) {
      Found(Finding::kSequenceGap, "the lost range does not follow the entry before");
      return false;
    }
    // A lost log that is not longer, or longer by more than the sequences, had another backup under
    // it than this one: then only the sequences bound how many entries are lost.
    const bool counted =
        lost.tree_size > frontier_.size() && lost.tree_size - frontier_.size() <= sequences;
    const std::uint64_t count = counted ? lost.tree_size - frontier_.size() : sequences;
    lost_.push_back(lost);
    report_.lost_entries += count;
    report_.notes.push_back("a restore at line " + std::to_string(line_number_) + " declares " +
                            (counted ? "" : "up to ") + std::to_string(count) +
                            " acknowledged entries lost, from sequence " +
                            std::to_string(lost.first_sequence));
    expected = lost.last_sequence + 1;
  }
  if (facts.sequence != expected) {
    Found(Finding::kSequenceGap, "expected sequence " + std::to_string(expected) + ", found " +
                                     std::to_string(facts.sequence));
    return false;
  }
  sequence_ = expected;
  return true;
}

void ExportVerifier::RememberRoots() {
  if (older_size_ > 0 && frontier_.size() == older_size_) older_root_ = frontier_.Root();
  if (known_ && frontier_.size() == known_->head.size) root_at_known_ = frontier_.Root();
}

void ExportVerifier::CheckTrailer(std::istream& input) {
  const auto tree_size = trailer_->Unsigned("tree_size");
  if (!trailer_->HasExactly({"checkpoint", "consistency", "tree_size"}) ||
      tree_size != frontier_.size()) {
    Found(Finding::kMalformed, "the last line does not fit the entries");
  }
  if (input.peek() != std::istream::traits_type::eof()) {
    Found(Finding::kMalformed, "the file goes on after its last line");
  }
  CheckCheckpoint(*trailer_->Text("checkpoint"));
  CheckConsistency(trailer_->Hashes("consistency"));
}

void ExportVerifier::CheckCheckpoint(const std::string& note) {
  const auto checkpoint = merkle::OpenCheckpoint(note, key_);
  if (!checkpoint.ok()) {
    Found(Finding::kSignatureInvalid, "the checkpoint is not signed by the given key");
    return;
  }
  report_.checks.push_back({"checkpoint signature", 1});
  if (checkpoint->head.size > frontier_.size()) {
    Found(Finding::kTruncated, "the checkpoint covers " + std::to_string(checkpoint->head.size) +
                                   " entries, the file holds " + std::to_string(frontier_.size()));
  } else if (checkpoint->head != merkle::TreeHead{frontier_.size(), frontier_.Root()}) {
    Found(Finding::kRootMismatch, "the entries do not give the checkpoint's root");
  } else {
    report_.checks.push_back({"root hash", frontier_.size()});
  }
}

void ExportVerifier::CheckConsistency(const std::optional<std::vector<Hash256>>& proof) {
  if (!proof || (older_size_ == 0) != proof->empty()) {
    Found(Finding::kMalformed, "the consistency proof does not fit the header");
    return;
  }
  if (older_size_ == 0) return;
  const merkle::TreeHead newer{frontier_.size(), frontier_.Root()};
  if (!older_root_ || !merkle::VerifyConsistency({older_size_, *older_root_}, newer, *proof).ok()) {
    Found(Finding::kInconsistent, "the consistency proof does not hold");
    return;
  }
  report_.checks.push_back({"consistency proof", proof->size()});
}

bool ExportVerifier::DeclaredLost(const merkle::TreeHead& head) const {
  for (const LostEntries& lost : lost_) {
    if (lost.tree_size == head.size && lost.root == head.root) return true;
  }
  return false;
}

void ExportVerifier::CheckKnown() {
  if (!known_) {
    report_.notes.push_back(
        "no earlier checkpoint was given: that the log was never longer, or "
        "other, than it is now was not checked");
    return;
  }
  if (root_at_known_ == known_->head.root) {
    report_.checks.push_back({"extends the known checkpoint", known_->head.size});
  } else if (DeclaredLost(known_->head)) {
    report_.checks.push_back({"declares the known checkpoint lost", known_->head.size});
  } else if (known_->head.size > frontier_.size()) {
    Found(Finding::kTruncated, "a known checkpoint covers " + std::to_string(known_->head.size) +
                                   " entries, the file holds " + std::to_string(frontier_.size()));
  } else {
    Found(Finding::kInconsistent, "the first " + std::to_string(known_->head.size) +
                                      " entries are not those of the known checkpoint");
  }
}

}  // namespace

StatusOr<Report> VerifyExport(std::istream& input, const ExportExpectations& expectations) {
  NOREN_ASSIGN_OR_RETURN(const merkle::NoteVerifier key,
                         merkle::NoteVerifier::Parse(expectations.verifier_key));
  std::optional<merkle::Checkpoint> known;
  if (!expectations.known_checkpoint.empty()) {
    auto opened = merkle::OpenCheckpoint(expectations.known_checkpoint, key);
    if (!opened.ok()) {
      return InvalidArgument("the known checkpoint is not one that this key signed");
    }
    known = *std::move(opened);
  }
  Report report = ExportVerifier(key, std::move(known)).Run(input);
  if (input.bad()) return Unavailable("the export could not be read to its end");
  return report;
}

}  // namespace noren::verifier
