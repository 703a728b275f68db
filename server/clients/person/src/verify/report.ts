// What an offline verification checked and what it found; sentences as `noren audit verify` has
// them.
// Source:   docs/formats/audit_export.md, proof_bundle.md, cli.md
// SPDX-License-Identifier: Apache-2.0
import { bytesToHex } from "../bytes.js";
import { writeCanonical, type JsonObject } from "../canonical_json.js";

export type Finding =
  | "MALFORMED"
  | "WRONG_LOG"
  | "ENTRY_MALFORMED"
  | "SEQUENCE_GAP"
  | "CHAIN_BROKEN"
  | "ROOT_MISMATCH"
  | "SIGNATURE_INVALID"
  | "TRUNCATED"
  | "INCONSISTENT"
  | "NOT_INCLUDED"
  | "STATEMENT_MISMATCH"
  | "OPENING_MISMATCH"
  | "CONSENT_ROOT_MOVED"
  | "FILE_MISMATCH"; // of a release's folder: another file than the manifest names

export interface FindingAt {
  code: Finding;
  detail: string;
  /** Of the file, from 1. */
  line?: number;
}

export class Report {
  origin = "";
  treeSize: number | null = null;
  lastSequence = 0n;
  lostEntries = 0n;
  root: Uint8Array | null = null;
  readonly checks: { name: string; count: number }[] = [];
  readonly notes: string[] = [];
  readonly findings: FindingAt[] = [];

  get verified(): boolean {
    return this.findings.length === 0 && this.checks.length > 0;
  }
  passed(name: string, count = 1): void {
    this.checks.push({ name, count });
  }
  /** Returns false, so that a check can end with it. */
  found(code: Finding, detail: string, line?: number): false {
    this.findings.push(line === undefined ? { code, detail } : { code, detail, line });
    return false;
  }
  has(code: Finding): boolean {
    return this.findings.some((finding) => finding.code === code);
  }
}

/** Control characters, escapes and direction marks of a file are not shown. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\ufffd");
}

export function reportText(report: Report): string {
  let text = "";
  if (report.origin !== "") text += `log       ${plain(report.origin)}\n`;
  if (report.treeSize !== null) text += `tree size ${report.treeSize}\n`;
  if (report.lastSequence > 0n) text += `sequence  ${report.lastSequence}\n`;
  if (report.root !== null) text += `root      ${bytesToHex(report.root)}\n`;
  for (const { name, count } of report.checks) text += `  ok    ${name} (${count})\n`;
  for (const note of report.notes) text += `  note  ${plain(note)}\n`;
  for (const { code, detail, line } of report.findings) {
    text += `  FOUND ${code}: ${detail}${line === undefined ? "" : ` (line ${line})`}\n`;
  }
  return text + (report.verified ? "verified\n" : "NOT verified\n");
}

/** Members as `noren audit verify --json` has them. */
export function reportJson(report: Report): string {
  const json: JsonObject = {
    verified: report.verified,
    origin: report.origin.toWellFormed(),
    tree_size: report.treeSize ?? 0,
    last_sequence: Number(report.lastSequence),
    lost_entries: Number(report.lostEntries),
    notes: report.notes.map((note) => note.toWellFormed()),
    checks: report.checks.map(({ name, count }) => ({ name, count })),
    findings: report.findings.map((finding) => ({ ...finding })),
  };
  if (report.root !== null) json["root"] = bytesToHex(report.root);
  return writeCanonical(json) + "\n";
}
