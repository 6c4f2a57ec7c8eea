import { type SeenMessage, seenColumns, seenValues } from './seen-messages.ts';
import { openDatabase } from './sqlite-driver.ts';
import { insertInto } from './sqlite-insert.ts';

/**
 * The messages that came, on a connection that does not wait for the disk: a process that is killed loses none, and
 * the power takes none whose exchange is in the audit, since that has waited for the same log to be on the disk.
 */
export const seenInFile = (path: string) => {
  const database = openDatabase(path);
  database.exec('PRAGMA synchronous = NORMAL');
  const insert = database.prepare(`${insertInto('seen_message', seenColumns)} ON CONFLICT DO NOTHING`);
  const first = database.prepare('SELECT exchange_id FROM seen_message WHERE message_key = ?');
  return {
    /** Throws SQLITE_BUSY while another connection writes. */
    remember: (message: SeenMessage): string | null =>
      insert.run(...seenValues(message)).changes === 1 ? null : String(first.get(message.key)?.exchange_id),
    close: () => database.close(),
  };
};
