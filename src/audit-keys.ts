import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { KEY_FILE_HEADING, type KeyRing, newKeyLine, readKeyRing } from './audit/key-ring.ts';
import { subjectKeys } from './audit/subject-keys.ts';
import { FailedError } from './cli/output.ts';
import { type Config, ConfigurationError } from './config.ts';
import { noKeys, type SubjectKeys } from './exchange/subject-keys.ts';

/** Where the keys of the audit are: configured, or in a world of this machine alone; null where they must be. */
export function auditKeyFile(config: Config): string | null {
  if (config.auditKeys !== null) return config.auditKeys;
  const isAlone = config.databaseUrl.startsWith('sqlite:') || config.demo === true;
  return isAlone ? resolve(config.var, 'audit-keys') : null;
}

/**
 * The keys of the audit; where nobody configured any, they are made on the first start of a world that has no other
 * machine. null: they must be configured here, and are not.
 *
 * @throws ConfigurationError when the file cannot be read or made
 */
export function openAuditKeys(config: Config): KeyRing | null {
  const file = auditKeyFile(config);
  if (file === null) return null;
  try {
    return readKeyRing(config.auditKeys === null ? readOrMake(file) : readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ConfigurationError([`KRUISPUNT_AUDIT_KEYS: ${file}: ${because(cause)}`]);
  }
}

/** The keys as far as they are there: nothing is made. */
export function knownAuditKeys(config: Config): SubjectKeys {
  const file = auditKeyFile(config);
  const ring = file !== null && existsSync(file) ? openAuditKeys(config) : null;
  return ring === null ? noKeys : subjectKeys(ring);
}

/** @throws ConfigurationError also where they must be configured, and are not */
export function demandAuditKeys(config: Config): KeyRing {
  const ring = openAuditKeys(config);
  if (ring !== null) return ring;
  throw new ConfigurationError([
    'KRUISPUNT_AUDIT_KEYS: must be set, since other nodes may share this database: make the file once with ' +
      '`kruispunt audit keys make FILE`, and give every node the same',
  ]);
}

const because = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause));
const hasCode = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code;

const newKeyFile = () => `${KEY_FILE_HEADING}\n${newKeyLine()}\n`;

function readOrMake(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (!hasCode(cause, 'ENOENT')) throw cause;
  }
  mkdirSync(dirname(file), { recursive: true });
  // Whole or not at all, and never over one that another process made in the same moment.
  const temporary = written(file, newKeyFile(), 0o600);
  try {
    linkSync(temporary, file);
  } catch (cause) {
    if (!hasCode(cause, 'EEXIST')) throw cause;
  } finally {
    rmSync(temporary, { force: true });
  }
  return readFileSync(file, 'utf8');
}

/** Beside the file, to be put in its place. */
function written(file: string, text: string, mode: number): string {
  const temporary = `${file}.${process.pid}.part`;
  writeFileSync(temporary, text, { mode: 0o600, flush: true });
  chmodSync(temporary, mode);
  return temporary;
}

/** Makes a file with one key, never over what is there. */
export function makeKeyFile(file: string): KeyRing {
  try {
    writeFileSync(file, newKeyFile(), { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    throw new FailedError(`${file} cannot be made: ${because(cause)}`, { cause });
  }
  return readKeyRing(readFileSync(file, 'utf8'));
}

/** Puts another key at the end of the file, with which is written from the next start on. */
export function addKey(file: string): KeyRing {
  try {
    const text = `${readFileSync(file, 'utf8').trimEnd()}\n${newKeyLine()}\n`;
    renameSync(written(file, text, statSync(file).mode & 0o777), file);
    return readKeyRing(text);
  } catch (cause) {
    throw new FailedError(`${file} cannot be changed: ${because(cause)}`, { cause });
  }
}
