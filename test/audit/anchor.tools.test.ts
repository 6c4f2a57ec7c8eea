import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { anchorContent, anchorRoot } from '../../src/audit/anchor.ts';
import { openAnchorSchema } from '../../src/audit/anchor-schema.ts';
import { anchorReader } from '../../src/audit/read-anchor.ts';
import { pinnedTrust } from '../../src/wss/pinned-trust.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import { issue, NOW } from '../support/certificates.ts';
import { temporaryFolder } from '../support/program.ts';
import { alice, authority } from '../wss/world.ts';

/** Anchors before other eyes: xmlsec1 (libxmlsec) and xmllint (libxml2 as distributions build it). */

const folder = temporaryFolder();
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const run = (program: string, args: readonly string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const anchor = {
  ...{ number: 2, at: NOW, previous: 'ab'.repeat(32), rowsBefore: 12 },
  heads: [
    { writer: '7f3c2a10-0000-4000-8000-000000000001', sequence: 3, hash: 'cd'.repeat(32), closed: false },
    { writer: '7f3c2a10-0000-4000-8000-000000000002', sequence: 1, hash: 'ef'.repeat(32), closed: true },
  ],
};
const signed = (by: typeof alice) => createDocumentSigner(by).sign(anchorRoot, anchorContent(anchor));
const curved = await issue(authority, 'curved anchor', { kind: 'p-256' });

for (const by of [alice, curved])
  test(`xmlsec1 verifies an anchor signed with ${by === alice ? 'an RSA' : 'an EC'} key, by the bus's certificate alone`, () => {
    const path = file('anchor.xml', signed(by));
    const pinned = ['--verify', '--pubkey-cert-pem', file('bus.crt.pem', by.certificate)];
    run('xmlsec1', [...pinned, '--enabled-key-data', 'key-name,rsa,ec,ecdsa', path]);
    const changed = file('changed.xml', Buffer.from(signed(by)).toString().replace('>3<', '>4<'));
    assert.throws(() => run('xmlsec1', [...pinned, '--enabled-key-data', 'key-name,rsa,ec,ecdsa', changed]));
  });

test('xmllint holds an anchor against its schema', () => {
  const xsd = fileURLToPath(
    new URL('../../xsd/Kruispunt.AuditAnchor-01.00/AuditAnchor.xsd', import.meta.url),
  );
  run('xmllint', ['--noout', '--nonet', '--schema', xsd, file('valid.xml', signed(alice))]);
});

test('an anchor is read as it was written', () => {
  const read = anchorReader({ schema: openAnchorSchema(), trust: pinnedTrust([alice.certificate]) });
  assert.deepEqual(read(Buffer.from(signed(alice)).toString()), anchor);
  assert.throws(() => read(Buffer.from(signed(curved)).toString()), /another certificate/);
});
