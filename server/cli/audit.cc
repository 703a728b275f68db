// noren audit: export, offline verification, checkpoint, access log.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "server/cli/answers.h"
#include "server/cli/audit_export.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/services.h"
#include "server/daemon/exit_codes.h"
#include "server/verifier/verify.h"

namespace noren::cli {
namespace {

constexpr std::int32_t kEntriesPerCall = 1000;
constexpr std::size_t kMaxNoteSizeBytes = 64 * 1024;
constexpr std::size_t kMaxBundleSizeBytes = std::size_t{4} << 20;

struct AuditOptions {
  std::string file, out, key, key_file, older, signer;
  std::uint64_t older_size = 0;
  std::size_t limit = 100;
};

StatusOr<SignedHead> FetchHead(Session& session) {
  wire::Checkpoint checkpoint;
  NOREN_RETURN_IF_ERROR(CallOfficer(
      session, [&](wire::OfficerServiceClient& client) { client.checkpoint(checkpoint); }));
  auto head = ReadSignedHead(checkpoint.note, AsBytes(checkpoint.public_key));
  if (!head.ok()) {
    return model::MakeError(model::ErrorCode::kDataCorrupt, "the server's checkpoint");
  }
  return head;
}

Status FetchEntries(CommandContext& context, Session& session, const SignedHead& head,
                    AuditExportWriter& writer) {
  while (writer.entries_count() < head.tree_size) {
    wire::AuditEntries answer;
    NOREN_RETURN_IF_ERROR(CallOfficer(session, [&](wire::OfficerServiceClient& client) {
      client.audit_entries(answer, static_cast<std::int64_t>(writer.next_sequence()),
                           kEntriesPerCall);
    }));
    if (answer.entries.empty()) break;  // Finish says that entries are missing
    for (const std::string& entry : answer.entries) {
      if (writer.entries_count() == head.tree_size) break;  // newer than the checkpoint
      NOREN_RETURN_IF_ERROR(writer.Add(AsBytes(entry)));
    }
    context.console.Progress("entries", writer.entries_count(), head.tree_size);
  }
  return OkStatus();
}

Status WriteExport(CommandContext& context, Session& session, const SignedHead& head,
                   const AuditOptions& options) {
  std::ofstream out(options.out + ".part", std::ios::binary | std::ios::trunc);
  if (!out.is_open()) return FileError("cannot write", options.out);
  AuditExportWriter writer(head, options.older_size, out);
  NOREN_RETURN_IF_ERROR(FetchEntries(context, session, head, writer));
  std::vector<std::string> consistency;
  if (options.older_size > 0) {
    NOREN_RETURN_IF_ERROR(CallOfficer(session, [&](wire::OfficerServiceClient& client) {
      client.consistency_proof(consistency, static_cast<std::int64_t>(options.older_size),
                               static_cast<std::int64_t>(head.tree_size));
    }));
  }
  NOREN_RETURN_IF_ERROR(writer.Finish(consistency));
  out.close();
  return out.good() ? OkStatus() : FileError("cannot write", options.out);
}

Status Export(CommandContext& context, const AuditOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_ASSIGN_OR_RETURN(const SignedHead head, FetchHead(*session));
  if (options.older_size != 0 && options.older_size >= head.tree_size) {
    return UsageError("--older-size: smaller than the log, which has " +
                      std::to_string(head.tree_size) + " entries");
  }
  const std::string partial = options.out + ".part";
  const Status written = WriteExport(context, *session, head, options);
  if (!written.ok()) {
    std::remove(partial.c_str());
    return written;
  }
  if (std::rename(partial.c_str(), options.out.c_str()) != 0) {
    return FileError("cannot rename", partial);
  }
  model::JsonValue object;
  object.Set("file", options.out).Set("tree_size", static_cast<std::int64_t>(head.tree_size));
  object.Set("verifier_key", head.verifier_key);
  context.console.Result(object,
                         options.out + ": " + std::to_string(head.tree_size) +
                             " entries\nverifier key: " + SafeForTerminal(head.verifier_key));
  context.console.Remark("verify it with: noren audit verify FILE --key KEY");
  return OkStatus();
}

Status ShowCheckpoint(CommandContext& context, const AuditOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  NOREN_ASSIGN_OR_RETURN(const SignedHead head, FetchHead(*session));
  if (!options.out.empty()) NOREN_RETURN_IF_ERROR(WritePrivateFile(options.out, head.note));
  model::JsonValue object;
  object.Set("checkpoint", head.note).Set("verifier_key", head.verifier_key);
  object.Set("tree_size", static_cast<std::int64_t>(head.tree_size));
  std::string note = head.note;
  if (note.ends_with('\n')) note.pop_back();
  context.console.Result(object, note);
  context.console.Remark("verifier key: " + SafeForTerminal(head.verifier_key));
  return OkStatus();
}

StatusOr<std::string> VerifierKey(CommandContext& context, const AuditOptions& options) {
  if (!options.key.empty()) return options.key;
  if (options.key_file.empty()) return UsageError("give the log's key with --key or --key-file");
  return ReadArgument("@" + options.key_file, context.in);
}

// Findings are the command's result, not its failure: they go to standard output.
void ReportVerification(CommandContext& context, const verifier::Report& report) {
  std::string text = verifier::ToText(report);
  if (text.ends_with('\n')) text.pop_back();
  if (context.console.json()) {
    text = verifier::ToJson(report);
    if (text.ends_with('\n')) text.pop_back();
  }
  context.console.Raw(text + "\n");
  if (!report.ok()) context.exit_code = server::kExitFailure;
}

Status VerifyExportFile(CommandContext& context, const AuditOptions& options) {
  verifier::ExportExpectations expectations;
  NOREN_ASSIGN_OR_RETURN(expectations.verifier_key, VerifierKey(context, options));
  if (!options.older.empty()) {
    NOREN_ASSIGN_OR_RETURN(expectations.known_checkpoint,
                           ReadTextFile(options.older, kMaxNoteSizeBytes));
  }
  std::ifstream input(options.file, std::ios::binary);
  if (!input.is_open()) return FileError("cannot read", options.file);
  NOREN_ASSIGN_OR_RETURN(const verifier::Report report,
                         verifier::VerifyExport(input, expectations));
  ReportVerification(context, report);
  return OkStatus();
}

Status VerifyBundleFile(CommandContext& context, const AuditOptions& options) {
  verifier::BundleExpectations expectations;
  NOREN_ASSIGN_OR_RETURN(expectations.verifier_key, VerifierKey(context, options));
  if (!options.signer.empty()) {
    const auto signer = HexDecode(options.signer);
    if (!signer.ok() || signer->size() != 32) return UsageError("--signer: 64 hex digits");
    expectations.statement_signer = *signer;
  }
  NOREN_ASSIGN_OR_RETURN(const std::string bundle, ReadTextFile(options.file, kMaxBundleSizeBytes));
  NOREN_ASSIGN_OR_RETURN(const verifier::Report report,
                         verifier::VerifyBundle(bundle, expectations));
  ReportVerification(context, report);
  return OkStatus();
}

Status ShowAccessLog(CommandContext& context, const AuditOptions& options) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  Table table({"SEQUENCE", "WHEN", "ROLE", "OPERATION", "DECISION", "CODE"});
  auto rows = model::JsonValue::MakeArray();
  std::size_t count = 0;
  std::string cursor;
  do {
    wire::AccessPage page;
    NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
      client.access_log(page, MakePage(cursor));
    }));
    for (const wire::AccessRecord& record : page.records) {
      if (count++ == options.limit) break;
      table.Add({std::to_string(record.sequence), TimeText(record.at), record.role,
                 record.operation, record.decision, record.code});
      model::JsonValue row;
      row.Set("sequence", record.sequence).Set("at", record.at).Set("role", record.role);
      row.Set("operation", record.operation).Set("decision", record.decision);
      rows.Append(row.Set("code", record.code));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty() && count < options.limit);
  model::JsonValue object;
  context.console.Result(object.Set("records", std::move(rows)), table.ToText());
  return OkStatus();
}

