// Before signing: a statement that says anything else than what the person was shown is refused.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  AgreedStatement,
  checkNotOpenEnded,
  checkShown,
  companyKeyOf,
  PersonKeys,
  signAct,
  verifyStatement,
  writeCanonical,
  writeStatement,
  type Act,
  type JsonObject,
  type JsonValue,
  type Shown,
  type ShownGrant,
} from "../src/index.js";
import { sha256Hex, utf8ToBytes } from "../src/bytes.js";
import { fails, filled } from "./support.js";

const now = 1767571200;
const handle = "seeker-" + "21".repeat(16);
const keys = PersonKeys.fromRoot(filled(1));
const recipients = [PersonKeys.fromRoot(filled(50)).recipient];
const notice = `노렌은(는) 귀하가 동의하면 다음과 같이 개인정보를 제공합니다.
제공받는 자: 한강케어
이용 목적: 지원자 심사
제공 항목: 이력서, 전자우편
보유 기간: 동의한 날부터 90일. 이후 회사는 사본을 파기해야 합니다.
동의를 거부할 권리가 있습니다. 거부하면 이 회사의 이 공고에 지원되지 않을 뿐, 다른 불이익은 없습니다.`;

const shown: Shown & ShownGrant = {
  handle,
  act: "answer",
  decision: "grant",
  invitation: "invitation-" + "31".repeat(16),
  posting: "posting-" + "33".repeat(16),
  company: "hangang-care",
  recipientName: "한강케어",
  companyRecipients: recipients,
  purpose: "application_screening",
  items: [
    { digest: "51".repeat(32), header_sha256: "61".repeat(32), item: "item-" + "41".repeat(16) },
    { digest: "52".repeat(32), header_sha256: "62".repeat(32), item: "item-" + "42".repeat(16) },
  ],
  expires: now + 30 * 86400,
  retentionDays: 90,
  notice,
  policyVersion: "sample-1",
};
const act: Act = {
  act: "answer",
  decision: "grant",
  invitation: shown.invitation,
  posting: shown.posting,
  company: shown.company,
  company_key: companyKeyOf(recipients),
  purpose: shown.purpose,
  items: [...shown.items],
  expires: shown.expires,
  retention_days: shown.retentionDays,
  notice_sha256: sha256Hex(utf8ToBytes(notice)),
  policy_version: shown.policyVersion,
};
const statement = writeStatement(act, handle, now);

function changed(member: string, value: JsonValue): string {
  return writeCanonical({ ...(JSON.parse(statement) as JsonObject), [member]: value });
}
const other = (text: string): string => text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");

describe("before signing, a grant", () => {
  it("that says what was shown is signed", () => {
    const signed = signAct(checkShown(statement, shown, now), keys);
    verifyStatement(signed.statement, signed.signature, keys.personKey);
  });
  it("with any member another than shown is refused, naming the member", async () => {
    const [first, second] = act.items as unknown as [JsonObject, JsonObject];
    const changes: [string, JsonValue][] = [
      ["handle", other(handle)],
      ["invitation", other(shown.invitation)],
      ["posting", other(shown.posting)],
      ["company", "hangang-cart"],
      ["company_key", other(act.company_key)],
      ["purpose", "interview_contact"],
      ["items", [first]],
      ["items", [first, second, { ...second, item: "item-" + "43".repeat(16) }]],
      ["items", [{ ...first, digest: "53".repeat(32) }, second]],
      ["items", [{ ...first, header_sha256: "63".repeat(32) }, second]],
      ["items", [{ ...first, item: other(String(first["item"])) }, second]],
      ["expires", shown.expires + 1],
      ["retention_days", 91],
      ["notice_sha256", other(act.notice_sha256)],
      ["policy_version", "sample-2"],
    ];
    for (const [member, value] of changes) {
      await fails(() => checkShown(changed(member, value), shown, now), "DIFFERS", member);
    }
    const named = new Set(changes.map(([member]) => member));
    for (const member of Object.keys(JSON.parse(statement) as JsonObject)) {
      const fixed = ["noren", "act", "decision", "at", "nonce"].includes(member);
      assert.ok(fixed || named.has(member), `${member} is tried`);
    }
  });
  it("without the digests of the headers that this client made is refused", async () => {
    const bare = act.items.map(({ digest, item }) => ({ digest, item }));
    await fails(() => checkShown(changed("items", bare), shown, now), "DIFFERS", "items");
  });
  it("wrapped to other recipients than the company key's is refused", async () => {
    const companyRecipients = [PersonKeys.fromRoot(filled(52)).recipient];
    const page = { ...shown, companyRecipients };
    await fails(() => checkShown(statement, page, now), "DIFFERS", "company_key");
  });
  it("whose notice reads differently by one letter is refused", async () => {
    const page = { ...shown, notice: notice.replace("90일", "91일") };
    await fails(() => checkShown(statement, page, now), "DIFFERS", "notice_sha256");
  });
  it("whose notice does not name the recipient is refused", async () => {
    const page = { ...shown, recipientName: "한빛병원" };
    await fails(() => checkShown(statement, page, now), "DIFFERS", "notice");
    await fails(() => checkShown(statement, { ...shown, recipientName: "" }, now), "DIFFERS", "notice");
  });
  it("is not signed when the page was of a refusal, and the other way round", async () => {
    const { invitation } = shown;
    const refusal: Shown = { handle, act: "answer", decision: "refuse", invitation };
    await fails(() => checkShown(statement, refusal, now), "DIFFERS");
    const text = writeStatement({ act: "answer", decision: "refuse", invitation }, handle, now);
    checkShown(text, refusal, now);
    await fails(() => checkShown(text, shown, now), "DIFFERS");
  });
  it("is refused over 600 seconds before or after", async () => {
    checkShown(statement, shown, now + 600);
    checkShown(statement, shown, now - 600);
    await fails(() => checkShown(statement, shown, now + 601), "STALE", "at");
    await fails(() => checkShown(statement, shown, now - 601), "STALE", "at");
  });
});

