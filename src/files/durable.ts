import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What was put under a name: its length in bytes, and its SHA-256 in hex. */
export type Placed = { readonly size: number; readonly sha256: string };

/** What a temporary name ends in; nothing that is handed out ever does. */
export const PART = '.part';

/** There is a file of that name already, with other bytes; it was left as it is. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';
}

/**
 * Puts bytes on the disk under a name, whole or not at all: they are written under a temporary name beside it, synced,
 * and only then renamed; the folder is synced too, so that the name outlives a power cut. Whatever stops it on the way,
 * nobody ever finds a part of a file under its name. A file that is there already with these very bytes stays.
 *
 * @param mark tells this attempt from all others, so that two of them at once do not write into one temporary file
 * @throws NameTakenError, or whatever the disk or `bytes` throws; the temporary file is removed then
 */
export async function placeDurably(
  path: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mark: string,
): Promise<Placed> {
  const part = `${path}.${mark}${PART}`;
  try {
    const placed = await writePart(part, bytes);
    const there = await placedAt(path);
    if (there !== null && there.sha256 !== placed.sha256)
      throw new NameTakenError(`${path} is there already with other bytes`);
    // Renamed over itself it would, on some file systems, be missing from what a subscriber lists at that moment.
    await (there === null ? rename(part, path) : rm(part));
    // Also where it stays: who laid it there may have died before this.
    await syncFolder(dirname(path));
    return placed;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** As `placeDurably`, in the place of whatever has that name. */
export async function replaceDurably(
  path: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  mark: string,
): Promise<Placed> {
  const part = `${path}.${mark}${PART}`;
  try {
    const placed = await writePart(part, bytes);
    await rename(part, path);
    await syncFolder(dirname(path));
    return placed;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

/** Writes a file that is not there yet, and syncs it. */
export async function writePart(
  part: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Placed> {
  const sha256 = createHash('sha256');
  let size = 0;
  const file = await open(part, 'wx', 0o640);
  try {
    for await (const piece of bytes) {
      sha256.update(piece);
      size += piece.byteLength;
      await writeAll(file, piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { size, sha256: sha256.digest('hex') };
}

/** A disk that is nearly full takes a part of what it is given, and refuses the rest only when that is tried. */
async function writeAll(file: FileHandle, piece: Uint8Array): Promise<void> {
  for (let at = 0; at < piece.byteLength; ) at += (await file.write(piece, at)).bytesWritten;
}

/** What is under a name now; null when nothing is. */
export async function placedAt(path: string): Promise<Placed | null> {
  const sha256 = createHash('sha256');
  let size = 0;
  try {
    await pipeline(createReadStream(path), async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) {
        sha256.update(piece);
        size += piece.byteLength;
      }
    });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  return { size, sha256: sha256.digest('hex') };
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** What a folder lists outlives a power cut only when the folder itself was synced. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
