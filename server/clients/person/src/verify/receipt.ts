// A destruction receipt: whose signature, and whether it is this person's.
// Source:   docs/formats/receipt.md
// SPDX-License-Identifier: Apache-2.0
import {
  bytesToHex,
  concatBytes,
  encodeField,
  parseHex,
  sha256Hex,
} from "../bytes.js";
import type { JsonValue } from "../canonical_json.js";
import { Report } from "./report.js";
import {
  hasShape,
  isCount,
  isHash,
  isId,
  isOneOf,
  isText,
  openSigned,
  type MemberCheck,
} from "./signed_json.js";

const isSortedList = (value: JsonValue): boolean =>
  Array.isArray(value) &&
  value.length <= 64 &&
  value.every((name, i) => typeof name === "string" && (i === 0 || String(value[i - 1]) <= name));

const members: Record<string, MemberCheck> = {
  audit_sequence: isCount,
  destroyed_at: isCount,
  erasure_claim: isOneOf("device", "backups-only"),
  handle_commitment: isHash,
  key_tree_after: isCount,
  key_tree_before: isCount,
  noren: isText(64),
  policy_version: isText(128),
  receipt: isId("receipt"),
  what: isSortedList,
};

const idBytes = (text: string): Uint8Array => parseHex(text.slice(-32), 16) ?? new Uint8Array(16);

/** What hides a handle in a receipt. */
export function handleCommitment(receipt: string, handle: string): string {
  const label = encodeField("noren/handle-commitment/1");
  return sha256Hex(concatBytes(label, idBytes(receipt), idBytes(handle)));
}

/**
 *   handle  `seeker-...`: whoever knows it can check that the receipt is theirs
 */
export function verifyReceipt(
  text: string,
  signature: Uint8Array,
  expectations: { receiptKey: Uint8Array; handle?: string },
): Report {
  const report = new Report();
  const signer = { key: expectations.receiptKey, kind: "receipt/1" };
  const receipt = openSigned(text, signature, signer, report);
  if (receipt === null) return report;
  if (!hasShape(receipt, members)) {
    report.found("MALFORMED", "not the members of a receipt");
    return report;
  }
  if (Number(receipt["key_tree_after"]) <= Number(receipt["key_tree_before"])) {
    report.found("MALFORMED", "the key tree's generation does not rise");
    return report;
  }
  report.passed("members of a receipt", Object.keys(members).length);
  report.lastSequence = BigInt(Number(receipt["audit_sequence"]));
  if (receipt["erasure_claim"] === "backups-only") {
    report.notes.push("older images of the data's own device are not covered by this receipt");
  }
  if (expectations.handle === undefined) {
    report.notes.push("no handle was given: whose receipt it is was not checked");
  } else if (
    !isId("seeker")(expectations.handle) ||
    handleCommitment(String(receipt["receipt"]), expectations.handle) !==
      receipt["handle_commitment"]
  ) {
    report.found("OPENING_MISMATCH", "the receipt is of another person than the handle");
  } else {
    report.passed("receipt of this handle");
  }
  return report;
}

/** The file that `noren erasure destroy` writes, or text and signature on two lines; or null. */
export function parseReceiptFile(
  file: string,
): { text: string; signature: Uint8Array } | null {
  const lines = file.replace(/\n$/, "").split("\n");
  const hex = (value: unknown) => (typeof value === "string" ? parseHex(value, 64) : null);
  if (lines.length === 2) {
    const signature = hex(lines[1]);
    return signature === null ? null : { text: lines[0] ?? "", signature };
  }
  if (lines.length !== 1) return null;
  try {
    const value = JSON.parse(lines[0] ?? "") as { receipt?: unknown; signature?: unknown };
    const signature = hex(value.signature);
    const canonical =
      JSON.stringify({
        receipt: value.receipt,
        signature: signature === null ? "" : bytesToHex(signature),
      }) === lines[0];
    if (typeof value.receipt !== "string" || signature === null || !canonical) return null;
    return { text: value.receipt, signature };
  } catch {
    return null;
  }
}
