// SPDX-License-Identifier: Apache-2.0
#include "engine/audit/entry.h"

#include <algorithm>
#include <array>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/audit/operation.h"

namespace noren::audit {
namespace {

constexpr std::uint8_t kEntryVersion = 3;
// The one before lacks the policy; whatever was written in it is read as it was.
constexpr std::uint8_t kEntryVersionWithoutPolicy = 2;
constexpr std::size_t kMaxOutcomeNameSizeBytes = 40;
constexpr std::string_view kChangeDomain = "noren/change/1\n";

// Bits of the byte that says which optional fields follow.
constexpr std::uint8_t kHasPrincipal = 1;
constexpr std::uint8_t kHasSubject = 2;
constexpr std::uint8_t kHasObject = 4;
constexpr std::uint8_t kHasStatement = 8;
constexpr std::uint8_t kHasLost = 16;
constexpr std::uint8_t kHasPolicy = 32;

constexpr auto kOperations = std::to_array<OperationName>({
#define NOREN_AUDIT_OPERATION(symbol, number, name) {Operation::symbol, name},
#include "engine/audit/operations.inc"
#undef NOREN_AUDIT_OPERATION
});

bool IsClauseId(std::string_view id) {
  if (id.empty() || id.size() > kMaxClauseIdSizeBytes) return false;
  const auto is_alnum = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return is_alnum(id.front()) && std::all_of(id.begin(), id.end(), [&](char c) {
           return is_alnum(c) || c == '.' || c == '_' || c == '-';
         });
}

bool IsKnown(model::Role role) {
  return role >= model::Role::kPortal && role <= model::Role::kHandler;
}

Status Validate(const AuditEntry& entry) {
  if (NameOf(entry.operation).empty()) return InvalidArgument("audit entry: unknown operation");
  if (!IsKnown(entry.role)) return InvalidArgument("audit entry: unknown role");
  if (entry.decision != Decision::kAllowed && entry.decision != Decision::kRefused) {
    return InvalidArgument("audit entry: unknown decision");
  }
  if (entry.decision == Decision::kRefused && entry.outcome == model::ErrorCode::kNone) {
    return InvalidArgument("audit entry: a refusal needs its code");
  }
  if (entry.clause_ids.size() > kMaxClauses ||
      !std::all_of(entry.clause_ids.begin(), entry.clause_ids.end(), IsClauseId)) {
    return InvalidArgument("audit entry: clause ids");
  }
  const bool continues = entry.operation == Operation::kContinueAfterRestore;
  if (entry.lost.has_value() != continues) {
    return InvalidArgument("audit entry: a lost range belongs to continue_after_restore alone");
  }
  if (entry.lost &&
      (entry.lost->first_sequence == 0 || entry.lost->last_sequence < entry.lost->first_sequence)) {
    return InvalidArgument("audit entry: lost range");
  }
  return OkStatus();
}

std::uint8_t PresentFields(const AuditEntry& entry) {
  std::uint8_t present = 0;
  if (entry.principal) present |= kHasPrincipal;
  if (entry.subject) present |= kHasSubject;
  if (entry.object) present |= kHasObject;
  if (entry.statement_digest) present |= kHasStatement;
  if (entry.lost) present |= kHasLost;
  if (entry.policy) present |= kHasPolicy;
  return present;
}

Hash256 ReadHash(RecordReader& in) {
  Hash256 hash{};
  const ByteSpan bytes = in.Raw(hash.size());
  if (bytes.size() == hash.size()) std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

std::optional<Hash256> ReadHashIf(RecordReader& in, bool present) {
  if (!present) return std::nullopt;
  return ReadHash(in);
}

LostRange ReadLostRange(RecordReader& in) {
  LostRange lost;
  lost.first_sequence = in.U64();
  lost.last_sequence = in.U64();
  lost.tree_size = in.U64();
  lost.root = ReadHash(in);
  return lost;
}

}  // namespace

std::span<const OperationName> AllOperations() { return kOperations; }

std::string_view NameOf(Operation operation) {
  for (const OperationName& row : kOperations) {
    if (row.operation == operation) return row.name;
  }
  return {};
}

bool MayChangeConsents(Operation operation) {
  switch (operation) {
    case Operation::kContinueAfterRestore:
    case Operation::kInviteCandidates:
    case Operation::kGrantConsent:
    case Operation::kRefuseConsent:
    case Operation::kWithdrawConsent:
    case Operation::kExpireConsent:
    case Operation::kSupersedeConsent:
    case Operation::kRewrapConsent:
    case Operation::kDestroyPerson:
    case Operation::kDestroyPart:
    case Operation::kReapplyNarrowingActs:
      return true;
    default:
      return false;
  }
}

std::optional<Operation> FindOperation(std::string_view name) {
  for (const OperationName& row : kOperations) {
    if (row.name == name) return row.operation;
  }
  return std::nullopt;
}

StatusOr<Bytes> Encode(const AuditEntry& entry) {
  NOREN_RETURN_IF_ERROR(Validate(entry));
  RecordWriter out;
  out.U8(entry.policy ? kEntryVersion : kEntryVersionWithoutPolicy);
  out.U32(entry.partition).U64(entry.sequence).I64(entry.time.value);
  out.U16(static_cast<std::uint16_t>(entry.operation));
  out.U8(static_cast<std::uint8_t>(entry.role)).U8(static_cast<std::uint8_t>(entry.decision));
  // By name: the numbers of ErrorCode are not stable, its names are.
  out.Field(entry.outcome == model::ErrorCode::kNone ? std::string_view()
                                                     : model::RowOf(entry.outcome).name);
  out.U8(PresentFields(entry));
  for (const auto* commitment : {&entry.principal, &entry.subject, &entry.object}) {
    if (*commitment) out.Raw(**commitment);
  }
  out.U8(static_cast<std::uint8_t>(entry.clause_ids.size()));
  for (const std::string& id : entry.clause_ids) out.Field(id);
  if (entry.policy) out.Raw(*entry.policy);
  out.Raw(entry.change_digest).Raw(entry.consent_root);
  if (entry.statement_digest) out.Raw(*entry.statement_digest);
  if (entry.lost) {
    out.U64(entry.lost->first_sequence).U64(entry.lost->last_sequence);
    out.U64(entry.lost->tree_size).Raw(entry.lost->root);
  }
  return out.Take();
}

StatusOr<AuditEntry> DecodeAuditEntry(ByteSpan bytes) {
  const Status malformed = DataLoss("audit entry: malformed");
  if (bytes.size() > kMaxEntrySizeBytes) return malformed;
  RecordReader in(bytes);
  const std::uint8_t version = in.U8();
  if (version != kEntryVersion && version != kEntryVersionWithoutPolicy) {
    return DataLoss("audit entry: unknown version");
  }
  AuditEntry entry;
  entry.partition = in.U32();
  entry.sequence = in.U64();
  entry.time.value = in.I64();
  entry.operation = static_cast<Operation>(in.U16());
  entry.role = static_cast<model::Role>(in.U8());
  entry.decision = static_cast<Decision>(in.U8());
  const std::string outcome = in.Text(kMaxOutcomeNameSizeBytes);
  if (!outcome.empty()) {
    const std::optional<model::ErrorCode> code = model::FindErrorCode(outcome);
    if (!code) return malformed;
    entry.outcome = *code;
  }
  const std::uint8_t present = in.U8();
  const bool has_policy = (present & kHasPolicy) != 0;
  if (present > 0x3F || has_policy != (version == kEntryVersion)) return malformed;
  entry.principal = ReadHashIf(in, (present & kHasPrincipal) != 0);
  entry.subject = ReadHashIf(in, (present & kHasSubject) != 0);
  entry.object = ReadHashIf(in, (present & kHasObject) != 0);
  const std::size_t clauses_count = in.U8();
  if (clauses_count > kMaxClauses) return malformed;
  for (std::size_t i = 0; i < clauses_count; ++i) {
    entry.clause_ids.push_back(in.Text(kMaxClauseIdSizeBytes));
  }
  entry.policy = ReadHashIf(in, has_policy);
  entry.change_digest = ReadHash(in);
  entry.consent_root = ReadHash(in);
  entry.statement_digest = ReadHashIf(in, (present & kHasStatement) != 0);
  if ((present & kHasLost) != 0) entry.lost = ReadLostRange(in);
  if (!in.Finish().ok() || !Validate(entry).ok()) return malformed;
  return entry;
}

CommittedDraft CommitNames(const EntryDraft& draft, UnixSeconds time, Random& random) {
  CommittedDraft result;
  AuditEntry& entry = result.entry;
  entry.time = time;
  entry.operation = draft.operation;
  entry.role = draft.principal.role;
  entry.decision = draft.decision;
  entry.outcome = draft.outcome;
  entry.clause_ids = draft.clause_ids;
  entry.policy = draft.policy;
  entry.change_digest = draft.change_digest;
  entry.statement_digest = draft.statement_digest;
  entry.lost = draft.lost;
  const auto commit = [&](Party party, std::string_view name, std::optional<Hash256>& commitment,
                          std::optional<CommittedName>& opening) {
    if (name.empty()) return;
    opening = ChooseSalt(random, name);
    commitment = CommitTo(party, *opening);
  };
  commit(Party::kPrincipal, draft.principal.name, entry.principal, result.opening.principal);
  commit(Party::kSubject, draft.subject, entry.subject, result.opening.subject);
  commit(Party::kObject, draft.object, entry.object, result.opening.object);
  return result;
}

Hash256 DigestOfChange(std::span<const storage::Mutation> mutations) {
  if (mutations.empty()) return {};
  primitives::Sha256Hasher hasher;
  hasher.Update(AsBytes(kChangeDomain));
  for (const storage::Mutation& mutation : mutations) {
    RecordWriter record;
    record.Field(mutation.key).U8(mutation.value ? 1 : 0);
    if (mutation.value) record.Field(*mutation.value);
    hasher.Update(record.bytes());
  }
  return hasher.Finish();
}

}  // namespace noren::audit
