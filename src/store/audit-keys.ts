import type { QueryRunner } from 'typeorm';

/** A database in which something is sealed that the keys at hand do not open: whoever writes on would part it in two. */
export class KeysDoNotFit extends Error {
  constructor(missing: readonly string[]) {
    super(
      `the database has been written with the key ${missing.join(' and ')}, which is missing there: put the file of ` +
        'keys in its place that has it, the same on every node',
    );
  }
}

/**
 * Holds the keys at hand against those of the database, and writes down which are new. Who has none at all contradicts
 * nothing: nothing can be sealed then. The caller keeps every other process out meanwhile.
 *
 * @throws KeysDoNotFit
 */
export async function registerKeys(runner: QueryRunner, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const rows: { readonly id: string }[] = await runner.query('SELECT id FROM audit_key ORDER BY id');
  const known = rows.map(({ id }) => id);
  const missing = known.filter((id) => !ids.includes(id));
  if (missing.length > 0) throw new KeysDoNotFit(missing);
  for (const id of ids.filter((each) => !known.includes(each)))
    await runner.query('INSERT INTO audit_key (id) VALUES (?)', [id]);
}
