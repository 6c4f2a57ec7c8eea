import assert from 'node:assert/strict';
import { test } from 'node:test';
import { issue, type KeyKind, NOW } from '../support/certificates.ts';
import * as m from '../support/signed-message.ts';
import { alice, authority, verify } from './world.ts';

const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope';
const inclusive = (list: string) =>
  `<ec:InclusiveNamespaces xmlns:ec="${m.EXCLUSIVE}" PrefixList="${list}"/>`;
const withPrefixes = (list: string) =>
  m.reference('#BODY', 1, m.transform(m.EXCLUSIVE, inclusive(list))) +
  m.reference('#TS', 2, m.transform(m.EXCLUSIVE, inclusive(list)));
const sha512 = 'http://www.w3.org/2001/04/xmlenc#sha512';
const references = (transforms: string, digest = m.SHA256) =>
  m.reference('#BODY', 1, transforms, digest) + m.reference('#TS', 2, transforms, digest);
const bst = m.tokenOf(m.derOf(alice.certificate));
const tokenToo = m.reference('#X509', 3);
const x509Data = `<ds:X509Data><ds:X509Certificate>${m.derOf(alice.certificate)}</ds:X509Certificate></ds:X509Data>`;

const shapes: Readonly<Record<string, Partial<m.Draft>>> = {
  'in SOAP 1.1': {},
  'in SOAP 1.2': { soap: SOAP12 },
  'addressed to the ultimate receiver of SOAP 1.2': {
    soap: SOAP12,
    securityAttributes: `s:role="${SOAP12}/role/ultimateReceiver"`,
  },
  'with the token after the signature': {
    security: (parts) => m.signatureOf(parts) + parts.timestamp + parts.token,
  },
  'whose token is signed too': { references: references(m.transform(m.EXCLUSIVE)) + tokenToo },
  'with an empty PrefixList': { references: withPrefixes('') },
  'with a PrefixList of what is in scope': {
    envelopeAttributes: 'xmlns:q="urn:q" xmlns:xsi="urn:xsi" xmlns="urn:default"',
    references: withPrefixes('q xsi #default s'),
    canonicalization: `<ds:CanonicalizationMethod Algorithm="${m.EXCLUSIVE}">${inclusive('s q')}</ds:CanonicalizationMethod>`,
  },
  'with enveloped-signature before exclusive C14N': {
    references: references(m.transform(m.ENVELOPED) + m.transform(m.EXCLUSIVE)),
  },
  'with a header block signed as well': {
    references: references(m.transform(m.EXCLUSIVE)) + m.reference('#MSG', 3),
    header: (parts) =>
      `<a:MessageID xmlns:a="urn:a" wsu:Id="MSG">1</a:MessageID><wsse:Security>${parts.security(parts)}</wsse:Security>`,
  },
  'with the certificate in KeyInfo': { token: '', keyInfo: x509Data },
  'with the certificate in a SecurityTokenReference': {
    token: '',
    keyInfo: `<wsse:SecurityTokenReference>${x509Data}</wsse:SecurityTokenReference>`,
  },
  'whose Body has a plain Id': { bodyAttributes: 'Id="BODY"' },
  'with RSA and SHA-384': {
    signatureMethod: `${m.MORE}rsa-sha384`,
    references: references(m.transform(m.EXCLUSIVE), `${m.MORE}sha384`),
  },
  'with RSA and SHA-512': {
    signatureMethod: `${m.MORE}rsa-sha512`,
    references: references(m.transform(m.EXCLUSIVE), sha512),
  },
  'with CDATA and character references in the Body': {
    body: '<Vraag><Naam><![CDATA[Jan & Piet]]>&#x20;&#xE9;&#13;&amp;</Naam></Vraag>',
  },
  'with comments between elements of the Body': {
    body: '<!-- a --><Vraag><!-- b --><Naam>Jan</Naam> <!-- c --></Vraag>',
  },
  'printed prettily': {
    security: (parts) =>
      `\n  ${parts.timestamp}\n  ${parts.token}\n  ${m.signatureOf(parts).replaceAll('><', '>\n    <')}\n`,
    token: bst.replace(/(?<=>)([^<]{64,})(?=<)/, (all) => all.replace(/.{64}/g, '$&\n')),
    body: '\n <Vraag>\n  <Naam>Jan</Naam>\n </Vraag>\n',
  },
  'with business ids that are not those of signed parts': {
    body: '<Vraag Id="a" id="b"><Naam ID="a" xml:id="c">Jan</Naam></Vraag>',
  },
};

for (const [shape, changes] of Object.entries(shapes)) {
  test(`accepts a message ${shape}`, () => {
    const { name, profile, subject } = verify(m.signed(alice, changes));
    assert.deepEqual([name, profile, subject], ['Vraag', 'strict', 'CN=alice,O=Stad Voorbeeld,C=BE']);
  });
}

test('proves the text that was signed, CDATA and references resolved', () => {
  const body = '<Vraag><Naam><![CDATA[Jan & Piet]]>&#x20;&#xE9;</Naam></Vraag>';
  assert.equal(verify(m.signed(alice, { body })).text, 'Jan & Piet é');
});

test('accepts a message in UTF-16 that was signed as UTF-8', () => {
  const message = m.signed(alice, { body: '<Vraag>Zoë</Vraag>' });
  assert.equal(verify(Buffer.from(`\ufeff${message}`, 'utf16le')).text, 'Zoë');
  assert.equal(verify(Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-8"?>\n${message}`)).text, 'Zoë');
});

const keys: readonly [KeyKind, string][] = [
  ['rsa-3072', 'rsa-sha256'],
  ['p-256', 'ecdsa-sha256'],
  ['p-384', 'ecdsa-sha384'],
  ['p-384', 'ecdsa-sha512'],
];
for (const [kind, method] of keys) {
  test(`accepts ${method} by a key of kind ${kind}`, async () => {
    const holder = await issue(authority, `holder-${kind}`, { kind });
    const message = m.signed(holder, { signatureMethod: `${m.MORE}${method}` });
    assert.equal(verify(message).subject, holder.subject);
  });
}

test('reads the moments of a Timestamp with and without a fraction', () => {
  for (const created of ['2026-03-02T10:00:00Z', '2026-03-02T10:00:00.1Z', '2026-03-02T10:00:00.123456789Z'])
    assert.equal(
      verify(m.signed(alice, { timestamp: m.timestamp(created, m.moment(300)) })).profile,
      'strict',
    );
});

test('gives the same verdict twice, the second time from what it remembers of the certificate', () => {
  const message = m.signed(alice);
  assert.deepEqual(verify(message), verify(message, {}, new Date(NOW.getTime() + 1000)));
});
