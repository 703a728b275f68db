// RFC 6962 trees as a verifier needs them: roots of what is read, and proofs.
// Source:   docs/formats/checkpoint.md; RFC 6962 section 2.1, RFC 9162 sections 2.1.3.2 and 2.1.4.2
// SPDX-License-Identifier: Apache-2.0
import { concatBytes, equalBytes, sha256 } from "../bytes.js";

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

export const hashLeaf = (entry: Uint8Array): Uint8Array => sha256(concatBytes(leafPrefix, entry));
export const hashNode = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256(concatBytes(nodePrefix, left, right));
export const emptyRoot = (): Uint8Array => sha256(new Uint8Array());

/** A growing tree: one hash for each bit that is set in its size. */
export class Frontier {
  /** Complete subtrees, smallest last. */
  readonly #subtrees: Uint8Array[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }
  append(leafHash: Uint8Array): void {
    let hash = leafHash;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      hash = hashNode(this.#subtrees.pop() as Uint8Array, hash);
    }
    this.#subtrees.push(hash);
    this.#size++;
  }
  root(): Uint8Array {
    return this.#subtrees.length === 0
      ? emptyRoot()
      : this.#subtrees.reduceRight((right, left) => hashNode(left, right));
  }
}

export interface TreeHead {
  size: bigint;
  root: Uint8Array;
}

/** Whether `proof` leads from the leaf at `index` to the head's root. */
export function includes(
  head: TreeHead,
  index: bigint,
  leafHash: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (index < 0n || index >= head.size) return false;
  let node = index;
  let last = head.size - 1n;
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0n) return false;
    if (node % 2n === 1n || node === last) {
      hash = hashNode(sibling, hash);
      while (node % 2n === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      hash = hashNode(hash, sibling);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equalBytes(hash, head.root);
}

function isPowerOfTwo(size: bigint): boolean {
  return (size & (size - 1n)) === 0n;
}

/** Whether `proof` shows that the newer tree begins with the older one. */
export function extendsTree(
  older: TreeHead,
  newer: TreeHead,
  proof: readonly Uint8Array[],
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === 0n) return proof.length === 0 && equalBytes(older.root, emptyRoot());
  if (older.size === newer.size) {
    return proof.length === 0 && equalBytes(older.root, newer.root);
  }
  const path = isPowerOfTwo(older.size) ? [older.root, ...proof] : [...proof];
  const first = path.shift();
  if (first === undefined) return false;
  let node = older.size - 1n;
  let last = newer.size - 1n;
  while (node % 2n === 1n) {
    node >>= 1n;
    last >>= 1n;
  }
  let oldHash = first;
  let newHash = first;
  for (const hash of path) {
    if (last === 0n) return false;
    if (node % 2n === 1n || node === last) {
      oldHash = hashNode(hash, oldHash);
      newHash = hashNode(hash, newHash);
      while (node % 2n === 0n && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      newHash = hashNode(newHash, hash);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && equalBytes(oldHash, older.root) && equalBytes(newHash, newer.root);
}
