// SPDX-License-Identifier: Apache-2.0
#include "engine/personal_data/outbox.h"

#include <initializer_list>

namespace noren::personal_data {
namespace {

struct ActWords {
  std::string_view act, ko, ja, en;
};
constexpr ActWords kActWords[] = {
    {"discoverable", "프로필 공개 동의", "プロフィール公開への同意", "being shown to companies"},
    {"answer", "제공 요청에 대한 응답", "提供の依頼への回答", "your answer to a company's request"},
    {"withdraw", "동의 철회", "同意の撤回", "withdrawing your consent"},
    {"erase", "정보 삭제 요청", "情報の消去の請求", "asking for erasure"},
    {"read", "내 기록 열람", "自分の記録の閲覧", "reading your own record"},
    {"right", "개인정보에 관한 권리 행사", "個人情報に関する請求", "a request about your own data"},
};

const ActWords& WordsOf(std::string_view act_name) {
  for (const ActWords& words : kActWords) {
    if (words.act == act_name) return words;
  }
  static constexpr ActWords kUnnamed = {"", "요청", "お手続き", "your request"};
  return kUnnamed;
}

std::string Join(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

}  // namespace

std::string_view MessageKindName(MessageKind kind) {
  switch (kind) {
    case MessageKind::kOneTimeCode:
      return "one_time_code";
    case MessageKind::kInvitation:
      return "invitation";
    case MessageKind::kDestruction:
      return "destruction";
  }
  return "";
}

std::string OneTimeCodeText(std::string_view language, std::string_view code,
                            std::string_view act_name) {
  const ActWords& words = WordsOf(act_name);
  if (language == "ko") {
    return Join({"인증 코드 ", code, " (", words.ko,
                 "). 10분 동안 유효합니다. 직접 요청하지 않았다면 아무에게도 알려 주지 마세요."});
  }
  if (language == "ja") {
    return Join({"認証コード ", code, "（", words.ja,
                 "）。10分間有効です。心当たりがない場合は、誰にも教えないでください。"});
  }
  return Join({"Your code is ", code, " (", words.en,
               "). It is good for 10 minutes. If you did not ask for it, give it to nobody."});
}

}  // namespace noren::personal_data
