#!/usr/bin/env node
// noren-verify FILE...: says of each file what was checked and what was found.
// Source:   docs/formats/cli.md: exit codes 0, 1, 2, 74
// SPDX-License-Identifier: Apache-2.0
import { createReadStream, existsSync } from "node:fs";
import { open, readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";

import { parseHex, parseUtf8 } from "../bytes.js";
import { NorenFailure } from "../failure.js";
import { verifyBundle } from "./bundle.js";
import { verifyExport } from "./export.js";
import { openCheckpoint, parseVerifierKey } from "./note.js";
import { verifyPersonExport } from "./person_export.js";
import { parseReceiptFile, verifyReceipt } from "./receipt.js";
import { verifyRelease } from "./release.js";
import { Report, reportJson, reportText } from "./report.js";
import { parseSigningKey } from "./signed_json.js";

const exitUsage = 1;
const exitFinding = 2;
const exitInput = 74;
const fileMaxSizeBytes = 32 << 20;

const usage = `usage: noren-verify [OPTIONS] FILE...

FILE is an audit export, a proof bundle, a checkpoint, a destruction receipt, what a person took
away (with .note and .proof-N.json beside it), or the manifest.json of a release (with manifest.sig
and its .age files beside it). What it is, is seen from its content.

  --key KEY            the log's verifier key: export, bundle, checkpoint, person's export
  --key-file FILE      file that holds it
  --older CHECKPOINT   a checkpoint kept from earlier: export
  --signer HEX         key the statement must be signed by: bundle
  --receipt-key HEX    the service's receipt key: receipt, release
  --handle HANDLE      the person's handle: receipt
  --json               one JSON object per file

exit codes: 0 verified, 1 wrong arguments, 2 a finding, 74 a file cannot be read
`;

class UsageError extends Error {}

interface Options {
  key?: string;
  "key-file"?: string;
  older?: string;
  signer?: string;
  "receipt-key"?: string;
  handle?: string;
  json?: boolean;
}

function parse(): { options: Options; files: string[] } {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: text,
      "key-file": text,
      older: text,
      signer: text,
      "receipt-key": text,
      handle: text,
      json: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help === true) {
    process.stdout.write(usage);
    process.exit(0);
  }
  if (positionals.length === 0) throw new UsageError("give a file to verify");
  return { options: values, files: positionals };
}

async function logKey(options: Options): Promise<string> {
  if (options.key !== undefined) return options.key;
  if (options["key-file"] === undefined) {
    throw new UsageError("give the log's key with --key or --key-file");
  }
  return (await readFile(options["key-file"], "utf8")).trimEnd();
}

function receiptKey(options: Options): Uint8Array {
  const hex = options["receipt-key"];
  if (hex === undefined) throw new UsageError("give the service's key with --receipt-key");
  return parseSigningKey(hex);
}

/** The front of a file, by which its kind is seen. */
async function frontOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(65536), 0, 65536, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function readWhole(file: string): Promise<Uint8Array> {
  if ((await stat(file)).size > fileMaxSizeBytes) throw new UsageError(`${file}: too large`);
  return new Uint8Array(await readFile(file));
}

async function verifyFile(file: string, options: Options): Promise<Report> {
  const front = await frontOf(file);
  if (front.startsWith('{"format":"noren/audit-export/')) return exportReport(file, options);
  if (front.includes('"format":"noren/proof-bundle/')) return bundleReport(file, options);
  if (isPersonExport(front)) return personExportReport(file, options);
  if (front.includes("\n\n\u2014 ")) return checkpointReport(file, options);
  if (front.includes('"noren":"release/')) return releaseReport(file, options);
  if (front.includes("receipt/1")) return receiptReport(file, options);
  const report = new Report();
  report.found("MALFORMED", "not a file that can be verified");
  return report;
}

