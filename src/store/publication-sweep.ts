import { type EntityManager, LessThanOrEqual } from 'typeorm';
import { type Due, dueAt } from './due.ts';
import type { Engine } from './engine.ts';
import { type IntakeCount, intakesByState } from './intake-sweep.ts';
import { fileEventTable } from './tables/file-event.ts';
import { publicationFileTable } from './tables/publication-file.ts';
import { subscriptionTable } from './tables/subscription.ts';

/** What is left to do about publications, as the rows have it, and how much that is. */
export type PublicationSweep = {
  /** The batch of this subscription that is to be closed now; null when none is. */
  readonly dueBatch: (subscriptionId: number, now: Date) => Promise<Due | null>;
  /** Files that were written since, and of which that has not been noted. Oldest first. */
  readonly unannouncedFiles: (since: Date, limit: number) => Promise<readonly Id[]>;
  /** Files that nobody collected, that will be over by then, and of which that was not said since they were written. */
  readonly filesToForewarn: (now: Date, by: Date, limit: number) => Promise<readonly Id[]>;
  /** Files whose retention is over, or that were acknowledged by the other moment, and that were not taken away yet. */
  readonly filesToExpire: (now: Date, acknowledgedBy: Date, limit: number) => Promise<readonly Id[]>;
  /** Snapshots of which each question has its answer, and that are not among the files to be written yet. */
  readonly answeredSnapshots: (limit: number) => Promise<readonly Id[]>;
  /** Snapshots that were written, and of which the answers are still there. */
  readonly snapshotsToDiscard: (limit: number) => Promise<readonly Id[]>;
  readonly publicationFigures: () => Promise<PublicationFigures>;
};

type Id = { readonly id: number };

export type PublicationFigures = {
  /** Deliveries that are in no file yet, of those who ask themselves not included. */
  readonly backlog: number;
  /** When the mutation was accepted that has waited longest; null when none waits. */
  readonly oldestPending: Date | null;
  readonly files: readonly { readonly state: string; readonly count: number }[];
  /** Files that nobody has collected although they were said to be over before long. */
  readonly expiring: number;
  /** Questions of snapshots that have no answer yet. */
  readonly openQuestions: number;
  /** Sequence numbers that were given out and are no file's; anything but 0 is a fault of ours. */
  readonly sequenceGaps: number;
  /** Files that parties laid down. */
  readonly intakes: readonly IntakeCount[];
  /** Of those who ask themselves: deliveries that were not given yet, and batches that have not arrived. */
  readonly pulls: { readonly waiting: number; readonly unacknowledged: number };
};

const OPEN = ['written', 'collected', 'acknowledged'];

export const keepSweep = ({ read }: Pick<Engine, 'read'>): PublicationSweep => ({
  dueBatch: (id, now) =>
    read(async (manager) => {
      const row = await manager.findOneBy(subscriptionTable, { id, nextRunAt: LessThanOrEqual(now) });
      return row && { id, dueAt: dueAt(row, now) };
    }),
  unannouncedFiles: (since, limit) =>
    read((manager) =>
      idsOf(
        files(manager, limit)
          .andWhere('file.writtenAt >= :since', { since })
          .andWhere((query) => {
            const noted = query.subQuery().select('1').from(fileEventTable, 'event');
            return `NOT EXISTS ${noted.where("event.fileId = file.id AND event.what = 'written'").getQuery()}`;
          }),
      ),
    ),
  filesToForewarn: (now, by, limit) =>
    read((manager) =>
      idsOf(
        files(manager, limit)
          .andWhere("file.state = 'written' AND file.expiresAt > :now AND file.expiresAt <= :by", { now, by })
          .andWhere((query) => {
            const said = query.subQuery().select('1').from(fileEventTable, 'event');
            const since = "event.fileId = file.id AND event.what = 'expiring' AND event.at >= file.writtenAt";
            return `NOT EXISTS ${said.where(since).getQuery()}`;
          }),
      ),
    ),
  filesToExpire: (now, acknowledged, limit) =>
    read((manager) =>
      idsOf(
        files(manager, limit).andWhere(
          "(file.expiresAt <= :now OR (file.state = 'acknowledged' AND file.acknowledgedAt <= :acknowledged))",
          { now, acknowledged },
        ),
      ),
    ),
  answeredSnapshots: (limit) => read((manager) => snapshots(manager, "f.state = 'asking'", limit)),
  snapshotsToDiscard: (limit) => read((manager) => snapshots(manager, 'f.written_at IS NOT NULL', limit)),
  publicationFigures: () => read(figures),
});

