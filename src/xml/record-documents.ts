import type { Element } from '../exchange/element.ts';
import { Refusal } from '../exchange/refusal.ts';
import { toUtf8 } from './encoding.ts';
import { checkLimits, type Limits, messageLimits } from './limits.ts';
import { recordScanner } from './record-scanner.ts';
import { parseTree } from './tree.ts';

type Shape = { readonly name: string; readonly depth: number; readonly most: number };

/** Some records of a file in order, with what stands around all of them: a whole document. */
export type RecordDocument = {
  /** How many records of the file come before. */
  readonly from: number;
  /** Each record, with whatever stands between it and the one before. */
  readonly records: readonly Buffer[];
  /** Everything before the first record, without byte order mark and XML declaration, and what ends the document. */
  readonly head: Buffer;
  readonly tail: Buffer;
};

const MAX_BYTES = 1024 * 1024;
/** What stands around the records is read with each handful of them. */
const MAX_AROUND = 64 * 1024;
/** As many bytes are worth a tree of their own, and few enough to keep the process answering in between. */
const HANDFUL_BYTES = 512 * 1024;
const HANDFUL = 500;

const limits: Limits = { ...messageLimits, elements: 500_000, attributes: 500_000, comments: 10_000 };

const refuse = (detail: string) => new Refusal('10001', detail, 'Het bestand is geen toegelaten XML.');

/**
 * Cuts a file of records into documents of some records each, so that a long one needs no more memory than a short one.
 * Every byte of the file is in one of them at least, the head in all: what each document shows to be in order is so in
 * the whole file. A file without records is one document.
 *
 * @param pieces the file's bytes, in UTF-8
 * @throws Refusal 10001 when it is not in UTF-8, or when a record or what is around them is too long
 */
export async function* recordDocuments(
  pieces: AsyncIterable<Uint8Array>,
  shape: Shape,
): AsyncGenerator<RecordDocument> {
  const most = Math.min(HANDFUL, shape.most);
  let pending = Buffer.alloc(0);
  let base = 0;
  let head: Buffer | null = null;
  let closing = Buffer.alloc(0);
  let from = 0;
  let records: Buffer[] = [];
  let length = 0;
  let found: { begin: number; end: number }[] = [];
  let begin = 0;
  const scanner = recordScanner(shape, {
    begins: (offset) => {
      begin = offset;
      if (head === null && found.length === 0) closing = closingOf(scanner.around());
    },
    ends: (offset) => found.push({ begin, end: offset }),
  });
  const cut = (end: number): Buffer => {
    const bytes = pending.subarray(0, end - base);
    pending = pending.subarray(end - base);
    base = end;
    return bytes;
  };
  for await (const piece of pieces) {
    pending = pending.length === 0 ? Buffer.from(piece) : Buffer.concat([pending, piece]);
    scanner.add(piece);
    for (const record of found) {
      head ??= headOf(cut(record.begin));
      if (records.length >= most || length >= HANDFUL_BYTES) {
        yield { from, records, head, tail: closing };
        from += records.length;
        records = [];
        length = 0;
      }
      const bytes = cut(record.end);
      if (bytes.length > MAX_BYTES) throw tooLong(from + records.length + 1);
      records.push(bytes);
      length += bytes.length;
    }
    found = [];
    if (pending.length > MAX_BYTES) throw tooLong(from + records.length + 1);
  }
  if (pending.length > MAX_AROUND) throw aroundTooLong();
  if (head === null) yield { from, records, head: headOf(pending), tail: Buffer.alloc(0) };
  else yield { from, records, head, tail: pending };
}

const tooLong = (record: number) =>
  refuse(`record ${record}, or what stands where it should, has more than ${MAX_BYTES} bytes`);

/** What ends a document whose elements around the records are these, the root first. */
const closingOf = (around: readonly string[]) =>
  Buffer.from(
    around
      .toReversed()
      .map((name) => `</${name}>`)
      .join(''),
    'latin1',
  );

const aroundTooLong = () =>
  refuse(`what stands before the first or after the last record has more than ${MAX_AROUND} bytes`);

function headOf(bytes: Buffer): Buffer {
  if (bytes.length > MAX_AROUND) throw aroundTooLong();
  const mark = bytes.length > 1 ? bytes.readUInt16BE(0) : 0;
  if (mark === 0xfeff || mark === 0xfffe) throw refuse('it is in UTF-16, and files are taken in UTF-8 only');
  return toUtf8(bytes, null);
}

export type OpenedRecords = {
  readonly root: Element;
  readonly records: readonly Element[];
  readonly dispose: () => void;
};

/**
 * Parses a document of records.
 *
 * @throws Refusal 10001 when it is not well-formed or not what it seemed; its detail names the first record that is not
 */
export function openRecords(document: RecordDocument, shape: Shape): OpenedRecords {
  try {
    return openWhole(document, shape);
  } catch (error) {
    if (!(error instanceof Refusal) || document.records.length < 2) throw error;
    throw firstWrong(document, shape) ?? error;
  }
}

function openWhole({ head, records, tail, from }: RecordDocument, shape: Shape): OpenedRecords {
  const bytes = Buffer.concat([head, ...records, tail]);
  const where = records.length === 1 ? `record ${from + 1}: ` : '';
  try {
    checkLimits(bytes, limits);
    const { root, dispose } = parseTree(bytes);
    const found = recordsIn(root, shape);
    if (found.length === records.length) return { root, records: found, dispose };
    dispose();
    throw refuse(`${records.length} records came to ${found.length}`);
  } catch (error) {
    if (error instanceof Refusal) throw refuse(`${where}${error.message}`);
    throw error;
  }
}

/** One by one, to say which: records that are well-formed alone are so together. */
function firstWrong(document: RecordDocument, shape: Shape): Refusal | null {
  const { head, records, from } = document;
  for (const [index, record] of records.entries()) {
    const last = index === records.length - 1;
    const tail = last ? document.tail : closingOf(aroundIn(head, shape));
    try {
      openWhole({ head, records: [record], tail, from: from + index }, shape).dispose();
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }
  return null;
}

function aroundIn(head: Buffer, shape: Shape): readonly string[] {
  const scanner = recordScanner(shape, { begins: () => {}, ends: () => {} });
  scanner.add(head);
  return scanner.around();
}

function recordsIn(root: Element, { name, depth }: Shape): readonly Element[] {
  let level: readonly Element[] = [root];
  for (let at = 1; at < depth; at++) level = level.flatMap(({ children }) => children);
  return level.filter((each) => each.name === name);
}
