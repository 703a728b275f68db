// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "crypto/base/encoding.h"
#include "engine/policy/decisions.h"
#include "engine/policy/table_reader.h"
#include "engine/policy/toml_tree.h"
#include "tests/engine/policy/example.h"
#include "tests/support/status_matchers.h"

namespace noren::policy {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Every value of the example, with the path that problems name it by.
struct Leaf {
  std::string path;
  std::string key;  // the last part of the path, without index
  TomlNode::Kind kind;
};

void CollectLeaves(const TomlNode& node, const std::string& path, const std::string& key,
                   std::vector<Leaf>& leaves) {
  if (node.kind == TomlNode::Kind::kTable) {
    for (const auto& member : node.members) {
      CollectLeaves(member.value, path.empty() ? member.key : path + "." + member.key, member.key,
                    leaves);
    }
  } else if (node.kind == TomlNode::Kind::kArray) {
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      CollectLeaves(node.items[i], path + "[" + std::to_string(i) + "]", key, leaves);
    }
  } else {
    leaves.push_back({path, key, node.kind});
  }
}

TomlNode ExampleTree() { return std::get<TomlNode>(ParseTomlTree(ExampleText())); }

std::vector<Leaf> ExampleLeaves() {
  std::vector<Leaf> leaves;
  CollectLeaves(ExampleTree(), "", "", leaves);
  return leaves;
}

// The node at `path`, made of keys, dots and indices.
TomlNode* NodeAt(TomlNode& root, std::string_view path) {
  TomlNode* node = &root;
  while (!path.empty()) {
    if (path[0] == '.') path.remove_prefix(1);
    if (path[0] == '[') {
      const std::size_t close = path.find(']');
      node = &node->items[static_cast<std::size_t>(std::stoi(std::string(path.substr(1, close))))];
      path.remove_prefix(close + 1);
      continue;
    }
    const std::string key(path.substr(0, path.find_first_of(".[")));
    node = &std::ranges::find(node->members, key, &TomlNode::Member::key)->value;
    path.remove_prefix(key.size());
  }
  return node;
}

// Writes a tree as TOML again, every table inline: enough for texts that the loader reads back.
std::string ToToml(const TomlNode& node);
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (c == '\n') {
      quoted += "\\n";
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}
std::string ToToml(const TomlNode& node) {
  switch (node.kind) {
    case TomlNode::Kind::kText:
      return Quoted(node.text);
    case TomlNode::Kind::kDay:
      return node.text;
    case TomlNode::Kind::kInteger:
      return std::to_string(node.integer);
    case TomlNode::Kind::kBool:
      return node.boolean ? "true" : "false";
    case TomlNode::Kind::kOther:
      return "1.5";
    case TomlNode::Kind::kArray: {
      std::string text = "[";
      for (const TomlNode& item : node.items) text += ToToml(item) + ",";
      return text + "]";
    }
    case TomlNode::Kind::kTable:
      break;
  }
  std::string text = "{";
  for (const auto& member : node.members) {
    text += (text.size() > 1 ? "," : "") + member.key + "=" + ToToml(member.value);
  }
  return text + "}";
}
std::string RootToToml(const TomlNode& root) {
  std::string text;
  for (const auto& member : root.members) text += member.key + "=" + ToToml(member.value) + "\n";
  return text;
}

bool HasProblem(const PolicyLoad& load, ProblemKind kind, std::string_view path) {
  return std::ranges::any_of(load.problems, [&](const PolicyProblem& problem) {
    return problem.kind == kind && problem.path == path;
  });
}

TEST(LoadPolicy, ReadsTheExample) {
  const PolicyLoad load = LoadPolicy(ExampleText());
  for (const PolicyProblem& problem : load.problems) ADD_FAILURE() << ToText(problem);
  ASSERT_TRUE(load.policy);
  const Policy& policy = *load.policy;
  EXPECT_EQ(policy.id, "example");
  EXPECT_TRUE(policy.invented);
  EXPECT_EQ(policy.cards.k, 3);
  EXPECT_EQ(policy.consent.retention_days, 90);
  EXPECT_EQ(policy.codes.digits, 8);
  EXPECT_EQ(policy.utc_offset_seconds, 9 * 3600);
  EXPECT_EQ(model::ToIso(policy.effective_from), "2026-01-01");
  EXPECT_THAT(policy.items, SizeIs(8));
  EXPECT_THAT(policy.purposes, SizeIs(4));
  EXPECT_THAT(policy.languages, SizeIs(3));
  EXPECT_EQ(policy.least_proof[static_cast<std::size_t>(Act::kGrantConsent)], Proof::kOneTimeCode);
}

