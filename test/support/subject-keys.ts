import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newKeyLine, readKeyRing } from '../../src/audit/key-ring.ts';
import { subjectKeys } from '../../src/audit/subject-keys.ts';

const line = newKeyLine();

export const ring = readKeyRing(line);

/** Keys of the audit for a test's own databases; every store on them takes the same. */
export const keys = subjectKeys(ring);

/** These keys as a file in a folder, for a program on the database of a test. */
export function keyFileIn(folder: string): string {
  const file = join(folder, 'audit-keys');
  writeFileSync(file, line, { mode: 0o600 });
  return file;
}
