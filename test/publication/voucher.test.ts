import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Party } from '../../src/exchange/party.ts';
import type { Voucher } from '../../src/exchange/voucher.ts';
import { readVoucher, type Wrong } from '../../src/publication/read-voucher.ts';
import { voucherContent, voucherOf, voucherRoot } from '../../src/publication/voucher.ts';
import { openVoucherSchema } from '../../src/publication/voucher-schema.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import { issue, NOW } from '../support/certificates.ts';
import { alice, authority, party, trust } from '../wss/world.ts';
import { closedFile, publication, SPEAKER } from './records.ts';

const schema = openVoucherSchema();
const written = { records: 12, size: 3456, sha256: 'ab'.repeat(32) };
const around = { environment: 'TEST', speaker: SPEAKER, publication } as const;
const voucher = voucherOf(closedFile, written, around);
const signer = createDocumentSigner(alice);
const sign = (each: Voucher, by = signer) => Buffer.from(by.sign(voucherRoot, voucherContent(each)));

const bron: Party = { ...party, name: 'Bron', identities: [{ uri: SPEAKER, hoedanigheid: null }] };
const needs = { schema, trust, learn: async () => {}, partyOf: () => bron, environment: 'TEST' } as const;
const read = (bytes: Uint8Array, changes: Partial<Parameters<typeof readVoucher>[1]> = {}) =>
  readVoucher(bytes, { ...needs, ...changes }, bron, NOW);

async function assertWrong(read: ReturnType<typeof readVoucher>, kind: Wrong, why: RegExp): Promise<void> {
  const reading = await read;
  assert.ok(reading.voucher === null);
  assert.equal(reading.wrong, kind, reading.problems.join('; '));
  assert.match(reading.problems.join('; '), why);
}

test('says of a file what its receiver needs to know that it is whole', () => {
  assert.deepEqual(voucher, {
    id: closedFile.voucherId,
    environment: 'TEST',
    sender: { uri: 'vip.vlaanderen.be', hoedanigheid: null },
    receiver: { uri: 'stad.example', hoedanigheid: '6001' },
    flow: {
      service: 'PubliceerMutatiePersoon',
      messageType: 'PubliceerMutatiePersoon',
      version: '02.02',
      schemaLocation: 'Persoon.PubliceerMutatiePersoon-02.02/File/PubliceerMutatiePersoon.xsd',
    },
    legalContext: 'Decreet A',
    authorisationReference: 'grant 5',
    direction: 'NOTIFICATION',
    sequence: 12,
    inReplyTo: null,
    fileId: '7',
    createdAt: closedFile.closedAt,
    files: [
      {
        name: closedFile.name,
        mediaType: 'application/xml',
        ...{ size: 3456, sha256: 'ab'.repeat(32), records: 12, part: 1, parts: 1 },
      },
    ],
    cutOff: closedFile.cutOff,
  });
  assert.equal(voucherOf({ ...closedFile, kind: 'snapshot' }, written, around).direction, 'SUBSCRIPTION');
});

test('is read as it was written, by whoever it concerns', async () => {
  assert.deepEqual(await read(sign(voucher)), { voucher });
  const other: Voucher = {
    ...voucher,
    ...{ authorisationReference: null, inReplyTo: voucher.id, cutOff: null, direction: 'RESPONSE' },
    files: [1, 2].map((part) => ({
      ...{ name: `a.${part}.csv`, mediaType: 'text/csv', size: 0, sha256: '0'.repeat(64), records: 0 },
      ...{ part, parts: 2 },
    })),
  };
  assert.deepEqual(await read(sign(other)), { voucher: other });
});

test('is refused when it is no XML that is taken', async () => {
  await assertWrong(read(Buffer.from('<a')), 'malformed', /not well-formed/);
  await assertWrong(read(Buffer.from('<!DOCTYPE a><a/>')), 'malformed', /document type/);
  await assertWrong(read(Buffer.alloc(300_000, ' ')), 'malformed', /has 300000 bytes, at most 262144/);
});

test('is refused when it is no voucher', async () => {
  await assertWrong(read(Buffer.from('<Voucher/>')), 'schema', /begins with \{\}Voucher/);
  const text = sign(voucher).toString();
  const changed = (from: string | RegExp, to: string) => read(Buffer.from(text.replace(from, to)));
  await assertWrong(
    changed(closedFile.name, '../../etc/passwd'),
    'schema',
    /fileName: does not match pattern/,
  );
  await assertWrong(changed('>12<', '>0<'), 'schema', /fileSequenceNumber: is less than 1/);
  await assertWrong(changed('>3456<', '>9007199254740992<'), 'schema', /sizeInBytes: is greater than/);
  await assertWrong(changed('>TEST<', '>DEMO<'), 'schema', /environment: must be one of: TEST, ACPT, PROD/);
  await assertWrong(changed('>NONE<', '>GZIP<'), 'schema', /compression: must be one of: NONE/);
  await assertWrong(
    changed(/<v:cutOffTimestamp>.*(?=<ds:Signature )/, '<v:iets></v:iets>'),
    'schema',
    /not allowed here/,
  );
  await assertWrong(changed(/<ds:Signature .*<\/ds:Signature>/, ''), 'schema', /is incomplete/);
});

test('is refused when it is not as it was signed, or signed by nobody who is trusted', async () => {
  const text = sign(voucher).toString();
  const changed = Buffer.from(text.replace('>3456<', '>3457<'));
  await assertWrong(read(changed), 'signature', /changed after it was signed/);
  const later = new Date('2099-01-01T00:00:00Z');
  const expired = readVoucher(sign(voucher), needs, bron, later);
  await assertWrong(expired, 'signature', /expired/);
});

test('is refused when another laid it down than signed it, or in the name of another', async () => {
  const mallory = await issue(authority, 'mallory');
  const partyOf = (subject: string) =>
    subject === mallory.subject ? { ...bron, id: 2, name: 'Mallory' } : null;
  const theirs = sign(voucher, createDocumentSigner(mallory));
  await assertWrong(read(theirs, { partyOf }), 'sender', /signed by Mallory, and was laid down by Bron/);
  await assertWrong(read(sign(voucher), { partyOf }), 'sender', /signed by CN=alice/);
  const named = { ...voucher, sender: { uri: SPEAKER, hoedanigheid: '6001' } };
  await assertWrong(read(sign(named)), 'sender', /Bron may not speak as vip.vlaanderen.be:6001/);
});

test('is refused where it is of another environment', async () => {
  await assertWrong(read(sign(voucher), { environment: 'PROD' }), 'environment', /is of TEST, this is PROD/);
});
