// "And others": a consent names who receives. A recipient's name or a notice that leaves the list
// of recipients open, in Korean, Japanese or English, is refused before anything is signed.
// SPDX-License-Identifier: Apache-2.0
import { NorenFailure } from "./failure.js";

const koParticle = "(?=$|[\\s,.)\\]'\"에의으을를이가과와은는도로])";
const koParties = "(?:회사|업체|기업|기관|법인|제휴사|계열사|협력사|관계사|자회사|제\\s*3\\s*자)";
const jaParties = "(?:会社|企業|機関|法人|第三者|提携先|関係会社|グループ会社|子会社|取引先)";
const enParties =
  "(?:compan(?:y|ies)|recipients?|part(?:y|ies)|partners?|affiliates?|subsidiar(?:y|ies)" +
  "|organi[sz]ations?|employers?|firms?|entit(?:y|ies)|clients?)";

/** Openings that leave the recipients of a notice unnamed. */
const inNotices = [
  `\\band others\\b|\\band\\s+(?:any\\s+|its\\s+|their\\s+)?other\\s+(?:\\w+\\s+)?${enParties}\\b`,
  `\\b${enParties}\\s*,?\\s*(?:etc\\b|et al\\b|among others|and so on)`,
  `${koParties}\\s*등${koParticle}|그\\s*(?:밖의|외의?)\\s*(?:\\S+\\s+)?${koParties}`,
  `기타\\s*(?:제휴사|계열사|협력사|관계사|자회사|제\\s*3\\s*자)`,
  `(?<![해국교시])외\\s*[0-9]+\\s*(?:개\\s*)?(?:사|곳|업체|기관|회사)`,
  `${jaParties}(?:等|など|ほか|他)|(?:その他|そのほか|ほか)の?${jaParties}`,
  `(?:ほか|他)\\s*[0-9一二三四五六七八九十数]+\\s*(?:社|機関|法人|名)`,
];

/** What may not follow a recipient's own name. */
const afterNames = [
  `\\s*(?:,|，|、)?\\s*(?:and others|et al\\b|etc\\b|among others|and (?:its |their )?(?:\\w+ )?` +
    `(?:partners|affiliates|subsidiaries))`,
  `\\s*(?:등|외)${koParticle}|\\s*및\\s*(?:그\\s*)?(?:${koParties})`,
  `\\s*(?:等|など|ほか|その他|及びその|およびその)`,
];

const find = (patterns: string[], prefix = ""): RegExp =>
  new RegExp(patterns.map((pattern) => `(?:${prefix}(?:${pattern}))`).join("|"), "iu");

const noticeRegExp = find(inNotices);
const tailRegExp = find(
  afterNames.map((pattern) => `(?:${pattern})\\s*[.)\\]]?$`),
  "\\S",
);

/**
 *   recipientName  when given, `text` is a notice in which this name may stand, but not "and
 *                  others" right behind it; when not, `text` is such a name itself
 */
export function checkNotOpenEnded(field: string, text: string, recipientName?: string): void {
  const normal = text.normalize("NFKC");
  const name = recipientName?.normalize("NFKC").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const behind = name === undefined || name === "" ? tailRegExp : find(afterNames, name);
  if (noticeRegExp.test(normal) || behind.test(normal)) {
    throw new NorenFailure("OPEN_ENDED", field, "it leaves open who receives");
  }
}
