// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/notice.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "crypto/base/encoding.h"
#include "crypto/primitives/hash.h"
#include "engine/model/errors.h"
#include "engine/policy/decisions.h"
#include "engine/policy/statement_notice.h"

namespace noren::policy {
namespace {

using Values = std::vector<std::pair<std::string_view, std::string>>;

constexpr std::size_t kMaxRecipientSizeBytes = 200;

// One pass over the template: what is put in is never looked at again, so that a recipient called
// "{items}" stays text.
std::string Fill(std::string_view text, const Values& values) {
  std::string filled;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    filled += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = text.find('}', open);
    const std::string_view name = text.substr(open + 1, close - open - 1);
    const auto value = std::ranges::find(values, name, &Values::value_type::first);
    if (value != values.end()) filled += value->second;
    text.remove_prefix(close == std::string_view::npos ? text.size() : close + 1);
  }
  return filled;
}

std::string_view Comma(model::Language language) {
  return language == model::Language::kJapanese ? "\xE3\x80\x81" : ", ";
}

std::string WithRefusal(const Policy& policy, model::Language language, std::string body) {
  return std::move(body) + "\n\n" + policy.notices.refusal.In(language) + "\n";
}

// The last line: what the person can compare with what is published.
std::string PublicNoticeLine(model::Language language, const Hash256& digest) {
  if (digest == Hash256{}) return "";
  std::string_view name = "Public notice";
  if (language == model::Language::kKorean) name = "개인정보 처리방침";
  if (language == model::Language::kJapanese) name = "公表している方針";
  return std::string(name) + ": sha256:" + HexEncode(digest) + "\n";
}

struct Headings {
  std::string_view title, items, required, optional, purposes, days, recipients, processors,
      forbidden, clauses, contact, invented;
};

// The words around the policy's own texts on the public page.
Headings HeadingsIn(model::Language language) {
  switch (language) {
    case model::Language::kKorean:
      return {"개인정보 처리 방침",
              "수집 항목",
              "필수",
              "선택",
              "이용 목적",
              "일",
              "제공받는 자",
              "처리 위탁",
              "수집하지 않는 항목",
              "조항",
              "문의",
              "이 방침은 예시로 지어낸 것이며 실제 운영자의 것이 아닙니다."};
    case model::Language::kJapanese:
      return {"個人情報の取扱い",
              "取得する項目",
              "必須",
              "任意",
              "利用目的",
              "日",
              "提供先",
              "委託先",
              "取得しない項目",
              "条項",
              "問い合わせ",
              "この方針は例として作ったもので、実在の運営者のものではありません。"};
    case model::Language::kEnglish:
      break;
  }
  return {"How personal information is handled",
          "Items collected",
          "required",
          "optional",
          "Purposes",
          "days",
          "Recipients",
          "Processors",
          "Never collected",
          "Clauses",
          "Contact",
          "This policy is an invented example; no real operator stands behind it."};
}

// Who holds the keys to a person's items, in words; by model::kCustodies.
struct CustodyWords {
  std::string_view heading;
  std::array<std::string_view, model::kCustodies.size()> lines;
};
CustodyWords CustodyWordsIn(model::Language language) {
  switch (language) {
    case model::Language::kKorean:
      return {"열쇠의 보관",
              {"운영자가 항목을 암호화하여 보관하며 열 수 있습니다",
               "본인만 열 수 있습니다. 운영자에게는 여는 열쇠가 없습니다"}};
    case model::Language::kJapanese:
      return {"鍵の保管",
              {"運営者が項目を暗号化して保管し、開くことができます",
               "本人だけが開けます。運営者は開く鍵を持ちません"}};
    case model::Language::kEnglish:
      break;
  }
  return {"Who holds the keys",
          {"The operator encrypts the items and can open them",
           "Only the person can open the items; the operator has no key that does"}};
}

void Section(std::string& page, std::string_view heading) {
  page += "\n## " + std::string(heading) + "\n";
}
void Line(std::string& page, const std::string& text) { page += "- " + text + "\n"; }

std::string LabelsOf(const Policy& policy, model::Language language,
                     std::span<const model::ItemKind> items) {
  std::string labels;
  for (const model::ItemKind kind : items) {
    const ItemRule* item = policy.FindItem(kind);
    if (item == nullptr) continue;
    if (!labels.empty()) labels += Comma(language);
    labels += item->label.In(language);
  }
  return labels;
}

}  // namespace

