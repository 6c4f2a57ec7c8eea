import type { ClosedFile, PublishedRecord } from '../exchange/publication.ts';
import type { Environment } from '../exchange/voucher.ts';
import type { QName } from '../xml/names.ts';
import type { Content } from '../xml/write.ts';
import { voucherName } from './file-name.ts';
import { publicationNamed } from './named.ts';
import { voucherContent, voucherOf, voucherRoot } from './voucher.ts';
import { type Written, writeFile } from './write-file.ts';

type Needs = Parameters<typeof writeFile>[0] & {
  readonly environment: Environment;
  readonly recordsOf: (fileId: number) => AsyncIterable<PublishedRecord>;
  /** What is under a name in the party's folder of publications; null when nothing is. */
  readonly read: (partyId: number, name: string) => Promise<Uint8Array | null>;
  /** A document that holds this and its own signature. */
  readonly sign: (root: QName, content: readonly Content[]) => Uint8Array;
};

/**
 * Lays a closed file down where its subscriber finds it, and then its voucher: where there is a voucher, the file that
 * it is about is there, whole. Done again, it finds both as they are, or makes them as they were.
 */
export const layDown =
  (needs: Needs) =>
  async (file: ClosedFile, signal: AbortSignal): Promise<Written> => {
    const written = await writeFile(needs, file, needs.recordsOf(file.id), signal);
    await placeVoucher(needs, file, written);
    return written;
  };

async function placeVoucher(
  { publications, speaker, environment, read, sign, place }: Needs,
  file: ClosedFile,
  written: Written,
): Promise<void> {
  const publication = publicationNamed(publications, file);
  const voucher = voucherOf(file, written, { environment, speaker, publication });
  const signed = sign(voucherRoot, voucherContent(voucher));
  const name = voucherName(file.name);
  const there = await read(file.partyId, name);
  if (there === null || !saysTheSame(there, signed)) await place(file.partyId, name, [signed]);
}

/** An EC key signs differently each time, and keys are replaced: what was laid down is not to be taken back for that. */
export function saysTheSame(one: Uint8Array, other: Uint8Array): boolean {
  const [said, wanted] = [unsigned(one), unsigned(other)];
  return said !== null && wanted !== null && said.equals(wanted);
}

function unsigned(document: Uint8Array): Buffer | null {
  const bytes = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  const at = bytes.lastIndexOf('<ds:Signature ');
  return at === -1 ? null : bytes.subarray(0, at);
}
