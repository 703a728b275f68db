// noren import: reads files, says what is wrong row by row, and registers when nothing is.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "crypto/agefile/recipient.h"
#include "crypto/base/encoding.h"
#include "crypto/primitives/signature.h"
#include "engine/model/errors.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"
#include "server/cli/import_map.h"
#include "server/cli/import_reader.h"
#include "server/cli/import_upload.h"
#include "server/daemon/exit_codes.h"

namespace noren::cli {
namespace {

struct ImportOptions {
  ImportKind kind = ImportKind::kSeekers;
  std::vector<std::string> files;
  std::string format = "auto", policy, company, region, out;
  std::string language = "en";
  std::string custody = "operator", person_key, age_recipient;
  std::string subject, notice_sha256;
  bool dry_run = false;
  bool keep_going = false;
};

struct Lists {
  model::Dictionary dictionary;
  intake::ForbiddenFields forbidden;
};

StatusOr<std::unique_ptr<Lists>> LoadLists(const CommandContext& context,
                                           const ImportOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const std::string datasets, FindDatasets(context.options.datasets));
  NOREN_ASSIGN_OR_RETURN(model::Dictionary dictionary, LoadDictionary(datasets));
  const std::string policy =
      options.policy.empty() ? datasets + "/policies/example.toml" : options.policy;
  NOREN_ASSIGN_OR_RETURN(intake::ForbiddenFields forbidden, LoadForbiddenFields(policy));
  return std::make_unique<Lists>(Lists{std::move(dictionary), std::move(forbidden)});
}

StatusOr<ImportSource> MakeSource(const ImportOptions& options) {
  ImportSource source;
  source.files = options.files;
  source.company = options.company;
  NOREN_ASSIGN_OR_RETURN(source.format, ParseFormat(options.format));
  if (!options.region.empty()) {
    const auto region = model::RegionCode::Parse(options.region);
    if (!region.ok()) return UsageError("--region: a code such as KR-11; see 'noren codes find'");
    source.default_region = *region;
  }
  return source;
}

StatusOr<StatedChoice> StatedOf(const ImportOptions& options) {
  StatedChoice choice{options.subject, {}};
  if (options.notice_sha256.empty()) return choice;
  const StatusOr<Bytes> digest = HexDecode(options.notice_sha256);
  if (!digest.ok() || digest->size() != Hash256().size()) {
    return UsageError(
        "--notice-sha256: 64 hex digits, as 'noren policy render --json' prints them");
  }
  choice.notice = std::string(AsText(*digest));
  return choice;
}

// One person has one pair of keys: that there is one row only is checked when the rows are counted.
StatusOr<CustodyChoice> CustodyOf(const ImportOptions& options) {
  CustodyChoice choice;
  const bool has_keys = !options.person_key.empty() || !options.age_recipient.empty();
  if (options.custody != "person") {
    if (has_keys) return UsageError("--person-key and --age-recipient go with --custody person");
    return choice;
  }
  const auto key = HexDecode(options.person_key);
  if (!key.ok() || key->size() != primitives::kSignatureSeedSizeBytes) {
    return UsageError("--person-key: the public key, 64 hex digits, as 'noren act keygen' prints");
  }
  if (!agefile::Recipient::Parse(options.age_recipient).ok()) {
    return UsageError("--age-recipient: the person's recipient, age1...");
  }
  choice.person_key = std::string(AsText(*key));
  choice.age_recipient = options.age_recipient;
  return choice;
}

struct ImportReport {
  std::size_t rows = 0, good = 0, refused = 0, other_kind = 0;
  std::size_t registered = 0, known = 0;
  std::string problems_text;
  model::JsonValue problems = model::JsonValue::MakeArray();
};

bool IsOfKind(const intake::JsonlRow& row, ImportKind kind) {
  return kind == ImportKind::kSeekers ? std::holds_alternative<intake::ParsedSeeker>(row.value)
                                      : std::holds_alternative<intake::ParsedPosting>(row.value);
}

// Counts a row and notes what is wrong with it. Returns whether it is to be registered.
bool Note(const ImportRow& row, ImportKind kind, ImportReport* report) {
  ++report->rows;
  for (const intake::RowProblem& problem : row.row.problems) {
    report->problems_text += SafeForTerminal(*row.file + ": " + intake::ToText(problem)) + "\n";
    report->problems.Append(intake::ToJson(problem).Set("file", *row.file));
  }
  if (HasError(row.row)) {
    ++report->refused;
  } else if (IsOfKind(row.row, kind)) {
    ++report->good;
    return true;
  } else if (!std::holds_alternative<std::monostate>(row.row.value)) {
    ++report->other_kind;
  }
  return false;
}

class Importer {
 public:
  Importer(CommandContext& context, const ImportOptions& options, ImportMap map, Session& session)
      : context_(context), options_(options), map_(std::move(map)), session_(session) {}