describe("before signing, every other act", () => {
  const item = shown.items[0] as { digest: string; header_sha256: string; item: string };
  const acts: [Shown, Act, [string, JsonValue]][] = [
    [
      { handle, act: "discoverable", companies_class: "care" },
      { act: "discoverable", companies_class: "care" },
      ["companies_class", "all"],
    ],
    [
      { handle, act: "withdraw", consent: "consent-" + "3".repeat(32) },
      { act: "withdraw", consent: "consent-" + "3".repeat(32) },
      ["consent", "discoverability"],
    ],
    [
      { handle, act: "replace", ...item },
      { act: "replace", ...item },
      ["digest", "0".repeat(64)],
    ],
    [
      {
        handle,
        act: "rewrap",
        company: "hangang-care",
        companyRecipients: recipients,
        consent: "consent-" + "3".repeat(32),
        items: [item],
      },
      {
        act: "rewrap",
        company: "hangang-care",
        company_key: companyKeyOf(recipients),
        consent: "consent-" + "3".repeat(32),
        items: [item],
      },
      ["company_key", "0".repeat(64)],
    ],
    [{ handle, act: "erase" }, { act: "erase" }, ["act", "read"]],
    [{ handle, act: "read" }, { act: "read" }, ["act", "erase"]],
  ];
  it("is signed as shown and refused as soon as one member differs", async () => {
    for (const [page, wanted, [member, value]] of acts) {
      const text = writeStatement(wanted, handle, now);
      signAct(checkShown(text, page, now), keys);
      const lie = writeCanonical({ ...(JSON.parse(text) as JsonObject), [member]: value });
      await fails(() => checkShown(lie, page, now), "DIFFERS", member);
      const stranger = writeStatement(wanted, other(handle), now);
      await fails(() => checkShown(stranger, page, now), "DIFFERS", "handle");
    }
  });
  it("cannot be signed past the comparison", async () => {
    const text = writeStatement({ act: "erase" }, handle, now);
    const forged = { text, statement: JSON.parse(text) } as unknown as AgreedStatement;
    await fails(() => signAct(forged, keys), "MALFORMED");
    const bare = Object.create(AgreedStatement.prototype) as AgreedStatement;
    await fails(() => signAct(bare, keys), "MALFORMED");
    await fails(
      () => new AgreedStatement(Symbol("agreed"), text, forged.statement),
      "MALFORMED",
    );
    const agreed = checkShown(text, { handle, act: "erase" }, now);
    assert.throws(() => {
      (agreed as { text: string }).text = "another";
    }, TypeError);
  });
});

describe("'and others'", () => {
  it("is refused as a recipient in three languages", async () => {
    for (const name of [
      "한강케어 등",
      "한강케어등",
      "한강케어 외",
      "한강케어 외 3개사",
      "한강케어 외 12곳",
      "한강케어 및 그 계열사",
      "한강케어, 기타 제휴사",
      "漢江ケア等",
      "漢江ケアなど",
      "漢江ケア ほか",
      "漢江ケア他３社",
      "漢江ケアその他",
      "Hangang Care and others",
      "Hangang Care et al.",
      "Hangang Care, etc.",
      "Hangang Care and its affiliates",
      "Hangang Care and partners",
    ]) {
      await fails(() => checkNotOpenEnded("recipient", name), "OPEN_ENDED", "recipient");
    }
  });
  it("is refused in a notice in three languages", async () => {
    for (const text of [
      "제공받는 자: 한강케어 등",
      "제공받는 자: 한강케어 등에 제공합니다",
      "제공받는 자: 한강케어, 제휴사 등",
      "제공받는 자: 한강케어 외 2개사",
      "한강케어 및 그 밖의 회사에 제공",
      "提供先：한강케어等",
      "提供先：한강케어、提携先など",
      "提供先：한강케어 ほか三社",
      "提供先：한강케어及びその他の会社",
      "Recipient: 한강케어 and others",
      "Recipient: 한강케어 and other companies",
      "Recipient: 한강케어, our partners, etc.",
    ]) {
      await fails(() => checkNotOpenEnded("notice", text, "한강케어"), "OPEN_ENDED", "notice");
    }
  });
  it("is not found in plain names and in the notices of the sample policy", () => {
    for (const name of [
      "한강케어",
      "등대병원",
      "고등학교 급식",
      "해외 3개 사업본부",
      "외환은행",
      "주식회사 기타공방",
      "平等病院",
      "他力本願寺",
      "Others Hospital",
      "Etcetera Studio",
      "Hangang Care Co., Ltd.",
    ]) {
      checkNotOpenEnded("recipient", name);
    }
    checkNotOpenEnded("notice", notice, "한강케어");
    checkNotOpenEnded("notice", "제공받는 자: 한강케어 등록번호 123", "한강케어");
    const refusal = "Recipient: A. You may refuse. If you do, you do not apply, and nothing else follows.";
    checkNotOpenEnded("notice", refusal, "A");
    checkNotOpenEnded("notice", "提供先：漢江ケア\n拒んだ場合、ほかの不利益はありません。", "漢江ケア");
  });
});
