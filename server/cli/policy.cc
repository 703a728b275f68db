// noren policy check, show, diff, render, form, explain: a policy file without a server.
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "crypto/base/encoding.h"
#include "engine/model/errors.h"
#include "engine/policy/loader.h"
#include "engine/policy/notice.h"
#include "engine/policy/rights_blank.h"
#include "engine/policy/statement_diff.h"
#include "engine/policy/statement_loader.h"
#include "engine/policy/statement_notice.h"
#include "engine/policy/statement_warnings.h"
#include "server/cli/command_line.h"
#include "server/cli/datasets.h"
#include "server/cli/failure.h"

namespace noren::cli {
namespace {

using model::JsonValue;
using model::Language;

struct PolicyOptions {
  std::string file, newer, clause, code, form;
  std::vector<std::string> beside;
  std::string language;
  bool html = false;
  bool publish = false;
};

std::string Join(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

JsonValue TextsOf(const std::vector<std::string>& texts) {
  JsonValue array = JsonValue::MakeArray();
  for (const std::string& text : texts) array.Append(JsonValue::Text(text));
  return array;
}

StatusOr<policy::Policy> Load(const std::string& path) {
  NOREN_ASSIGN_OR_RETURN(const std::string text, ReadTextFile(path, policy::kMaxPolicySizeBytes));
  StatusOr<policy::Policy> loaded = policy::ParsePolicy(text);
  if (!loaded.ok()) return UsageError(path + ": " + std::string(loaded.status().message()));
  return loaded;
}

StatusOr<std::shared_ptr<const policy::Statement>> StatementOf(const policy::Policy& policy) {
  if (policy.statement != nullptr) return policy.statement;
  return model::MakeError(model::ErrorCode::kBadRequest, "the policy publishes no statement");
}

JsonValue ToJson(const policy::PolicyProblem& problem) {
  JsonValue object;
  object.Set("line", std::int64_t{problem.line}).Set("column", std::int64_t{problem.column});
  return object.Set("path", problem.path).Set("sentence", problem.sentence);
}

// What people should look at: of the file alone, and beside others that are loaded with it.
StatusOr<std::vector<std::string>> Warnings(const policy::Policy& policy,
                                            const std::vector<std::string>& beside) {
  std::vector<std::string> warnings;
  for (const policy::PolicyWarning& one : policy::PolicyWarnings(policy))
    warnings.push_back(ToText(one));
  for (const std::string& path : beside) {
    NOREN_ASSIGN_OR_RETURN(const policy::Policy other, Load(path));
    for (const policy::PolicyWarning& one : policy::WarningsAcross(policy, other))
      warnings.push_back(ToText(one));
  }
  return warnings;
}

// Exit code 1 when the file has a problem, or with --publish a defect. Warnings change nothing.
Status Check(CommandContext& context, const PolicyOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const std::string text,
                         ReadTextFile(options.file, policy::kMaxPolicySizeBytes));
  policy::PolicyLoad load = policy::LoadPolicy(text);
  const bool is_published = load.policy && load.policy->statement != nullptr;
  std::vector<policy::PolicyProblem> defects;
  if (is_published) defects = policy::PublicationDefects(*load.policy->statement);
  std::string page;
  JsonValue problems = JsonValue::MakeArray(), remarks = JsonValue::MakeArray();
  for (const policy::PolicyProblem& problem : load.problems) {
    page += ToText(problem) + "\n";
    problems.Append(ToJson(problem));
  }
  for (const policy::PolicyProblem& defect : defects) {
    page += std::string(options.publish ? "" : "not yet publishable: ") + ToText(defect) + "\n";
    remarks.Append(ToJson(defect));
  }
  std::vector<std::string> warnings;
  if (load.policy) {
    NOREN_ASSIGN_OR_RETURN(warnings, Warnings(*load.policy, options.beside));
  }
  for (const std::string& warning : warnings) page += "warning: " + warning + "\n";
  const bool fails = !load.problems.empty() || (options.publish && !defects.empty());
  if (load.policy) page += load.policy->VersionText() + (fails ? "" : ": in order");
  JsonValue object;
  object.Set("ok", bool{!fails}).Set("problems", std::move(problems));
  object.Set("publication_defects", std::move(remarks)).Set("warnings", TextsOf(warnings));
  if (load.policy) object.Set("policy", load.policy->VersionText());
  context.console.Result(object, page);
  context.exit_code = fails ? 1 : 0;
  return OkStatus();
}

struct Shown {
  Table table{{"CLAUSE", "LINE", "SECTION", "ENTRY", "KEY", "VALUE", "BY"}};
  JsonValue rows = JsonValue::MakeArray();
};

void ShowClause(const policy::Statement& statement, const policy::StatedClause& clause,
                Language language, Shown& shown) {
  for (const auto& [entry, fact] : statement.FactsOf(clause.id)) {
    const std::string value = policy::ValueText(statement, *fact, language);
    const std::string by = fact->origin == policy::Origin::kOperator ? "operator" : "source";
    const std::string section(entry->section->name), key(fact->row->name);
    const std::string line = std::to_string(clause.first_line);
    const std::string title(entry->Title());
    shown.table.Add({clause.id, line, section, title, key, value, by});
    JsonValue row;
    row.Set("clause", clause.id).Set("line", std::int64_t{clause.first_line});
    row.Set("place", clause.place).Set("section", section).Set("entry", title);
    shown.rows.Append(row.Set("key", key).Set("value", value).Set("by", by));
  }
}

StatusOr<Language> LanguageOf(const std::string& name, const policy::Statement& statement) {
  if (name.empty()) return statement.language;
  if (name == "en") return Language::kEnglish;
  if (name == "ko") return Language::kKorean;
  if (name == "ja") return Language::kJapanese;
  return UsageError("--language: ko, ja or en");
}

Status Show(CommandContext& context, const PolicyOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const policy::Policy policy, Load(options.file));
  NOREN_ASSIGN_OR_RETURN(const auto statement, StatementOf(policy));
  NOREN_ASSIGN_OR_RETURN(const Language language, LanguageOf(options.language, *statement));
  Shown shown;
  bool found = options.clause.empty();
  for (const policy::Article& article : statement->articles) {
    for (const policy::StatedClause& clause : article.clauses) {
      if (!options.clause.empty() && clause.id != options.clause) continue;
      found = true;
      ShowClause(*statement, clause, language, shown);
    }
  }
  if (!found) return UsageError("--clause: the policy has no such clause");
  JsonValue object;
  object.Set("policy", policy.VersionText()).Set("values", std::move(shown.rows));
  context.console.Result(object, shown.table.ToText());
  return OkStatus();
}

Status Diff(CommandContext& context, const PolicyOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const policy::Policy before, Load(options.file));
  NOREN_ASSIGN_OR_RETURN(const policy::Policy after, Load(options.newer));
  Table table({"CHANGE", "WHERE", "ENTRY", "BEFORE", "AFTER", "CLAUSES", "CONSENT"});
  JsonValue rows = JsonValue::MakeArray();
  std::size_t anew_count = 0;
  for (const policy::PolicyChange& change : policy::DiffPolicies(before, after)) {
    const std::string clauses = Join(change.clauses);
    anew_count += change.asks_anew ? 1 : 0;
    table.Add({std::string(ChangeKindName(change.kind)), change.path, change.entry, change.before,
               change.after, clauses, change.asks_anew ? "ask anew" : ""});
    JsonValue row;
    row.Set("change", ChangeKindName(change.kind)).Set("path", change.path);
    row.Set("entry", change.entry).Set("before", change.before).Set("after", change.after);
    row.Set("clauses", TextsOf(change.clauses));
    rows.Append(row.Set("asks_anew", bool{change.asks_anew}));
  }
  JsonValue object;
  object.Set("before", before.VersionText()).Set("after", after.VersionText());
  object.Set("changes", std::move(rows)).Set("asks_anew", bool{anew_count > 0});
  context.console.Result(
      object, table.ToText() + (anew_count > 0 ? "consents of the older version must be asked anew"
                                               : "no consent has to be asked anew"));
  return OkStatus();
}