  void UseCustody(CustodyChoice custody) { custody_ = std::move(custody); }
  void UseStated(StatedChoice stated) { stated_ = std::move(stated); }

  Status Register(const ImportRow& row, ImportReport* report) {
    const bool is_seeker = options_.kind == ImportKind::kSeekers;
    NOREN_RETURN_IF_ERROR(
        is_seeker ? RegisterOne(std::get<intake::ParsedSeeker>(row.row.value), *row.file, report)
                  : RegisterOne(std::get<intake::ParsedPosting>(row.row.value), report));
    context_.console.Progress("rows", report->registered + report->known, report->good);
    return OkStatus();
  }

 private:
  Status RegisterOne(const intake::ParsedSeeker& seeker, const std::string& file,
                     ImportReport* report) {
    NOREN_ASSIGN_OR_RETURN(const SeekerUpload upload,
                           PrepareSeeker(seeker, file, options_.language, custody_, stated_));
    if (map_.Has(upload.digest)) {
      ++report->known;
      return OkStatus();
    }
    NOREN_ASSIGN_OR_RETURN(const RegisteredSeeker done, RegisterSeeker(session_, upload));
    ++report->registered;
    if (custody_.is_person() && !seeker.items.empty()) {
      context_.console.Remark(
          "items are not sent under person custody; encrypt them in the "
          "person's client and use 'noren seeker put'");
    }
    model::JsonValue line;
    line.Set("ref", seeker.reference).Set("handle", done.handle).Set("items", ToJson(done.items));
    return map_.Add(upload.digest, line.Set("wishes_discoverable", bool{seeker.is_discoverable}));
  }

  Status RegisterOne(const intake::ParsedPosting& posting, ImportReport* report) {
    const std::string digest = DigestOf(posting);
    if (map_.Has(digest)) {
      ++report->known;
      return OkStatus();
    }
    NOREN_ASSIGN_OR_RETURN(const std::string id, RegisterPosting(session_, posting));
    ++report->registered;
    model::JsonValue line;
    line.Set("ref", posting.posting.reference).Set("company", posting.posting.company);
    return map_.Add(digest, line.Set("posting", id));
  }

  CommandContext& context_;
  const ImportOptions& options_;
  ImportMap map_;
  Session& session_;
  CustodyChoice custody_;
  StatedChoice stated_;
};

std::string MapPath(const ImportOptions& options) {
  return options.out.empty() ? options.files.front() + ".map.jsonl" : options.out;
}

Status RegisterAll(CommandContext& context, const ImportOptions& options,
                   const ImportSource& source, const intake::IntakeContext& intake_context,
                   ImportReport* report) {
  NOREN_ASSIGN_OR_RETURN(CustodyChoice custody, CustodyOf(options));
  NOREN_ASSIGN_OR_RETURN(StatedChoice stated, StatedOf(options));
  if (custody.is_person() && report->good != 1) {
    return UsageError("--custody person: the keys are one person's; give a file with one row");
  }
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("portal"));
  NOREN_ASSIGN_OR_RETURN(ImportMap map, ImportMap::Open(MapPath(options)));
  Importer importer(context, options, std::move(map), *session);
  importer.UseCustody(std::move(custody));
  importer.UseStated(std::move(stated));
  return ReadImport(source, intake_context, [&](ImportRow row) -> Status {
    if (HasError(row.row) && !options.keep_going) {
      return UsageError("a file changed while it was imported; start again");
    }
    return IsOfKind(row.row, options.kind) ? importer.Register(row, report) : OkStatus();
  });
}

