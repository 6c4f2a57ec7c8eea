import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Far more than a whole run needs at once. */
const ROOM = 2 * 1024 ** 3;

/**
 * A folder in memory that goes with this process, for what the tests write: they make some forty databases, and a server
 * waits for the disk at every table. Null where the machine has no such folder or no room in it.
 */
export function memoryFolder(): string | null {
  if (!hasRoom()) return null;
  const folder = mkdtempSync(join(MEMORY, 'kruispunt-tests-'));
  // As in /tmp, what a test gives to another user must be within that one's reach.
  chmodSync(folder, 0o711);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function hasRoom(): boolean {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM && process.availableMemory() >= 2 * ROOM && runsPrograms();
  } catch {
    return false;
  }
}

/** Some tests run what they put there, which a container's /dev/shm may forbid. */
const runsPrograms = () =>
  readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .some(
      ([, where, type, options]) => where === MEMORY && type === 'tmpfs' && !/\bnoexec\b/.test(options ?? ''),
    );
