import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PublicationFile } from '../../src/exchange/subscription.ts';
import { voucherName } from '../../src/publication/file-name.ts';
import { readVoucher } from '../../src/publication/read-voucher.ts';
import { openVoucherSchema } from '../../src/publication/voucher-schema.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { SPEAKER } from '../publication/records.ts';
import { party } from '../wss/world.ts';

/** A file as its subscriber has it: what it tells, and every byte of it and of its voucher. */
export type Fetched = {
  readonly references: readonly string[];
  readonly tellsBirth: boolean;
  readonly sha256: string;
};

export type Fetch = (folder: string, row: PublicationFile) => Promise<Fetched>;

/**
 * Fetches files as a subscriber does: the voucher, whose signature and schema have to be right, and then the file that
 * it is about, which has to be the one that the row tells of.
 *
 * @param authority the certificate, in PEM, below which the bus's own lies
 */
export function subscriberFetch(authority: string): Fetch {
  const bus = { ...party, identities: [{ uri: SPEAKER, hoedanigheid: null }] };
  const needs = {
    ...{ schema: openVoucherSchema(), trust: createTrust({ authorities: [authority] }) },
    ...{ learn: async () => {}, partyOf: () => bus, environment: 'TEST' as const },
  };
  return async (folder, row) => {
    const reading = await readVoucher(
      readFileSync(join(folder, voucherName(row.name))),
      needs,
      bus,
      new Date(),
    );
    assert.ok(reading.voucher, `the voucher of ${row.name}: ${JSON.stringify(reading)}`);
    const { id, sequence, receiver, cutOff, fileId, files } = reading.voucher;
    const bytes = readFileSync(join(folder, row.name));
    const text = bytes.toString('utf8');
    const references = [...text.matchAll(/<Metadata><Referte>([^<]+)</g)].map((match) => match[1] ?? '');
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const facts = { records: references.length, size: bytes.byteLength, sha256 };
    assert.deepEqual({ id, sequence, receiver, cutOff, fileId }, said(row), `the voucher of ${row.name}`);
    assert.deepEqual(files, [{ name: row.name, mediaType: 'application/xml', ...facts, part: 1, parts: 1 }]);
    return { references, tellsBirth: text.includes('Geboorte'), sha256 };
  };
}

const said = ({ id, voucherId, sequence, uri, hoedanigheid, cutOff }: PublicationFile) => ({
  ...{ id: voucherId, sequence, receiver: { uri, hoedanigheid }, cutOff, fileId: String(id) },
});
