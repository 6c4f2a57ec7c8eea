import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { Party } from '../../src/exchange/party.ts';
import { verifySignature } from '../../src/wss/verify.ts';
import { issue, NOW } from '../support/certificates.ts';
import * as m from '../support/signed-message.ts';
import { alice, assertRefused, authority, TOMORROW, trust, verify } from './world.ts';

const legacy: Partial<Party> = { profile: 'magda-2.0', profileUntil: TOMORROW };
const bare: Partial<Party> = { profile: 'header-signature', profileUntil: TOMORROW };
const SHA1 = 'http://www.w3.org/2000/09/xmldsig#sha1';
const RSA_SHA1 = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
const bodyOnly = (digest = m.SHA256) => m.reference('#BODY', 1, m.transform(m.EXCLUSIVE), digest);
const anyToken = '<wsse:SecurityTokenReference><wsse:Reference URI="#X509"/></wsse:SecurityTokenReference>';

/** A SEQUENCE of certificates, from the authority's to the signer's. */
function pkiPath(...pems: string[]): string {
  const content = Buffer.concat(pems.map((pem) => Buffer.from(m.derOf(pem), 'base64')));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(content.length);
  return m.tokenOf(
    Buffer.concat([Buffer.from([0x30, 0x82]), length, content]).toString('base64'),
    m.PKI_PATH,
  );
}

const magda: Readonly<Record<string, Partial<m.Draft>>> = {
  'without a Timestamp': { timestamp: '', references: bodyOnly() },
  'with a Timestamp that is not signed': { references: bodyOnly() },
  'with SHA-1': { timestamp: '', references: bodyOnly(SHA1), signatureMethod: RSA_SHA1 },
  'with a PKIPath token': {
    timestamp: '',
    references: bodyOnly(SHA1),
    signatureMethod: RSA_SHA1,
    token: pkiPath(authority.certificate, alice.certificate),
    keyInfo: anyToken,
  },
};
for (const [shape, changes] of Object.entries(magda)) {
  const message = m.signed(alice, changes);
  test(`accepts a message ${shape} from a party with profile magda-2.0, and says so`, () => {
    const { profile, subject } = verify(message, legacy);
    assert.deepEqual([profile, subject], ['magda-2.0', alice.subject]);
  });
  test(`refuses a message ${shape} from everybody else, and from the day the profile ended`, () => {
    assertRefused(message, /needs profile magda-2.0, alice has strict/);
    assertRefused(message, /needs profile magda-2.0, alice has header-signature/, bare);
    assertRefused(message, /profile magda-2.0 of alice ended/, { ...legacy, profileUntil: NOW });
    assertRefused(message, /ended/, { ...legacy, profileUntil: null });
  });
}

test('reports strict for a strict message, whatever the profile of its party', () => {
  for (const as of [legacy, bare]) assert.equal(verify(m.signed(alice), as).profile, 'strict');
  assert.equal(verify(m.signed(alice), { ...legacy, profileUntil: NOW }).profile, 'strict');
});

test('refuses in profile magda-2.0 what makes no difference to its clients', () => {
  const refused = (changes: Partial<m.Draft>, reason: RegExp) =>
    assertRefused(m.signed(alice, { references: bodyOnly(), ...changes }), reason, legacy);
  refused({ timestamp: m.timestamp(m.moment(-700), m.moment(-400)) }, /^Timestamp has expired/);
  refused({ references: m.reference('#BODY', 1, m.transform(m.INCLUSIVE)) }, /^inclusive C14N/);
  refused({ references: m.reference('#TS', 1) }, /^the Body is not signed/);
  refused({ references: bodyOnly(`${m.MORE}md5`) }, /is not allowed/);
});

test('takes the last certificate of a PKIPath for the signer', async () => {
  const mallory = await issue(authority, 'mallory');
  const token = pkiPath(alice.certificate, mallory.certificate);
  const changes = { timestamp: '', references: bodyOnly(), token, keyInfo: anyToken };
  assert.equal(verify(m.signed(mallory, changes), legacy).subject, mallory.subject);
  assertRefused(m.signed(alice, changes), /^SignatureValue does not fit/, legacy);
});

test('refuses a certificate that is trusted but registered to nobody, and asks for it by its full name', () => {
  const { envelope, dispose } = m.received(m.signed(alice));
  const asked: string[] = [];
  const partyOf = (subject: string) => {
    asked.push(subject);
    return null;
  };
  assert.throws(() => verifySignature(envelope, { trust, partyOf }, NOW), {
    code: 'ERR_025',
    text: 'ERR_025: Verification failure',
    message: 'certificate CN=alice,O=Stad Voorbeeld,C=BE is registered to no party',
  });
  assert.deepEqual(asked, [alice.subject]);
  dispose();
});

