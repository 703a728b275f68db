// SPDX-License-Identifier: Apache-2.0
#include "server/cli/person_words.h"

#include <algorithm>
#include <array>
#include <span>

#include "server/cli/console.h"

namespace noren::cli {
namespace {

struct Words {
  std::string_view en, ko, ja;
};

std::string_view In(const Words& words, model::Language language) {
  switch (language) {
    case model::Language::kKorean:
      return words.ko;
    case model::Language::kJapanese:
      return words.ja;
    case model::Language::kEnglish:
      return words.en;
  }
  return words.en;
}

struct Phrased {
  Phrase phrase;
  Words words;
};

constexpr std::array<Phrased, 32> kPhrases = {{
    {Phrase::kAnswerBy, {"answer by", "답변 기한", "回答期限"}},
    {Phrase::kApplicant,
     {"saw your application: a reference, the kinds of your documents and a score; "
      "no name, no document",
      "귀하의 지원을 보았습니다: 참조 번호, 서류 종류, 점수. 이름과 서류는 "
      "포함되지 않았습니다",
      "あなたの応募を見ました：参照番号、書類の種類、点数。氏名と書類は"
      "含まれていません"}},
    {Phrase::kBlocked,
     {"Employers that may not ask you: {}", "귀하를 초대할 수 없는 고용주: {}곳",
      "あなたを招待できない雇用主：{}社"}},
    {Phrase::kCard,
     {"saw a card that stands for at least {} people; you are one of them, and it does not "
      "say who",
      "최소 {}명을 묶은 카드를 보았습니다. 귀하도 그중 한 명이지만 카드로는 누구인지 알 수 "
      "없습니다",
      "{}人以上をまとめたカードを見ました。あなたもその一人ですが、カードからは誰かは"
      "分かりません"}},
    {Phrase::kCardSays, {"the card said: ", "카드 내용: ", "カードの内容："}},
    {Phrase::kCollected,
     {"received your documents, to which you had consented: {}",
      "귀하가 동의한 서류 {}건을 받았습니다", "あなたが同意した書類{}件を受け取りました"}},
    {Phrase::kExplanation,
     {"saw how the score of your application comes about",
      "귀하의 지원 점수가 어떻게 나왔는지 보았습니다", "あなたの応募の点数の内訳を見ました"}},
    {Phrase::kExported,
     {"What is held of you is in ", "보관 중인 귀하의 기록: ", "保管されているあなたの記録："}},
    {Phrase::kFirstOnly,
     {"Only the {} newest are listed; there are older ones.",
      "최근 {}건만 표시했습니다. 더 오래된 기록이 있습니다.",
      "新しい{}件だけを示しました。さらに古い記録があります。"}},
    {Phrase::kFor, {"for: ", "채용 공고: ", "求人："}},
    {Phrase::kHiddenByYou,
     {"You are not shown to companies.", "귀하는 기업에 표시되지 않습니다.",
      "あなたは企業に表示されません。"}},
    {Phrase::kInvitations, {"Invitations", "초대", "招待"}},
    {Phrase::kItems, {"Your documents", "귀하의 서류", "あなたの書類"}},
    {Phrase::kLikeOthers,
     {"Companies see a card that you share with at least {} others.",
      "기업은 귀하를 포함해 최소 {}명이 더 있는 카드만 봅니다.",
      "企業が見るのは、あなたのほかに少なくとも{}人をまとめたカードだけです。"}},
    {Phrase::kMoreAt,
     {"Who saw what of you: noren person exposures", "누가 무엇을 보았는지: noren person exposures",
      "誰が何を見たか：noren person exposures"}},
    {Phrase::kNobody,
     {"Nobody has seen anything of you yet.", "아직 아무도 귀하의 정보를 보지 않았습니다.",
      "まだ誰もあなたの情報を見ていません。"}},
    {Phrase::kNoInvitations,
     {"You have no invitations.", "초대가 없습니다.", "招待はありません。"}},
    {Phrase::kNoItems,
     {"No documents of yours are held.", "보관 중인 서류가 없습니다.",
      "保管されている書類はありません。"}},
    {Phrase::kOnNoCard,
     {"You may be shown to companies, but too few people are like you: you are on no card.",
      "기업에 표시될 수 있으나 비슷한 사람이 너무 적어 어떤 카드에도 포함되지 않았습니다.",
      "企業に表示できますが、似た人が少なすぎるため、どのカードにも含まれていません。"}},
    {Phrase::kOpened,
     {"opened a document to which you had consented", "귀하가 동의한 서류를 열었습니다",
      "あなたが同意した書類を開きました"}},
    {Phrase::kOwnItem,
     {"fetched a document of yours for you", "귀하를 위해 귀하의 서류를 가져왔습니다",
      "あなたのためにあなたの書類を取り出しました"}},
    {Phrase::kProofs,
     {"Proofs that your acts are in the log: {}", "귀하의 행위가 기록되었다는 증명: {}건",
      "あなたの行為が記録されている証明：{}件"}},
    {Phrase::kRanking,
     {"saw you in a list of {}: your number at this portal and a score",
      "{}명의 목록에서 귀하를 보았습니다: 이 포털의 번호와 점수",
      "{}人のリストであなたを見ました：このポータルでの番号と点数"}},
    {Phrase::kReencrypt,
     {"to be encrypted anew by you", "다시 암호화해 주세요", "暗号化し直してください"}},
    {Phrase::kRequest,
     {"saw that you asked to be erased", "귀하가 삭제를 요청한 것을 보았습니다",
      "あなたが消去を求めたことを見ました"}},
    {Phrase::kRewrap,
     {"has new keys; your consent must be renewed for them: ",
      "의 키가 바뀌었습니다. 동의를 새 키로 갱신해 주세요: ",
      "の鍵が変わりました。新しい鍵で同意を更新してください："}},
    {Phrase::kScope,
     {"This is about your record at this portal. Portals are not told of one another: if "
      "you are registered elsewhere too, ask there as well.",
      "이 포털에 있는 귀하의 기록에 관한 내용입니다. 포털끼리는 서로의 등록을 알 수 "
      "없습니다. 다른 곳에도 등록하셨다면 그곳에서도 조회하세요.",
      "このポータルにあるあなたの記録についての内容です。ポータル同士は互いの登録を"
      "知りません。ほかにも登録している場合は、そちらでも照会してください。"}},
    {Phrase::kSomething,
     {"saw something of you: ", "귀하의 정보를 보았습니다: ", "あなたの情報を見ました："}},
    {Phrase::kStated, {"stated: ", "밝힌 사유: ", "申告された理由："}},
    {Phrase::kUsed,
     {"opened your documents: {}", "귀하의 서류 {}건을 열람했습니다",
      "あなたの書類{}件を開きました"}},
    {Phrase::kVerify,
     {"Check all of it without the service: noren person verify ",
      "서비스 없이 모두 확인: noren person verify ",
      "サービスなしで全体を確認：noren person verify "}},
    {Phrase::kWhy, {"why: ", "이유: ", "理由："}},
}};

Words WordsOf(Phrase phrase) {
  const auto found = std::find_if(kPhrases.begin(), kPhrases.end(),
                                  [phrase](const Phrased& one) { return one.phrase == phrase; });
  return found == kPhrases.end() ? Words{} : found->words;
}

struct Named {
  std::string_view name;
  Words words;
};

constexpr std::array<Named, 4> kReasons = {{
    {"to choose whom to invite",
     {"to choose whom to invite", "초대할 사람을 고르기 위해", "招待する人を選ぶため"}},
    {"to carry out an erasure",
     {"to carry out an erasure", "삭제를 처리하기 위해", "消去を行うため"}},
    {"to judge an application",
     {"to judge an application", "지원을 심사하기 위해", "応募を審査するため"}},
    {"to find candidates for a posting",
     {"to find candidates for a posting", "공고에 맞는 사람을 찾기 위해",
      "求人に合う人を探すため"}},
}};

constexpr std::array<Named, 5> kRoles = {{
    {"company", {"company", "기업", "企業"}},
    {"handler", {"handler of the operator", "운영자의 취급자", "運営者の取扱者"}},
    {"officer", {"officer of the operator", "운영자의 담당자", "運営者の担当者"}},
    {"portal", {"portal", "포털", "ポータル"}},
    {"system", {"the service itself", "서비스 자체", "サービス自体"}},
}};

constexpr std::array<Named, 7> kStates = {{
    {"damaged",
     {"damaged: nothing is done by it", "손상됨: 아무 처리도 하지 않음", "破損：何も行われません"}},
    {"expired", {"expired", "기한 지남", "期限切れ"}},
    {"granted", {"you agreed", "동의함", "同意済み"}},
    {"refused", {"you declined", "거절함", "辞退済み"}},
    {"requested", {"waits for your answer", "답변 대기", "回答待ち"}},
    {"superseded", {"replaced by a later one", "새 초대로 바뀜", "後のものに置き換え"}},
    {"withdrawn", {"you withdrew", "철회함", "撤回済み"}},
}};

constexpr std::array<Named, 4> kFields = {{
    {"education", {"education", "학력", "学歴"}},
    {"experience_months", {"months of experience", "경력(개월)", "経験（月）"}},
    {"occupation", {"occupation", "직업", "職業"}},
    {"region", {"region", "지역", "地域"}},
}};

constexpr std::array<Named, 2> kCustodies = {{
    {"operator",
     {"Your documents are encrypted with keys of the operator.",
      "귀하의 서류는 운영자의 키로 암호화되어 있습니다.",
      "あなたの書類は運営者の鍵で暗号化されています。"}},
    {"person",
     {"Your documents are encrypted with your own key; nobody here can open them.",
      "귀하의 서류는 귀하의 키로 암호화되어 있어 이곳에서는 아무도 열 수 없습니다.",
      "あなたの書類はあなた自身の鍵で暗号化されており、ここでは誰も開けません。"}},
}};

// The words for a name; nothing for a name that is not listed.
std::optional<std::string_view> Find(std::span<const Named> list, std::string_view name,
                                     model::Language language) {
  const auto found =
      std::find_if(list.begin(), list.end(), [name](const Named& one) { return one.name == name; });
  if (found == list.end()) return std::nullopt;
  return In(found->words, language);
}

// "noren person" knows the forms by their first word.
std::string_view FirstWord(std::string_view text) { return text.substr(0, text.find(' ')); }

// The number in the place of "{}".
std::string Filled(std::string_view text, std::int64_t number) {
  std::string filled(text);
  const std::size_t place = filled.find("{}");
  if (place != std::string::npos) filled.replace(place, 2, std::to_string(number));
  return filled;
}

}  // namespace

std::optional<model::Language> FindLanguage(std::string_view name) {
  if (name == "ko") return model::Language::kKorean;
  if (name == "ja") return model::Language::kJapanese;
  if (name == "en") return model::Language::kEnglish;
  return std::nullopt;
}

model::Language LanguageOrEnglish(std::string_view name) {
  return FindLanguage(name).value_or(model::Language::kEnglish);
}

std::string PersonWords::Say(Phrase phrase, std::int64_t number) const {
  return Filled(In(WordsOf(phrase), language_), number);
}

std::string PersonWords::Viewer(const wire::DisclosureRecord& shown) const {
  const std::size_t colon = shown.who.find(':');
  const std::string role = shown.who.substr(0, colon);
  const std::string name = colon == std::string::npos ? "" : shown.who.substr(colon + 1);
  const std::string in_words(Find(kRoles, role, language_).value_or(role));
  if (shown.viewer_name.empty()) return SafeForTerminal(name + " (" + in_words + ")");
  return SafeForTerminal(shown.viewer_name + " (" + in_words + ", " + name + ")");
}

std::string PersonWords::Shown(const wire::DisclosureRecord& shown) const {
  const std::string_view form = FirstWord(shown.form);
  if (form == "card") return Say(Phrase::kCard, shown.people);
  if (form == "ranking") return Say(Phrase::kRanking, shown.people);
  if (form == "applicant") return Say(Phrase::kApplicant);
  if (form == "explanation") return Say(Phrase::kExplanation);
  if (form == "erasure-request") return Say(Phrase::kRequest);
  // Records of layout 1 have no form; what was done says it.
  if (shown.what == "collect_release") return Say(Phrase::kCollected, std::ssize(shown.items));
  if (shown.what == "use_items") return Say(Phrase::kUsed, std::ssize(shown.items));
  if (shown.what == "read_released_item") return Say(Phrase::kOpened);
  if (shown.what == "read_own_item") return Say(Phrase::kOwnItem);
  if (shown.what == "list_candidates") return Say(Phrase::kApplicant);
  return Say(Phrase::kSomething) + SafeForTerminal(shown.what);
}

std::string PersonWords::Value(std::string_view name, std::string_view value) const {
  const std::string label(Find(kFields, name, language_).value_or(name));
  const auto kind = model::FindCodeKind(name);
  const model::DictionaryEntry* const entry =
      dictionary_ != nullptr && kind ? dictionary_->FindCode(*kind, value) : nullptr;
  const std::string code = SafeForTerminal(value);
  if (entry == nullptr) return SafeForTerminal(label) + " " + code;
  return label + " " + SafeForTerminal(entry->Label(language_)) + " (" + code + ")";
}

std::string PersonWords::Card(const wire::DisclosureRecord& shown) const {
  std::string_view rest = shown.form;
  if (FirstWord(rest) != "card") return "";
  std::string text;
  while (rest.find(' ') != std::string_view::npos) {
    rest.remove_prefix(rest.find(' ') + 1);
    const std::string_view pair = FirstWord(rest);
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    text += (text.empty() ? "" : ", ") + Value(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return text;
}

std::string PersonWords::Reason(std::string_view reason) const {
  if (reason.empty()) return "";
  const auto known = Find(kReasons, reason, language_);
  if (known) return std::string(*known);
  return Say(Phrase::kStated) + SafeForTerminal(reason);
}

std::string PersonWords::State(std::string_view state) const {
  const auto known = Find(kStates, state, language_);
  return known ? std::string(*known) : SafeForTerminal(state);
}

std::string PersonWords::Custody(std::string_view custody) const {
  return std::string(Find(kCustodies, custody, language_).value_or(""));
}

}  // namespace noren::cli
