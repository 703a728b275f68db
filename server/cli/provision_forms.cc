// SPDX-License-Identifier: Apache-2.0
#include "server/cli/provision_forms.h"

#include "engine/model/civil_day.h"
#include "server/cli/answers.h"
#include "server/cli/console.h"

namespace noren::cli {
namespace {

// Japan and Korea have the same zone, and no daylight saving.
constexpr std::int32_t kZoneSeconds = 9 * 3600;
constexpr std::int64_t kDaySeconds = 86400;

std::string ProofText(ProvisionForm form, const std::string& proof) {
  if (form == ProvisionForm::kJapan) {
    if (proof == "signature") return "本人の署名";
    return proof == "code" ? "本人のワンタイムコード" : "ポータルの申告";
  }
  if (proof == "signature") return "본인 서명";
  return proof == "code" ? "본인 일회용 코드" : "포털 진술";
}

std::string Or(const std::string& text, std::string_view otherwise) {
  return text.empty() ? std::string(otherwise) : text;
}

std::vector<std::string> JapaneseRow(const wire::Provision& line) {
  constexpr std::string_view kUnstated = "届出なし";
  return {DayText(ProvisionForm::kJapan, line.at),
          Or(line.recipient.name, line.company),
          Or(line.recipient.address, kUnstated),
          Or(line.recipient.representative, kUnstated),
          line.person,
          Join(line.item_names, "、"),
          "本人の同意を得ている（" + ProofText(ProvisionForm::kJapan, line.proof) + "、" +
              line.consent + "）",
          line.release};
}

std::vector<std::string> KoreanRow(const wire::Provision& line) {
  return {
      DayText(ProvisionForm::kKorea, line.at),
      Or(line.recipient.name, line.company),
      line.purpose_name,
      Join(line.item_names, ", "),
      "정보주체의 동의(" + ProofText(ProvisionForm::kKorea, line.proof) + ", " + line.consent + ")",
      "동의일부터 " + std::to_string(line.retention_days) + "일",
      line.method == "age-download" ? "암호화 파일 내려받기(age)" : line.method,
      line.person,
      line.release};
}

std::string CsvCell(const std::string& text) {
  std::string cell = text;
  if (!cell.empty() && std::string_view("=+-@\t\r").find(cell.front()) != std::string_view::npos)
    cell.insert(cell.begin(), '\'');
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

void AppendCsvRow(const std::vector<std::string>& row, std::string& csv) {
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) csv += ',';
    csv += CsvCell(row[i]);
  }
  csv += "\r\n";
}

std::string Escaped(const std::string& text) {
  std::string html;
  for (const char c : SafeForTerminal(text)) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string HtmlRow(const std::vector<std::string>& cells, std::string_view tag) {
  std::string html = "<tr>";
  for (const std::string& cell : cells) {
    html.append("<").append(tag).append(">").append(Escaped(cell));
    html.append("</").append(tag).append(">");
  }
  return html + "</tr>\n";
}

constexpr std::string_view kStyle =
    "@page{size:A4 landscape;margin:12mm}body{font:10pt sans-serif}h1{font-size:14pt}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #000;padding:2mm;"
    "text-align:left;vertical-align:top;overflow-wrap:anywhere}thead{display:table-header-group}"
    "tr{break-inside:avoid}";

}  // namespace

std::optional<ProvisionForm> FindProvisionForm(std::string_view name) {
  if (name == "jp") return ProvisionForm::kJapan;
  if (name == "kr") return ProvisionForm::kKorea;
  return std::nullopt;
}

std::string_view LanguageOf(ProvisionForm form) {
  return form == ProvisionForm::kJapan ? "ja" : "ko";
}

std::string DayText(ProvisionForm, std::int64_t unix_seconds) {
  return model::ToIso(model::CivilDayAt({unix_seconds}, kZoneSeconds));
}

std::optional<std::int64_t> DayBegin(ProvisionForm, std::string_view day) {
  const auto parsed = model::ParseCivilDay(day);
  if (!parsed.ok()) return std::nullopt;
  return std::int64_t{parsed->days_since_1970} * kDaySeconds - kZoneSeconds;
}

FormTable MakeForm(ProvisionForm form, const std::vector<wire::Provision>& provisions,
                   std::string_view operator_name, FormPeriod period) {
  const std::string days = DayText(form, period.from) + " - " + DayText(form, period.to - 1);
  FormTable table;
  if (form == ProvisionForm::kJapan) {
    table.title = "第三者提供記録";
    table.operator_line = "提供者：" + std::string(operator_name) + "　期間：" + days;
    table.heading = {
        "提供年月日",         "提供先の氏名・名称",       "提供先の住所",   "代表者の氏名",
        "本人を特定する事項", "提供した個人データの項目", "本人の同意の旨", "記録番号"};
  } else {
    table.title = "개인정보 제3자 제공 대장";
    table.operator_line = "제공자: " + std::string(operator_name) + "  기간: " + days;
    table.heading = {"제공일자",  "제공받는 자",    "제공 목적",
                     "제공 항목", "법적 근거·동의", "보유·이용 기간",
                     "제공 방법", "정보주체 식별",  "기록 번호"};
  }
  for (const wire::Provision& line : provisions) {
    table.rows.push_back(form == ProvisionForm::kJapan ? JapaneseRow(line) : KoreanRow(line));
  }
  return table;
}

std::string ToCsv(const FormTable& table) {
  std::string csv = "\xEF\xBB\xBF";  // spreadsheets take it for UTF-8 by this
  AppendCsvRow(table.heading, csv);
  for (const auto& row : table.rows) AppendCsvRow(row, csv);
  return csv;
}

std::string ToHtml(const FormTable& table, ProvisionForm form) {
  return ToHtml(table, LanguageOf(form));
}

std::string ToHtml(const FormTable& table, std::string_view language) {
  std::string html = "<!DOCTYPE html>\n<html lang=\"" + std::string(language) + "\">\n";
  html += "<head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" ";
  html += "content=\"default-src 'none'; style-src 'unsafe-inline'\">";
  html += "<title>" + Escaped(table.title) + "</title><style>" + std::string(kStyle);
  html += "</style></head>\n<body>\n<h1>" + Escaped(table.title) + "</h1>\n<p>";
  html += Escaped(table.operator_line) + "</p>\n<table>\n<thead>\n" + HtmlRow(table.heading, "th");
  html += "</thead>\n<tbody>\n";
  for (const auto& row : table.rows) html += HtmlRow(row, "td");
  return html + "</tbody>\n</table>\n</body>\n</html>\n";
}

}  // namespace noren::cli
