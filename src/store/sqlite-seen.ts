import type { DatabaseSync } from 'node:sqlite';
import { type SeenMessage, seenColumns, seenValues } from './seen-messages.ts';
import { insertInto } from './sqlite-insert.ts';

/**
 * Keeps the messages that are not there, and tells by key in which exchange each of them came first. That does not wait
 * for the disk: a process that is killed loses none, and the power takes none whose exchange is in the audit, since
 * that has waited for the same log to be on the disk.
 */
export const sqliteSeen = (database: DatabaseSync, allOrNothing: (work: () => void) => void) => {
  const insert = database.prepare(`${insertInto('seen_message', seenColumns)} ON CONFLICT DO NOTHING`);
  const first = database.prepare('SELECT exchange_id FROM seen_message WHERE message_key = ?');
  return (messages: readonly SeenMessage[]): ReadonlyMap<string, string> => {
    const exchanges = new Map<string, string>();
    allOrNothing(() => {
      for (const message of messages) {
        const isFirst = insert.run(...seenValues(message)).changes === 1;
        exchanges.set(
          message.key,
          isFirst ? message.exchangeId : String(first.get(message.key)?.exchange_id),
        );
      }
    });
    return exchanges;
  };
};