TEST(LoadPolicy, EveryKeyIsRequired) {
  TomlNode root = ExampleTree();
  std::set<std::string> tried;
  for (const Leaf& leaf : ExampleLeaves()) {
    if (leaf.path.ends_with("]")) continue;  // an element of an array is no key
    const std::size_t cut = leaf.path.size() - leaf.key.size();
    const std::string parent = leaf.path.substr(0, cut == 0 ? 0 : cut - 1);
    TomlNode changed = root;
    TomlNode* table = NodeAt(changed, parent);
    std::erase_if(table->members, [&](const auto& member) { return member.key == leaf.key; });
    const PolicyLoad load = LoadPolicy(RootToToml(changed));
    EXPECT_FALSE(load.policy) << leaf.path;
    EXPECT_TRUE(HasProblem(load, ProblemKind::kMissingKey, leaf.path)) << leaf.path;
    tried.insert(leaf.path);
  }
  EXPECT_GT(tried.size(), 100u);
}

TEST(LoadPolicy, EveryTableButRankingAndEnrolmentIsRequired) {
  const TomlNode root = ExampleTree();
  for (const auto& member : root.members) {
    if (member.key == "ranking" || member.key == "enrolment") continue;
    TomlNode changed = root;
    std::erase_if(changed.members, [&](const auto& m) { return m.key == member.key; });
    const PolicyLoad load = LoadPolicy(RootToToml(changed));
    EXPECT_FALSE(load.policy);
    EXPECT_TRUE(HasProblem(load, ProblemKind::kMissingKey, member.key)) << member.key;
  }
}

TEST(LoadPolicy, QuotasOfEnrolmentAreByNameOrForEverybodyElse) {
  constexpr std::string_view kClauses = "clauses = [\"E-11\"]\n";
  const std::string first = "[[enrolment.portal]]\nname = \"first-portal\"\nelements_per_day = 7\n";
  const auto named = ParsePolicy(Replaced(kClauses, std::string(kClauses) + first));
  ASSERT_OK(named);
  EXPECT_EQ(named->enrolment.QuotaOf("first-portal"), 7);
  EXPECT_EQ(named->enrolment.QuotaOf("another"), 20000);
  const std::string portal = "[[enrolment.portal]]\nname = \"p\"\nelements_per_day = 7\n";
  const PolicyLoad twice = LoadPolicy(Replaced(kClauses, std::string(kClauses) + portal + portal));
  EXPECT_TRUE(HasProblem(twice, ProblemKind::kInconsistent, "enrolment"));
  const PolicyLoad undeclared = LoadPolicy(Replaced(kClauses, "clauses = [\"E-99\"]\n"));
  EXPECT_TRUE(HasProblem(undeclared, ProblemKind::kInconsistent, "enrolment"));
  EXPECT_FALSE(LoadPolicy(Replaced("elements_per_day = 20000", "elements_per_day = -1")).policy);
}

TEST(LoadPolicy, WithoutItsTableNobodyEnrols) {
  TomlNode root = ExampleTree();
  std::erase_if(root.members, [](const auto& member) { return member.key == "enrolment"; });
  const PolicyLoad load = LoadPolicy(RootToToml(root));
  ASSERT_TRUE(load.policy);
  const Decision decision = MayEvaluate(*load.policy, {"first-portal", 0, 1});
  EXPECT_EQ(decision.error, model::ErrorCode::kPolicyForbids);
  EXPECT_FALSE(decision.clauses.empty());
}

TEST(LoadPolicy, EveryValueOfAnotherTypeIsRefused) {
  const TomlNode root = ExampleTree();
  for (const Leaf& leaf : ExampleLeaves()) {
    TomlNode changed = root;
    TomlNode* node = NodeAt(changed, leaf.path);
    node->kind = TomlNode::Kind::kOther;  // a fraction, which no key takes
    const PolicyLoad load = LoadPolicy(RootToToml(changed));
    EXPECT_FALSE(load.policy) << leaf.path;
    EXPECT_TRUE(HasProblem(load, ProblemKind::kWrongType, leaf.path)) << leaf.path;
  }
}

