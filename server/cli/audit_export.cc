// SPDX-License-Identifier: Apache-2.0
#include "server/cli/audit_export.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "crypto/base/encoding.h"
#include "crypto/merkle/checkpoint.h"
#include "crypto/merkle/tree.h"
#include "crypto/primitives/hash.h"
#include "engine/model/canonical_json.h"
#include "server/cli/failure.h"
#include "server/verifier/entry_reader.h"

namespace noren::cli {
namespace {

// "noren/<operator>" is partition 0, "noren/<operator>/<p>" another.
StatusOr<std::uint32_t> PartitionOf(const std::string& origin) {
  if (std::ranges::count(origin, '/') == 1) return 0U;
  const std::string digits = origin.substr(origin.rfind('/') + 1);
  std::uint32_t partition = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), partition);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return InvalidArgument("checkpoint: the origin names no partition");
  }
  return partition;
}

void WriteLine(const model::JsonValue& value, std::ostream& out) {
  out << model::DumpCanonical(value) << '\n';
}

}  // namespace

StatusOr<SignedHead> ReadSignedHead(const std::string& note, ByteSpan public_key) {
  SignedHead head;
  head.note = note;
  head.origin = note.substr(0, note.find('\n'));
  NOREN_ASSIGN_OR_RETURN(const auto key, primitives::VerifyingKey::FromBytes(public_key));
  NOREN_ASSIGN_OR_RETURN(const auto verifier, merkle::NoteVerifier::Create(head.origin, key));
  NOREN_ASSIGN_OR_RETURN(const auto checkpoint, merkle::OpenCheckpoint(note, verifier));
  NOREN_ASSIGN_OR_RETURN(head.partition, PartitionOf(head.origin));
  head.verifier_key = verifier.ToString();
  head.tree_size = checkpoint.head.size;
  return head;
}

AuditExportWriter::AuditExportWriter(SignedHead head, std::uint64_t older_size, std::ostream& out)
    : head_(std::move(head)), out_(out) {
  model::JsonValue line;
  line.Set("format", "noren/audit-export/1").Set("origin", head_.origin);
  line.Set("partition", std::int64_t{head_.partition});
  WriteLine(line.Set("older_size", static_cast<std::int64_t>(older_size)), out_);
}

Status AuditExportWriter::Add(ByteSpan entry) {
  NOREN_ASSIGN_OR_RETURN(const verifier::EntryFacts facts, verifier::ReadEntryFacts(entry));
  const bool is_next = facts.sequence == next_sequence_ ||
                       (facts.lost.has_value() && facts.lost->first_sequence == next_sequence_ &&
                        facts.sequence == facts.lost->last_sequence + 1);
  if (facts.partition != head_.partition || !is_next || index_ >= head_.tree_size) {
    return DataLoss("the server's entries do not follow each other");
  }
  const Hash256 leaf = merkle::HashLeaf(entry);
  chain_ = primitives::Sha256Hasher().Update(chain_).Update(leaf).Finish();
  model::JsonValue line;
  line.Set("entry", Base64Encode(entry)).Set("head", Base64Encode(chain_));
  WriteLine(line.Set("index", static_cast<std::int64_t>(index_)), out_);
  ++index_;
  next_sequence_ = facts.sequence + 1;
  return OkStatus();
}

Status AuditExportWriter::Finish(const std::vector<std::string>& consistency) {
  if (index_ != head_.tree_size) {
    return DataLoss("the server gave fewer entries than its checkpoint covers");
  }
  auto proof = model::JsonValue::MakeArray();
  for (const std::string& hash : consistency) {
    proof.Append(model::JsonValue::Text(Base64Encode(AsBytes(hash))));
  }
  model::JsonValue line;
  line.Set("checkpoint", head_.note).Set("consistency", std::move(proof));
  WriteLine(line.Set("tree_size", static_cast<std::int64_t>(head_.tree_size)), out_);
  out_.flush();
  return out_.good() ? OkStatus() : FileError("cannot write", "the export");
}

}  // namespace noren::cli
