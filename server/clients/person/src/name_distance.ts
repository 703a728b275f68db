// How near two names are, for suggestions in a message and for nothing else.
// SPDX-License-Identifier: Apache-2.0

const nameMaxSize = 64; // longer names get no suggestion

function editDistance(a: readonly string[], b: readonly string[]): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0] as number;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const replaced = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1);
      diagonal = row[j] as number;
      row[j] = Math.min(diagonal + 1, (row[j - 1] as number) + 1, replaced);
    }
  }
  return row[b.length] as number;
}

/** Null when the names have little in common. */
function distance(a: string, b: string): number | null {
  const [from, to] = [[...a], [...b]];
  const [shorter, longer] = [Math.min(from.length, to.length), Math.max(from.length, to.length)];
  if (shorter === 0 || longer > nameMaxSize) return null;
  if (a === b) return 0;
  if (shorter >= 2 && (a.includes(b) || b.includes(a))) return 1;
  // The lengths alone are so many edits apart.
  if ((longer - shorter) * 2 > longer) return null;
  const edits = editDistance(from, to);
  return edits * 2 > longer ? null : edits;
}

/** The entries whose names are nearest to `folded`, best first. */
export function nearestNames<Entry extends { code: string }>(
  folded: string,
  byName: ReadonlyMap<string, readonly Entry[]>,
  count: number,
): Entry[] {
  const best = new Map<Entry, number>();
  for (const [name, entries] of byName) {
    const edits = distance(folded, name);
    if (edits === null) continue;
    for (const entry of entries) {
      best.set(entry, Math.min(best.get(entry) ?? edits, edits));
    }
  }
  return [...best]
    .sort(([a, x], [b, y]) => x - y || (a.code < b.code ? -1 : 1))
    .slice(0, count)
    .map(([entry]) => entry);
}
