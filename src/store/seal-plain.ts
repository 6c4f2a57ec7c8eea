import type { QueryRunner } from 'typeorm';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { endUserPlace, isSealedAt, lookUpPlace, subjectPlace } from './sealed.ts';
import { isSealed, sealChange } from './sealed-changes.ts';

/** Rows of one commit. */
const AT_ONCE = 500;

/**
 * Seals what an earlier version kept of people in plain. Their rows of the chain go on being hashed as they were then
 * (`formOf`), which whoever has the keys can still tell. Cut off on a server, which cannot roll tables back, it goes on
 * where it was at the next start.
 *
 * @throws Unreadable when there is something to be sealed, and no key
 */
export async function sealPlain(runner: QueryRunner, keys: SubjectKeys): Promise<void> {
  if (!(await runner.hasColumn('exchange_subject', 'subject_number'))) return;
  const isServer = runner.dataSource.options.type === 'mysql';
  // What is freed is overwritten, or the numbers would stay in the file.
  if (!isServer) await runner.query('PRAGMA secure_delete = ON');
  const each = batches(runner, isServer);
  await each('change_log', ['object_name', 'image_before', 'image_after'], NAMING, (row) =>
    changeOf(row, keys),
  );
  await each('exchange', ['end_user'], 'end_user IS NOT NULL', (row) => endUserOf(row, keys));
  if (await runner.hasColumn('look_up', 'subject_number')) {
    await each('look_up', NUMBERED, "subject_sealed = ''", (row) => lookUpOf(row, keys));
    await takeAway(runner, 'look_up', 'look_up_subject');
  }
  await each('exchange_subject', NUMBERED, "subject_sealed = ''", (row) => subjectOf(row, keys), SUBJECT_KEY);
  await takeAway(runner, 'exchange_subject', 'exchange_subject_number');
  if (!isServer) await runner.query('PRAGMA secure_delete = OFF');
}

const NAMING = "object_kind IN ('registration', 'population', 'reference')";
const NUMBERED = ['subject_kind', 'subject_number'] as const;
const SUBJECT_KEY = ['exchange_id', 'seq'] as const;

type Row = Readonly<Record<string, string | number | null>>;
/** Column -> what it becomes; null: the row stays as it is. */
type Change = Readonly<Record<string, string | null>> | null;

const text = (row: Row, column: string) => String(row[column] ?? '');

function changeOf(row: Row, keys: SubjectKeys): Change {
  const orNull = (column: string) => (row[column] === null ? null : text(row, column));
  const [before, after] = [orNull('image_before'), orNull('image_after')];
  if (isSealed({ after })) return null;
  const sealed = sealChange({ name: text(row, 'object_name'), before, after }, keys);
  return { object_name: sealed.name, image_before: sealed.before, image_after: sealed.after };
}

function endUserOf(row: Row, keys: SubjectKeys): Change {
  const place = endUserPlace(text(row, 'id'));
  const endUser = text(row, 'end_user');
  return isSealedAt(keys, endUser, place) ? null : { end_user: keys.seal(endUser, place) };
}

const lookUpOf = (row: Row, keys: SubjectKeys) => numberOf(row, lookUpPlace(text(row, 'subject_kind')), keys);
const subjectOf = (row: Row, keys: SubjectKeys) =>
  numberOf(row, subjectPlace(text(row, 'exchange_id'), Number(row.seq), text(row, 'subject_kind')), keys);

function numberOf(row: Row, place: string, { hash, seal }: SubjectKeys): Change {
  const number = text(row, 'subject_number');
  const kind = row.subject_kind === 'enterprise' ? 'enterprise' : 'person';
  return { subject_hash: hash({ kind, number }), subject_sealed: seal(number, place), subject_number: '' };
}

const takeAway = async (runner: QueryRunner, table: string, index: string) => {
  const of = runner.dataSource.options.type === 'mysql' ? ` ON ${table}` : '';
  const found = await runner.getTable(table);
  if (found?.indices.some(({ name }) => name === index)) await runner.query(`DROP INDEX ${index}${of}`);
  await runner.query(`ALTER TABLE ${table} DROP COLUMN subject_number`);
};

/** Walks down a table by its key, a few rows a commit, and changes those that are to be. */
const batches =
  (runner: QueryRunner, isServer: boolean) =>
  async (
    table: string,
    columns: readonly string[],
    where: string,
    change: (row: Row) => Change,
    key: readonly string[] = ['id'],
  ): Promise<void> => {
    const list = key.join(', ');
    const behind = `AND (${list}) > (${key.map(() => '?').join(', ')})`;
    const at = key.map((column) => `${column} = ?`).join(' AND ');
    const keyOf = (row: Row) => key.map((column) => row[column] ?? null);
    const next = (last: Row | null): Promise<Row[]> =>
      runner.query(
        `SELECT ${[...key, ...columns].join(', ')} FROM ${table} WHERE ${where} ${last ? behind : ''} ` +
          `ORDER BY ${list} LIMIT ${AT_ONCE}`,
        last ? keyOf(last) : [],
      );
    for (let rows = await next(null); rows.length > 0; rows = await next(rows.at(-1) ?? null)) {
      if (isServer) await runner.query('START TRANSACTION');
      for (const row of rows) {
        const changed = change(row);
        if (changed === null) continue;
        const set = Object.keys(changed).map((column) => `${column} = ?`);
        const values = [...Object.values(changed), ...keyOf(row)];
        await runner.query(`UPDATE ${table} SET ${set.join(', ')} WHERE ${at}`, values);
      }
      if (isServer) await runner.query('COMMIT');
    }
  };
