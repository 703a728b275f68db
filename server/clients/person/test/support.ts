// What the tests share: golden files, the age program, failures by code and field.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { NorenFailure, taxonomyFiles, type CodeKind, type FailureCode } from "../src/index.js";

/** The root of the repository: from the environment when the tests run outside of it. */
export const repository =
  process.env["NOREN_SOURCE_DIR"] ?? fileURLToPath(new URL("../../../../../", import.meta.url));

export function goldenBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(repository, "tests/golden", name)));
}
export const golden = (name: string): string => new TextDecoder().decode(goldenBytes(name));
export const goldenLines = (name: string): string[] => golden(name).trimEnd().split("\n");

/** The project's code lists, by kind. */
export function taxonomies(): Record<CodeKind, string> {
  const texts = Object.entries(taxonomyFiles).map(([kind, file]) => [
    kind,
    readFileSync(join(repository, "datasets/taxonomies", file), "utf8"),
  ]);
  return Object.fromEntries(texts) as Record<CodeKind, string>;
}

export const filled = (byte: number, sizeBytes = 32): Uint8Array =>
  new Uint8Array(sizeBytes).fill(byte);

/** Asserts that `run` fails with exactly this code and field. */
export async function fails(
  run: () => unknown,
  code: FailureCode,
  field?: string,
): Promise<void> {
  await assert.rejects(
    async () => run(),
    (error: unknown) => {
      assert.ok(error instanceof NorenFailure, String(error));
      assert.equal(error.code, code, String(error));
      if (field !== undefined) assert.equal(error.field, field);
      return true;
    },
  );
}

/** A deterministic stream of bytes for tests, never for keys. */
export function patterned(sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  let state = sizeBytes + 1;
  for (let i = 0; i < sizeBytes; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

/** Runs with a folder of its own, removed afterwards. */
export async function inFolder(run: (folder: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "noren-person-"));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function hasProgram(name: string): boolean {
  try {
    execFileSync("which", [name], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export function run(program: string, ...arguments_: string[]): Buffer {
  return execFileSync(program, arguments_, {
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "pipe"],
  });
}
