import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { startProgram, temporaryFolder } from './program.ts';

/** The demo world, made once in a run of all tests: making one's keys and its database takes longer than most starts. */

const VARIABLE = 'KRUISPUNT_TEST_DEMO';

/** Has the program make a demo world, as it does at its first start, and says under which setting tests find it. */
export async function makeDemoWorld(): Promise<Readonly<Record<string, string>>> {
  const folder = temporaryFolder();
  const program = await startProgram({ KRUISPUNT_VAR: folder, KRUISPUNT_DEMO: '1' });
  const { code, stderr } = await program.stop();
  if (code !== 0) throw new Error(`the program that made the demo world ended with ${code}: ${stderr}`);
  const database = new DatabaseSync(join(folder, 'kruispunt.db'));
  // No file of it falls due while the tests run: a bus that starts makes up for what it missed. And none is of a moment
  // that came while the world was made, which could not come a second time.
  database.exec(
    "UPDATE subscription SET next_run_at = datetime(next_run_at, '+1 day') || '.000', closed_for = NULL",
  );
  database.close();
  return { [VARIABLE]: folder };
}

/**
 * A KRUISPUNT_VAR of this test's own with the demo world in it, database and all. Where a test file is run by itself it is
 * empty, and the program makes its world.
 */
export function demoFolder(): string {
  const folder = temporaryFolder();
  const made = process.env[VARIABLE];
  if (made) cpSync(made, folder, { recursive: true });
  return folder;
}

/** The same for a database on a server: keys and files, while the parties are put into the database by the first start. */
export function demoFolderBesideServer(): string {
  const folder = demoFolder();
  for (const name of [
    'kruispunt.db',
    'kruispunt.db-wal',
    'kruispunt.db-shm',
    'demo/seeded',
    'demo/pickup-given',
  ])
    rmSync(join(folder, name), { force: true });
  return folder;
}
