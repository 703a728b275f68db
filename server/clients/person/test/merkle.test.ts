// Proofs against the recursive definitions of RFC 6962, over all small trees.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { emptyRoot, extendsTree, Frontier, includes } from "../src/verify/index.js";
import { bytesToHex } from "../src/bytes.js";
import { consistencyOf, inclusionOf, leafOf, rootOf } from "./log_writer.js";
import { filled } from "./support.js";

const leaves = Array.from({ length: 34 }, (_, i) => leafOf(filled(i, i)));
const headOf = (size: number) => ({ size: BigInt(size), root: rootOf(leaves.slice(0, size)) });

describe("a tree", () => {
  it("has the root of the recursive definition at every size", () => {
    const frontier = new Frontier();
    for (let size = 0; size <= leaves.length; size++) {
      assert.equal(bytesToHex(frontier.root()), bytesToHex(headOf(size).root));
      if (size < leaves.length) frontier.append(leaves[size] as Uint8Array);
    }
  });
  it("includes each leaf by its proof, at its index and at no other", () => {
    for (let size = 1; size <= 17; size++) {
      for (let index = 0; index < size; index++) {
        const proof = inclusionOf(index, leaves.slice(0, size));
        const leaf = leaves[index] as Uint8Array;
        for (let other = 0; other <= size; other++) {
          const held = includes(headOf(size), BigInt(other), leaf, proof);
          assert.equal(held, other === index, `${index} of ${size} at ${other}`);
        }
        assert.ok(!includes(headOf(size), BigInt(index), leaf, [...proof, filled(0)]));
        if (proof.length > 0) {
          assert.ok(!includes(headOf(size), BigInt(index), leaf, proof.slice(1)));
          assert.ok(!includes(headOf(size), BigInt(index), leaf, proof.slice(0, -1)));
        }
        assert.ok(!includes(headOf(size), BigInt(index), filled(9), proof));
      }
    }
    assert.ok(!includes(headOf(3), -1n, leaves[0] as Uint8Array, []));
  });
  it("extends each older one by its proof, and no other", () => {
    for (let newer = 0; newer <= 20; newer++) {
      for (let older = 0; older <= newer; older++) {
        const proof = consistencyOf(older, leaves.slice(0, newer));
        assert.ok(extendsTree(headOf(older), headOf(newer), proof), `${older} ${newer}`);
        assert.ok(!extendsTree(headOf(older), headOf(newer), [...proof, filled(0)]));
        const rewritten = { size: BigInt(older), root: filled(3) };
        assert.ok(!extendsTree(rewritten, headOf(newer), proof), `root ${older} ${newer}`);
        if (older === 0) continue;
        const otherNewer = { size: BigInt(newer), root: filled(3) };
        assert.ok(!extendsTree(headOf(older), otherNewer, proof), `new ${older} ${newer}`);
        if (proof.length > 0) assert.ok(!extendsTree(headOf(older), headOf(newer), proof.slice(1)));
        for (let i = 0; i < proof.length; i++) {
          const changed = proof.map((hash, at) => (at === i ? filled(1) : hash));
          assert.ok(!extendsTree(headOf(older), headOf(newer), changed), `${older} ${newer} ${i}`);
        }
      }
    }
    assert.ok(!extendsTree(headOf(3), headOf(2), []));
    assert.equal(bytesToHex(emptyRoot()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });
});