void Report(CommandContext& context, const ImportOptions& options, const ImportReport& report) {
  const bool is_seeker = options.kind == ImportKind::kSeekers;
  if (!context.console.json() && !report.problems_text.empty()) {
    context.console.Error(report.problems_text.substr(0, report.problems_text.size() - 1));
  }
  if (report.other_kind > 0) {
    context.console.Remark(std::to_string(report.other_kind) + " rows are " +
                           (is_seeker ? "postings: use 'noren import postings'"
                                      : "people: use 'noren import seekers'"));
  }
  model::JsonValue object;
  const auto number = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  object.Set("rows", number(report.rows)).Set("good", number(report.good));
  object.Set("refused", number(report.refused)).Set("registered", number(report.registered));
  object.Set("known", number(report.known)).Set("problems", report.problems);
  object.Set("dry_run", bool{options.dry_run});
  std::string text = std::to_string(report.rows) + " rows: " + std::to_string(report.good) +
                     " good, " + std::to_string(report.refused) + " refused, " +
                     std::to_string(report.registered) + " registered";
  if (report.known > 0) text += ", " + std::to_string(report.known) + " already in the map";
  if (report.registered + report.known > 0) {
    object.Set("map", MapPath(options));
    text += "; map: " + MapPath(options);
  }
  context.console.Result(object, text);
}

Status Import(CommandContext& context, const ImportOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const ImportSource source, MakeSource(options));
  NOREN_RETURN_IF_ERROR(CustodyOf(options).status());
  NOREN_ASSIGN_OR_RETURN(const auto lists, LoadLists(context, options));
  const intake::IntakeContext intake_context{lists->dictionary, lists->forbidden};
  ImportReport report;
  NOREN_RETURN_IF_ERROR(ReadImport(source, intake_context, [&](ImportRow row) -> Status {
    Note(row, options.kind, &report);
    return OkStatus();
  }));
  const bool refused = report.refused > 0;
  if (refused) context.exit_code = server::kExitUsage;
  Status status;
  if (!options.dry_run && (!refused || options.keep_going) && report.good > 0) {
    status = RegisterAll(context, options, source, intake_context, &report);
  }
  // What was registered before a failure is told too; the failure follows on standard error.
  Report(context, options, report);
  return status;
}

void AddKind(CLI::App& import, CommandContext& context, ImportKind kind) {
  auto options = std::make_shared<ImportOptions>();
  options->kind = kind;
  const bool is_seeker = kind == ImportKind::kSeekers;
  CLI::App* command = import.add_subcommand(
      is_seeker ? "seekers" : "postings",
      is_seeker ? "registers people with their papers" : "registers postings");
  command->add_option("FILE", options->files, "files to read")->required();
  command->add_option("--format", options->format, "auto, noren, json-resume or schema-org")
      ->capture_default_str();
  command->add_option("--policy", options->policy, "policy file; default: the example policy")
      ->envname("NOREN_POLICY");
  command->add_option("--out", options->out, "map file; default: beside the first file");
  command->add_option("--region", options->region, "where a document names no known region");
  command->add_flag("--dry-run", options->dry_run, "only says what is wrong; needs no server");
  command->add_flag("--keep-going", options->keep_going, "imports the good rows all the same");
  if (is_seeker) {
    command->add_option("--language", options->language, "of notices: ko, ja or en")
        ->check(CLI::IsMember({"ko", "ja", "en"}))
        ->capture_default_str();
    command->add_option("--custody", options->custody, "who can open the items: operator, person")
        ->check(CLI::IsMember({"operator", "person"}))
        ->capture_default_str();
    command->add_option("--person-key", options->person_key, "Ed25519 public key, hex");
    command->add_option("--age-recipient", options->age_recipient, "the person's, age1...");
    command->add_option("--subject", options->subject, "kind of person, as the policy names it");
    command->add_option("--notice-sha256", options->notice_sha256,
                        "of the public notice these people have confirmed, hex");
  } else {
    command->add_option("--company", options->company, "principal name, for schema.org postings");
  }
  command->callback([&context, options] {
    context.action = [options](CommandContext& c) { return Import(c, *options); };
  });
}

}  // namespace

void AddImportCommands(CLI::App& root, CommandContext& context) {
  CLI::App& import = AddNoun(root, "import", "people and postings from files (portal)");
  AddKind(import, context, ImportKind::kSeekers);
  AddKind(import, context, ImportKind::kPostings);
}

}  // namespace noren::cli
