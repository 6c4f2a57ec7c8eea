import { z } from 'zod';

const moment = z.iso.datetime().transform((text) => new Date(text));
const whole = z.number().int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const block = z.strictObject({
  size: whole,
  /** null: what stands before the rows, or behind them. */
  writer: z.string().nullable(),
  first: whole,
  last: whole,
});
const part = z.strictObject({
  ...{ writer: z.string(), first: whole, last: whole },
  ...{ before: digest, after: digest },
});

/** What lies where in an archive. */
export const directory = z.strictObject({
  number: whole,
  from: moment,
  to: moment,
  rows: whole,
  /** SHA-256 of all lines. */
  lines: digest,
  parts: z.array(part),
  blocks: z.array(block),
  /** Lengths of the two indexes, which follow the blocks. */
  ids: whole,
  subjects: whole,
});
export type Directory = z.infer<typeof directory>;
export type Block = Directory['blocks'][number];

/** The directory's own number among the parts of a file; blocks count from 0, and the indexes follow them. */
export const DIRECTORY = 2 ** 40;

/** Bytes at the very end, that say how long the directory before them is. */
export const TRAILER = 8;
