import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { DOMParser } from '@xmldom/xmldom';
import { SignedXml } from 'xml-crypto';
import { temporaryFolder } from '../support/program.ts';
import { makeCast } from './cast.ts';
import { sections } from './catalogue.ts';
import { type Craft, craftOf } from './craft.ts';

/**
 * xmlsec1 and xml-crypto on the messages of the catalogue: what the bus takes for a good signature is one to them, and
 * what it says does not fit does not to them. On wrapped messages they say nothing: the signature in those is good,
 * or it would be no attack.
 */
const folder = temporaryFolder();
const cast = await makeCast(new Date());
const canary = { url: 'http://127.0.0.1:9/', file: '/etc/hostname' };
const crafts = (['1.1', '1.2'] as const).map((version) => craftOf(version, cast, canary, () => new Date()));
const attacks = [...sections.wrapping, ...sections.algorithms, ...sections.parser];
const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

/** The certificate of the token, which is that of the key for whoever reads the message. */
const certificateIn = (message: string) => {
  const [, base64 = ''] = /<wsse:BinarySecurityToken[^>]*>([^<]+)</.exec(message) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
};

/** Texts in which the signer's token is, so that nobody has to look for a key. */
const twins = (craft: Craft) =>
  attacks
    .map(({ twin }) => twin(craft))
    .filter((twin) => typeof twin === 'string')
    .filter((twin) => twin.includes('<wsse:BinarySecurityToken'));
const forgeries = (craft: Craft) =>
  attacks
    .filter(({ forged }) => forged)
    .map(({ what, hostile }) => ({ what, message: String(hostile(craft)) }));

const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const xmlsec = ({ soap }: Craft, messages: readonly string[]) =>
  execFileSync(
    'xmlsec1',
    [
      '--verify',
      '--pubkey-cert-pem',
      file('signer.crt.pem', certificateIn(messages[0] ?? '')),
      '--id-attr:Id',
      `${soap}:Body`,
      '--id-attr:Id',
      `${WSU}:Timestamp`,
      ...messages.map((message, index) => file(`${index}.xml`, message)),
    ],
    { stdio: 'pipe' },
  );

for (const craft of crafts) {
  test(`xmlsec1 agrees with the bus, SOAP ${craft.version}`, () => {
    const good = twins(craft);
    assert.ok(good.length > 50, String(good.length));
    xmlsec(craft, good);
    const [forgery = assert.fail()] = forgeries(craft);
    assert.throws(() => xmlsec(craft, [...good, forgery.message]), 'it looks at one of them only');
    const forged = forgeries(craft);
    assert.ok(forged.length >= 8, String(forged.length));
    for (const { what, message } of forged) assert.throws(() => xmlsec(craft, [message]), what);
  });

  test(`xmlsec1 is fooled by what is wrapped, which the bus is not, SOAP ${craft.version}`, () => {
    const wrapped = sections.wrapping
      .filter(({ line, forged }) => /^A([4-9]|10)$/.test(line) && !forged)
      .map(({ hostile }) => String(hostile(craft)));
    assert.ok(wrapped.length >= 12, String(wrapped.length));
    xmlsec(craft, wrapped);
  });

  test(`xml-crypto agrees with the bus, SOAP ${craft.version}`, () => {
    // It takes some ten milliseconds for each: the shapes differ little.
    for (const twin of twins(craft).filter((_, index) => index % 8 === 0)) assert.ok(verifies(twin), twin);
    for (const { what, message } of forgeries(craft)) assert.ok(!verifies(message), what);
  });
}

function verifies(message: string): boolean {
  const document = new DOMParser().parseFromString(message, 'text/xml');
  const node =
    document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature')[0] ?? assert.fail();
  const verifier = new SignedXml({ publicCert: certificateIn(message), getCertFromKeyInfo: () => null });
  verifier.loadSignature(node.toString());
  try {
    return verifier.checkSignature(message);
  } catch {
    return false;
  }
}
