// SPDX-License-Identifier: Apache-2.0
#include "tests/year/papers.h"

#include <algorithm>

#include "engine/policy/stated_names.h"

namespace noren::year {
namespace {

using policy::Entry;
using policy::SeenPaper;

SeenPaper PaperOf(const Entry& entry, const std::string& name) {
  SeenPaper paper;
  paper.name = name;
  paper.photo = paper.masked = paper.both_sides = true;
  if (entry.section->name != "identity") return paper;
  for (const policy::Value& value : policy::ValuesOf(&entry, "must_show"))
    paper.shows.push_back(value.text);
  return paper;
}

}  // namespace

policy::IdentityCheck KnownBy(const policy::Policy& policy, policy::Requester requester) {
  policy::IdentityCheck known;
  known.requester = requester;
  const Entry* const identity = policy::One(policy, "identity");
  for (const policy::Value& value : policy::ValuesOf(identity, "match"))
    known.facts.push_back(value.text);
  if (known.facts.empty()) known.facts = {"name", "phone"};
  const auto documents = policy::ValuesOf(identity, "documents");
  if (!documents.empty()) known.papers.push_back(PaperOf(*identity, documents.front().text));
  if (requester == policy::Requester::kPerson) return known;
  const Entry* const agents = policy::One(policy, "agents");
  for (const policy::Value& value : policy::ValuesOf(agents, "papers"))
    known.papers.push_back(PaperOf(*agents, value.text));
  const auto of_agent = policy::ValuesOf(agents, "documents");
  if (!of_agent.empty()) known.papers.push_back(PaperOf(*agents, of_agent.front().text));
  for (const policy::Value& value : policy::ValuesOf(agents, "identity_of")) {
    SeenPaper paper = PaperOf(*agents, "identity card");
    paper.of = value.text;
    known.papers.push_back(paper);
  }
  return known;
}

std::optional<Ground> GroundAgainst(const policy::Policy& policy, model::Right right) {
  const Entry* const controller = policy::One(policy, "controller");
  const bool is_public = controller != nullptr && controller->Word("public_institution") == "yes";
  for (const Entry* limit : policy::All(policy, "limit")) {
    if (limit->Word("right") != model::RightName(right)) continue;
    if (limit->Holds("all_of", "public_institution") && !is_public) continue;
    Ground ground;
    ground.code = std::string(*limit->Word("code"));
    ground.ongoing = limit->Holds("all_of", "ongoing");
    for (const std::string_view word : limit->Many("evidence"))
      ground.evidence[std::string(word)] = "invented " + std::string(word);
    return ground;
  }
  for (const Entry* entry : policy::All(policy, "right")) {
    if (entry->Word("kind") == model::RightName(right) && policy::Has(entry, "condition"))
      return Ground{"CONDITION_NOT_MET", {}, false};
  }
  return std::nullopt;
}

std::vector<model::Right> RightsOf(const policy::Policy& policy) {
  std::vector<model::Right> rights;
  for (const Entry* entry : policy::All(policy, "right")) {
    if (const auto right = model::FindRight(entry->Word("kind").value_or("")))
      rights.push_back(*right);
  }
  return rights;
}

}  // namespace noren::year