TEST(LoadPolicy, AnUnknownKeyIsRefusedInEveryTable) {
  const TomlNode root = ExampleTree();
  std::set<std::string> parents = {""};
  for (const Leaf& leaf : ExampleLeaves()) {
    if (leaf.path.ends_with("]")) continue;
    const std::size_t cut = leaf.path.size() - leaf.key.size();
    parents.insert(leaf.path.substr(0, cut == 0 ? 0 : cut - 1));
  }
  for (const std::string& parent : parents) {
    TomlNode changed = root;
    NodeAt(changed, parent)->members.push_back({"quite_unknown", 1, 1, {}});
    const PolicyLoad load = LoadPolicy(RootToToml(changed));
    EXPECT_FALSE(load.policy) << parent;
    EXPECT_TRUE(HasProblem(load, ProblemKind::kUnknownKey,
                           parent.empty() ? "quite_unknown" : parent + ".quite_unknown"))
        << parent;
  }
}

TEST(LoadPolicy, NamesLineColumnAndTheNearestKey) {
  const PolicyLoad load = LoadPolicy(Replaced("retention_days = 90", "retension_days = 90"));
  ASSERT_EQ(load.problems.size(), 2u);
  const auto& unknown =
      load.problems[0].kind == ProblemKind::kUnknownKey ? load.problems[0] : load.problems[1];
  EXPECT_EQ(unknown.line, LineOf("retention_days = 90"));
  EXPECT_EQ(unknown.column, 1u);
  EXPECT_EQ(unknown.path, "consent.retension_days");
  EXPECT_THAT(unknown.sentence, HasSubstr("did you mean 'retention_days'?"));
  EXPECT_THAT(ToText(unknown), HasSubstr("column 1: consent.retension_days: "));
}

TEST(LoadPolicy, NamesTheLineOfASyntaxError) {
  const PolicyLoad load = LoadPolicy(Replaced("retention_days = 90", "retention_days = = 90"));
  ASSERT_EQ(load.problems.size(), 1u);
  EXPECT_EQ(load.problems[0].kind, ProblemKind::kSyntax);
  EXPECT_EQ(load.problems[0].line, LineOf("retention_days = 90"));
}

TEST(LoadPolicy, ReportsAllProblemsInTheOrderOfTheFile) {
  std::string text = Replaced("k = 3", "k = 1");
  text = ReplacedIn(text, "digits = 8", "digits = \"eight\"");
  const PolicyLoad load = LoadPolicy(text);
  ASSERT_EQ(load.problems.size(), 2u);
  EXPECT_EQ(load.problems[0].path, "cards.k");
  EXPECT_EQ(load.problems[1].path, "codes.digits");
  EXPECT_LT(load.problems[0].line, load.problems[1].line);
}

TEST(LoadPolicy, RefusesAKBelowTwo) {
  for (const char* k : {"k = 1", "k = 0", "k = -3", "k = 1001"}) {
    const PolicyLoad load = LoadPolicy(Replaced("k = 3", k));
    EXPECT_TRUE(HasProblem(load, ProblemKind::kOutOfRange, "cards.k")) << k;
  }
  EXPECT_TRUE(LoadPolicy(Replaced("k = 3", "k = 2")).policy);
}

TEST(LoadPolicy, RefusesEveryNumberBelowItsRange) {
  const TomlNode root = ExampleTree();
  for (const Leaf& leaf : ExampleLeaves()) {
    if (leaf.kind != TomlNode::Kind::kInteger) continue;
    // A weight, a quota and the planted may be nothing; no other number may.
    const bool may_be_nothing = leaf.path.starts_with("ranking.weights.") ||
                                leaf.path.ends_with("elements_per_day") ||
                                leaf.path == "cards.planted";
    const std::int64_t below = may_be_nothing ? -1 : 0;
    for (const std::int64_t value : {below, std::int64_t{-1}, INT64_MIN, INT64_MAX}) {
      TomlNode changed = root;
      NodeAt(changed, leaf.path)->integer = value;
      const PolicyLoad load = LoadPolicy(RootToToml(changed));
      EXPECT_TRUE(HasProblem(load, ProblemKind::kOutOfRange, leaf.path)) << leaf.path;
    }
  }
}

TEST(LoadPolicy, ACustodyMayBeRequiredOrForbiddenAndBothAreAllowedWithoutTheTable) {
  const auto load = [](const std::string& allowed) {
    return LoadPolicy(
        Replaced("[least_proof]", "[custody]\nallowed = " + allowed + "\n\n[least_proof]"));
  };
  using Allowed = std::array<bool, model::kCustodies.size()>;
  EXPECT_EQ(Example().custody.allowed, (Allowed{true, true}));
  EXPECT_FALSE(Example().custody.is_stated);
  EXPECT_EQ(load(R"(["operator"])").policy->custody.allowed, (Allowed{true, false}));
  EXPECT_EQ(load(R"(["person"])").policy->custody.allowed, (Allowed{false, true}));
  EXPECT_EQ(load(R"(["person", "operator"])").policy->custody.allowed, (Allowed{true, true}));
  EXPECT_NE(load(R"(["person"])").policy->digest, Example().digest);
  EXPECT_TRUE(HasProblem(load(R"(["somebody"])"), ProblemKind::kOutOfRange, "custody.allowed"));
  EXPECT_FALSE(load("[]").policy);
  EXPECT_FALSE(load("1").policy);
}

