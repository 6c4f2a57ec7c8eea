import { readFileSync } from 'node:fs';
import { FailedError } from './output.ts';

/** @throws FailedError when it cannot be read */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new FailedError(`${file} cannot be read: ${String(cause)}`, { cause });
  }
}
