import type { Pool, PoolConnection } from 'mysql2';
import { insertInto } from './mysql-insert.ts';
import { borrowed, execute } from './mysql-pool.ts';
import { untilNotUndone } from './mysql-undone.ts';
import { rememberTogether, type SeenMessage, seenColumns, seenValues } from './seen-messages.ts';

/** @param pool of one connection, which never commits by itself */
export const rememberOnServer = (pool: Pool) =>
  rememberTogether((messages) =>
    untilNotUndone(() => borrowed(pool, (connection) => noteAll(connection, messages))),
  );

/** In the order of their keys: two nodes that are sent the same messages never wait for each other in a ring. */
const noteAll = async (
  connection: PoolConnection,
  messages: readonly SeenMessage[],
): Promise<ReadonlyMap<string, string>> => {
  const sorted = messages.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(seenValues);
  await insertInto(connection, 'seen_message', seenColumns, sorted, UNLESS_THERE);
  await execute(connection, 'COMMIT', []);
  const rows = await execute(connection, ...firstOf(messages.map(({ key }) => key)));
  // This view of the table ends here: the next batch must see what other nodes have noted by then.
  await execute(connection, 'COMMIT', []);
  return new Map((Array.isArray(rows) ? rows : []).map(pairOf));
};

const UNLESS_THERE = 'ON DUPLICATE KEY UPDATE exchange_id = exchange_id';

/** For 1, 2, 4 … keys only, the last one repeated, so that a handful of statements is kept prepared. */
const firstOf = (keys: readonly string[]): [sql: string, values: string[]] => {
  const count = 2 ** Math.ceil(Math.log2(keys.length));
  const values = Array.from({ length: count }, (_, index) => keys[index] ?? keys[0] ?? '');
  const marks = values.map(() => '?').join(', ');
  return [`SELECT message_key, exchange_id FROM seen_message WHERE message_key IN (${marks})`, values];
};

const pairOf = (row: object): readonly [string, string] => {
  if (!('message_key' in row && 'exchange_id' in row)) throw new Error('a row without what was asked of it');
  return [String(row.message_key), String(row.exchange_id)];
};
