// noren company register|end|list: what the operator has verified about companies (officer).
// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>

#include "crypto/base/encoding.h"
#include "engine/model/corporate_number.h"
#include "server/cli/answers.h"
#include "server/cli/command_line.h"
#include "server/cli/failure.h"
#include "server/cli/services.h"

namespace noren::cli {
namespace {

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text.empty() ? "-" : text;
}

// A number that is mistyped is said here, before anything is sent.
Status CheckNumbers(const wire::Company& company) {
  for (const std::string& number : company.affiliates) {
    if (!model::ParseCorporateNumber(number).ok()) {
      return UsageError("--affiliate: a corporate number, e.g. kr-business:123-45-67891");
    }
  }
  if (!model::ParseCorporateNumber(company.number).ok())
    return UsageError("--number: a corporate number, e.g. jp-corporation:7000012050002");
  return OkStatus();
}

Status RegisterCompany(CommandContext& context, const wire::Company& company) {
  NOREN_RETURN_IF_ERROR(CheckNumbers(company));
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.register_company(answer, idempotency, company);
  }));
  model::JsonValue object;
  object.Set("company", company.name).Set("audit", ToJson(answer));
  context.console.Result(object,
                         SafeForTerminal(company.name) + " is registered; " + ToText(answer));
  return OkStatus();
}

Status EndCompany(CommandContext& context, const std::string& company) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  const wire::Idempotency idempotency = MakeIdempotency(context.IdempotencyKey());
  wire::AuditPosition answer;
  NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
    client.end_company(answer, idempotency, company);
  }));
  model::JsonValue object;
  object.Set("company", company).Set("audit", ToJson(answer));
  context.console.Result(object, SafeForTerminal(company) + " has left; " + ToText(answer));
  return OkStatus();
}

Status ListCompanies(CommandContext& context) {
  NOREN_ASSIGN_OR_RETURN(Session* const session, context.Connect("officer"));
  Table table({"COMPANY", "LEGAL NAME", "NUMBER", "CLASSES", "AFFILIATES", "REGISTERED"});
  auto rows = model::JsonValue::MakeArray();
  std::string cursor;
  do {
    wire::CompanyList page;
    NOREN_RETURN_IF_ERROR(CallOfficer(*session, [&](wire::OfficerServiceClient& client) {
      client.list_companies(page, MakePage(cursor));
    }));
    for (const wire::Company& one : page.companies) {
      table.Add({one.name, one.legal_name, one.number, Joined(one.classes),
                 std::to_string(one.affiliates.size()), TimeText(one.registered_at)});
      model::JsonValue row;
      row.Set("name", one.name).Set("legal_name", one.legal_name).Set("address", one.address);
      row.Set("representative", one.representative).Set("number", one.number);
      row.Set("affiliates", ToJson(one.affiliates)).Set("classes", ToJson(one.classes));
      rows.Append(row.Set("registered_at", one.registered_at));
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  model::JsonValue object;
  context.console.Result(object.Set("companies", std::move(rows)), table.ToText());
  return OkStatus();
}

}  // namespace

void AddCompanyRegisterCommands(CLI::App& root, CommandContext& context) {
  CLI::App* company = root.get_subcommand("company");  // of AddCompanyCommands, which comes first
  auto details = std::make_shared<wire::Company>();
  CLI::App* add = company->add_subcommand(
      "register", "registers a company, or replaces what is known of it (officer)");
  add->add_option("NAME", details->name, "as in its certificate")->required();
  add->add_option("--legal-name", details->legal_name, "name in law")->required();
  add->add_option("--address", details->address, "seat")->required();
  add->add_option("--representative", details->representative, "who represents it")->required();
  add->add_option("--number", details->number,
                  "kr-business:, kr-corporation: or jp-corporation:, and the digits")
      ->required();
  add->add_option("--affiliate", details->affiliates, "number of an affiliate; repeat it");
  add->add_option("--class", details->classes, "class of the policy; repeat it");
  add->callback([&context, details] {
    context.action = [details](CommandContext& c) { return RegisterCompany(c, *details); };
  });
  auto name = std::make_shared<std::string>();
  CLI::App* end = company->add_subcommand("end", "ends the membership of a company (officer)");
  end->add_option("NAME", *name, "as in its certificate")->required();
  end->callback([&context, name] {
    context.action = [name](CommandContext& c) { return EndCompany(c, *name); };
  });
  company->add_subcommand("list", "the registered companies (officer)")->callback([&context] {
    context.action = [](CommandContext& c) { return ListCompanies(c); };
  });
}

}  // namespace noren::cli
