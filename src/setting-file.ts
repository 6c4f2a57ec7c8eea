import { readFileSync } from 'node:fs';

/** Without the line's end with which editors leave a file; null when it cannot be read. */
export function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