const x509Data = `<ds:X509Data><ds:X509Certificate>${m.derOf(alice.certificate)}</ds:X509Certificate></ds:X509Data>`;
const { n = '' } = new X509Certificate(alice.certificate).publicKey.export({ format: 'jwk' });
const keyValue = (modulus: string) =>
  `<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>${modulus}</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>`;
const bareMessage = (changes: Partial<m.Draft> = {}) =>
  m.signed(alice, {
    envelopeAttributes: 'xmlns:extra="urn:extra" xml:lang="nl"',
    bodyAttributes: 'Id="Body"',
    references: m.reference('#Body', 1, m.transform(m.ENVELOPED) + m.transform(m.INCLUSIVE)),
    canonicalization: `<ds:CanonicalizationMethod Algorithm="${m.INCLUSIVE}"/>`,
    keyInfo: keyValue(Buffer.from(n, 'base64url').toString('base64')) + x509Data,
    header: m.signatureOf,
    ...changes,
  });

test('accepts a bare signature in inclusive form from a party with profile header-signature, and says so', () => {
  assert.equal(verify(bareMessage(), bare).profile, 'header-signature');
});

test('accepts a bare signature in exclusive form, and one without the key beside the certificate', () => {
  const references = m.reference('#Body', 1, m.transform(m.ENVELOPED) + m.transform(m.EXCLUSIVE));
  assert.equal(verify(bareMessage({ references, keyInfo: x509Data }), bare).profile, 'header-signature');
});

test('refuses a bare signature from everybody else, and from the day the profile ended', () => {
  assertRefused(bareMessage(), /needs profile header-signature, alice has strict/);
  assertRefused(bareMessage(), /needs profile header-signature, alice has magda-2.0/, legacy);
  assertRefused(bareMessage(), /profile header-signature of alice ended/, { ...bare, profileUntil: NOW });
});

const bareFaults: Readonly<Record<string, readonly [Partial<m.Draft>, RegExp]>> = {
  'whose key contradicts the certificate': [
    { keyInfo: keyValue('AQAB') + x509Data },
    /^KeyValue contradicts/,
  ],
  'with only a key': [{ keyInfo: keyValue('AQAB') }, /is not one X509Data/],
  'with SHA-1': [{ signatureMethod: RSA_SHA1 }, /^SHA-1 in a bare signature/],
  'over something else than the Body': [
    {
      header: (parts) => `<x Id="Body"/>${m.signatureOf(parts)}`,
      references: m.reference('#Body', 1, m.transform(m.EXCLUSIVE)),
    },
    /^id Body occurs 2 times/,
  ],
  'over a block of the header as well': [
    {
      header: (parts) => `<x wsu:Id="X"/>${m.signatureOf(parts)}`,
      references:
        m.reference('#Body', 1, m.transform(m.INCLUSIVE)) + m.reference('#X', 2, m.transform(m.INCLUSIVE)),
    },
    /^a bare signature over more than the Body/,
  ],
  'with two keys beside the certificate': [
    { keyInfo: keyValue('AQAB') + keyValue('AQAB') + x509Data },
    /is not one X509Data/,
  ],
  'with two X509Data': [{ keyInfo: x509Data + x509Data }, /is not one X509Data/],
  'with something else beside the certificate': [
    { keyInfo: `<ds:KeyName>x</ds:KeyName>${x509Data}` },
    /is not one X509Data/,
  ],
  'with an enveloped transform and no canonical form': [
    { references: m.reference('#Body', 1, m.transform(m.ENVELOPED)) },
    /^nothing where Transform belongs/,
  ],
  'beside another one': [
    { header: (parts) => `<ds:Signature/>${m.signatureOf(parts)}` },
    /^2 bare signatures/,
  ],
  'beside a Security header': [
    { header: (parts) => `<wsse:Security/>${m.signatureOf(parts)}` },
    /^a bare signature beside a Security header/,
  ],
};
for (const [what, [changes, reason]] of Object.entries(bareFaults)) {
  test(`refuses a bare signature ${what}`, () => assertRefused(bareMessage(changes), reason, bare));
}

test('refuses a bare signature whose Body was changed or moved', () => {
  assertRefused(bareMessage().replace('85630100195', '85630100001'), /was changed after/, bare);
  const good = bareMessage();
  const body = /<s:Body .*<\/s:Body>/s.exec(good)?.[0] ?? '';
  const evil = good
    .replace(body, '<s:Body><Vraag/></s:Body>')
    .replace('</s:Header>', `<x>${body}</x></s:Header>`);
  assertRefused(evil, /^#Body is the id of 0 parts/, bare);
});

test('refuses a declaration slipped in above a Body signed in inclusive form', () => {
  assertRefused(bareMessage().replace('urn:extra', 'urn:other'), /was changed after|does not fit/, bare);
});
