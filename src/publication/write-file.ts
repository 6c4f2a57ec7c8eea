import type { ClosedFile, Publication, PublishedRecord } from '../exchange/publication.ts';
import { filePieces } from './file-pieces.ts';
import { publicationNamed } from './named.ts';
import { untilAborted } from './until-aborted.ts';

/** What a file came to when it was written. */
export type Written = {
  readonly records: number;
  /** Bytes. */
  readonly size: number;
  /** Of all its bytes, hex. */
  readonly sha256: string;
};

type Needs = {
  readonly publications: readonly Publication[];
  /** Name (Afzender/Identificatie) under which the bus sends. */
  readonly speaker: string;
  /** Puts bytes under a name in the party's folder of publications: all of them, on the disk, or nothing. */
  readonly place: (
    partyId: number,
    name: string,
    bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ) => Promise<{ readonly size: number; readonly sha256: string }>;
};

/**
 * Writes the file of a closed batch. The row and the records decide every byte: written again, after a crash or
 * because it was asked for, it is the same file.
 *
 * @param signal stops it between two handfuls of records; nothing is left then
 * @throws Error when the publication is gone, when a record does not fit, or when the disk refuses
 */
export async function writeFile(
  { publications, speaker, place }: Needs,
  file: ClosedFile,
  records: AsyncIterable<PublishedRecord>,
  signal: AbortSignal,
): Promise<Written> {
  const pieces = filePieces(publicationNamed(publications, file), file, speaker, records);
  const placed = await place(file.partyId, file.name, untilAborted(pieces.bytes, signal));
  return { records: pieces.records(), size: placed.size, sha256: placed.sha256 };
}
