// A release as a company holds it: the manifest's signature, and every file that it names.
// Source:   docs/formats/release.md, person_custody.md
// SPDX-License-Identifier: Apache-2.0
import { purposes, statementDigest } from "../acts.js";
import { isJsonObject, type JsonObject } from "../canonical_json.js";
import { splitItem } from "../items.js";
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

const itemMembers: Record<string, MemberCheck> = {
  header_sha256: isHash,
  item: isId("item"),
  kind: isText(64),
  media_type: isText(100),
  name: isText(400),
  payload_sha256: isHash,
  payload_size_bytes: isCount,
};
const members: Record<string, MemberCheck> = {
  candidate: isId("candidate"),
  clauses: (value) => Array.isArray(value) && value.every(isText(64)),
  company: isText(40),
  company_key: isHash,
  consent: isId("consent"),
  consent_version: isCount,
  expires: isCount,
  items: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isJsonObject(item) && hasShape(item, itemMembers)),
  noren: isText(64),
  notice_sha256: isHash,
  policy_version: isText(128),
  posting: isId("posting"),
  proof: isOneOf("portal-asserted", "code", "signature"),
  purpose: isOneOf(...purposes),
  reason: isText(4096),
  release: isId("release"),
  released_at: isCount,
  retention_days: isCount,
  statement_sha256: isHash,
};
const laterMembers: Record<string, MemberCheck> = {
  custody: isOneOf("person"),
  rewrap_statement_sha256: isHash,
};

export interface ReleaseExpectations {
  receiptKey: Uint8Array;
  /** Whole age files, as downloaded; each must be one that the manifest names, none may lack. */
  files?: ReadonlyMap<string, Uint8Array>;
  /** The person's granting statement: the manifest must rest on it. */
  statement?: string;
}

export function verifyRelease(
  manifest: string,
  signature: Uint8Array,
  expectations: ReleaseExpectations,
): Report {
  const report = new Report();
  const signer = { key: expectations.receiptKey, kind: "release/1" };
  const release = openSigned(manifest, signature, signer, report);
  if (release === null) return report;
  const wanted = { ...members };
  for (const [name, check] of Object.entries(laterMembers)) {
    if (Object.hasOwn(release, name)) wanted[name] = check;
  }
  if (!hasShape(release, wanted)) {
    report.found("MALFORMED", "not the members of a release");
    return report;
  }
  report.passed("members of a release", Object.keys(wanted).length);
  if (expectations.statement !== undefined) checkStatement(release, expectations.statement, report);
  if (expectations.files === undefined) {
    report.notes.push("no files were given: that they are those of the manifest was not checked");
  } else {
    checkFiles(release["items"] as JsonObject[], expectations.files, report);
  }
  return report;
}

function checkStatement(release: JsonObject, statement: string, report: Report): void {
  if (release["statement_sha256"] === statementDigest(statement)) {
    report.passed("rests on the statement");
  } else {
    report.found("STATEMENT_MISMATCH", "the release rests on another statement");
  }
}

function checkFiles(
  items: readonly JsonObject[],
  files: ReadonlyMap<string, Uint8Array>,
  report: Report,
): void {
  const missing = new Map(items.map((item) => [itemKey(item), String(item["item"])]));
  for (const bytes of files.values()) {
    let key = "";
    try {
      const { headerSha256, digest, payload } = splitItem(bytes);
      key = `${headerSha256} ${digest} ${payload.length}`;
    } catch {
      // a file of another form is no file of the manifest
    }
    if (!missing.delete(key)) {
      report.found("FILE_MISMATCH", "a file is not one that the manifest names");
      return;
    }
  }
  if (missing.size > 0) {
    report.found("FILE_MISMATCH", `${missing.size} files of the manifest are not there`);
    return;
  }
  report.passed("files of the manifest", files.size);
}

function itemKey(item: JsonObject): string {
  const { header_sha256, payload_sha256, payload_size_bytes } = item;
  return [header_sha256, payload_sha256, payload_size_bytes].map(String).join(" ");
}
