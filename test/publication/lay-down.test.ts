import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readSchema } from '../../src/contract/load-schema.ts';
import { checkFileAgainstVoucher } from '../../src/files/check-file.ts';
import { NameTakenError } from '../../src/files/durable.ts';
import { fileTree } from '../../src/files/tree.ts';
import { layDown } from '../../src/publication/lay-down.ts';
import { layNotice } from '../../src/publication/notice.ts';
import { readVoucher } from '../../src/publication/read-voucher.ts';
import { openVoucherSchema } from '../../src/publication/voucher-schema.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import { verifyDocument } from '../../src/wss/verify-document.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { issue, NOW } from '../support/certificates.ts';
import { alice, authority, party, trust } from '../wss/world.ts';
import { closedFile, publication, records, SPEAKER } from './records.ts';

const never = new AbortController().signal;
const VOUCHER = closedFile.name.replace('.xml', '.voucher.xml');

function world() {
  const root = mkdtempSync(join(tmpdir(), 'lay-down-'));
  after(() => rmSync(root, { recursive: true }));
  let mark = 0;
  const tree = fileTree({ root, randomId: () => `m${mark++}` });
  const needs: Parameters<typeof layDown>[0] = {
    publications: [publication],
    speaker: SPEAKER,
    environment: 'TEST',
    recordsOf: () => records(130),
    place: (partyId, name, bytes) => tree.place(partyId, 'Publicaties', name, bytes),
    read: (partyId, name) => tree.read(partyId, 'Publicaties', name),
    sign: createDocumentSigner(alice).sign,
  };
  const folder = join(root, 'p3', 'Publicaties');
  return { needs, folder, tree, names: () => readdirSync(folder).sort() };
}

test('lays down a file and a voucher that fits it', async () => {
  const { needs, folder, names } = world();
  const written = await layDown(needs)(closedFile, never);
  assert.deepEqual(names(), [VOUCHER, closedFile.name].sort());
  const bus = { ...party, identities: [{ uri: SPEAKER, hoedanigheid: null }] };
  const { voucher } = await readVoucher(
    readFileSync(join(folder, VOUCHER)),
    { schema: openVoucherSchema(), trust, learn: async () => {}, partyOf: () => bus, environment: 'TEST' },
    bus,
    NOW,
  );
  const [file] = voucher?.files ?? [];
  assert.ok(file);
  assert.deepEqual([file.records, file.size, file.sha256], [130, written.size, written.sha256]);
  const record = { name: 'Onderwerp', depth: 4 };
  assert.deepEqual(await checkFileAgainstVoucher(join(folder, file.name), file, record), []);
});

test('lays the file down first: what stops before the voucher leaves no voucher', async () => {
  const { needs, names } = world();
  const stopped = layDown({
    ...needs,
    sign: () => {
      throw new Error('no key');
    },
  });
  await assert.rejects(stopped(closedFile, never), /no key/);
  assert.deepEqual(names(), [closedFile.name]);
  await layDown(needs)(closedFile, never);
  assert.equal(names().length, 2);
});

test('does it again to the same bytes, whether or not they are still there', async () => {
  const { needs, folder } = world();
  const bytes = () => [closedFile.name, VOUCHER].map((name) => readFileSync(join(folder, name), 'utf8'));
  const first = await layDown(needs)(closedFile, never);
  const before = bytes();
  assert.deepEqual(await layDown(needs)(closedFile, never), first);
  assert.deepEqual(bytes(), before);
  rmSync(folder, { recursive: true });
  await layDown(needs)(closedFile, never);
  assert.deepEqual(bytes(), before);
});

test('leaves a voucher that says the same alone when another key would sign it now', async () => {
  const { needs, folder } = world();
  await layDown(needs)(closedFile, never);
  const before = readFileSync(join(folder, VOUCHER), 'utf8');
  const renewed = createDocumentSigner(await issue(authority, 'renewed', { kind: 'p-256' }));
  await layDown({ ...needs, sign: renewed.sign })(closedFile, never);
  assert.equal(readFileSync(join(folder, VOUCHER), 'utf8'), before);
});

test('never puts another file or voucher in the place of one that was laid down', async () => {
  const { needs } = world();
  await layDown(needs)(closedFile, never);
  await assert.rejects(layDown({ ...needs, recordsOf: () => records(1) })(closedFile, never), NameTakenError);
  await assert.rejects(layDown({ ...needs, environment: 'PROD' })(closedFile, never), NameTakenError);
});

test('lays a signed notice beside a file, once for each end that it has', async () => {
  const { needs, folder, names, tree } = world();
  const file = {
    ...{
      ...closedFile,
      subscriptionId: 1,
      state: 'written' as const,
      kind: 'mutations' as const,
      records: 1,
    },
    ...{ size: 1, sha256: '', attempts: 0, lastError: null, writtenAt: NOW, collectedAt: null },
    ...{ acknowledgedAt: null, expiresAt: new Date('2026-04-01T02:00:00Z') },
  };
  const lay = layNotice({ ...needs, remove: (party, name) => tree.remove(party, 'Publicaties', name) });
  const name = closedFile.name.replace('.xml', '.notice.xml');
  const text = () => readFileSync(join(folder, name), 'utf8');
  await lay(file);
  const first = text();
  await lay(file);
  assert.deepEqual([names(), text()], [[name], first]);
  const schema = readSchema('xsd/Kruispunt.Notice-01.00/Notice.xsd', [], (_file, _line, message) =>
    assert.fail(message),
  );
  const { root, dispose } = parseTree(readFileSync(join(folder, name)));
  assert.deepEqual(schema?.violations(root), []);
  verifyDocument(root, { trust, at: NOW });
  dispose();
  assert.match(first, /<n:fileName>persoon\.[^<]+\.xml<.*<n:expiryTimestamp>2026-04-01T02:00:00\.000Z</);
  await lay({ ...file, expiresAt: new Date('2026-05-01T02:00:00Z') });
  assert.match(text(), /<n:expiryTimestamp>2026-05-01T/);
});
