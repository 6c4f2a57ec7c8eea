import { hash } from 'node:crypto';

/** Bytes of what is looked for, as the index has it, and of the block in which it is. */
const [MARK, BLOCK] = [5, 3];
const ENTRY = MARK + BLOCK;

/** Finds blocks by what is in them. */
export type IndexMaker = {
  readonly add: (text: string, block: number) => void;
  readonly bytes: () => Buffer;
};

/**
 * In which blocks of an archive a text is: the first five bytes of its SHA-256, and the number of the block, in their
 * order. One in a million million is another text's, which whoever reads the block then sees. It is sealed as rows are.
 */
export function indexMaker(): IndexMaker {
  const entries = new Set<bigint>();
  return {
    add: (text, block) => void entries.add((markOf(text) << BigInt(8 * BLOCK)) | BigInt(block)),
    bytes: () => {
      const sorted = BigUint64Array.from(entries).sort();
      const bytes = Buffer.alloc(sorted.length * ENTRY);
      for (let index = 0; index < sorted.length; index++)
        bytes.writeBigUInt64BE(sorted[index] ?? 0n, index * ENTRY);
      return bytes;
    },
  };
}

/** The blocks in which a text may be. */
export function blocksWith(text: string, index: Buffer): readonly number[] {
  const wanted = markOf(text);
  const at = (entry: number) => index.readBigUInt64BE(entry * ENTRY);
  const count = index.length / ENTRY;
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(middle) >> BigInt(8 * BLOCK) < wanted) low = middle + 1;
    else high = middle;
  }
  const blocks: number[] = [];
  for (let entry = low; entry < count && at(entry) >> BigInt(8 * BLOCK) === wanted; entry++)
    blocks.push(Number(at(entry) & 0xffffffn));
  return blocks;
}

const markOf = (text: string): bigint => {
  const digest = hash('sha256', text, 'buffer');
  return BigInt(digest.readUIntBE(0, MARK));
};
