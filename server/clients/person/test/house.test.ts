// The package keeps the house's rules of form.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { repository } from "./support.js";

const folder = join(repository, "server/clients/person");
const sources = ["src", "src/verify", "test"]
  .flatMap((part) => readdirSync(join(folder, part)).map((name) => `${part}/${name}`))
  .filter((path) => path.endsWith(".ts"));
const textOf = (path: string) => readFileSync(join(folder, path), "utf8");

describe("every source of the package", () => {
  it("has a licence line, at most 400 lines of at most 100 columns, and ends with a line end", () => {
    assert.ok(sources.length > 30);
    for (const path of sources) {
      const text = textOf(path);
      assert.ok(text.includes("// SPDX-License-Identifier: Apache-2.0\n"), path);
      assert.ok(text.endsWith("\n") && !text.endsWith("\n\n"), path);
      const lines = text.split("\n");
      assert.ok(lines.length <= 401, `${path}: ${lines.length} lines`);
      lines.forEach((line, i) => {
        // Sentences in other tongues are not broken where a word would be.
        const isSentence = path === "src/sheet_words.ts" || path.startsWith("test/");
        assert.ok(isSentence || [...line].length <= 100, `${path}:${i + 1} is too long`);
        assert.equal(line.trimEnd(), line, `${path}:${i + 1} ends with a space`);
      });
    }
  });
  it("imports only its own files and the packages that package.json names", () => {
    const manifest = JSON.parse(textOf("package.json")) as Record<string, Record<string, string>>;
    const named = Object.keys({ ...manifest["dependencies"], ...manifest["devDependencies"] });
    for (const path of sources) {
      for (const [, from = ""] of textOf(path).matchAll(/^(?:import|export|\}) .*from "([^"]+)";/gm)) {
        const isOwn = from.startsWith("./") || from.startsWith("../");
        const isNode = from.startsWith("node:");
        const isNamed = named.some((name) => from === name || from.startsWith(name + "/"));
        assert.ok(isOwn || isNamed || isNode, `${path}: ${from}`);
        // What runs in a browser knows no Node; the command and the tests do.
        const isNodeOnly = path.startsWith("test/") || path === "src/verify/main.ts";
        assert.ok(!isNode || isNodeOnly, `${path}: ${from}`);
      }
    }
  });
  it("has exact versions, locked with their digests and from no named host", () => {
    const manifest = JSON.parse(textOf("package.json")) as Record<string, Record<string, string>>;
    for (const part of ["dependencies", "devDependencies"]) {
      for (const [name, version] of Object.entries(manifest[part] ?? {})) {
        assert.match(version, /^\d+\.\d+\.\d+$/, name);
      }
    }
    const lock = JSON.parse(textOf("package-lock.json")) as {
      packages: Record<string, { integrity?: string; resolved?: string }>;
    };
    for (const [path, { integrity, resolved }] of Object.entries(lock.packages)) {
      if (path === "") continue;
      assert.match(integrity ?? "", /^sha512-/, path);
      assert.equal(resolved, undefined, path);
    }
  });
  it("never calls what is not random, and prints nothing but in the command", () => {
    for (const path of sources.filter((one) => one.startsWith("src/"))) {
      assert.ok(!textOf(path).includes("Math.random"), path);
      if (path !== "src/verify/main.ts") assert.ok(!/\bconsole\.|process\./.test(textOf(path)), path);
    }
  });
});
