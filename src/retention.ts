import { setTimeout as pause } from 'node:timers/promises';
import { shelfIn } from './archives.ts';
import { openAnchorSchema } from './audit/anchor-schema.ts';
import { type ArchiveNeeds, archiveAudit, type Due, type Written } from './audit/archive-audit.ts';
import type { Directory } from './audit/archive-directory.ts';
import { checkArchive } from './audit/check-archive.ts';
import type { Chosen } from './audit/choose-archive.ts';
import { destroyArchives } from './audit/destroy-archives.ts';
import type { KeyRing } from './audit/key-ring.ts';
import { unverifiedReader } from './audit/read-anchor.ts';
import { openArchive } from './audit/read-archive.ts';
import { subjectKeys } from './audit/subject-keys.ts';
import { archiveBytes } from './audit/write-archive.ts';
import type { Archive, MadeArchive } from './exchange/audit-archive.ts';
import { archiveName } from './exchange/audit-archive.ts';
import type { Clock } from './exchange/clock.ts';
import type { ArchiveFolder, WrittenFile } from './files/archive-folder.ts';
import type { Store } from './store/connection.ts';
import { exchangeColumns, subjectColumns, subjectHashes } from './store/exchange-row.ts';
import { asHashed } from './store/first-form.ts';
import type { DocumentSigner } from './wss/sign-document.ts';

export type RetentionLog = {
  readonly info: (about: object, text: string) => void;
  readonly error: (about: object, text: string) => void;
};

export type RetentionNeeds = {
  readonly store: Store;
  readonly keys: KeyRing;
  readonly folder: ArchiveFolder;
  readonly sign: DocumentSigner['sign'];
  readonly clock: Clock;
  readonly who: string;
  readonly log: RetentionLog;
  /** null: nothing is put in archives. */
  readonly onlineDays: number | null;
  readonly keepDays: number;
};

export type Retained = { readonly made: readonly MadeArchive[]; readonly destroyed: readonly Archive[] };

const DAY = 86_400_000;

/**
 * Puts in archives what has been online long enough and destroys those whose term is over; both as it is due now.
 *
 * @param most archives to be made at the most
 * @param wait milliseconds for which what does not fill an archive waits for more
 */
export async function retainAudit(
  needs: RetentionNeeds,
  { most, wait }: { readonly most: number; readonly wait: number },
  signal: AbortSignal,
): Promise<Retained> {
  const { store, folder, clock, log, onlineDays, keepDays } = needs;
  const last = await store.lastArchive();
  if (last === null && onlineDays === null) return { made: [], destroyed: [] };
  await folder.open(last === null);
  const made: MadeArchive[] = [];
  const until = new Date(onlineDays === null ? 0 : clock.now().getTime() - onlineDays * DAY);
  const due: Due = { until, waitUntil: new Date(until.getTime() - wait) };
  const parts = archiveParts(needs);
  while (made.length < most) {
    signal.throwIfAborted();
    const done = await archiveAudit(parts, due, signal);
    if (done === null) break;
    made.push(done.archive);
    log.info(about(done.archive), 'a part of the audit was put in an archive');
    for (const { what, writer, id, text } of done.findings)
      log.error(
        { archive: done.archive.number, what, writer, exchange: id, text },
        'what was put in an archive is not as it was written; it is kept as it is',
      );
  }
  const destroyed = await destroyArchives({ ...needs, ...store, remove: folder.remove }, keepDays, signal);
  for (const archive of destroyed)
    log.info(about(archive), 'the term of an archive is over: it is destroyed');
  return { made, destroyed };
}

const about = ({ number, rows, size, from, to, sha256 }: MadeArchive) => ({
  ...{ archive: number, rows, size, from, to },
  sha256,
});

function archiveParts(needs: RetentionNeeds): ArchiveNeeds {
  const { store, keys, folder, clock, who } = needs;
  const shelf = shelfIn(folder, store, keys);
  const readAnchor = unverifiedReader(openAnchorSchema());
  const rest = pacing();
  return {
    ...store,
    ...{ clock, who, readAnchor, rest },
    troubleWith: shelf.troubleWith,
    write: (number, chosen, signal) => writeArchive(needs, number, chosen, () => rest(signal)),
  };
}

/** Writes an archive under a name that nobody reads, and reads all of it back. */
async function writeArchive(
  needs: RetentionNeeds,
  number: number,
  chosen: Chosen,
  rest: () => Promise<void>,
): Promise<Written> {
  const { store, keys, folder } = needs;
  await demandOwn(needs, number, chosen);
  const said = Promise.withResolvers<Directory>();
  const { parts, anchors, until } = chosen;
  const contents = {
    ...{ number, parts, anchors, until, columns: exchangeColumns, subjectColumns, subjectsOf: subjectHashes },
    rows: ({ writer, first, last }: (typeof parts)[number]) =>
      restingRows(store.chainedRows(writer, { after: first - 1, through: last }), rest),
  };
  const file = await folder.write(archiveName(number), archiveBytes(contents, keys, said.resolve));
  try {
    return await readBack(needs, file, await said.promise, chosen);
  } catch (cause) {
    await file.discard();
    throw cause;
  }
}

async function* restingRows(rows: ReturnType<Store['chainedRows']>, rest: () => Promise<void>) {
  let count = 0;
  for await (const row of rows) {
    yield row;
    count += 1;
    if (count % AT_ONCE === 0) await rest();
  }
}

/** Rows between two rests. */
const AT_ONCE = 256;

async function readBack(
  { keys }: RetentionNeeds,
  { path, size, sha256, place, discard }: WrittenFile,
  { from, to, rows }: Directory,
  { parts }: Chosen,
): Promise<Written> {
  const archive = await openArchive(path, keys);
  const known = subjectKeys(keys);
  try {
    const findings = await checkArchive(archive, parts, unverifiedReader(openAnchorSchema()), (row) =>
      asHashed(row, known),
    );
    const written = { from, to, rows, size, sha256, key: keys.current, findings };
    return { ...written, place, discard };
  } finally {
    await archive.close();
  }
}

/**
 * A file of this number may lie there since a process was killed before it could be written down. Where it has rows that
 * are not about to be put there again, the database is not the one that it was made of.
 */
async function demandOwn({ keys, folder }: RetentionNeeds, number: number, { parts }: Chosen): Promise<void> {
  const name = archiveName(number);
  if ((await folder.placed(name)) === null) return;
  const foreign = new Error(
    `${folder.path(name)} is an archive that this database does not know of, and is left as it is: was an older ` +
      'backup restored, or another database named? It must be moved away before another one is made',
  );
  const there = await openArchive(folder.path(name), keys).catch((cause: unknown) => {
    throw Object.assign(foreign, { cause });
  });
  await there.close();
  const isOwn = there.directory.parts.every(({ writer, first, last }) =>
    parts.some((part) => part.writer === writer && part.first <= first && last <= part.last),
  );
  if (!isOwn) throw foreign;
}

/** As long a rest as the work before it took, so that at most half of a processor's time goes to archives. */
function pacing(): (signal: AbortSignal) => Promise<void> {
  let since = performance.now();
  return async (signal) => {
    const worked = performance.now() - since;
    await pause(Math.min(worked, LONGEST_REST), undefined, { signal });
    since = performance.now();
  };
}

const LONGEST_REST = 100;