async function exportReport(file: string, options: Options): Promise<Report> {
  const { older } = options;
  const known = older === undefined ? {} : { knownCheckpoint: await readWhole(older) };
  const verifierKey = await logKey(options);
  return verifyExport(createReadStream(file), { verifierKey, ...known });
}

async function bundleReport(file: string, options: Options): Promise<Report> {
  const signer = options.signer === undefined ? {} : { signer: parseSigningKey(options.signer) };
  return verifyBundle(await readWhole(file), { verifierKey: await logKey(options), ...signer });
}

/** The texts in it may hold anything; its own members are the first ones. */
function isPersonExport(front: string): boolean {
  return /^\{"at":[0-9]+,"derived":\{/.test(front);
}

async function personExportReport(file: string, options: Options): Promise<Report> {
  const proofs: Uint8Array[] = [];
  for (let n = 1; ; n++) {
    const path = `${file}.proof-${n}.json`;
    if (!existsSync(path)) break;
    proofs.push(await readWhole(path));
  }
  const document = await readWhole(file);
  const note = await readWhole(`${file}.note`);
  return verifyPersonExport({ document, note, proofs }, await logKey(options));
}

async function checkpointReport(file: string, options: Options): Promise<Report> {
  const report = new Report();
  const key = parseVerifierKey(await logKey(options));
  const checkpoint = openCheckpoint(await readWhole(file), key);
  if (checkpoint === null) {
    report.found("SIGNATURE_INVALID", "the checkpoint is not signed by the given key");
    return report;
  }
  report.origin = checkpoint.origin;
  report.treeSize = Number(checkpoint.head.size);
  report.root = checkpoint.head.root;
  report.passed("checkpoint signature");
  return report;
}

async function receiptReport(file: string, options: Options): Promise<Report> {
  const key = receiptKey(options);
  const parsed = parseReceiptFile(parseUtf8(await readWhole(file)) ?? "");
  if (parsed === null) {
    const report = new Report();
    report.found("MALFORMED", "not the file of a receipt");
    return report;
  }
  const handle = options.handle === undefined ? {} : { handle: options.handle };
  return verifyReceipt(parsed.text, parsed.signature, { receiptKey: key, ...handle });
}

async function releaseReport(file: string, options: Options): Promise<Report> {
  const key = receiptKey(options);
  const text = parseUtf8(await readWhole(file)) ?? "";
  const folder = dirname(file);
  if (basename(file) !== "manifest.json") {
    const parsed = parseReceiptFile(text); // manifest and signature on two lines
    const signature = parsed?.signature ?? new Uint8Array();
    return verifyRelease(parsed?.text ?? text, signature, { receiptKey: key });
  }
  const raw = await readWhole(join(folder, "manifest.sig"));
  const signature = parseHex((parseUtf8(raw) ?? "").trimEnd(), 64) ?? raw;
  const files = new Map<string, Uint8Array>();
  for (const name of await readdir(folder)) {
    if (name.endsWith(".age")) files.set(name, await readWhole(join(folder, name)));
  }
  return verifyRelease(text, signature, { receiptKey: key, files });
}

async function main(): Promise<number> {
  const { options, files } = parse();
  let code = 0;
  for (const file of files) {
    const report = await verifyFile(file, options);
    if (options.json === true) {
      process.stdout.write(reportJson(report));
    } else {
      process.stdout.write((files.length > 1 ? `${file}\n` : "") + reportText(report));
    }
    if (!report.verified) code = exitFinding;
  }
  return code;
}

function isArgumentError(error: unknown): boolean {
  if (error instanceof UsageError || error instanceof NorenFailure) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.startsWith("ERR_PARSE_ARGS");
}

try {
  process.exitCode = await main();
} catch (error) {
  const message = error instanceof Error ? error.message : "";
  process.stderr.write(`noren-verify: ${message}\n`);
  if (isArgumentError(error)) process.stderr.write("noren-verify --help lists the arguments\n");
  process.exitCode = isArgumentError(error) ? exitUsage : exitInput;
}
