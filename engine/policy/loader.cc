// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/loader.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <variant>

#include "crypto/primitives/hash.h"
#include "engine/model/canonical_json.h"
#include "engine/policy/consistency.h"
#include "engine/policy/statement_loader.h"
#include "engine/policy/table_reader.h"
#include "engine/policy/toml_tree.h"

namespace noren::policy {
namespace {

constexpr std::array<std::string_view, 3> kLanguageNames = {"ko", "ja", "en"};
constexpr std::array kLanguages = {model::Language::kKorean, model::Language::kJapanese,
                                   model::Language::kEnglish};
constexpr std::array<std::string_view, 3> kProofNames = {"portal_asserted", "one_time_code",
                                                         "signature"};
constexpr std::array<std::string_view, 2> kCollectionNames = {"required", "optional"};
constexpr std::array<std::string_view, 2> kMemberNames = {"every_company", "registered"};
constexpr std::array kMembers = {ClassMembers::kEveryCompany, ClassMembers::kRegistered};
constexpr std::array<std::string_view, 2> kSubjectNames = {"people", "people_and_postings"};
constexpr std::array<std::string_view, 2> kResidentNumberNames = {"refuse", "ignore"};
// Zones without daylight saving: in these a civil day is the same length all year, and no zone data
// has to be installed.
constexpr std::array<std::string_view, 3> kZoneNames = {"Asia/Seoul", "Asia/Tokyo", "UTC"};
constexpr std::array<std::int32_t, 3> kZoneOffsets = {9 * 3600, 9 * 3600, 0};

bool IsLowerName(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}
bool IsPlainName(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
}
bool IsCountry(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}
bool IsPolicyFormat(std::string_view text) { return text == "noren-policy/1"; }

constexpr TextRule kFormat = {32, IsPolicyFormat, "noren-policy/1"};
constexpr TextRule kName = {40, IsLowerName, "of a-z, 0-9, '-' and '_'"};
constexpr TextRule kVersion = {40, IsPlainName, "of letters, digits, '-' and '.'"};
constexpr TextRule kCountry = {2, IsCountry, "two capital letters (ISO 3166-1)"};
constexpr TextRule kLine = {200, nullptr, ""};
constexpr std::int32_t kMaxItemSizeBytes = 64 << 20;

std::vector<std::string_view> ItemKindNames() {
  std::vector<std::string_view> names;
  for (const model::ItemKind kind : model::AllItemKinds()) names.push_back(ItemKindName(kind));
  return names;
}

std::vector<std::string_view> PurposeNames() {
  std::vector<std::string_view> names;
  for (const model::Purpose purpose : model::AllPurposes()) names.push_back(PurposeName(purpose));
  return names;
}

// Only called for a list that is not empty.
template <typename T>
T At(std::span<const T> all, std::size_t index) {
  return all[std::min(index, all.size() - 1)];
}

void ReadHead(TableReader& root, Policy& policy) {
  root.Text("format", kFormat);
  root.Table("policy", [&](TableReader& table) {
    policy.id = table.Text("id", kName);
    policy.version = table.Text("version", kVersion);
    policy.effective_from = table.Day("effective_from");
    policy.invented = table.Bool("invented");
    for (const std::size_t i : table.SomeOf("languages", kLanguageNames)) {
      policy.languages.push_back(kLanguages[i]);
    }
    const std::size_t zone = table.OneOf("timezone", kZoneNames);
    policy.timezone = kZoneNames[zone];
    policy.utc_offset_seconds = kZoneOffsets[zone];
  });
  root.Table("operator", [&](TableReader& table) {
    policy.operator_name = table.Localized("name");
    policy.operator_contact = table.Text("contact", kLine);
  });
}

void ReadNumbers(TableReader& root, Policy& policy) {
  root.Table("cards", [&](TableReader& table) {
    policy.cards.k = table.Integer("k", {2, 1000});
    policy.cards.planted = table.Integer("planted", {0, 1000});
    policy.cards.card_reads_per_day = table.Integer("card_reads_per_day", {1, 100'000});
    policy.cards.postings_per_quota_key = table.Integer("postings_per_quota_key", {1, 1000});
    policy.cards.cards_per_quota_key = table.Integer("cards_per_quota_key", {1, 1'000'000});
    policy.cards.invitations_per_quota_key =
        table.Integer("invitations_per_quota_key", {1, 100'000});
    policy.cards.quota_days = table.Integer("quota_days", {1, 90});
  });
  root.Table("consent", [&](TableReader& table) {
    policy.consent.max_days = table.Integer("max_days", {1, 365});
    policy.consent.answer_days = table.Integer("answer_days", {1, 90});
    policy.consent.retention_days = table.Integer("retention_days", {1, 365});
  });
  root.Table("release", [&](TableReader& table) {
    policy.release.access_days = table.Integer("access_days", {1, 365});
    policy.release.acknowledge_days = table.Integer("acknowledge_days", {1, 90});
    policy.release.question_days = table.Integer("question_days", {1, 90});
    policy.release.decisions_signed = table.Bool("decisions_signed");
  });
  root.Table("codes", [&](TableReader& table) {
    policy.codes.digits = table.Integer("digits", {6, 10});
    policy.codes.valid_minutes = table.Integer("valid_minutes", {1, 60});
    policy.codes.attempts = table.Integer("attempts", {1, 10});
    policy.codes.act_fresh_minutes = table.Integer("act_fresh_minutes", {1, 60});
  });
  root.Table("limits", [&](TableReader& table) {
    LimitRules& limits = policy.limits;
    limits.invitations_per_posting = table.Integer("invitations_per_posting", {1, 10'000});
    limits.invitations_per_request = table.Integer("invitations_per_request", {1, 20});
    limits.invitations_per_person_per_day =
        table.Integer("invitations_per_person_per_day", {1, 1000});
    limits.codes_per_person_per_hour = table.Integer("codes_per_person_per_hour", {1, 100});
    limits.ranking_rows = table.Integer("ranking_rows", {1, 10'000});
  });
}

// The only table that may be left out: then the engine's own weights hold.
void ReadRanking(TableReader& root, Policy& policy) {
  root.OptionalTable("ranking", [&](TableReader& ranking) {
    ranking.Table("weights", [&](TableReader& weights) {
      for (std::size_t i = 0; i < kRankedFeatures.size(); ++i) {
        weights.Table(kRankedFeatures[i], [&](TableReader& feature) {
          FeatureRule& rule = policy.ranking.features[i];
          rule.standard = static_cast<std::uint8_t>(feature.Integer("standard", {0, kMostWeight}));
          rule.most = static_cast<std::uint8_t>(feature.Integer("most", {0, kMostWeight}));
        });
      }
    });
  });
}

constexpr std::array<std::string_view, model::kCustodies.size()> kCustodyNames = {
    model::CustodyName(model::kCustodies[0]), model::CustodyName(model::kCustodies[1])};

void ReadCustody(TableReader& root, Policy& policy) {
  root.OptionalTable("custody", [&](TableReader& table) {
    policy.custody.is_stated = true;
    policy.custody.allowed = {};
    for (const std::size_t custody : table.SomeOf("allowed", kCustodyNames)) {
      policy.custody.allowed[custody] = true;
    }
  });
}

constexpr std::int32_t kMaxElementsPerDay = 10'000'000;

// May be left out: then nobody enrols by identifiers.
void ReadEnrolment(TableReader& root, Policy& policy) {
  root.OptionalTable("enrolment", [&](TableReader& table) {
    EnrolmentRules& rules = policy.enrolment;
    rules.is_offered = true;
    rules.elements_per_day = table.Integer("elements_per_day", {0, kMaxElementsPerDay});
    rules.clauses = table.Texts("clauses", kVersion);
    table.OptionalTables("portal", [&](TableReader& portal) {
      rules.portals.push_back({portal.Text("name", kName),
                               portal.Integer("elements_per_day", {0, kMaxElementsPerDay})});
    });
  });
}

void ReadRules(TableReader& root, Policy& policy) {
  root.Table("least_proof", [&](TableReader& table) {
    for (std::size_t i = 0; i < kActCount; ++i) {
      const std::size_t proof = table.OneOf(ActName(static_cast<Act>(i)), kProofNames);
      policy.least_proof[i] = static_cast<Proof>(proof + 1);
    }
  });
  root.Table("clauses_of", [&](TableReader& table) {
    for (std::size_t i = 0; i < kRuleCount; ++i) {
      policy.clauses_of_rule[i] = table.Texts(RuleName(static_cast<Rule>(i)), kVersion);
    }
  });
  const auto read_clause = [&](TableReader& table) {
    policy.clauses.push_back({table.Text("id", kVersion), table.Localized("text")});
  };
  // A statement declares clauses, too; the operator may have none of its own beside them.
  if (policy.statement == nullptr) {
    root.Tables("clause", read_clause);
  } else {
    root.OptionalTables("clause", read_clause);
  }
}

void ReadCollection(TableReader& root, Policy& policy) {
  root.Table("collection", [&](TableReader& table) {
    const std::size_t choice = table.OneOf("resident_numbers", kResidentNumberNames);
    policy.resident_numbers = static_cast<ResidentNumbers>(choice + 1);
  });
  root.Tables("forbidden", [&](TableReader& table) {
    ForbiddenField field;
    field.id = table.Text("id", kName);
    field.names = table.Texts("names", kLine);
    field.subjects = static_cast<Subjects>(table.OneOf("applies_to", kSubjectNames) + 1);
    field.rule = table.Localized("rule");
    field.clause = table.Text("clause", kVersion);
    policy.forbidden.push_back(std::move(field));
  });
  root.TablesOrNone("item", [&](TableReader& table) {
    ItemRule item;
    item.kind = At(model::AllItemKinds(), table.OneOf("kind", ItemKindNames()));
    item.collection = static_cast<Collection>(table.OneOf("collection", kCollectionNames) + 1);
    item.max_size_bytes = table.Integer("max_size_bytes", {1, kMaxItemSizeBytes});
    item.label = table.Localized("label");
    policy.items.push_back(std::move(item));
  });
}

void ReadPurposes(TableReader& root, Policy& policy) {
  root.TablesOrNone("purpose", [&](TableReader& table) {
    PurposeRule rule;
    rule.purpose = At(model::AllPurposes(), table.OneOf("purpose", PurposeNames()));
    for (const std::size_t i : table.SomeOf("items", ItemKindNames())) {
      rule.items.push_back(model::AllItemKinds()[i]);
    }
    rule.max_consent_days = table.Integer("max_consent_days", {1, 365});
    rule.label = table.Localized("label");
    policy.purposes.push_back(std::move(rule));
  });
  root.TablesOrNone("recipient_class", [&](TableReader& table) {
    RecipientClass one;
    one.id = table.Text("id", kName);
    one.members = kMembers[table.OneOf("members", kMemberNames)];
    one.label = table.Localized("label");
    policy.recipient_classes.push_back(std::move(one));
  });
  root.TablesOrNone("processor", [&](TableReader& table) {
    policy.processors.push_back(
        {table.Text("name", kLine), table.Text("country", kCountry), table.Localized("task")});
  });
  root.Table("notice", [&](TableReader& table) {
    policy.notices.discoverability = table.Localized("discoverability");
    policy.notices.release = table.Localized("release");
    policy.notices.refusal = table.Localized("refusal");
  });
}

// May be left out: then the file enforces and publishes nothing.
void ReadStated(const TomlNode& root, TableReader& reader, Policy& policy,
                std::vector<PolicyProblem>& problems) {
  const TomlNode::Member* stated = root.Find("stated");
  reader.Ignore("stated");
  if (stated == nullptr) return;
  if (stated->value.kind != TomlNode::Kind::kTable) {
    reader.Note(ProblemKind::kWrongType, "stated", "must be a table");
    return;
  }
  Statement statement = ReadStatement(stated->value, problems);
  if (problems.empty()) CheckStatement(statement, stated->value, problems);
  policy.statement = std::make_shared<const Statement>(std::move(statement));
}

void ReadDestruction(TableReader& root, Policy& policy) {
  root.Table("destruction", [&](TableReader& table) {
    policy.destruction.four_eyes = table.Bool("four_eyes");
    policy.destruction.four_eyes_on_request = table.Bool("four_eyes_on_request");
    policy.destruction.plan_valid_hours = table.Integer("plan_valid_hours", {1, 720});
  });
  root.TableOrNone("hold", [&](TableReader& table) {
    for (const std::size_t i : table.SomeOf("items", ItemKindNames())) {
      policy.holds.items.push_back(model::AllItemKinds()[i]);
    }
    policy.holds.max_days = table.Integer("max_days", {1, 3660});
  });
  root.TablesOrNone("file", [&](TableReader& table) {
    FileRule file;
    file.id = table.Text("id", kName);
    for (const std::size_t i : table.SomeOf("items", ItemKindNames())) {
      file.items.push_back(model::AllItemKinds()[i]);
    }
    file.label = table.Localized("label");
    policy.files.push_back(std::move(file));
  });
}

bool Before(const PolicyProblem& a, const PolicyProblem& b) {
  return a.line != b.line ? a.line < b.line : a.column < b.column;
}

}  // namespace

std::string ToText(const PolicyProblem& problem) {
  std::string text =
      "line " + std::to_string(problem.line) + ", column " + std::to_string(problem.column) + ": ";
  if (!problem.path.empty()) text += problem.path + ": ";
  return text + problem.sentence;
}

PolicyLoad LoadPolicy(std::string_view toml_text) {
  PolicyLoad load;
  if (toml_text.size() > kMaxPolicySizeBytes) {
    load.problems.push_back({ProblemKind::kOutOfRange, 1, 1, "", "larger than 1 MiB"});
    return load;
  }
  const auto parsed = ParseTomlTree(toml_text);
  if (const auto* problem = std::get_if<PolicyProblem>(&parsed)) {
    load.problems.push_back(*problem);
    return load;
  }
  const TomlNode& root = std::get<TomlNode>(parsed);
  Policy policy;
  TableReader reader(root, "", load.problems);
  ReadStated(root, reader, policy, load.problems);
  ReadHead(reader, policy);
  ReadNumbers(reader, policy);
  ReadRanking(reader, policy);
  ReadCustody(reader, policy);
  ReadEnrolment(reader, policy);
  ReadRules(reader, policy);
  ReadCollection(reader, policy);
  ReadPurposes(reader, policy);
  ReadDestruction(reader, policy);
  reader.Finish();
  if (load.problems.empty()) CheckConsistency(policy, reader);
  std::ranges::stable_sort(load.problems, Before);
  if (!load.problems.empty()) return load;
  policy.canonical_json = model::DumpCanonical(ToJson(root));
  policy.digest = primitives::Sha256(AsBytes(policy.canonical_json));
  policy.source = toml_text;
  load.policy = std::move(policy);
  return load;
}

StatusOr<Policy> ParsePolicy(std::string_view toml_text) {
  PolicyLoad load = LoadPolicy(toml_text);
  if (load.policy) return *std::move(load.policy);
  std::string sentence = "policy: not usable";
  for (const PolicyProblem& problem : load.problems) sentence += "\n" + ToText(problem);
  return InvalidArgument(sentence);
}

}  // namespace noren::policy