StatusOr<std::string> RenderReleaseNotice(const Policy& policy, model::Language language,
                                          const ReleaseNotice& notice) {
  if (notice.recipient.empty() || notice.recipient.size() > kMaxRecipientSizeBytes) {
    return model::MakeFieldError(model::ErrorCode::kBadRequest, "recipient");
  }
  const ConsentTerms terms = {notice.purpose, notice.items, 1, notice.retention_days};
  NOREN_RETURN_IF_ERROR(ToStatus(MayGrantConsent(policy, terms)));
  const Values values = {
      {"operator", policy.operator_name.In(language)},
      {"recipient", std::string(notice.recipient)},
      {"purpose", policy.FindPurpose(notice.purpose)->label.In(language)},
      {"items", LabelsOf(policy, language, notice.items)},
      {"days", std::to_string(notice.retention_days)},
      {"policy", policy.VersionText()},
  };
  return WithRefusal(policy, language, Fill(policy.notices.release.In(language), values)) +
         PublicNoticeLine(language, notice.public_notice);
}

StatusOr<std::string> RenderDiscoverabilityNotice(const Policy& policy, model::Language language,
                                                  std::string_view recipient_class) {
  NOREN_RETURN_IF_ERROR(ToStatus(MayBeDiscoverableTo(policy, recipient_class)));
  const Values values = {
      {"operator", policy.operator_name.In(language)},
      {"recipient", policy.FindRecipientClass(recipient_class)->label.In(language)},
      {"k", std::to_string(policy.cards.k)},
      {"policy", policy.VersionText()},
  };
  return WithRefusal(policy, language, Fill(policy.notices.discoverability.In(language), values));
}

Hash256 NoticeDigest(std::string_view rendered) { return primitives::Sha256(AsBytes(rendered)); }

Hash256 PublicNoticeDigest(const Policy& policy) {
  if (policy.statement == nullptr) return {};
  const StatusOr<std::string> page = RenderStatement(policy, policy.statement->language);
  return page.ok() ? NoticeDigest(*page) : Hash256{};
}

std::string RenderPublicNotice(const Policy& policy, model::Language language) {
  const Headings words = HeadingsIn(language);
  std::string page = "# " + policy.operator_name.In(language) + ": " + std::string(words.title) +
                     "\n" + policy.VersionText() + ", " + model::ToIso(policy.effective_from) +
                     "\n";
  if (policy.invented) page += std::string(words.invented) + "\n";
  Section(page, words.items);
  for (const ItemRule& item : policy.items) {
    const bool required = item.collection == Collection::kRequired;
    Line(page, item.label.In(language) + " (" +
                   std::string(required ? words.required : words.optional) + ")");
  }
  if (policy.custody.is_stated) {
    const CustodyWords custody = CustodyWordsIn(language);
    Section(page, custody.heading);
    for (std::size_t i = 0; i < custody.lines.size(); ++i) {
      if (policy.custody.allowed[i]) Line(page, std::string(custody.lines[i]));
    }
  }
  Section(page, words.purposes);
  for (const PurposeRule& rule : policy.purposes) {
    Line(page, rule.label.In(language) + ": " + LabelsOf(policy, language, rule.items) + " (" +
                   std::to_string(rule.max_consent_days) + " " + std::string(words.days) + ")");
  }
  Section(page, words.recipients);
  for (const RecipientClass& one : policy.recipient_classes) Line(page, one.label.In(language));
  Section(page, words.processors);
  for (const Processor& one : policy.processors) {
    Line(page, one.name + " (" + one.country + "): " + one.task.In(language));
  }
  Section(page, words.forbidden);
  for (const ForbiddenField& field : policy.forbidden) Line(page, field.rule.In(language));
  Section(page, words.clauses);
  for (const Clause& clause : policy.clauses)
    Line(page, clause.id + ": " + clause.text.In(language));
  Section(page, words.contact);
  Line(page, policy.operator_contact);
  page += "\n" + policy.notices.refusal.In(language) + "\n";
  return page;
}

}  // namespace noren::policy
