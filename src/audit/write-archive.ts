import { createHash, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ArchivePart } from '../exchange/audit-archive.ts';
import type { ChainedRow } from '../exchange/audit-chain.ts';
import { type Block, DIRECTORY, type Directory, TRAILER } from './archive-directory.ts';
import { indexMaker } from './archive-index.ts';
import { FORMAT, headLine, sealing } from './archive-seal.ts';
import { anchorLine, END, headerLine, rowLine } from './export-file.ts';
import type { KeyRing } from './key-ring.ts';

const compressed = promisify(gzip);

/** Rows that are compressed and sealed together, and read together when one of them is looked for. */
const ROWS = 256;

type Contents = {
  readonly number: number;
  readonly columns: readonly string[];
  readonly subjectColumns: readonly string[];
  /** Those that vouch for the ends of its parts. */
  readonly anchors: readonly { readonly number: number; readonly statement: string }[];
  readonly parts: readonly ArchivePart[];
  readonly rows: (part: ArchivePart) => AsyncIterable<ChainedRow>;
  /** By what a row is found that is about somebody; one text for each. */
  readonly subjectsOf: (row: ChainedRow) => readonly string[];
  /** By when all of them had been received: said of an archive whose rows do not say it themselves. */
  readonly until: Date;
};

/**
 * The bytes of an archive: the lines of an export, a block of rows at a time compressed and sealed; by which exchange
 * and which subject a block is found; and what lies where. In memory there is one block, and the indexes.
 *
 * @param done hears what was written, before the last bytes come
 */
export async function* archiveBytes(
  { number, columns, subjectColumns, anchors, parts, rows, subjectsOf, until }: Contents,
  keys: KeyRing,
  done: (directory: Directory) => void,
): AsyncIterable<Uint8Array> {
  const head = { format: FORMAT, id: randomUUID() } as const;
  const { seal } = sealing(head, keys);
  yield Buffer.from(headLine(head), 'utf8');

  const lines = createHash('sha256');
  const blocks: Block[] = [];
  const block = async (texts: readonly string[], about: Omit<Block, 'size'>) => {
    const plain = `${texts.join('\n')}\n`;
    lines.update(plain);
    const bytes = seal(blocks.length, await compressed(plain));
    blocks.push({ ...about, size: bytes.length });
    return bytes;
  };

  const begin = [
    headerLine({ from: null, to: null }, columns, subjectColumns),
    ...anchors.map((anchor) => anchorLine({ ...anchor, timestamp: null })),
  ];
  yield await block(begin, { writer: null, first: 0, last: 0 });
  const known = knownRows(columns.indexOf('received_at'), subjectsOf);
  for (const part of parts)
    for await (const together of inBlocks(rows(part))) {
      for (const row of together) known.add(row, blocks.length);
      const [first, last] = [together[0]?.sequence ?? 0, together.at(-1)?.sequence ?? 0];
      yield await block(together.map(rowLine), { writer: part.writer, first, last });
    }
  yield await block([END], { writer: null, first: 0, last: 0 });

  const [ids, subjects] = known.indexes();
  const indexes = [seal(blocks.length, ids), seal(blocks.length + 1, subjects)] as const;
  yield* indexes;
  const directory = {
    ...{ number, parts: [...parts], blocks, lines: lines.digest('hex'), ...known.extent(until) },
    ...{ ids: indexes[0].length, subjects: indexes[1].length },
  };
  const last = seal(DIRECTORY, await compressed(JSON.stringify(directory)));
  const trailer = Buffer.alloc(TRAILER);
  trailer.writeBigUInt64BE(BigInt(last.length));
  done(directory);
  yield last;
  yield trailer;
}

/** How a server and a file write a moment; a row whose moment somebody changed to something else has none. */
const MOMENT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/;
const moment = (utc: string) => new Date(`${utc.replace(' ', 'T')}Z`);

/** What is known of all rows together when they have been written. */
function knownRows(receivedAt: number, subjectsOf: Contents['subjectsOf']) {
  const [ids, subjects] = [indexMaker(), indexMaker()];
  let rows = 0;
  let [first, last]: [string | null, string | null] = [null, null];
  return {
    add: (row: ChainedRow, block: number) => {
      rows += 1;
      ids.add(row.id, block);
      for (const subject of subjectsOf(row)) subjects.add(subject, block);
      const at = String(row.row[receivedAt]);
      if (!MOMENT.test(at)) return;
      if (first === null || at < first) first = at;
      if (last === null || at > last) last = at;
    },
    indexes: () => [ids.bytes(), subjects.bytes()] as const,
    extent: (until: Date) => ({
      rows,
      from: first === null ? until : moment(first),
      to: last === null ? until : moment(last),
    }),
  };
}

async function* inBlocks(rows: AsyncIterable<ChainedRow>): AsyncIterable<readonly ChainedRow[]> {
  let together: ChainedRow[] = [];
  for await (const row of rows) {
    together.push(row);
    if (together.length < ROWS) continue;
    yield together;
    together = [];
  }
  if (together.length > 0) yield together;
}