Status Render(CommandContext& context, const PolicyOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const policy::Policy policy, Load(options.file));
  NOREN_ASSIGN_OR_RETURN(const auto statement, StatementOf(policy));
  NOREN_ASSIGN_OR_RETURN(const Language language, LanguageOf(options.language, *statement));
  NOREN_ASSIGN_OR_RETURN(const std::string page, options.html
                                                     ? policy::RenderStatementHtml(policy, language)
                                                     : policy::RenderStatement(policy, language));
  if (!context.console.json()) {
    context.console.Raw(page);
    return OkStatus();
  }
  JsonValue object;
  object.Set("policy", policy.VersionText()).Set("page", page);
  object.Set("sha256", HexEncode(policy::NoticeDigest(page)));
  context.console.Result(object, "");
  return OkStatus();
}

Status ExplainCode(CommandContext& context, const PolicyOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const policy::Policy policy, Load(options.file));
  const auto explanation = policy::Explain(policy, options.code);
  if (!explanation) {
    return UsageError("CODE: no refusal has this code; one of " + Join(policy::RefusalCodes()) +
                      ", or of 'noren errors'");
  }
  std::string page = explanation->code + ": " + std::string(explanation->meaning) + "\n";
  if (explanation->clauses.empty()) page += "no clause of this policy speaks of it\n";
  for (const std::string& id : explanation->clauses) {
    const policy::StatedClause* clause =
        policy.statement == nullptr ? nullptr : policy.statement->FindClause(id);
    page += id;
    if (clause != nullptr) {
      page += " " + clause->place + " (line " + std::to_string(clause->first_line) + ")";
    }
    page += "\n";
  }
  page.pop_back();
  JsonValue object;
  object.Set("code", explanation->code).Set("meaning", explanation->meaning);
  context.console.Result(object.Set("clauses", TextsOf(explanation->clauses)), page);
  return OkStatus();
}

