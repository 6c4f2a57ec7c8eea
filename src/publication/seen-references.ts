import { createHash } from 'node:crypto';

const FIRST = 1 << 12;

/**
 * Notices what was seen before in sixteen bytes each, so that millions fit in memory. Two different ones are taken for
 * the same once in ten billion files of a hundred thousand.
 *
 * @returns whether it was seen before; it is seen from then on
 */
export function seenReferences(): (reference: string) => boolean {
  let table = new BigUint64Array(FIRST);
  let count = 0;

  /** Where it stands, or the free place where it would. */
  function placeOf(mark: bigint): number {
    let at = Number(mark % BigInt(table.length));
    while (table[at] !== 0n && table[at] !== mark) at = (at + 1) % table.length;
    return at;
  }
  function grow(): void {
    const old = table;
    table = new BigUint64Array(old.length * 2);
    for (const mark of old) if (mark !== 0n) table[placeOf(mark)] = mark;
  }
  return (reference) => {
    const digest = createHash('sha256').update(reference).digest();
    // No mark is the sign of an empty place.
    const mark = digest.readBigUInt64LE() | 1n;
    const at = placeOf(mark);
    if (table[at] === mark) return true;
    table[at] = mark;
    count += 1;
    if (count * 2 > table.length) grow();
    return false;
  };
}
