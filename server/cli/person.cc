// noren person: a person's own record, who saw what of it, and what the person takes away.
// Source:   docs/formats/cli.md, docs/formats/person_export.md
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/person_act.h"
#include "server/cli/person_view.h"
#include "server/cli/person_words.h"
#include "server/cli/services.h"
#include "server/daemon/exit_codes.h"
#include "server/verifier/verify.h"

namespace noren::cli {
namespace {

constexpr std::int32_t kRowsPerCall = 200;
constexpr std::size_t kMaxExportSizeBytes = std::size_t{32} << 20;

struct PersonOptions {
  ProvedStatement proved;
  std::string handle, language, cursor, file, key, key_file;
  std::size_t limit = 0;  // 0: all
};

StatusOr<wire::PersonAct> ActOf(CommandContext& context, const PersonOptions& options) {
  const bool has_key = !options.proved.key_path.empty();
  if (has_key != options.proved.statement.empty() || has_key == options.handle.empty()) {
    return UsageError(
        "give --handle and --key, or --statement with --signature or --code ('noren act')");
  }
  if (has_key) return MakeReadAct(context, options.handle, options.proved.key_path);
  return MakeAct(context, options.proved);
}

// Labels of codes, when the code lists are at hand.
class Speaker {
 public:
  explicit Speaker(CommandContext& context) {
    const auto datasets = FindDatasets(context.options.datasets);
    if (!datasets.ok()) return;
    auto dictionary = LoadDictionary(*datasets);
    if (dictionary.ok()) dictionary_.emplace(*std::move(dictionary));
  }
  // As asked for, or else the person's own language.
  PersonWords In(const std::string& asked, const std::string& own) const {
    return {LanguageOrEnglish(asked.empty() ? own : asked), dictionary_ ? &*dictionary_ : nullptr};
  }

 private:
  std::optional<model::Dictionary> dictionary_;
};

Status Show(CommandContext& context, const PersonOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const wire::PersonAct act, ActOf(context, options));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  wire::PersonRecord record;
  NOREN_RETURN_IF_ERROR(CallPerson(
      *session, [&](wire::PersonServiceClient& client) { client.read_record(record, act); }));
  const Speaker speaker(context);
  const PersonWords words = speaker.In(options.language, record.language);
  context.console.Result(RecordJson(record), RecordText(record, words));
  return OkStatus();
}

// As many as asked for, newest first.
struct Listed {
  std::vector<wire::DisclosureRecord> exposures;
  std::string next_cursor, language;
};

StatusOr<Listed> FetchExposures(CommandContext& context, const PersonOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const wire::PersonAct act, ActOf(context, options));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  Listed listed;
  listed.next_cursor = options.cursor;
  do {
    wire::PageRequest request = MakePage(listed.next_cursor);
    const std::size_t wanted =
        options.limit == 0 ? kRowsPerCall : options.limit - listed.exposures.size();
    request.limit = static_cast<std::int32_t>(std::min<std::size_t>(wanted, kRowsPerCall));
    wire::ExposurePage page;
    NOREN_RETURN_IF_ERROR(CallPerson(*session, [&](wire::PersonServiceClient& client) {
      client.list_exposures(page, act, request);
    }));
    for (wire::DisclosureRecord& one : page.exposures) listed.exposures.push_back(std::move(one));
    listed.language = page.language;
    listed.next_cursor = page.next_cursor;
  } while (!listed.next_cursor.empty() &&
           (options.limit == 0 || listed.exposures.size() < options.limit));
  return listed;
}

Status ListExposures(CommandContext& context, const PersonOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const Listed listed, FetchExposures(context, options));
  const Speaker speaker(context);
  const PersonWords words = speaker.In(options.language, listed.language);
  auto rows = model::JsonValue::MakeArray();
  std::string text;
  for (const wire::DisclosureRecord& shown : listed.exposures) {
    rows.Append(ShownJson(shown));
    text += ShownText(shown, words) + "\n";
  }
  if (listed.exposures.empty()) text = words.Say(Phrase::kNobody) + "\n\n";
  if (!listed.next_cursor.empty()) {
    text += words.Say(Phrase::kFirstOnly, std::ssize(listed.exposures)) + "\n";
  }
  model::JsonValue object;
  object.Set("exposures", std::move(rows)).Set("next_cursor", listed.next_cursor);
  object.Set("language", listed.language).Set("scope", "this-portal");
  context.console.Result(object, text + words.Say(Phrase::kScope));
  return OkStatus();
}

std::string NotePath(const std::string& file) { return file + ".note"; }
std::string ProofPath(const std::string& file, std::size_t n) {
  return file + ".proof-" + std::to_string(n) + ".json";
}

