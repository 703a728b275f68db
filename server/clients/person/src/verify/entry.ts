// An audit entry as the document describes it, written from the document and not from the writer.
// Source:   docs/formats/audit_entry.md
// SPDX-License-Identifier: Apache-2.0
import { concatBytes, RecordReader, sha256, utf8ToBytes } from "../bytes.js";

const entryMaxSizeBytes = 2048;
const continueAfterRestore = 2;
const allowed = 1;

/**
 * Operations under which consents come, change or go: invite, grant, refuse, withdraw, expire,
 * supersede, rewrap, destroy, re-apply; and a restore, which starts from the root of the backup.
 */
const consentOperations: readonly number[] = [2, 66, 67, 68, 69, 70, 71, 74, 102, 103, 131];

export interface LostEntries {
  firstSequence: bigint;
  lastSequence: bigint;
  treeSize: bigint;
  root: Uint8Array;
}

export interface EntryFacts {
  partition: number;
  sequence: bigint;
  timeSeconds: bigint;
  operation: number;
  principal: Uint8Array | null;
  subject: Uint8Array | null;
  object: Uint8Array | null;
  /** Of the map of consent versions after the entry. */
  consentRoot: Uint8Array;
  mayChangeConsents: boolean;
  statementDigest: Uint8Array | null;
  lost: LostEntries | null;
}

/** Null unless the bytes are one entry of version 2 or, when it names its policy, of version 3. */
export function readEntry(bytes: Uint8Array): EntryFacts | null {
  const record = new RecordReader(bytes);
  const version = record.u8();
  if (bytes.length > entryMaxSizeBytes || (version !== 2 && version !== 3)) return null;
  const partition = record.u32();
  const sequence = record.u64();
  const timeSeconds = record.i64();
  const operation = record.u16();
  const role = record.u8();
  const decision = record.u8();
  const outcome = record.field(40);
  const present = record.u8();
  if (role < 1 || role > 7 || decision < 1 || decision > 2 || present > 63) return null;
  if (((present & 32) !== 0) !== (version === 3)) return null;
  if (decision === 2 && outcome.length === 0) return null;
  const hashIf = (bit: number) => ((present & bit) !== 0 ? record.raw(32) : null);
  const principal = hashIf(1);
  const subject = hashIf(2);
  const object = hashIf(4);
  const clauses = record.u8();
  if (clauses > 16) return null;
  for (let i = 0; i < clauses; i++) record.field(64);
  if (version === 3) record.raw(32); // digest of the policy
  record.raw(32); // digest of the change
  const consentRoot = record.raw(32);
  const statementDigest = hashIf(8);
  let lost: LostEntries | null = null;
  if ((present & 16) !== 0) {
    const [firstSequence, lastSequence, treeSize] = [record.u64(), record.u64(), record.u64()];
    lost = { firstSequence, lastSequence, treeSize, root: record.raw(32) };
  }
  if (!record.finish() || (lost !== null) !== (operation === continueAfterRestore)) return null;
  return {
    partition,
    sequence,
    timeSeconds,
    operation,
    principal,
    subject,
    object,
    consentRoot,
    mayChangeConsents: decision === allowed && consentOperations.includes(operation),
    statementDigest,
    lost,
  };
}

export type Party = "principal" | "subject" | "object";
const partyNumbers: Record<Party, number> = { principal: 1, subject: 2, object: 3 };

export function isParty(name: string): name is Party {
  return Object.hasOwn(partyNumbers, name);
}

/** What hides a name in an entry. */
export function commitmentOf(party: Party, salt: Uint8Array, name: string): Uint8Array {
  const number = Uint8Array.of(partyNumbers[party]);
  return sha256(
    concatBytes(utf8ToBytes("noren/commitment/1\n"), number, salt, utf8ToBytes(name)),
  );
}
