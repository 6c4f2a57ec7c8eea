import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createOpener } from '../../src/wss/decrypt.ts';
import { recipientOf } from '../../src/wss/recipient.ts';
import { createSealer } from '../../src/wss/sign-and-encrypt.ts';
import { plain } from '../../src/xml/names.ts';
import { element } from '../../src/xml/write.ts';
import { digitalSignature, issue, keyEncipherment, NOW } from '../support/certificates.ts';
import { XENC, XENC11 } from '../support/encrypted-message.ts';
import * as m from '../support/signed-message.ts';
import { alice, authority, verify } from './world.ts';

/** xmlsec1 (libxmlsec, C) as the reader of what the bus encrypts, and as the writer of what it reads. */

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-encryption-'));
after(() => rmSync(folder, { recursive: true }));

const usage = digitalSignature | keyEncipherment;
const reader = await issue(authority, 'lezer', { usage });
const bus = await issue(authority, 'bus', { usage });
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const SOAP = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;

const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const xmlsec = (...args: readonly string[]) =>
  execFileSync('xmlsec1', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** xmlsec1 knows nothing of WS-Security: it looks for the key in the KeyInfo of what it opens. */
function keyMoved(text: string): string {
  const [key = assert.fail()] = /<xenc:EncryptedKey [\s\S]*?<\/xenc:EncryptedKey>/.exec(text) ?? [];
  const alone = key.replace(/<ds:KeyInfo.*?<\/ds:KeyInfo>/, '');
  return text
    .replace(key, '')
    .replace(/(<xenc:EncryptedData.*?<ds:KeyInfo[^>]*>).*?(?=<\/ds:KeyInfo>)/, (_, start) => start + alone);
}

for (const soap of ['1.1', '1.2'] as const) {
  test(`encrypts what xmlsec1 decrypts, and then finds signed as it is, in SOAP ${soap}`, async () => {
    const randomId = () => 'abc';
    const sealer = createSealer({ ...bus, clock: { now: () => NOW }, randomId });
    const to = recipientOf(new X509Certificate(reader.certificate));
    const bytes = await sealer.seal([element(plain('Antwoord'), 'geheim é')], soap, to);
    const text = Buffer.from(bytes).toString('utf8');
    assert.ok(!text.includes('geheim'));
    const sent = file('answer.xml', keyMoved(text));
    const opened = join(folder, 'opened.xml');
    xmlsec('--decrypt', '--privkey-pem', file('key.pem', reader.privateKey), '--output', opened, sent);
    assert.ok(/<Antwoord>geheim (?:é|&#xE9;)<\/Antwoord>/.test(readFileSync(opened, 'utf8')));
    const ids = ['--id-attr:Id', `${SOAP[soap]}:Body`, '--id-attr:Id', `${WSU}:Timestamp`];
    const certificate = file('bus.pem', bus.certificate);
    xmlsec('--verify', '--pubkey-cert-pem', certificate, ...ids, opened);
    writeFileSync(opened, readFileSync(opened, 'utf8').replace('geheim', 'geheel'));
    assert.throws(() => xmlsec('--verify', '--pubkey-cert-pem', certificate, ...ids, opened));
  });
}

const template =
  `<xenc:EncryptedData xmlns:xenc="${XENC}" Id="ED" Type="${XENC}Content">` +
  `<xenc:EncryptionMethod Algorithm="${XENC11}aes256-gcm"/><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` +
  `<xenc:EncryptedKey Id="EK"><xenc:EncryptionMethod Algorithm="${XENC}rsa-oaep-mgf1p"/>` +
  '<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo>' +
  '<xenc:CipherData><xenc:CipherValue/></xenc:CipherData></xenc:EncryptedData>';

test('decrypts what xmlsec1 encrypted after it was signed', () => {
  const signed = m.signed(alice);
  const made = join(folder, 'made.xml');
  xmlsec(
    ...['--encrypt', '--pubkey-cert-pem', file('to.pem', bus.certificate), '--session-key', 'aes-256'],
    ...['--xml-data', file('signed.xml', signed), '--node-name', `${SOAP['1.1']}:Body`],
    ...['--output', made, file('template.xml', template)],
  );
  const written = readFileSync(made, 'utf8');
  assert.ok(!written.includes('85630100195'));
  // Where WS-Security has it.
  const [key = assert.fail()] = /<xenc:EncryptedKey [\s\S]*<\/xenc:EncryptedKey>/.exec(written) ?? [];
  const owner =
    '<ds:KeyInfo><wsse:SecurityTokenReference><ds:X509Data><ds:X509Certificate>' +
    `${m.derOf(bus.certificate)}</ds:X509Certificate></ds:X509Data></wsse:SecurityTokenReference></ds:KeyInfo>`;
  const inSecurity = key
    .replace('<xenc:EncryptedKey ', `<xenc:EncryptedKey xmlns:xenc="${XENC}" `)
    .replace('<xenc:CipherData>', `${owner}<xenc:CipherData>`)
    .replace(
      '</xenc:EncryptedKey>',
      '<xenc:ReferenceList><xenc:DataReference URI="#ED"/></xenc:ReferenceList></xenc:EncryptedKey>',
    );
  const message = written
    .replace(/<ds:KeyInfo xmlns:ds="[^"]*"><xenc:EncryptedKey[\s\S]*?<\/ds:KeyInfo>/, '')
    .replace(/<wsse:Security [^>]*>/, (security) => security + inSecurity);
  const closed = m.received(message);
  const bytes = createOpener([bus]).open(
    closed.envelope,
    Buffer.from(message.replace(/^<\?xml[^>]*\?>\s*/, '')),
  );
  closed.dispose();
  assert.deepEqual(verify(bytes), verify(signed));
});