TEST(LoadPolicy, TakesTheWeightsOfTheRanking) {
  const Policy policy = Example();
  EXPECT_EQ(policy.ranking.features.front(), (FeatureRule{5, 9}));  // skills
  EXPECT_EQ(policy.ranking.features.back(), (FeatureRule{0, 5}));   // recency
}

TEST(LoadPolicy, WithoutTheRankingTableTheEnginesOwnWeightsHold) {
  std::string text = ExampleText();
  const std::size_t begin = text.find("[ranking.weights]");
  const std::size_t end = text.find("[least_proof]");
  ASSERT_LT(begin, end);
  text.erase(begin, end - begin);
  const PolicyLoad load = LoadPolicy(text);
  ASSERT_TRUE(load.policy);
  for (std::size_t i = 0; i < kRankedFeatures.size(); ++i) {
    const bool is_recency = kRankedFeatures[i] == "recency";
    EXPECT_EQ(load.policy->ranking.features[i],
              (FeatureRule{static_cast<std::uint8_t>(is_recency ? 0 : 5), kMostWeight}));
  }
}

TEST(LoadPolicy, RefusesAStandardWeightAboveTheMost) {
  const PolicyLoad load = LoadPolicy(
      Replaced("education = { standard = 5, most = 8 }", "education = { standard = 9, most = 8 }"));
  EXPECT_TRUE(HasProblem(load, ProblemKind::kInconsistent, "ranking"));
}

TEST(LoadPolicy, RefusesARankingTableThatLeavesAFeatureOut) {
  const PolicyLoad load = LoadPolicy(Replaced("recency = { standard = 0, most = 5 }\n", ""));
  EXPECT_TRUE(HasProblem(load, ProblemKind::kMissingKey, "ranking.weights.recency"));
}

TEST(LoadPolicy, RefusesEveryEmptyText) {
  const TomlNode root = ExampleTree();
  for (const Leaf& leaf : ExampleLeaves()) {
    if (leaf.kind != TomlNode::Kind::kText) continue;
    TomlNode changed = root;
    NodeAt(changed, leaf.path)->text.clear();
    EXPECT_FALSE(LoadPolicy(RootToToml(changed)).policy) << leaf.path;
  }
}

TEST(LoadPolicy, NarrowingActsMayNotAskForAKey) {
  for (const char* act : {"withdraw_discoverability", "refuse_consent", "withdraw_consent"}) {
    const std::string line = std::string(act) + " = \"portal_asserted\"";
    const PolicyLoad load = LoadPolicy(Replaced(line, std::string(act) + " = \"one_time_code\""));
    EXPECT_TRUE(HasProblem(load, ProblemKind::kInconsistent, "least_proof")) << act;
  }
}

TEST(LoadPolicy, RefusesPartsThatDoNotFitTogether) {
  const auto refuses = [](std::string_view from, std::string_view to, std::string_view path) {
    const PolicyLoad load = LoadPolicy(Replaced(from, to));
    EXPECT_FALSE(load.policy) << to;
    EXPECT_TRUE(HasProblem(load, ProblemKind::kInconsistent, path)) << to;
  };
  refuses("release = [\"E-6\"]", "release = [\"E-66\"]", "clauses_of");
  refuses("clause = \"E-2\"", "clause = \"E-22\"", "forbidden");
  refuses("id = \"E-2\"\ntext", "id = \"E-1\"\ntext", "clause");
  refuses("max_days = 90", "max_days = 30", "purpose");
  refuses("kind = \"address\"", "kind = \"phone\"", "item");
  refuses("kind = \"address\"", "kind = \"phone\"", "purpose");
  refuses("id = \"public\"", "id = \"all\"", "recipient_class");
  refuses("\"religion\", \"faith\"", "\"religion\", \"gender\"", "forbidden");
}

TEST(LoadPolicy, RefusesANoticeThatLeavesSomethingOut) {
  for (const char* placeholder :
       {"{operator}", "{recipient}", "{purpose}", "{items}", "{days}", "{policy}"}) {
    TomlNode changed = ExampleTree();
    TomlNode* text = NodeAt(changed, "notice.release.ja");
    text->text = ReplacedIn(text->text, placeholder, "something");
    EXPECT_TRUE(HasProblem(LoadPolicy(RootToToml(changed)), ProblemKind::kInconsistent, "notice"))
        << placeholder;
  }
}

