import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { filePieces } from '../../src/publication/file-pieces.ts';
import { voucherContent, voucherOf, voucherRoot } from '../../src/publication/voucher.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import { verifyDocument } from '../../src/wss/verify-document.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { bytesOf, closedFile, publication, records, SPEAKER } from '../publication/records.ts';
import { issue, NOW } from '../support/certificates.ts';
import { alice, authority, trust } from './world.ts';

/** Vouchers and files before other eyes: xmlsec1 (libxmlsec) and xmllint (libxml2 as distributions build it). */

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-document-'));
after(() => rmSync(folder, { recursive: true }));
const xsd = fileURLToPath(new URL('../../xsd', import.meta.url));

const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const run = (program: string, args: readonly string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const voucher = voucherOf(
  closedFile,
  { records: 3, size: 10, sha256: 'ab'.repeat(32) },
  { environment: 'TEST', speaker: SPEAKER, publication },
);
const signed = (by: typeof alice) => createDocumentSigner(by).sign(voucherRoot, voucherContent(voucher));
const curved = await issue(authority, 'curved voucher', { kind: 'p-256' });
const ca = file('ca.crt.pem', authority.certificate);

for (const by of [alice, curved]) {
  test(`xmlsec1 verifies a voucher signed with ${by === alice ? 'an RSA' : 'an EC'} key, by the authority alone`, () => {
    const path = file('voucher.xml', signed(by));
    run('xmlsec1', ['--verify', '--trusted-pem', ca, path]);
    const changed = file('changed.xml', readFileSync(path, 'utf8').replace('>TEST<', '>PROD<'));
    assert.throws(() => run('xmlsec1', ['--verify', '--trusted-pem', ca, changed]));
  });
}

test('xmllint holds a voucher against its schema', () => {
  const path = file('valid.xml', signed(alice));
  run('xmllint', ['--noout', '--nonet', '--schema', `${xsd}/Kruispunt.Voucher-01.00/Voucher.xsd`, path]);
});

test('what xmlsec1 signed is verified here', () => {
  const empty = readFileSync(file('ours.xml', signed(alice)), 'utf8')
    .replace(/(<ds:DigestValue>)[^<]+/, '$1')
    .replace(/(<ds:SignatureValue>)[^<]+/, '$1')
    .replace(/<ds:X509Data.*<\/ds:X509Data>/, '<ds:X509Data/>');
  const output = join(folder, 'theirs.xml');
  const keys = `${file('alice.key.pem', alice.privateKey)},${file('alice.crt.pem', alice.certificate)}`;
  run('xmlsec1', ['--sign', '--privkey-pem', keys, '--output', output, file('template.xml', empty)]);
  const tree = parseTree(readFileSync(output));
  assert.equal(verifyDocument(tree.root, { trust, at: NOW }).subject, alice.subject);
  tree.dispose();
});

test('xmllint holds a whole file of many handfuls against its schema', async () => {
  const { bytes } = filePieces(
    publication,
    { ...closedFile, visible: ['INSZ', 'Naam/**'] },
    SPEAKER,
    records(1234),
  );
  const path = file('publication.xml', await bytesOf(bytes));
  run('xmllint', ['--noout', '--nonet', '--schema', join(xsd, publication.schema), path]);
  const broken = file('broken.xml', readFileSync(path, 'utf8').replace('<Type>02</Type>', '<Type>07</Type>'));
  const args = ['--noout', '--nonet', '--schema', join(xsd, publication.schema), broken];
  assert.throws(() => run('xmllint', args));
});