const files = (manager: EntityManager, limit: number) =>
  manager
    .createQueryBuilder(publicationFileTable, 'file')
    .select('file.id', 'id')
    .where('file.state IN (:...open)', { open: OPEN })
    .orderBy('file.id', 'ASC')
    .limit(limit);

async function idsOf(query: ReturnType<typeof files>): Promise<readonly Id[]> {
  const rows = await query.getRawMany<{ id: number | string }>();
  return rows.map(({ id }) => ({ id: Number(id) }));
}

/** Of those whose answers are all there. */
async function snapshots(manager: EntityManager, which: string, limit: number): Promise<readonly Id[]> {
  const rows: readonly { readonly id: number | string }[] = await manager.query(
    "SELECT f.id AS id FROM question_batch b JOIN publication_file f ON f.id = b.owner_id WHERE b.owner = 'file'" +
      ` AND b.state = 'answered' AND ${which} ORDER BY f.id LIMIT ${Number(limit)}`,
  );
  return rows.map(({ id }) => ({ id: Number(id) }));
}

type Count = { readonly count: number | string };

const OPEN_QUESTIONS =
  'SELECT COUNT(*) AS count FROM question_batch b JOIN question q ON q.owner = b.owner AND q.owner_id = b.owner_id' +
  " AND q.state = 'open' WHERE b.owner = 'file' AND b.state IN ('asking', 'failed')";

/** Through the index of each subscription: what lies in files already, by far the most, is not read. */
const WAITING = 'FROM subscription s JOIN delivery d ON d.subscription_id = s.id AND d.file_id IS NULL';
const PENDING = `${WAITING} WHERE s.channel = 'files'`;
const UNASKED = `${WAITING} WHERE s.channel = 'pull'`;
const EXPIRING =
  "FROM publication_file f WHERE f.state = 'written' AND EXISTS (SELECT 1 FROM file_event e" +
  " WHERE e.file_id = f.id AND e.what = 'expiring' AND e.happened_at >= f.written_at)";
const UNACKNOWLEDGED = 'FROM pull_batch WHERE acknowledged_at IS NULL';

async function figures(manager: EntityManager): Promise<PublicationFigures> {
  const number = async (sql: string): Promise<number> => {
    const rows: readonly Count[] = await manager.query(sql);
    return Number(rows[0]?.count ?? 0);
  };
  const oldest = await number(`SELECT MIN(d.id) AS count ${PENDING}`);
  const states: readonly (Count & { readonly state: string })[] = await manager.query(
    'SELECT state, COUNT(*) AS count FROM publication_file GROUP BY state',
  );
  const counted = states.map(({ state, count }) => ({ state, count: Number(count) }));
  const given = await number('SELECT SUM(next_number - 1) AS count FROM publication_sequence');
  return {
    backlog: await number(`SELECT COUNT(*) AS count ${PENDING}`),
    oldestPending: oldest === 0 ? null : await acceptedAt(manager, oldest),
    files: counted,
    openQuestions: await number(OPEN_QUESTIONS),
    sequenceGaps: given - counted.reduce((sum, { count }) => sum + count, 0),
    intakes: await intakesByState(manager),
    expiring: await number(`SELECT COUNT(*) AS count ${EXPIRING}`),
    pulls: {
      waiting: await number(`SELECT COUNT(*) AS count ${UNASKED}`),
      unacknowledged: await number(`SELECT COUNT(*) AS count ${UNACKNOWLEDGED}`),
    },
  };
}

/** Deliveries are numbered as they come, so that the lowest that waits has waited longest. */
async function acceptedAt(manager: EntityManager, deliveryId: number): Promise<Date | null> {
  const sql =
    'SELECT m.accepted_at AS at FROM delivery d JOIN mutation m ON m.id = d.mutation_id WHERE d.id = ?';
  const rows: readonly { readonly at: Date | string }[] = await manager.query(sql, [deliveryId]);
  const at = rows[0]?.at ?? null;
  return typeof at === 'string' ? new Date(`${at.replace(' ', 'T')}Z`) : at;
}
