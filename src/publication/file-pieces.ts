import { applyVisibility } from '../contract/apply-visibility.ts';
import type { Visibility } from '../contract/visibility.ts';
import { at } from '../dialect/magda-names.ts';
import type { Element } from '../exchange/element.ts';
import type { ClosedFile, Publication, PublishedRecord } from '../exchange/publication.ts';
import { parseTree } from '../xml/tree.ts';
import { writeBytes } from '../xml/write.ts';
import { csvLine } from './csv.ts';
import { fileMarkup, recordMarkup } from './file-markup.ts';
import { visibilityOf } from './visible.ts';

// As much as is worth a tree of its own, and little enough to keep this process answering in between.
const MAX_RECORDS = 100;
const MAX_CHARACTERS = 256 * 1024;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const ONDERWERPEN = 'Publicatie/Onderwerpen';

export type Pieces = {
  /** The file's bytes, in order; may be read once. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** How many records are in what was read until now. */
  readonly records: () => number;
};

/**
 * Makes a file of the records, some at a time, so that a long one needs no more memory than a short one. Each handful
 * is put into a file of its own, filtered there, held against the schema of the whole file, and its records are passed
 * on: since the schema lets any number of them follow each other, what is true of each handful is true of them all.
 *
 * Of a record that shows nothing but about whom it is, that stays: the subscriber has this person in its register,
 * has to be told once of each change, and may ask what it is entitled to.
 *
 * @throws Error with the record's place and number when one does not fit the schema
 */
export function filePieces(
  publication: Publication,
  file: ClosedFile,
  speaker: string,
  records: AsyncIterable<PublishedRecord>,
): Pieces {
  const visibility = visibilityOf(publication, file.visible);
  const write = file.format === 'csv' ? csvWriter(publication) : xmlWriter(publication, file, speaker);
  let count = 0;
  async function* bytes(): AsyncGenerator<Uint8Array> {
    if (write.before.length > 0) yield write.before;
    for await (const some of handfuls(records)) {
      const tree = parseTree(writeBytes(fileMarkup(publication, file, speaker, lines(some))).bytes);
      try {
        const all = readRecords(tree.root, some, count);
        for (const each of all) filterRecord(each, publication, visibility);
        assertValid(tree.root, publication, some, count);
        yield write.records(tree.root, all);
      } finally {
        tree.dispose();
      }
      count += some.length;
    }
    if (write.after.length > 0) yield write.after;
  }
  return { bytes: bytes(), records: () => count };
}

/** Each record on a line of its own: a complaint about line 400,002 is about record 400,000. */
const lines = (records: readonly PublishedRecord[]) => [
  '\n',
  ...records.flatMap((record) => [recordMarkup(record), '\n']),
];

async function* handfuls(records: AsyncIterable<PublishedRecord>): AsyncGenerator<PublishedRecord[]> {
  let some: PublishedRecord[] = [];
  let characters = 0;
  for await (const record of records) {
    some.push(record);
    characters += record.content.length;
    if (some.length < MAX_RECORDS && characters < MAX_CHARACTERS) continue;
    yield some;
    some = [];
    characters = 0;
  }
  if (some.length > 0) yield some;
}

/** A payload that broke out of its record would make another number of them. */
function readRecords(root: Element, some: readonly PublishedRecord[], before: number): readonly Element[] {
  const all = at(root, ONDERWERPEN)?.children ?? [];
  if (all.length !== some.length)
    throw new Error(`${some.length} records after record ${before} came to ${all.length}`);
  return all;
}

function filterRecord(record: Element, { payload }: Publication, visibility: Visibility): void {
  const content = record.child('Inhoud')?.child(payload.name, payload.namespace);
  if (content) applyVisibility(content, visibility);
}

function assertValid(
  root: Element,
  { violations }: Publication,
  some: readonly PublishedRecord[],
  before: number,
): void {
  const [first] = violations(root);
  if (!first) return;
  const place = Number(/Onderwerp\[(\d+)\]/.exec(first.path)?.[1] ?? 1);
  const where = `record ${before + place} (mutation ${some[place - 1]?.id})`;
  throw new Error(`${where} does not fit the schema: ${first.path}: ${first.message}`);
}

type Writer = {
  readonly before: Uint8Array;
  readonly records: (root: Element, records: readonly Element[]) => Uint8Array;
  readonly after: Uint8Array;
};

/** The canonical form of a file is that of its head, of its records and of its tail, one after the other. */
function xmlWriter(publication: Publication, file: ClosedFile, speaker: string): Writer {
  const { bytes } = writeBytes(fileMarkup(publication, file, speaker, ['\n']));
  const split = bytes.lastIndexOf('</Onderwerpen>');
  const [head, tail] = [bytes.subarray(0, split), bytes.subarray(split)];
  return {
    before: Buffer.concat([Buffer.from(DECLARATION), head]),
    records: (root) => {
      const canonical = root.canonical();
      const whole = Buffer.from(canonical.buffer, canonical.byteOffset, canonical.byteLength);
      const end = whole.length - tail.length;
      if (!whole.subarray(0, split).equals(head) || !whole.subarray(end).equals(tail))
        throw new Error('a handful of records was written with another head or tail than its file');
      return whole.subarray(split, end);
    },
    after: Buffer.concat([tail, Buffer.from('\n')]),
  };
}

function csvWriter({ name, columns }: Publication): Writer {
  if (columns === null) throw new Error(`there is no CSV of ${name}`);
  const none = Buffer.alloc(0);
  return {
    before: none,
    records: (_root, records) => Buffer.from(records.map((each) => csvLine(each, columns)).join(''), 'utf8'),
    after: none,
  };
}
