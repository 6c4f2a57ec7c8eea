import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { ChainedRow } from '../exchange/audit-chain.ts';
import { type Block, DIRECTORY, type Directory, directory, TRAILER } from './archive-directory.ts';
import { blocksWith } from './archive-index.ts';
import { ArchiveFault, FORMAT, headLine, type Sealed, sealing } from './archive-seal.ts';
import { anchorOf, ExportFault, headerOf, rowOf } from './export-line.ts';
import type { KeyRing } from './key-ring.ts';

const plain = promisify(gunzip);

export type OpenArchive = {
  readonly directory: Directory;
  /** Names of the values in each row, and in each of its subjects. */
  readonly columns: readonly string[];
  readonly subjectColumns: readonly string[];
  readonly anchors: readonly { readonly number: number; readonly statement: string }[];
  /** A writer's rows, by sequence, from the block in which the first of these is to the block with the last. */
  readonly rows: (writer: string, after: number, through: number) => AsyncIterable<ChainedRow>;
  /** All rows of the blocks in which this exchange is, or a subject that goes by one of these. */
  readonly rowsOfId: (id: string) => AsyncIterable<ChainedRow>;
  readonly rowsAbout: (subject: readonly string[]) => AsyncIterable<ChainedRow>;
  readonly allRows: () => AsyncIterable<ChainedRow>;
  /** Opens every part of it, and gives the SHA-256 of all lines as they are now. */
  readonly digest: () => Promise<string>;
  readonly close: () => Promise<void>;
};

const headShape = z.strictObject({ format: z.literal(FORMAT), id: z.string() });

/**
 * Opens an archive. In memory there is what lies where, and one block at a time.
 *
 * @throws ArchiveFault where it is none, is not whole, or the key is not there; the file system's errors as they are
 */
export async function openArchive(path: string, keys: KeyRing): Promise<OpenArchive> {
  const file = await open(path, 'r');
  try {
    return await readFrom(file, keys);
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

async function readFrom(file: FileHandle, keys: KeyRing): Promise<OpenArchive> {
  const { size } = await file.stat();
  const head = readHead(await bytesAt(file, 0, Math.min(size, LONGEST_HEAD)));
  const { open: unseal } = sealing(head, keys);
  const trailer = await bytesAt(file, size - TRAILER, TRAILER);
  const length = Number(trailer.readBigUInt64BE());
  if (length > size) throw new ArchiveFault('it was cut off');
  const found = directoryIn(unseal, await bytesAt(file, size - TRAILER - length, length));
  const begin = Buffer.byteLength(headLine(head));
  const starts = startsOf(found.blocks, begin);
  const texts = async (block: number): Promise<readonly string[]> => {
    const bytes = await bytesAt(file, starts[block] ?? 0, found.blocks[block]?.size ?? 0);
    return (await plain(unseal(block, bytes))).toString('utf8').split('\n').slice(0, -1);
  };
  const indexAt = (which: 0 | 1) => async () => {
    const start = (starts.at(-1) ?? 0) + (which === 0 ? 0 : found.ids);
    const bytes = await bytesAt(file, start, which === 0 ? found.ids : found.subjects);
    return unseal(found.blocks.length + which, bytes);
  };
  async function* rowsIn(blocks: Iterable<number>): AsyncIterable<ChainedRow> {
    for (const block of blocks) for (const text of await texts(block)) yield believing(() => rowOf(text));
  }
  const withRows = (matches: (block: Block) => boolean) =>
    found.blocks.flatMap((block, at) => (block.writer !== null && matches(block) ? [at] : []));
  async function* listed(texts: readonly string[], index: () => Promise<Buffer>) {
    const read = await index();
    yield* rowsIn(new Set(texts.flatMap((text) => blocksWith(text, read))));
  }
  const [header = '', ...anchors] = await texts(0);
  const { columns, subjectColumns } = believing(() => headerOf(header));
  return {
    directory: found,
    ...{ columns, subjectColumns },
    anchors: anchors.map((text) => believing(() => anchorOf(text))),
    rows: (writer, after, through) =>
      rowsIn(withRows((block) => block.writer === writer && block.last > after && block.first <= through)),
    rowsOfId: (id) => listed([id], indexAt(0)),
    rowsAbout: (subject) => listed(subject, indexAt(1)),
    allRows: () => rowsIn(withRows(() => true)),
    digest: async () => {
      const lines = createHash('sha256');
      for (const block of found.blocks.keys())
        for (const text of await texts(block)) lines.update(`${text}\n`);
      await Promise.all([indexAt(0)(), indexAt(1)()]);
      return lines.digest('hex');
    },
    close: () => file.close(),
  };
}

/** A first line is shorter by far. */
const LONGEST_HEAD = 1_024;

function readHead(bytes: Buffer) {
  const text = bytes.toString('latin1');
  const line = text.slice(0, text.indexOf('\n'));
  try {
    return headShape.parse(JSON.parse(line));
  } catch (cause) {
    throw new ArchiveFault('it is no archive of the audit', { cause });
  }
}

function directoryIn(unseal: Sealed['open'], bytes: Buffer): Directory {
  const opened = unseal(DIRECTORY, bytes);
  try {
    return directory.parse(JSON.parse(gunzipSync(opened).toString('utf8')));
  } catch (cause) {
    throw new ArchiveFault('it was written by another version', { cause });
  }
}

/** Where each block begins, and the indexes behind the last. */
function startsOf(blocks: readonly Block[], begin: number): readonly number[] {
  const starts = [begin];
  for (const { size } of blocks) starts.push((starts.at(-1) ?? 0) + size);
  return starts;
}

async function bytesAt(file: FileHandle, start: number, length: number): Promise<Buffer> {
  if (start < 0) throw new ArchiveFault('it was cut off');
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(bytes, at, length - at, start + at);
    if (bytesRead === 0) throw new ArchiveFault('it was cut off');
    at += bytesRead;
  }
  return bytes;
}

function believing<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof ExportFault) throw new ArchiveFault(cause.message, { cause });
    throw cause;
  }
}
