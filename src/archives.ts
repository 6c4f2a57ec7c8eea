import { randomUUID } from 'node:crypto';
import { ArchiveFault } from './audit/archive-seal.ts';
import type { KeyRing } from './audit/key-ring.ts';
import { openShelf, type Shelf } from './audit/shelf.ts';
import { FailedError } from './cli/output.ts';
import type { Config } from './config.ts';
import { type KeptExchange, latestFirst } from './exchange/audit.ts';
import type { Archive } from './exchange/audit-archive.ts';
import type { ChainedRow } from './exchange/audit-chain.ts';
import { systemClock } from './exchange/clock.ts';
import type { Subject } from './exchange/party.ts';
import type { SubjectKeys } from './exchange/subject-keys.ts';
import { type ArchiveFolder, archiveFolder } from './files/archive-folder.ts';
import type { Store } from './store/connection.ts';
import { exchangeOfCells } from './store/exchange-row.ts';

export const openArchiveFolder = ({ auditArchive }: Pick<Config, 'auditArchive'>): ArchiveFolder =>
  archiveFolder(auditArchive, randomUUID, systemClock.now);

export const shelfIn = (
  folder: ArchiveFolder,
  store: Pick<Store, 'archives' | 'archiveParts' | 'archivePartsOf'>,
  keys: KeyRing | null,
): Shelf => openShelf({ ...store, path: folder.path, placed: folder.placed, keys });

/** What was put in archives, as the views of the audit ask for it. */
export type ArchivedExchanges = {
  readonly archivedExchange: (id: string) => Promise<KeptExchange | null>;
  readonly archivedAbout: (subject: Subject) => Promise<readonly KeptExchange[]>;
  /** Latest first. */
  readonly archivedBetween: (filter: ArchiveFilter) => Promise<readonly KeptExchange[]>;
};

/** `from` inclusive, `to` exclusive. */
export type ArchiveFilter = {
  readonly from: Date;
  readonly to: Date | null;
  readonly party: string | null;
  readonly code: string | null;
  readonly limit: number;
};

/** Finds exchanges in archives, the latest archive first. @throws FailedError that names an archive that cannot be read */
export const archivedExchanges = (
  { archives }: Pick<Store, 'archives'>,
  { using }: Pick<Shelf, 'using'>,
  keys: SubjectKeys,
): ArchivedExchanges => {
  type Open = Parameters<Parameters<Shelf['using']>[1]>[0];

  async function search(
    wanted: (archive: Archive) => boolean,
    rows: (open: Open) => AsyncIterable<ChainedRow>,
    take: (exchange: KeptExchange) => 'go on' | 'enough',
  ): Promise<void> {
    const kept = (await archives()).filter((archive) => archive.destroyedAt === null && wanted(archive));
    for (const { number } of kept.toReversed()) {
      const end = await using(number, async (open) => {
        for await (const row of rows(open))
          if (take(exchangeOfCells(row, open.columns, open.subjectColumns, keys)) === 'enough')
            return 'enough';
        return 'go on';
      }).catch((cause: unknown) => {
        if (cause instanceof ArchiveFault)
          throw new FailedError(`archive ${number} of the audit cannot be read: ${cause.message}`, { cause });
        throw cause;
      });
      if (end === 'enough') return;
    }
  }
  const all = () => true;

  return {
    archivedExchange: async (id) => {
      let found: KeptExchange | null = null;
      await search(
        all,
        (open) => open.rowsOfId(id),
        (exchange) => {
          if (exchange.id !== id) return 'go on';
          found = exchange;
          return 'enough';
        },
      );
      return found;
    },
    archivedAbout: async (subject) => {
      const found: KeptExchange[] = [];
      const { kind, number } = subject;
      await search(
        all,
        (open) => open.rowsAbout(keys.hashes(subject)),
        (exchange) => {
          if (exchange.subjects.some((each) => each.kind === kind && each.number === number))
            found.push(exchange);
          return 'go on';
        },
      );
      return found;
    },
    archivedBetween: async ({ from, to, party, code, limit }) => {
      let found: KeptExchange[] = [];
      const latest = () => found.sort(latestFirst);
      await search(
        (archive) => archive.to >= from && (to === null || archive.from < to),
        (open) => open.allRows(),
        (exchange) => {
          const { receivedAt } = exchange;
          const isWanted =
            receivedAt >= from &&
            (to === null || receivedAt < to) &&
            (party === null || exchange.party === party) &&
            (code === null || exchange.code === code);
          if (isWanted) found.push(exchange);
          if (found.length > 2 * limit) found = latest().slice(0, limit);
          return 'go on';
        },
      );
      return latest().slice(0, limit);
    },
  };
};

/** The views of the audit over what is in the database and what is in archives. */
export const wholeAudit = (store: Store, shelf: Shelf, keys: SubjectKeys) => {
  const archived = archivedExchanges(store, shelf, keys);
  const seen = (exchanges: readonly KeptExchange[]) => [
    ...new Map(exchanges.map((each) => [each.id, each])).values(),
  ];
  return {
    exchange: async (id: string) => (await store.exchange(id)) ?? archived.archivedExchange(id),
    exchanges: async (filter: Parameters<Store['exchanges']>[0]) => {
      const online = await store.exchanges(filter);
      const { from, to = null, party = null, code = null, limit } = filter;
      // Without a beginning it would be read to the last archive: whoever wants that says so.
      if (!from || online.length === limit) return online;
      const older = await archived.archivedBetween({ from, to, party, code, limit });
      return seen([...online, ...older]).slice(0, limit);
    },
    lookUp: async (subject: Subject, who: string) => {
      const online = await store.lookUp(subject, who);
      return seen([...online, ...(await archived.archivedAbout(subject))]).sort(latestFirst);
    },
  };
};
