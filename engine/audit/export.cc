// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/export.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/audit/entry.h"
#include "engine/model/canonical_json.h"

namespace noren::audit {
namespace {

using model::JsonValue;

JsonValue Integer(std::uint64_t value) {
  return JsonValue::Integer(static_cast<std::int64_t>(value));
}

JsonValue Base64(ByteSpan bytes) { return JsonValue::Text(Base64Encode(bytes)); }

JsonValue HashList(const std::vector<Hash256>& hashes) {
  JsonValue list = JsonValue::MakeArray();
  for (const Hash256& hash : hashes) list.Append(Base64(hash));
  return list;
}

Status WriteLine(std::ostream& out, const JsonValue& value) {
  out << model::DumpCanonical(value) << '\n';
  return out ? OkStatus() : Unavailable("audit export: the output failed");
}

Status WriteEntries(const LogReader& reader, const LogState& state, std::ostream& out) {
  std::uint64_t begin = 0;
  Hash256 head{};
  while (begin < state.tree_size) {
    NOREN_ASSIGN_OR_RETURN(const auto page, reader.ReadEntries(begin, state.tree_size));
    for (const StoredEntry& stored : page) {
      JsonValue line = JsonValue::MakeObject();
      line.Set("entry", Base64(stored.entry)).Set("head", Base64(stored.head));
      line.Set("index", Integer(stored.index));
      NOREN_RETURN_IF_ERROR(WriteLine(out, line));
      head = stored.head;
    }
    begin += page.size();
  }
  if (head != state.head) return DataLoss("audit export: the last entry is not the state's");
  return OkStatus();
}

void AddOpening(JsonValue& openings, std::string_view party,
                const std::optional<CommittedName>& name) {
  if (!name) return;
  JsonValue opening = JsonValue::MakeObject();
  opening.Set("name", name->name).Set("salt", Base64(name->salt));
  openings.Set(party, std::move(opening));
}

bool OpensIfGiven(const std::optional<Hash256>& commitment, Party party,
                  const std::optional<CommittedName>& opening) {
  return !opening || (commitment && Opens(*commitment, party, *opening));
}

// The digest of the bytes that a signature of it covers; nullopt: not a canonical statement.
std::optional<Hash256> DigestOf(const SignedStatement& statement) {
  if (!model::IsCanonical(statement.json)) return std::nullopt;
  const auto parsed = model::ParseJson(statement.json);
  const JsonValue* kind = parsed.ok() ? parsed->Find("noren") : nullptr;
  if (kind == nullptr || kind->text() == nullptr) return std::nullopt;
  return primitives::Sha256(AsBytes("noren/" + *kind->text() + "\n" + statement.json));
}

Status CheckBundle(const AuditEntry& entry, const SignedStatement& statement,
                   const EntryOpening& opening) {
  const std::optional<Hash256> digest = DigestOf(statement);
  if (!digest) {
    return FailedPrecondition("proof bundle: the statement is not canonical JSON of a kind");
  }
  if (entry.statement_digest != digest) {
    return FailedPrecondition("proof bundle: the entry records another statement");
  }
  if (!OpensIfGiven(entry.principal, Party::kPrincipal, opening.principal) ||
      !OpensIfGiven(entry.subject, Party::kSubject, opening.subject) ||
      !OpensIfGiven(entry.object, Party::kObject, opening.object)) {
    return FailedPrecondition("proof bundle: an opening does not open its commitment");
  }
  return OkStatus();
}

}  // namespace

StatusOr<ExportSummary> ExportLog(const LogReader& reader, const LogSigner& signer,
                                  std::uint64_t older_size, std::ostream& out) {
  NOREN_ASSIGN_OR_RETURN(const LogState state, reader.LoadState());
  if (older_size > state.tree_size) return InvalidArgument("audit export: beyond the log");
  if (older_size == state.tree_size) older_size = 0;  // nothing to prove
  std::vector<Hash256> consistency;
  if (older_size > 0) {
    NOREN_ASSIGN_OR_RETURN(consistency,
                           reader.ConsistencyProof(state, older_size, state.tree_size));
  }
  NOREN_ASSIGN_OR_RETURN(std::string checkpoint, signer.SignCheckpoint(state));
  JsonValue header = JsonValue::MakeObject();
  header.Set("format", "noren/audit-export/1").Set("older_size", Integer(older_size));
  header.Set("origin", signer.OriginOf(state.partition));
  header.Set("partition", Integer(state.partition.index));
  NOREN_RETURN_IF_ERROR(WriteLine(out, header));
  NOREN_RETURN_IF_ERROR(WriteEntries(reader, state, out));
  JsonValue trailer = JsonValue::MakeObject();
  trailer.Set("checkpoint", checkpoint).Set("consistency", HashList(consistency));
  trailer.Set("tree_size", Integer(state.tree_size));
  NOREN_RETURN_IF_ERROR(WriteLine(out, trailer));
  return ExportSummary{state.tree_size, state.sequence, std::move(checkpoint)};
}

StatusOr<std::string> ExportProofBundle(const LogReader& reader, const LogSigner& signer,
                                        const SignedStatement& statement,
                                        const EntryOpening& opening) {
  NOREN_ASSIGN_OR_RETURN(const LogState state, reader.LoadState());
  NOREN_ASSIGN_OR_RETURN(const std::uint64_t index, IndexOfSequence(state, opening.sequence));
  NOREN_ASSIGN_OR_RETURN(const auto page, reader.ReadEntries(index, index + 1));
  NOREN_ASSIGN_OR_RETURN(const AuditEntry entry, DecodeAuditEntry(page.front().entry));
  NOREN_RETURN_IF_ERROR(CheckBundle(entry, statement, opening));
  NOREN_ASSIGN_OR_RETURN(const auto inclusion,
                         reader.InclusionProof(state, index, state.tree_size));
  NOREN_ASSIGN_OR_RETURN(const std::string checkpoint, signer.SignCheckpoint(state));
  JsonValue openings = JsonValue::MakeObject();
  AddOpening(openings, "object", opening.object);
  AddOpening(openings, "principal", opening.principal);
  AddOpening(openings, "subject", opening.subject);
  JsonValue signature;  // null: proved in another way
  if (!statement.signature.empty()) {
    signature.Set("key", Base64(statement.signer_key)).Set("value", Base64(statement.signature));
  }
  JsonValue bundle = JsonValue::MakeObject();
  bundle.Set("checkpoint", checkpoint).Set("entry", Base64(page.front().entry));
  bundle.Set("format", "noren/proof-bundle/2").Set("inclusion", HashList(inclusion));
  bundle.Set("index", Integer(index)).Set("openings", std::move(openings));
  bundle.Set("signature", std::move(signature)).Set("statement", statement.json);
  return model::DumpCanonical(bundle) + "\n";
}

}  // namespace noren::audit
