// SPDX-License-Identifier: Apache-2.0
#include "tests/year/printed.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/operations/register_tables.h"
#include "engine/policy/statement_notice.h"
#include "server/cli/provision_forms.h"
#include "tests/support/folders.h"
#include "tests/support/status_matchers.h"

namespace noren::year {
namespace {

// What `./dev soak year` runs with.
constexpr int kSoakTimes = 13;
constexpr std::int64_t kLongAfter = std::int64_t{1} << 40;

std::string DayText(UnixSeconds at, const policy::Policy& policy) {
  if (at.value == 0) return "";
  return model::ToIso(model::CivilDayAt(at, policy.utc_offset_seconds));
}

void PrintRegisters(Year& year, Printed& printed) {
  const policy::Policy& policy = year.context().policy;
  const model::Language language = policy.statement->language;
  std::string all;
  for (const operations::RegisterTitle& title : operations::RegisterTitles(language)) {
    const auto table = operations::ReadRegister(
        year.context(), year.officer(), {std::string(title.name), {0}, {kLongAfter}, language});
    ASSERT_OK(table);
    printed.rows[table->name] = table->rows.size();
    all += "# " + table->name + "\n" + cli::ToCsv({table->title, table->heading, table->rows, ""}) +
           "\n";
  }
  std::erase(all, '\r');
  printed.identified += all;
  printed.files["registers.csv"] = year.Ordinals(all);
}

void PrintRequests(Year& year, Printed& printed) {
  const auto listed =
      operations::ListRights(year.context(), year.officer(), operations::RightFilter::kAll);
  ASSERT_OK(listed);
  // Requests of one second are in the order of their ids, which are random: in that of the desk.
  std::map<model::RequestId, std::size_t> place;
  for (const Case& one : year.cases()) place.emplace(one.request, place.size());
  std::vector<operations::ListedRight> rights = *listed;
  std::ranges::sort(rights, {}, [&](const auto& one) { return place[one.head.request]; });
  std::string all = "request,right,by,channel,received,complete,state,outcome,ground,told,papers\n";
  const policy::Policy& policy = year.context().policy;
  for (const operations::ListedRight& right : rights) {
    const operations::RightHead& head = right.head;
    all += head.request.ToString() + "," + std::string(model::RightName(head.right)) + "," +
           std::string(policy::RequesterName(head.requester)) + "," + head.channel + "," +
           DayText(head.received_at, policy) + "," + DayText(head.complete_at, policy) + "," +
           std::string(operations::RightStateName(head.state)) + "," +
           std::string(operations::RightOutcomeName(head.decision.outcome)) + "," +
           head.decision.ground + "," + DayText(head.told_at, policy) + "," +
           DayText(head.identity.papers_destroyed_at, policy) + "\n";
  }
  printed.rows["requests"] = rights.size();
  printed.identified += all;
  printed.files["requests.csv"] = year.Ordinals(all);
}

void PrintDestructions(Year& year, Printed& printed) {
  std::string all = "kind,due,executed,people,items,held people,held items,receipt\n";
  for (const Executed& one : year.executed()) {
    all += one.kind + "," + one.due + "," + model::ToIso(one.executed) + "," +
           std::to_string(one.people) + "," + std::to_string(one.items) + "," +
           std::to_string(one.held_people) + "," + std::to_string(one.held_items) + "," +
           (one.receipt.is_none() ? "its own" : one.receipt.ToString()) + "\n";
  }
  printed.files["destructions.csv"] = year.Ordinals(all);
}

std::string CountsOf(const Year& year) {
  std::string text;
  for (const auto& [what, count] : year.counts())
    text += what + ": " + std::to_string(count) + "\n";
  text += "\n# dates set by each rule\n";
  for (const auto& [rule, count] : year.bites()) text += rule + ": " + std::to_string(count) + "\n";
  return text;
}

void PrintNotice(Year& year, Printed& printed) {
  std::string all;
  for (const auto& policy : year.policies()) {
    const auto notice = policy::RenderStatement(*policy, policy->statement->language);
    ASSERT_OK(notice);
    all += *notice + "\n";
  }
  printed.files["notice.md"] = all;
}

std::string Folder(const Year& year) {
  return SourceFolder() + "/tests/year/golden/" + year.plan().name;
}

// Each file by its digest, lines, and what was counted in full.
std::map<std::string, std::string> AtScale(const Printed& printed) {
  std::string text;
  for (const auto& [name, content] : printed.files) {
    if (name == "counts.txt") continue;
    text += name + " " + std::to_string(std::ranges::count(content, '\n')) +
            " lines sha256:" + HexEncode(primitives::Sha256(AsBytes(content))) + "\n";
  }
  return {{"thousands.txt", text + "\n" + printed.files.at("counts.txt")}};
}

std::vector<std::string> LinesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

void CompareOne(const std::string& path, const std::string& text) {
  std::ifstream file(path);
  ASSERT_TRUE(file.good()) << path << " is not there; NOREN_WRITE_GOLDEN_YEAR=1 writes it";
  std::ostringstream golden;
  golden << file.rdbuf();
  if (golden.str() == text) return;
  const std::vector<std::string> was = LinesOf(golden.str()), is = LinesOf(text);
  std::size_t line = 0;
  while (line < was.size() && line < is.size() && was[line] == is[line]) ++line;
  ADD_FAILURE() << path << ":" << line + 1 << " is not what the year left\n  golden: "
                << (line < was.size() ? was[line] : "(ends)")
                << "\n  now:    " << (line < is.size() ? is[line] : "(ends)") << "\n  "
                << was.size() << " lines, now " << is.size();
}

}  // namespace

Printed Print(Year& year) {
  Printed printed;
  PrintRegisters(year, printed);
  PrintRequests(year, printed);
  PrintDestructions(year, printed);
  PrintNotice(year, printed);
  printed.files["retention.txt"] = year.queue();
  printed.files["counts.txt"] = CountsOf(year);
  return printed;
}

void CompareWithGolden(const Year& year, const Printed& printed) {
  if (Times() != 1 && Times() != kSoakTimes) return;
  const auto files = Times() == 1 ? printed.files : AtScale(printed);
  const char* const writes = std::getenv("NOREN_WRITE_GOLDEN_YEAR");
  std::filesystem::create_directories(Folder(year));
  for (const auto& [name, text] : files) {
    const std::string path = Folder(year) + "/" + name;
    if (writes != nullptr && std::string(writes) == "1") {
      std::ofstream(path) << text;
    } else {
      CompareOne(path, text);
    }
  }
}

}  // namespace noren::year
