import type { ClosedFile, PublishedRecord } from '../exchange/publication.ts';
import type { Environment } from '../exchange/voucher.ts';
import type { QName } from '../xml/names.ts';
import type { Content } from '../xml/write.ts';
import { voucherName } from './file-name.ts';
import { publicationNamed } from './named.ts';
import { voucherContent, voucherOf, voucherRoot } from './voucher.ts';
import { type Written, writeFile } from './write-file.ts';

type Needs = VoucherNeeds & {
  readonly recordsOf: (file: ClosedFile) => AsyncIterable<PublishedRecord>;
};

type VoucherNeeds = Parameters<typeof writeFile>[0] & {
  readonly environment: Environment;
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
    const written = await writeFile(needs, file, needs.recordsOf(file), signal);
    await placeVoucher(needs, file, written);
    return written;
  };

type PutBack = {
  /** Puts a file back that lies there or where its party moved it, if it is what it was; null when it is gone. */
  readonly putBack: (partyId: number, name: string, sha256: string) => Promise<unknown>;
};

/**
 * The same of a file whose records are gone since it was written: the bytes that its party has are all there is.
 *
 * @throws Error when they are gone, too
 */
export const layAgain =
  (needs: VoucherNeeds & PutBack) =>
  async (file: ClosedFile, written: Written): Promise<Written> => {
    if ((await needs.putBack(file.partyId, file.name, written.sha256)) === null)
      throw new Error(
        'its bytes are gone, and so are the answers of which it was made: it cannot be had again',
      );
    await placeVoucher(needs, file, written);
    return written;
  };

async function placeVoucher(
  { publications, speaker, environment, read, sign, place }: VoucherNeeds,
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