using Options = std::shared_ptr<AuditOptions>;
using Action = Status (*)(CommandContext&, const AuditOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

void AddVerification(CLI::App& audit, CommandContext& context, const Options& options) {
  CLI::App* verify = audit.add_subcommand("verify", "verifies an export (offline)");
  verify->add_option("--older", options->older, "a checkpoint kept from earlier");
  Bind(verify, context, options, VerifyExportFile);
  CLI::App* bundle = audit.add_subcommand("verify-bundle", "verifies a proof bundle (offline)");
  bundle->add_option("--signer", options->signer, "key the statement must be signed by, hex");
  Bind(bundle, context, options, VerifyBundleFile);
  for (CLI::App* command : {verify, bundle}) {
    command->add_option("FILE", options->file, "file to verify")->required();
    CLI::Option* key = command->add_option("--key", options->key, "the log's verifier key");
    command->add_option("--key-file", options->key_file, "file that holds it")->excludes(key);
  }
}

}  // namespace

void AddAuditCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<AuditOptions>();
  CLI::App& audit = AddNoun(root, "audit", "the audit log");
  CLI::App* exported = audit.add_subcommand("export", "writes the whole log (officer)");
  exported->add_option("--out", options->out, "file")->required();
  exported->add_option("--older-size", options->older_size,
                       "adds the proof that the log extends its first so many entries");
  Bind(exported, context, options, Export);
  CLI::App* checkpoint = audit.add_subcommand("checkpoint", "prints a signed checkpoint (officer)");
  checkpoint->add_option("--out", options->out, "also writes it there");
  Bind(checkpoint, context, options, ShowCheckpoint);
  CLI::App* access = audit.add_subcommand("access-log", "who did what, newest first (officer)");
  access->add_option("--limit", options->limit, "rows")->capture_default_str();
  Bind(access, context, options, ShowAccessLog);
  AddVerification(audit, context, options);
}

}  // namespace noren::cli