TEST(LoadPolicy, RefusesANoticeWithAStrayBraceOrAnUnknownPlaceholder) {
  for (const char* stray : {"{", "}", "{}", "{name}", "{{days}}"}) {
    TomlNode changed = ExampleTree();
    NodeAt(changed, "notice.release.en")->text += stray;
    EXPECT_TRUE(HasProblem(LoadPolicy(RootToToml(changed)), ProblemKind::kInconsistent, "notice"))
        << stray;
  }
}

TEST(LoadPolicy, RefusesAZoneWithDaylightSaving) {
  const PolicyLoad load = LoadPolicy(Replaced("Asia/Seoul", "Europe/Berlin"));
  EXPECT_TRUE(HasProblem(load, ProblemKind::kOutOfRange, "policy.timezone"));
}

TEST(LoadPolicy, RefusesAFileThatIsTooLarge) {
  const std::string text = ExampleText() + std::string(kMaxPolicySizeBytes, '#');
  EXPECT_FALSE(LoadPolicy(text).policy);
}

TEST(LoadPolicy, RefusesAnEmptyFileWithEveryTopLevelKeyMissing) {
  const PolicyLoad load = LoadPolicy("");
  EXPECT_EQ(load.problems.size(), ExampleTree().members.size() - 2);  // but for ranking, enrolment
}

TEST(ParsePolicy, NamesEveryProblemInOneStatus) {
  std::string text = Replaced("k = 3", "k = 1");
  text = ReplacedIn(text, "digits = 8", "digits = 3");
  const StatusOr<Policy> policy = ParsePolicy(text);
  EXPECT_THAT(policy,
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("cards.k: must be 2 to 1000")));
  EXPECT_THAT(policy, StatusIs(StatusCode::kInvalidArgument, HasSubstr("codes.digits")));
}

TEST(PolicyDigest, DoesNotDependOnLayoutCommentsAndOrder) {
  const Policy example = Example();
  TomlNode turned = ExampleTree();
  std::ranges::reverse(turned.members);
  const PolicyLoad load = LoadPolicy("# another comment\n" + RootToToml(turned));
  ASSERT_TRUE(load.policy);
  EXPECT_EQ(load.policy->canonical_json, example.canonical_json);
  EXPECT_EQ(load.policy->digest, example.digest);
}

TEST(PolicyDigest, CanonicalFormIsCanonicalJson) {
  EXPECT_TRUE(model::IsCanonical(Example().canonical_json));
}

// Goal: no value can change unseen. Each value of the example is changed; whatever still loads has
// another digest.
TEST(PolicyDigest, ChangesWithEveryValue) {
  const Policy example = Example();
  const TomlNode root = ExampleTree();
  std::set<Hash256> digests = {example.digest};
  std::size_t loaded = 0;
  for (const Leaf& leaf : ExampleLeaves()) {
    TomlNode changed = root;
    TomlNode* node = NodeAt(changed, leaf.path);
    if (leaf.kind == TomlNode::Kind::kInteger) node->integer -= node->integer > 2 ? 1 : -1;
    if (leaf.kind == TomlNode::Kind::kBool) node->boolean = !node->boolean;
    if (leaf.kind == TomlNode::Kind::kText) node->text += "x";
    if (leaf.kind == TomlNode::Kind::kDay) node->text = "2026-01-02";
    const PolicyLoad load = LoadPolicy(RootToToml(changed));
    if (!load.policy) continue;
    ++loaded;
    EXPECT_TRUE(digests.insert(load.policy->digest).second) << leaf.path;
  }
  // Names of kinds, acts and clauses cannot be changed alone; texts, numbers and field names can.
  EXPECT_GT(loaded, 300u);
}

TEST(PolicyDigest, IsInTheVersionText) {
  const Policy example = Example();
  EXPECT_EQ(example.VersionText(),
            "example 2026-1 (sha256:" + HexEncode(example.digest).substr(0, 16) + ")");
}

TEST(Nearest, FindsOnlyWhatIsNear) {
  const std::vector<std::string> names = {"digits", "attempts", "valid_minutes"};
  EXPECT_EQ(Nearest("digit", names), "digits");
  EXPECT_EQ(Nearest("atempts", names), "attempts");
  EXPECT_EQ(Nearest("zzzzzzzz", names), "");
}

}  // namespace
}  // namespace noren::policy