// A blank of the policy's; without a name, which there are.
Status Form(CommandContext& context, const PolicyOptions& options) {
  NOREN_ASSIGN_OR_RETURN(const policy::Policy policy, Load(options.file));
  NOREN_ASSIGN_OR_RETURN(const auto statement, StatementOf(policy));
  JsonValue object;
  if (options.form.empty()) {
    std::string names;
    for (const std::string& name : policy::BlankNames(policy))
      names += (names.empty() ? "" : "\n") + name;
    context.console.Result(object.Set("forms", TextsOf(policy::BlankNames(policy))), names);
    return OkStatus();
  }
  NOREN_ASSIGN_OR_RETURN(const Language language, LanguageOf(options.language, *statement));
  NOREN_ASSIGN_OR_RETURN(std::string page,
                         policy::RenderBlank(policy, {options.form, language, options.html}));
  object.Set("form", options.form).Set("page", page);
  if (page.ends_with('\n')) page.pop_back();
  context.console.Result(object, page);
  return OkStatus();
}

using Run = Status (*)(CommandContext&, const PolicyOptions&);
void SetAction(CLI::App& command, CommandContext& context,
               const std::shared_ptr<PolicyOptions>& options, Run run) {
  command.callback([&context, options, run] {
    context.action = [options, run](CommandContext& c) { return run(c, *options); };
  });
}

}  // namespace

void AddPolicyCommands(CLI::App& root, CommandContext& context) {
  auto options = std::make_shared<PolicyOptions>();
  CLI::App& noun = AddNoun(root, "policy", "a policy file (offline)");
  const auto add = [&](const char* name, const char* description, Run run) {
    CLI::App* command = noun.add_subcommand(name, description);
    command->add_option("FILE", options->file, "the policy file")->required();
    SetAction(*command, context, options, run);
    return command;
  };
  CLI::App* check = add("check", "problems with line and nearest name", Check);
  check->add_flag("--publish", options->publish, "also what keeps its notice from being published");
  check->add_option("--beside", options->beside,
                    "other policy files that are used with it: bodies they name otherwise");
  CLI::App* show = add("show", "every stated value with its clause and line", Show);
  show->add_option("--clause", options->clause, "of this clause only");
  CLI::App* diff = add("diff", "what changed, and which consents must be asked anew", Diff);
  diff->add_option("NEWER", options->newer, "the next version")->required();
  CLI::App* render = add("render", "the public notice", Render);
  render->add_flag("--html", options->html, "print-ready HTML; otherwise Markdown");
  CLI::App* form = add("form", "a form to fill in; without a name, which there are", Form);
  form->add_option("NAME", options->form, "as the policy calls it");
  form->add_flag("--html", options->html, "print-ready HTML; otherwise Markdown");
  for (CLI::App* command : {show, render, form}) {
    command->add_option("--language", options->language, "ko, ja or en; default: the operator's");
  }
  CLI::App* explain = noun.add_subcommand("explain", "the clauses that a refusal rests on");
  explain->add_option("CODE", options->code, "E_NO_FILE, POLICY_FORBIDS, ...")->required();
  explain->add_option("FILE", options->file, "the policy file")->required();
  SetAction(*explain, context, options, ExplainCode);
}

}  // namespace noren::cli
