import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { openOpener } from '../../src/decryption-keys.ts';
import { keySources } from '../../src/key-sources.ts';
import { keepCertificate, knowsRecipients } from '../../src/seen-certificates.ts';
import { digitalSignature, issue, keyEncipherment, type TestCertificate } from '../support/certificates.ts';
import { encrypted } from '../support/encrypted-message.ts';
import * as m from '../support/signed-message.ts';
import { alice, authority, verify } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-decryption-'));
after(() => rmSync(folder, { recursive: true }));
const both = digitalSignature | keyEncipherment;
const now = await issue(authority, 'nu', { usage: keyEncipherment });
const before = await issue(authority, 'vroeger', { usage: keyEncipherment });
const signing = await issue(authority, 'bus', { usage: both });
const file = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const bundle = (name: string, { privateKey, certificate }: TestCertificate) =>
  file(name, certificate + privateKey);

function opens(opener: ReturnType<typeof openOpener>, { certificate }: TestCertificate): boolean {
  const message = encrypted(m.signed(alice), certificate);
  const { envelope, dispose } = m.received(message);
  try {
    return verify(opener.open(envelope, Buffer.from(message))).name === 'Vraag';
  } catch {
    return false;
  } finally {
    dispose();
  }
}

test('decrypts with each of its keys while one takes the place of another, and offers the first', () => {
  const opener = openOpener(
    { decryptionKeys: [bundle('now.pem', now), bundle('before.pem', before)] },
    signing,
  );
  assert.equal(opener.certificate?.trim(), now.certificate.trim());
  assert.deepEqual([opens(opener, now), opens(opener, before), opens(opener, signing)], [true, true, false]);
});

test('decrypts with the key that signs where it has no other, if the certificate is for that', async () => {
  const opener = openOpener({ decryptionKeys: [] }, signing);
  assert.equal(opener.certificate?.trim(), signing.certificate.trim());
  assert.ok(opens(opener, signing));
  for (const wishes of [{ usage: digitalSignature }, { usage: both, kind: 'p-256' as const }]) {
    const other = openOpener({ decryptionKeys: [] }, await issue(authority, 'bus', wishes));
    assert.equal(other.certificate, null);
    assert.ok(!opens(other, signing));
  }
});

test('knows of whom a certificate was seen that can be encrypted to', async () => {
  const seen = join(folder, 'seen');
  const curved = await issue(authority, 'krom', { usage: both, kind: 'p-256' });
  for (const each of [now, curved, alice])
    await keepCertificate(seen, [new X509Certificate(each.certificate)]);
  await keepCertificate(seen, [
    new X509Certificate((await issue(authority, 'alice', { usage: both })).certificate),
  ]);
  const canBeEncryptedTo = knowsRecipients(seen);
  const subjects = [now.subject, curved.subject, alice.subject, before.subject];
  assert.deepEqual(subjects.map(canBeEncryptedTo), [true, false, true, null]);
  assert.equal(knowsRecipients(join(folder, 'nowhere'))(now.subject), null);
});

test('is told when it ends, like every key of the bus', () => {
  const config = readConfig({
    KRUISPUNT_VAR: folder,
    KRUISPUNT_DECRYPTION_KEYS: [bundle('now.pem', now), bundle('before.pem', before)].join(':'),
  });
  const told = keySources(config).own();
  assert.deepEqual(
    told.map(({ what, setting }) => [what, setting]),
    [1, 2].map(() => ['decryption certificate', 'KRUISPUNT_DECRYPTION_KEYS']),
  );
  assert.ok(told[0]?.pem.includes(now.certificate));
});

test('does not start with a key that is none, and names the file', async () => {
  const curved = await issue(authority, 'krom', { usage: both, kind: 'p-256' });
  for (const [name, text, why] of [
    ['empty.pem', '', /empty\.pem: /],
    ['alone.pem', now.privateKey, /alone\.pem: /],
    ['mixed.pem', now.privateKey + before.certificate, /mixed\.pem: the private key does not belong/],
    ['signs.pem', alice.privateKey + alice.certificate, /signs\.pem: nobody may encrypt to/],
    ['curved.pem', curved.privateKey + curved.certificate, /curved\.pem: nobody may encrypt to/],
  ] as const)
    assert.throws(() => openOpener({ decryptionKeys: [file(name, text)] }, signing), why);
  assert.throws(
    () => openOpener({ decryptionKeys: [join(folder, 'absent.pem')] }, signing),
    /KRUISPUNT_DECRYPTION_KEYS.*absent\.pem cannot be read/,
  );
});
