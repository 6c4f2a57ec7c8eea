import type { ByteRange } from '../exchange/pickup.ts';

/** The ranges with one more, in their order and without overlap or gaps that are none. */
export function withRange(ranges: readonly ByteRange[], added: ByteRange): readonly ByteRange[] {
  if (added.to < added.from) return ranges;
  const last = ranges.at(-1);
  // Nearly every read goes on where the one before it ended.
  if (!last || added.from > last.to + 1) return [...ranges, added];
  if (added.from === last.to + 1) return [...ranges.slice(0, -1), { from: last.from, to: added.to }];
  const sorted = [...ranges, added].sort((a, b) => a.from - b.from);
  const merged: ByteRange[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before && range.from <= before.to + 1)
      merged[merged.length - 1] = { from: before.from, to: Math.max(before.to, range.to) };
    else merged.push(range);
  }
  return merged;
}

/** Whether they are every byte of a file of this size. */
export function coversAll(ranges: readonly ByteRange[], size: number): boolean {
  const [first, ...others] = ranges.reduce<readonly ByteRange[]>(withRange, []);
  return size === 0 || (others.length === 0 && first?.from === 0 && first.to >= size - 1);
}

export const bytesIn = (ranges: readonly ByteRange[]): number =>
  ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);

/** `bytes 0-999,2000-2999 of 5000`, as events tell it. */
export const writeRanges = (ranges: readonly ByteRange[], size: number): string =>
  `bytes ${ranges.map(({ from, to }) => `${from}-${to}`).join(',') || 'none'} of ${size}`;

/** The ranges that an event tells of a file of this size; none when it tells of something else. */
export function readRanges(told: string, size: number): readonly ByteRange[] {
  const found = /\bbytes ([\d,-]+) of (\d+)$/.exec(told);
  if (!found || Number(found[2]) !== size) return [];
  return (found[1] ?? '').split(',').flatMap((each) => {
    const [from, to] = each.split('-').map(Number);
    return Number.isSafeInteger(from) && Number.isSafeInteger(to) && from !== undefined && to !== undefined
      ? [{ from, to }]
      : [];
  });
}
