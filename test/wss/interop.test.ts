import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DOMParser } from '@xmldom/xmldom';
import { WSSecurityCert } from 'soap';
import { SignedXml } from 'xml-crypto';
import type { Party } from '../../src/exchange/party.ts';
import { createSigner, createSignerAs } from '../../src/wss/sign.ts';
import { plain } from '../../src/xml/names.ts';
import { element } from '../../src/xml/write.ts';
import * as m from '../support/signed-message.ts';
import { alice, assertRefused, TOMORROW, verify } from './world.ts';

/** Programs by others, with which clients really sign and check: what they write we accept, what we write they do. */

const text = (draft: Partial<m.Draft>) =>
  m.textOf(m.draft(alice, { ...draft, security: (parts) => parts.timestamp + parts.token }));
const keyInfo = m.draft(alice).keyInfo;

function signedByXmlCrypto(
  xml: string,
  transforms: readonly string[],
  parts: readonly string[],
  within: string,
) {
  const signer = new SignedXml({
    privateKey: alice.privateKey,
    idMode: 'wssecurity',
    signatureAlgorithm: `${m.MORE}rsa-sha256`,
    canonicalizationAlgorithm: m.EXCLUSIVE,
    getKeyInfoContent: () => keyInfo,
  });
  for (const part of parts)
    signer.addReference({ xpath: `//*[local-name()='${part}']`, transforms, digestAlgorithm: m.SHA256 });
  signer.computeSignature(xml, {
    prefix: 'ds',
    location: { reference: `//*[local-name()='${within}']`, action: 'append' },
    existingPrefixes: {
      wsse: 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
    },
  });
  return signer.getSignedXml();
}

test('accepts what xml-crypto signed', () => {
  const message = signedByXmlCrypto(text({}), [m.EXCLUSIVE], ['Body', 'Timestamp'], 'Security');
  assert.equal(verify(message).profile, 'strict');
  assertRefused(message.replace('85630100195', '85630100001'), /was changed after/);
  assertRefused(signedByXmlCrypto(text({}), [m.EXCLUSIVE], ['Body'], 'Security'), /Timestamp is not signed/);
});

const clients = {
  'as it comes': {},
  'with ids in their own namespace': { signerOptions: { idMode: 'wssecurity' } },
  'told to use SHA-256': { signatureAlgorithm: `${m.MORE}rsa-sha256` },
} as const;
for (const [how, options] of Object.entries(clients)) {
  test(`accepts what node's soap client signed ${how}`, () => {
    const security = new WSSecurityCert(alice.privateKey, alice.certificate, '', options);
    const envelope = `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header></soap:Header><soap:Body>${m.QUESTION}</soap:Body></soap:Envelope>`;
    const message = security.postProcess(envelope, 'soap');
    // That client takes the time from the machine, and cannot be told another.
    const at = new Date(/Created>([^<]+)</.exec(message)?.[1] ?? '');
    assert.equal(verify(message, {}, at).profile, 'strict');
    assertRefused(message.replace('85630100195', '85630100001'), /was changed after/, {}, at);
  });
}

const checkedByXmlCrypto = (xml: string) => {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const [signature] = Array.from(
    document.getElementsByTagNameNS('http://www.w3.org/2000/09/xmldsig#', 'Signature'),
  );
  const checker = new SignedXml({ publicCert: alice.certificate });
  checker.loadSignature(String(signature));
  return checker.checkSignature(xml) ? checker.getSignedReferences() : [];
};
const material = {
  privateKey: alice.privateKey,
  certificate: alice.certificate,
  clock: { now: () => new Date(m.moment(0)) },
  randomId: () => 'a1',
};
const body = [
  element(plain('Vraag'), [element({ namespace: 'urn:a', name: 'Naam', prefix: 'a' }, 'Zoë & co\r\n')]),
];

for (const version of ['1.1', '1.2'] as const) {
  test(`xml-crypto verifies what we signed in SOAP ${version}, and reads the same Body in it`, async () => {
    const xml = Buffer.from(await createSigner(material).sign(body, version)).toString();
    const references = checkedByXmlCrypto(xml);
    assert.equal(references.length, 2);
    assert.match(references[0] ?? '', /<a:Naam xmlns:a="urn:a">Zoë &amp; co&#xD;\n<\/a:Naam>/);
  });
}

test('xml-crypto verifies what we signed as a client of profile header-signature', async () => {
  const xml = Buffer.from(await createSignerAs('header-signature', material).sign(body, '1.1')).toString();
  assert.equal(checkedByXmlCrypto(xml).length, 1);
});

test('accepts a bare signature in inclusive form by xml-crypto from a party that may send one', () => {
  const as: Partial<Party> = { profile: 'header-signature', profileUntil: TOMORROW };
  const xml = m.textOf(m.draft(alice, { header: () => '', bodyAttributes: 'Id="Body"' }));
  const signer = new SignedXml({
    privateKey: alice.privateKey,
    publicCert: alice.certificate,
    signatureAlgorithm: `${m.MORE}rsa-sha256`,
    canonicalizationAlgorithm: m.INCLUSIVE,
  });
  const transforms = [m.ENVELOPED, m.INCLUSIVE];
  signer.addReference({ xpath: "//*[local-name()='Body']", transforms, digestAlgorithm: m.SHA256 });
  signer.computeSignature(xml, { location: { reference: "//*[local-name()='Header']", action: 'append' } });
  assert.equal(verify(signer.getSignedXml(), as).profile, 'header-signature');
});