// The document, and beside it what the service signed of it and a file for each proof.
Status TakeAway(CommandContext& context, const PersonOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const wire::PersonAct act, ActOf(context, options));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  wire::PersonExport exported;
  NOREN_RETURN_IF_ERROR(CallPerson(
      *session, [&](wire::PersonServiceClient& client) { client.export_record(exported, act); }));
  NOREN_RETURN_IF_ERROR(WritePrivateFile(options.file, exported.document));
  NOREN_RETURN_IF_ERROR(WritePrivateFile(NotePath(options.file), exported.note));
  auto proofs = model::JsonValue::MakeArray();
  for (std::size_t i = 0; i < exported.proofs.size(); ++i) {
    const std::string path = ProofPath(options.file, i + 1);
    NOREN_RETURN_IF_ERROR(WritePrivateFile(path, exported.proofs[i]));
    proofs.Append(model::JsonValue::Text(path));
  }
  // Of an earlier, longer export into the same file.
  std::error_code ignored;
  for (std::size_t n = exported.proofs.size() + 1;
       std::filesystem::remove(ProofPath(options.file, n), ignored); ++n) {
  }
  const Speaker speaker(context);
  const PersonWords words = speaker.In(options.language, exported.language);
  model::JsonValue object;
  object.Set("document", options.file).Set("note", NotePath(options.file));
  object.Set("proofs", std::move(proofs)).Set("scope", "this-portal");
  context.console.Result(
      object, words.Say(Phrase::kExported) + SafeForTerminal(options.file) + "\n" +
                  words.Say(Phrase::kProofs, std::ssize(exported.proofs)) + "\n" +
                  words.Say(Phrase::kVerify) + SafeForTerminal(options.file) + " --key-file KEY\n" +
                  words.Say(Phrase::kScope));
  return OkStatus();
}

StatusOr<std::string> VerifierKeyOf(CommandContext& context, const PersonOptions& options) {
  if (!options.key.empty()) return options.key;
  if (options.key_file.empty()) return UsageError("give the log's key with --key or --key-file");
  return ReadArgument("@" + options.key_file, context.in);
}

// Findings are the command's result, not its failure.
Status Verify(CommandContext& context, const PersonOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const std::string key, VerifierKeyOf(context, options));
  verifier::PersonExportFiles files;
  NOREN_ASSIGN_OR_RETURN(files.document, ReadTextFile(options.file, kMaxExportSizeBytes));
  NOREN_ASSIGN_OR_RETURN(files.note, ReadTextFile(NotePath(options.file), kMaxExportSizeBytes));
  for (std::size_t n = 1; std::filesystem::exists(ProofPath(options.file, n)); ++n) {
    NOREN_ASSIGN_OR_RETURN(std::string proof,
                           ReadTextFile(ProofPath(options.file, n), kMaxExportSizeBytes));
    files.proofs.push_back(std::move(proof));
  }
  NOREN_ASSIGN_OR_RETURN(const verifier::Report report, verifier::VerifyPersonExport(files, key));
  context.console.Raw(context.console.json() ? verifier::ToJson(report) : verifier::ToText(report));
  if (!report.ok()) context.exit_code = server::kExitFailure;
  return OkStatus();
}

using Options = std::shared_ptr<PersonOptions>;
using Action = Status (*)(CommandContext&, const PersonOptions&);

void Bind(CLI::App* command, CommandContext& context, const Options& options, Action action) {
  command->callback([&context, options, action] {
    context.action = [options, action](CommandContext& c) { return action(c, *options); };
  });
}

// How the person proves that it is them who reads.
void AddProof(CLI::App* command, const Options& options) {
  command->add_option("--handle", options->handle, "seeker-..., with --key");
  command->add_option("--key", options->proved.key_path,
                      "the person's seed file: the statement is made and signed here");
  command->add_option("--statement", options->proved.statement,
                      "of act 'read': text, @FILE, or - for standard input");
  CLI::Option* signature =
      command->add_option("--signature", options->proved.signature, "hex, of 'act sign'");
  command->add_option("--code", options->proved.code, "the code the person received")
      ->excludes(signature);
  command->add_option("--language", options->language, "ko, ja or en; else the person's own")
      ->check(CLI::IsMember({"ko", "ja", "en"}));
}

}  // namespace

void AddPersonCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<PersonOptions>();
  CLI::App& person = AddNoun(root, "person", "a person's own record, in the person's language");
  CLI::App* show = person.add_subcommand("show", "documents, invitations, how companies see it");
  CLI::App* exposures = person.add_subcommand("exposures", "who saw what, when, how and why");
  CLI::App* take_away = person.add_subcommand("export", "writes everything that is held");
  CLI::App* verify = person.add_subcommand("verify", "verifies such an export (offline)");
  for (CLI::App* command : {show, exposures, take_away}) AddProof(command, options);
  exposures->add_option("--limit", options->limit, "only so many, the newest; else all");
  exposures->add_option("--cursor", options->cursor,
                        "goes on where that list ended; with the same --statement");
  take_away->add_option("--out", options->file, "file to write, mode 0600")->required();
  verify->add_option("FILE", options->file, "the document; its note and proofs lie beside it")
      ->required();
  CLI::Option* key = verify->add_option("--key", options->key, "the log's verifier key");
  verify->add_option("--key-file", options->key_file, "file that holds it")->excludes(key);
  Bind(show, context, options, Show);
  Bind(exposures, context, options, ListExposures);
  Bind(take_away, context, options, TakeAway);
  Bind(verify, context, options, Verify);
}

}  // namespace noren::cli
