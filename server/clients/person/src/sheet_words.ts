// The words of the recovery sheet, for people at a counter: short sentences, no technical term
// without its plain meaning.
// SPDX-License-Identifier: Apache-2.0

export type SheetLanguage = "ko" | "ja" | "en";

export interface SheetWords {
  title: string;
  lead: string;
  person: string;
  portal: string;
  made: string;
  whyTitle: string;
  why: string[];
  keepTitle: string;
  keep: string[];
  useTitle: string;
  use: string[];
  mainCode: string;
  mainCodeMeaning: string;
  ageCode: string;
  ageCodeMeaning: string;
  checkTitle: string;
  check: string;
  lostTitle: string;
  lost: string[];
  fold: string;
}

export const sheetWords: Record<SheetLanguage, SheetWords> = {
  ko: {
    title: "복구 용지",
    lead: "이 종이는 귀하의 서류를 여는 열쇠입니다. 통장처럼 보관하세요.",
    person: "이름 또는 표시",
    portal: "창구·포털",
    made: "만든 날",
    whyTitle: "왜 필요한가요?",
    why: [
      "이력서와 연락처는 귀하만 열 수 있게 잠겨 있습니다. 서비스 운영자도 열 수 없습니다.",
      "휴대전화나 컴퓨터를 바꾸거나 잃어버리면, 이 종이로만 다시 열 수 있습니다.",
    ],
    keepTitle: "보관하는 법",
    keep: [
      "이 종이를 가진 사람은 귀하의 서류를 읽고 귀하의 이름으로 동의할 수 있습니다.",
      "사진을 찍거나, 복사하거나, 메신저로 보내지 마세요. 접어서 봉투에 넣어 두세요.",
    ],
    useTitle: "다시 쓰는 법",
    use: [
      "창구나 새 기기의 화면에서 ‘복구’를 고릅니다.",
      "카메라에 ① 코드를 비춥니다. 카메라가 없으면 코드 옆의 글자를 그대로 입력합니다.",
      "‘확인 글자’가 화면과 같은지 보세요. 끝나면 종이를 꼭 돌려받으세요.",
    ],
    mainCode: "① 복구 코드",
    mainCodeMeaning: "모든 것을 되살립니다: 서류 열기와 동의 서명.",
    ageCode: "② 서류 전용 코드",
    ageCodeMeaning: "이 서비스가 없어져도 ‘age’ 프로그램으로 서류를 열 수 있습니다.",
    checkTitle: "확인 글자",
    check: "비밀이 아닙니다. 화면의 글자와 맞추어 보세요.",
    lostTitle: "잃어버렸다면",
    lost: [
      "동의 철회와 거절은 이 종이 없이도 창구에서 바로 할 수 있습니다.",
      "창구에 알리고, 새 열쇠로 다시 등록하고 서류를 새로 올리세요. 예전 서류는 파기를 요청할 수 있습니다.",
    ],
    fold: "이 선을 안으로 접으면 코드가 보이지 않습니다",
  },
  ja: {
    title: "復旧シート",
    lead: "この紙は、あなたの書類を開く鍵です。通帳と同じように保管してください。",
    person: "お名前・目印",
    portal: "窓口・ポータル",
    made: "作成日",
    whyTitle: "なぜ必要ですか",
    why: [
      "履歴書と連絡先は、あなただけが開けるように鍵がかかっています。サービスの運営者にも開けません。",
      "スマートフォンやパソコンを替えたり失くしたりしたとき、この紙だけが鍵になります。",
    ],
    keepTitle: "保管のしかた",
    keep: [
      "この紙を持つ人は、あなたの書類を読み、あなたの名で同意できます。",
      "写真を撮る、コピーする、メッセージで送ることはしないでください。折って封筒に入れてください。",
    ],
    useTitle: "使いかた",
    use: [
      "窓口または新しい機器の画面で「復旧」を選びます。",
      "カメラに ① のコードをかざします。カメラがなければ、コードの横の文字をそのまま入力します。",
      "「確認の文字」が画面と同じか見てください。終わったら、紙を必ず受け取ってください。",
    ],
    mainCode: "① 復旧コード",
    mainCodeMeaning: "すべてを元に戻します：書類を開くことと、同意の署名。",
    ageCode: "② 書類専用コード",
    ageCodeMeaning: "このサービスがなくなっても、「age」というプログラムで書類を開けます。",
    checkTitle: "確認の文字",
    check: "秘密ではありません。画面の文字と見比べてください。",
    lostTitle: "失くしたとき",
    lost: [
      "同意の撤回と拒否は、この紙がなくても窓口ですぐにできます。",
      "窓口に知らせ、新しい鍵で登録し直し、書類を出し直してください。前の書類は破棄を求められます。",
    ],
    fold: "この線で内側に折ると、コードは見えません",
  },
  en: {
    title: "Recovery sheet",
    lead: "This paper is the key to your documents. Keep it like a bank book.",
    person: "Name or mark",
    portal: "Counter or portal",
    made: "Made on",
    whyTitle: "Why do I need it?",
    why: [
      "Your résumé and contact details are locked so that only you can open them. Not even the operator of the service can.",
      "If you change or lose your phone or computer, only this paper opens them again.",
    ],
    keepTitle: "How to keep it",
    keep: [
      "Whoever holds this paper can read your documents and consent in your name.",
      "Do not photograph it, copy it or send it in a message. Fold it and keep it in an envelope.",
    ],
    useTitle: "How to use it",
    use: [
      "Choose “Recover” at the counter or on your new device.",
      "Hold code ① to the camera. Without a camera, type the letters beside the code.",
      "See that the “check letters” are those on the screen. Take the paper back afterwards.",
    ],
    mainCode: "① Recovery code",
    mainCodeMeaning: "Brings everything back: opening documents and signing consents.",
    ageCode: "② Documents only",
    ageCodeMeaning: "Opens your documents with the program “age”, even when this service is gone.",
    checkTitle: "Check letters",
    check: "Not secret. Compare them with the screen.",
    lostTitle: "If you lose it",
    lost: [
      "You can withdraw or refuse at the counter at once, without this paper.",
      "Tell the counter, register again with a new key and hand your documents in again. You may ask for the old ones to be destroyed.",
    ],
    fold: "Fold inwards along this line and the codes are hidden",
  },
};
