// SPDX-License-Identifier: Apache-2.0
#include "engine/operations/register_tables.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/audit/operation.h"
#include "engine/model/errors.h"
#include "engine/operations/authorize.h"
#include "engine/operations/destroy_person.h"
#include "engine/operations/destruction_plan.h"
#include "engine/operations/handler_reviews.h"
#include "engine/operations/provisions.h"
#include "engine/policy/register_countries.h"
#include "engine/policy/statement_notice.h"

namespace noren::operations {
namespace {

using model::ErrorCode;
using model::Language;
using policy::Entry;
using policy::Labels;
using policy::RegisterKind;
using Row = std::vector<std::string>;

constexpr std::size_t kPageRows = 200;
constexpr std::int64_t kDaySeconds = 86400;

// A table in the making, for one query.
struct Making {
  ServiceContext& context;
  const Call& call;
  const RegisterQuery& query;
  RegisterTable table = {};

  std::string In(const Labels& labels) const { return std::string(labels.In(query.language)); }
  std::string DayOf(UnixSeconds at) const {
    return model::ToIso(model::CivilDayAt(at, context.policy.utc_offset_seconds));
  }
  // With the hour, where hours are counted.
  std::string TimeOf(UnixSeconds at) const {
    const std::int64_t local = at.value + context.policy.utc_offset_seconds;
    const std::int64_t minutes = (local % kDaySeconds + kDaySeconds) % kDaySeconds / 60;
    const auto two = [](std::int64_t number) {
      return (number < 10 ? "0" : "") + std::to_string(number);
    };
    return DayOf(at) + " " + two(minutes / 60) + ":" + two(minutes % 60);
  }
  bool Covers(UnixSeconds at) const { return at >= query.from && at < query.to; }
};

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const std::string& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

// The keys of a section as columns, its entries as rows.
void AddSection(std::string_view section, std::initializer_list<std::string_view> keys,
                Making& making) {
  for (const std::string_view key : keys)
    making.table.heading.push_back(making.In(policy::FindKey(section, key)->labels));
  const policy::Statement* statement = making.context.policy.statement.get();
  if (statement == nullptr) return;
  for (const Entry* entry : statement->All(section)) {
    Row row;
    for (const std::string_view key : keys) {
      const policy::Fact* fact = entry->Find(key);
      row.push_back(fact == nullptr ? ""
                                    : policy::ValueText(*statement, *fact, making.query.language));
    }
    making.table.rows.push_back(std::move(row));
  }
}

Status MakeFiles(Making& making) {
  AddSection("file",
             {"name", "subject", "purposes", "items", "required", "optional", "automatic",
              "conditional", "open_items", "basis", "retention", "registered"},
             making);
  return OkStatus();
}
Status MakePurposes(Making& making) {
  AddSection("purpose", {"name", "subject", "condition", "needs", "items", "statistics"}, making);
  return OkStatus();
}
Status MakeJointUse(Making& making) {
  AddSection("joint_use",
             {"aim", "items", "parts", "members", "foreign_excluded", "list_at", "purposes",
              "means", "manager"},
             making);
  return OkStatus();
}

// The row of whom the statement names so in its own language, by task or by name; else a new one.
Row& RowOfProcessor(const std::string& name, Making& making) {
  std::size_t index = 0;
  if (const policy::Statement* statement = making.context.policy.statement.get()) {
    for (const Entry* stated : statement->All("processor")) {
      if (stated->Text("task") == name || stated->Text("name") == name)
        return making.table.rows[index];
      ++index;
    }
  }
  Row& row = making.table.rows.emplace_back(making.table.heading.size());
  row[1] = name;
  return row;
}

// Who is stated, then what the register has of whom: the last of each step.
Status MakeProcessors(Making& making) {
  AddSection("processor", {"task", "name", "department", "contact"}, making);
  constexpr std::array kShown = {"evaluated", "contracted", "enabled", "inspected", "ended"};
  const Labels topics = {"what the contract says", "계약 사항", "契約事項"};
  for (const char* step : kShown) {
    making.table.heading.push_back(
        making.In(policy::FindRegisterStep(RegisterKind::kProcessors, step)->labels));
  }
  making.table.heading.push_back(making.In(topics));
  NOREN_ASSIGN_OR_RETURN(const auto entries,
                         LoadRegister(making.context, RegisterKind::kProcessors));
  std::map<std::string, std::map<std::string, const RegisterEntry*>> by_name;
  for (const RegisterEntry& entry : entries) by_name[entry.step.subject][entry.step.step] = &entry;
  for (Row& row : making.table.rows) row.resize(making.table.heading.size());
  for (const auto& [name, steps] : by_name) {
    Row& row = RowOfProcessor(name, making);
    for (std::size_t i = 0; i < kShown.size(); ++i) {
      const auto found = steps.find(kShown[i]);
      if (found != steps.end()) row[4 + i] = making.DayOf(found->second->step.at);
    }
    const auto contract = steps.find("contracted");
    if (contract != steps.end()) row.back() = contract->second->step.fields.at("topics");
  }
  return OkStatus();
}

Status MakeProvisions(Making& making) {
  for (const Labels& labels :
       {Labels{"day", "제공일", "提供日"}, Labels{"recipient", "제공받는 자", "提供先"},
        Labels{"purpose", "목적", "目的"}, Labels{"items", "항목", "項目"},
        Labels{"kept for days", "보유 일수", "保有日数"}, Labels{"person", "정보주체", "本人"},
        Labels{"consent", "동의", "同意"}})
    making.table.heading.push_back(making.In(labels));
  ProvisionQuery query{making.query.from, making.query.to, making.query.language, "", kPageRows};
  do {
    NOREN_ASSIGN_OR_RETURN(const ProvisionPage page,
                           ListProvisions(making.context, making.call, query));
    for (const ProvisionLine& line : page.lines) {
      const auto& record = line.record;
      making.table.rows.push_back(
          {making.DayOf(record.at),
           record.recipient.name.empty() ? record.company : record.recipient.name,
           line.purpose_name, Joined(line.item_names), std::to_string(record.retention_days),
           record.candidate.ToString(), record.consent.ToString()});
    }
    query.mark = page.next_mark;
  } while (!query.mark.empty());
  return OkStatus();
}

Status MakeDestructions(Making& making) {
  for (const Labels& labels :
       {Labels{"day", "파기일", "廃棄日"}, Labels{"level", "단위", "単位"},
        Labels{"people", "인원", "人数"}, Labels{"items", "항목 수", "件数"},
        Labels{"kept by a hold", "보존 항목 수", "保存した件数"},
        Labels{"receipt", "확인서", "証明書"}, Labels{"policy", "방침", "方針"}})
    making.table.heading.push_back(making.In(labels));
  NOREN_ASSIGN_OR_RETURN(const auto receipts, ListRunReceipts(making.context, making.call));
  NOREN_ASSIGN_OR_RETURN(const Bytes key, personal_data::ReceiptVerifyingKey(making.context.keys));
  for (const ListedReceipt& listed : receipts) {
    const auto& stored = listed.stored.signed_receipt;
    NOREN_ASSIGN_OR_RETURN(const personal_data::RunReceipt receipt,
                           personal_data::VerifyRunReceipt(stored.text, stored.signature, key));
    if (!making.Covers(receipt.completed_at)) continue;
    making.table.rows.push_back(
        {making.DayOf(receipt.completed_at),
         receipt.file.empty() ? receipt.level : receipt.level + " " + receipt.file,
         std::to_string(receipt.totals.people), std::to_string(receipt.totals.items),
         std::to_string(receipt.totals.held_items), listed.receipt.ToString(),
         receipt.policy_version});
  }
  return OkStatus();
}

std::string DueText(const policy::DueRow& row, const Making& making) {
  if (row.until) return making.TimeOf(*row.until);
  return row.last_day ? model::ToIso(*row.last_day) : "";
}

Status MakeDue(Making& making) {
  for (const Labels& labels :
       {Labels{"clause", "조항", "条項"}, Labels{"register", "대장", "台帳"},
        Labels{"what", "내용", "内容"}, Labels{"part", "세부", "内訳"},
        Labels{"whom or what", "대상", "対象"}, Labels{"state", "상태", "状態"},
        Labels{"responsible", "책임자", "責任者"}, Labels{"last", "직전", "前回"},
        Labels{"by", "기한", "期限"}})
    making.table.heading.push_back(making.In(labels));
  NOREN_ASSIGN_OR_RETURN(const auto rows,
                         ListDue(making.context, making.call, making.query.language));
  for (const policy::DueRow& row : rows) {
    making.table.rows.push_back({row.clause, making.In(policy::RowOf(row.kind).labels), row.what,
                                 row.part, row.subject,
                                 making.In(policy::DueStateLabels(row.state)), row.responsible,
                                 row.last ? model::ToIso(*row.last) : "", DueText(row, making)});
  }
  return OkStatus();
}

// Every measure that the notice states, with what was last recorded of it; what nobody recorded has
// its row, too.
Status MakeMeasures(Making& making) {
  for (const Labels& labels :
       {Labels{"clause", "조항", "条項"}, Labels{"group", "구분", "区分"},
        Labels{"measure", "조치", "措置"}, Labels{"part", "세부", "内訳"},
        Labels{"whom or what", "대상", "対象"}, Labels{"register", "대장", "台帳"},
        Labels{"responsible", "책임자", "責任者"}, Labels{"last", "직전", "前回"},
        Labels{"recorded by", "기록자", "記録者"}, Labels{"evidence", "증빙", "証跡"},
        Labels{"state", "상태", "状態"}, Labels{"by", "기한", "期限"}})
    making.table.heading.push_back(making.In(labels));
  NOREN_ASSIGN_OR_RETURN(const auto rows,
                         ListDue(making.context, making.call, making.query.language));
  for (const policy::DueRow& row : rows) {
    if (!row.of_measure) continue;
    const Entry* measure = policy::MeasureOf(making.context.policy, row.kind, row.clause);
    making.table.rows.push_back(
        {row.clause,
         policy::ValueText(*making.context.policy.statement, *measure->Find("group"),
                           making.query.language),
         row.what, row.part, row.subject, making.In(policy::RowOf(row.kind).labels),
         row.responsible, row.last ? model::ToIso(*row.last) : "", row.officer, row.evidence,
         making.In(policy::DueStateLabels(row.state)), DueText(row, making)});
  }
  return OkStatus();
}

// What a person who asks is told of handling abroad.
Status MakeCountries(Making& making) {
  for (const Labels& labels : {Labels{"country", "국가", "国"}, Labels{"name", "국가명", "国名"},
                               Labels{"outline of the system", "제도의 개요", "制度の概要"},
                               Labels{"studied", "파악일", "把握した日"}})
    making.table.heading.push_back(making.In(labels));
  NOREN_ASSIGN_OR_RETURN(const auto steps, LoadRegisters(making.context));
  for (const policy::CountryAnswer& answer :
       policy::AnswerOnCountries(making.context.policy, steps)) {
    making.table.rows.push_back({answer.country, answer.name, answer.outline,
                                 answer.studied ? model::ToIso(*answer.studied) : ""});
  }
  const Labels none = {"Personal data are not handled in any foreign country.",
                       "개인정보를 외국에서 처리하지 않습니다.",
                       "外国において個人情報を取り扱っていません。"};
  if (making.table.rows.empty()) making.table.rows.push_back({"", "", making.In(none), ""});
  return OkStatus();
}

std::string DayText(std::uint64_t days) { return model::ToIso({static_cast<std::int32_t>(days)}); }

// Who opened items: counts, and nobody's names.
Status MakeUses(Making& making) {
  for (const Labels& labels :
       {Labels{"day", "날짜", "日付"}, Labels{"handler", "취급자", "取扱者"},
        Labels{"processor", "수탁자", "委託先"}, Labels{"task", "위탁 업무", "委託業務"},
        Labels{"purpose", "목적", "目的"}, Labels{"uses", "열람 횟수", "開いた回数"},
        Labels{"items", "항목 수", "件数"}})
    making.table.heading.push_back(making.In(labels));
  NOREN_ASSIGN_OR_RETURN(const auto rows,
                         ListUses(making.context, making.query.from, making.query.to));
  for (const UseRow& row : rows) {
    making.table.rows.push_back({DayText(row.day), row.handler, row.line.processor, row.line.task,
                                 row.line.purpose, std::to_string(row.line.uses),
                                 std::to_string(row.line.items)});
  }
  return OkStatus();
}

Status MakeProcessorUses(Making& making) {
  for (const Labels& labels :
       {Labels{"processor", "수탁자", "委託先"}, Labels{"task", "위탁 업무", "委託業務"},
        Labels{"handlers with access", "접근권한이 있는 취급자", "アクセス権のある取扱者"},
        Labels{"uses", "열람 횟수", "開いた回数"}, Labels{"items", "항목 수", "件数"},
        Labels{"last inspected", "최근 점검일", "直近の監査日"}})
    making.table.heading.push_back(making.In(labels));
  NOREN_ASSIGN_OR_RETURN(const auto reports,
                         ReportProcessors(making.context, making.query.from, making.query.to));
  for (const ProcessorReport& report : reports) {
    making.table.rows.push_back(
        {report.processor, report.task, std::to_string(report.handlers),
         std::to_string(report.uses), std::to_string(report.items),
         report.last_inspected ? making.DayOf(*report.last_inspected) : ""});
  }
  return OkStatus();
}

// A register that nobody fills in by hand.
struct KeptRegister {
  std::string_view name;
  Labels labels;
  Status (*make)(Making& making);
};
constexpr KeptRegister kKept[] = {
    {"personal_files",
     {"Personal-information files", "개인정보파일 현황", "個人情報ファイルの一覧"},
     MakeFiles},
    {"purposes", {"Purposes", "처리 목적", "利用目的"}, MakePurposes},
    {"processor_list", {"Processors", "수탁자 현황", "委託先の一覧"}, MakeProcessors},
    {"uses", {"Uses of items", "항목 열람 현황", "情報を開いた記録"}, MakeUses},
    {"processor_uses",
     {"Uses by processors", "수탁자별 열람 현황", "委託先ごとに開いた記録"},
     MakeProcessorUses},
    {"measures", {"Measures", "안전조치 현황", "安全管理措置の状況"}, MakeMeasures},
    {"storage_countries",
     {"Handling abroad", "국외 처리 현황", "外国における取扱い"},
     MakeCountries},
    {"joint_use", {"Joint use", "공동 이용", "共同利用"}, MakeJointUse},
    {"provisions",
     {"Provisions to third parties", "제3자 제공 대장", "第三者提供の記録"},
     MakeProvisions},
    {"destructions", {"Destructions", "파기 대장", "廃棄の記録"}, MakeDestructions},
    {"due", {"What is due or missing", "기한과 누락", "期限と不足"}, MakeDue}};

Status MakeEntered(RegisterKind kind, Making& making) {
  for (const Labels& labels :
       {Labels{"no.", "번호", "番号"}, Labels{"day", "날짜", "日付"},
        Labels{"step", "단계", "段階"}, Labels{"whom or what", "대상", "対象"},
        Labels{"measure", "조치", "措置"}})
    making.table.heading.push_back(making.In(labels));
  for (const policy::RegisterFieldRow& field : policy::AllRegisterFields()) {
    if (field.kind == kind) making.table.heading.push_back(making.In(field.labels));
  }
  making.table.heading.push_back(making.In({"goes on from", "앞선 기록", "前の記録"}));
  making.table.heading.push_back(making.In({"recorded by", "기록자", "記録者"}));
  NOREN_ASSIGN_OR_RETURN(const auto entries, ListRegister(making.context, making.call, kind));
  for (const RegisterEntry& entry : entries) {
    if (!making.Covers(entry.step.at)) continue;
    std::vector<std::string> clauses = entry.step.clauses;
    clauses.insert(clauses.end(), entry.step.parts.begin(), entry.step.parts.end());
    const auto* step = policy::FindRegisterStep(kind, entry.step.step);
    Row row = {std::to_string(entry.step.number),
               kind == RegisterKind::kIncidents ? making.TimeOf(entry.step.at)
                                                : making.DayOf(entry.step.at),
               step == nullptr ? entry.step.step : making.In(step->labels), entry.step.subject,
               Joined(clauses)};
    for (const policy::RegisterFieldRow& field : policy::AllRegisterFields()) {
      if (field.kind != kind) continue;
      const auto found = entry.step.fields.find(std::string(field.name));
      row.push_back(found == entry.step.fields.end() ? "" : found->second);
    }
    row.push_back(entry.follows == 0 ? "" : std::to_string(entry.follows));
    row.push_back(entry.officer);
    making.table.rows.push_back(std::move(row));
  }
  return OkStatus();
}

Status RecordReading(ServiceContext& context, const Call& call, const std::string& name) {
  return Record(context,
                [&]() -> StatusOr<Attempt> {
                  Attempt attempt;
                  attempt.change.entry.operation = audit::Operation::kReadRegister;
                  attempt.change.entry.principal = call.principal;
                  attempt.change.entry.object = name;
                  return attempt;
                })
      .status();
}

}  // namespace

StatusOr<RegisterTable> ReadRegister(ServiceContext& context, const Call& call,
                                     const RegisterQuery& query) {
  NOREN_RETURN_IF_ERROR(RequireRole(context, call, {model::Role::kOfficer}));
  if (query.from >= query.to) return model::MakeFieldError(ErrorCode::kBadRequest, "from_time");
  Making making{context, call, query};
  making.table.name = query.name;
  if (const auto kind = policy::FindRegister(query.name)) {
    making.table.title = making.In(policy::RowOf(*kind).labels);
    NOREN_RETURN_IF_ERROR(MakeEntered(*kind, making));
    return std::move(making.table);
  }
  const auto* const kept = std::ranges::find(kKept, query.name, &KeptRegister::name);
  if (kept == std::end(kKept))
    return model::MakeFieldError(ErrorCode::kBadRequest, "register", "there is no such register");
  NOREN_RETURN_IF_ERROR(RecordReading(context, call, query.name));
  making.table.title = making.In(kept->labels);
  NOREN_RETURN_IF_ERROR(kept->make(making));
  return std::move(making.table);
}

std::vector<RegisterTitle> RegisterTitles(Language language) {
  std::vector<RegisterTitle> titles;
  for (const KeptRegister& kept : kKept)
    titles.push_back({kept.name, std::string(kept.labels.In(language))});
  for (const policy::RegisterRow& row : policy::AllRegisters())
    titles.push_back({row.name, std::string(row.labels.In(language))});
  return titles;
}

}  // namespace noren::operations
