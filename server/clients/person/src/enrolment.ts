// Blind enrolment, the portal's side: identifiers are blinded before they leave, and what comes
// back counts only if the pinned key's proof holds.
// Source:   docs/formats/oprf.md; RFC 9497, ristretto255-SHA512, mode 0x01
// Secrets:  identifiers, blinds and outputs; a batch is used once and dropped
// Why safe: a blinded element is a uniform group element, whatever the identifier; the DLEQ proof
//           binds every answer to one key, so that no person can be marked by a key of their own
// SPDX-License-Identifier: Apache-2.0
import { ristretto255, ristretto255_oprf } from "@noble/curves/ed25519.js";

import { concatBytes, utf8ToBytes } from "./bytes.js";
import { NorenFailure } from "./failure.js";

const elementSizeBytes = 32;
const proofSizeBytes = 64;
const batchMaxCount = 10_000;
const { voprf } = ristretto255_oprf;

const malformed = (field: string, message: string) => new NorenFailure("MALFORMED", field, message);

/** `+819012345678`, E.164: no spaces, no hyphens. A resident number has no such form. */
export function phoneIdentifier(number: string): string {
  if (!/^\+[1-9][0-9]{7,14}$/.test(number)) {
    throw malformed("phone", '"+" and 8 to 15 digits expected');
  }
  return `noren/v1/phone:${number}`;
}

/** A mailbox of ASCII; capitals become small letters and nothing else changes. */
export function mailIdentifier(address: string): string {
  const at = address.indexOf("@");
  const [local, domain] = [address.slice(0, Math.max(at, 0)), address.slice(at + 1)];
  const isLocal =
    local.length <= 64 &&
    /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(?:\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/.test(local);
  const labels = domain.split(".");
  const isDomain =
    domain.length <= 253 &&
    labels.length > 1 &&
    labels.every((label) => /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/.test(label));
  if (!isLocal || !isDomain) throw malformed("mail", "no mailbox of ASCII");
  return `noren/v1/mail:${address.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}`;
}

export interface BlindedIdentifier {
  input: Uint8Array;
  blind: Uint8Array;
  blinded: Uint8Array;
}

/** Blinds identifiers, each with a fresh blind; `blindedBytes` of the result go to the service. */
export function blindIdentifiers(identifiers: readonly string[]): BlindedIdentifier[] {
  if (identifiers.length === 0 || identifiers.length > batchMaxCount) {
    throw malformed("batch", "1 to 10,000 identifiers");
  }
  return identifiers.map((identifier) => {
    const input = utf8ToBytes(identifier);
    return { input, ...voprf.blind(input) };
  });
}

export function blindedBytes(batch: readonly BlindedIdentifier[]): Uint8Array {
  return concatBytes(...batch.map(({ blinded }) => blinded));
}

function checkElement(bytes: Uint8Array, field: string): void {
  try {
    if (!ristretto255.Point.fromBytes(bytes).is0()) return;
  } catch {
    // said below
  }
  throw malformed(field, "not an element of the group, or its identity");
}

/**
 * The outputs, 64 bytes each, in the order of the batch.
 *   answer     as many evaluated elements, then one proof for all of them
 *   publicKey  of the key version that the portal has pinned
 *   errors     MALFORMED: another size, an element that does not decode (with its index);
 *              WRONG_KEY: the proof does not hold
 */
export function finishBatch(
  batch: readonly BlindedIdentifier[],
  answer: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array[] {
  if (batch.length === 0 || answer.length !== batch.length * elementSizeBytes + proofSizeBytes) {
    throw malformed("answer", "not the elements and the proof of this batch");
  }
  checkElement(publicKey, "public_key");
  const items = batch.map((item, i) => {
    const evaluated = answer.slice(i * elementSizeBytes, (i + 1) * elementSizeBytes);
    checkElement(evaluated, `answer[${i}]`);
    return { ...item, evaluated };
  });
  try {
    return voprf.finalizeBatch(items, publicKey, answer.slice(-proofSizeBytes));
  } catch {
    throw new NorenFailure("WRONG_KEY", "proof", "it does not hold for the pinned key");
  }
}

/** As `portal.evaluate` answers: one for each key version that lives. */
export interface Evaluation {
  version: number;
  elements: Uint8Array;
  proof: Uint8Array;
}

export interface SubjectId {
  version: number;
  id: Uint8Array;
}

/**
 * What a registration brings of each identifier of the batch: its subject id under every version.
 *   pinned     public keys by version
 *   errors     as finishBatch; WRONG_KEY: a version that is not pinned; MALFORMED: none, or twice
 */
export function subjectIds(
  batch: readonly BlindedIdentifier[],
  evaluations: readonly Evaluation[],
  pinned: ReadonlyMap<number, Uint8Array>,
): SubjectId[][] {
  const versions = new Set(evaluations.map(({ version }) => version));
  if (evaluations.length === 0 || versions.size !== evaluations.length) {
    throw malformed("evaluations", "one for each version");
  }
  const ids: SubjectId[][] = batch.map(() => []);
  for (const { version, elements, proof } of evaluations) {
    const publicKey = pinned.get(version);
    if (publicKey === undefined) throw new NorenFailure("WRONG_KEY", "version", "is not pinned");
    const outputs = finishBatch(batch, concatBytes(elements, proof), publicKey);
    outputs.forEach((id, i) => ids[i]!.push({ version, id }));
  }
  return ids;
}
