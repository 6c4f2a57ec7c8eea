import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../src/exchange/refusal.ts';
import { issue } from '../support/certificates.ts';
import * as m from '../support/signed-message.ts';
import { alice, assertRefused, assertUnsigned, authority, verify } from './world.ts';

/** Every message below starts from one that is accepted, and keeps a signature that fits what it signs. */

const good = m.signed(alice);
const cut = (pattern: RegExp) => pattern.exec(good)?.[0] ?? '';
const signedBody = cut(/<s:Body .*<\/s:Body>/s);
const signedTimestamp = cut(/<wsu:Timestamp.*<\/wsu:Timestamp>/s);
const evilBody = '<s:Body><q:Vraag xmlns:q="urn:vraag"><q:INSZ>85630100001</q:INSZ></q:Vraag></s:Body>';
const freshTimestamp = m.timestamp(m.moment(0), m.moment(200), 'NEW');

const replaced = (from: string, to: string, message = good) => {
  assert.ok(message.includes(from), from);
  return message.replace(from, () => to);
};
/** Puts `to` where a signed part was, and that part in front of `marker`, inside whatever `wrap` makes. */
const moved = (part: string, to: string, marker: string, wrap = (content: string) => content) =>
  replaced(marker, wrap(part) + marker, replaced(part, to));
const old = (content: string) => `<x:Old xmlns:x="urn:x">${content}</x:Old>`;
const block = (content: string) => (parts: m.Draft) =>
  `<x:Block xmlns:x="urn:x" s:mustUnderstand="0">${content}</x:Block><wsse:Security>${parts.security(parts)}</wsse:Security>`;

test('accepts the message from which the attacks are made', () => {
  assert.equal(verify(good).name, 'Vraag');
});

const attacks: Readonly<Record<string, readonly [string, RegExp]>> = {
  'a changed Body': [replaced('85630100195', '85630100001'), /^Body #BODY was changed after it was signed/],
  'another attribute on the Body': [replaced('wsu:Id="BODY">', 'wsu:Id="BODY" a="b">'), /changed after/],
  'a changed Timestamp': [replaced(m.moment(300), m.moment(301)), /^Timestamp #TS was changed/],
  'the signed Body inside another Body': [
    replaced(signedBody, `<s:Body>${signedBody}</s:Body>`),
    /^#BODY is the id of 0 parts/,
  ],
  'the signed Body under a block of the header': [
    moved(signedBody, evilBody, '</s:Header>', old),
    /^#BODY is the id of 0 parts/,
  ],
  'the signed Body as a block of the header': [
    moved(signedBody, evilBody, '</s:Header>'),
    /^the Body is not signed/,
  ],
  'the signed Body inside the signature': [
    moved(signedBody, evilBody, '</ds:Signature>'),
    /^Signature holds/,
  ],
  'the signed Body inside a ds:Object': [
    moved(signedBody, evilBody, '</ds:Signature>', (body) => `<ds:Object>${body}</ds:Object>`),
    /^Signature holds/,
  ],
  'the signed Body inside KeyInfo': [
    moved(signedBody, evilBody, '</ds:KeyInfo>'),
    /^KeyInfo holds 2 elements/,
  ],
  'the signed Body inside Security': [
    moved(signedBody, evilBody, '</wsse:Security>'),
    /^the Body is not signed/,
  ],
  'the signed Body in a Security header for another actor': [
    moved(signedBody, evilBody, '</s:Header>', (body) => {
      return `<wsse:Security s:actor="urn:other">${body}</wsse:Security>`;
    }),
    /^2 Security headers/,
  ],
  'the signed Body inside the token': [
    moved(signedBody, evilBody, '</wsse:BinarySecurityToken>'),
    /^BinarySecurityToken does not hold base64/,
  ],
  'the signed Timestamp under a block and a fresh one in its place': [
    moved(signedTimestamp, freshTimestamp, '</s:Header>', old),
    /^#TS is the id of 0 parts/,
  ],
  'the signed Timestamp as a block of the header and a fresh one in its place': [
    moved(signedTimestamp, freshTimestamp, '</s:Header>'),
    /^the Timestamp is not signed/,
  ],
  'a second, fresh Timestamp': [
    replaced('<wsu:Timestamp', `${freshTimestamp}<wsu:Timestamp`),
    /^2 Timestamps/,
  ],
  'the signed Timestamp outside Security': [
    moved(signedTimestamp, '', '</s:Header>'),
    /^no Timestamp: needs/,
  ],
  'a Body whose id was changed': [replaced('wsu:Id="BODY"', 'wsu:Id="OTHER"'), /^#BODY is the id of 0 parts/],
};
for (const [what, [message, reason]] of Object.entries(attacks)) {
  test(`refuses a message with ${what}`, () => assertRefused(message, reason));
}

for (const [what, message] of [
  ['before', replaced(signedBody, evilBody + signedBody)],
  ['after', replaced(signedBody, signedBody + evilBody)],
] as const) {
  test(`refuses a second Body ${what} the signed one`, () => {
    assert.throws(
      () => verify(message),
      (refusal) => refusal instanceof Refusal && refusal.code === '10001',
    );
  });
}

const twin = (attribute: string) => ({
  body: `<q:Vraag xmlns:q="urn:vraag" xmlns:z="urn:z"><q:INSZ ${attribute}>1</q:INSZ></q:Vraag>`,
});
for (const name of ['wsu:Id', 'Id', 'ID', 'id', 'xml:id', 'z:Id']) {
  test(`refuses a signed id that occurs again as ${name} in the Body`, () => {
    assert.equal(verify(m.signed(alice, twin(`${name}="FREE"`))).text, '1');
    assertRefused(m.signed(alice, twin(`${name}="BODY"`)), /^id BODY occurs 2 times/);
    assertRefused(m.signed(alice, twin(`${name}="X509"`)), /^id X509 occurs 2 times/);
  });
}

test('refuses a signed id that occurs again in a block of the header', () => {
  assert.equal(verify(m.signed(alice, { header: block('<y Id="FREE"/>') })).name, 'Vraag');
  assertRefused(m.signed(alice, { header: block('<y Id="TS"/>') }), /^id TS occurs 2 times/);
});

test('refuses two parts with one id', () => {
  const header = (parts: m.Draft) =>
    `<x:Block xmlns:x="urn:x" wsu:Id="BODY"/><wsse:Security>${parts.security(parts)}</wsse:Security>`;
  assertRefused(m.signed(alice, { header }), /^#BODY is the id of 2 parts/);
});

test('refuses a message without a signature, and says so to the sender', () => {
  const none = { bodyAttributes: '' };
  const envelope = (header: string) => m.textOf(m.draft(alice, { ...none, header: () => header }));
  assertUnsigned(envelope(''), /no wsse:Security/);
  assertUnsigned(replaced('<s:Header></s:Header>', '', envelope('')), /no wsse:Security/);
  assertUnsigned(envelope('<wsse:Security/>'), /no ds:Signature/);
  assertUnsigned(envelope(`<wsse:Security>${m.draft(alice).timestamp}</wsse:Security>`), /no ds:Signature/);
});

test('refuses a signature over the Timestamp only', () => {
  assertRefused(m.signed(alice, { references: m.reference('#TS', 1) }), /^the Body is not signed/);
});

test('refuses a Timestamp that is not signed', () => {
  assertRefused(
    m.signed(alice, { references: m.reference('#BODY', 1) }),
    /^the Timestamp is not signed: needs profile/,
  );
});

const uris = [
  '',
  '#',
  'cid:body',
  '#xpointer(id(&apos;BODY&apos;))',
  '#xpointer(/)',
  'http://localhost/x',
  'file:///etc/hosts',
];
for (const uri of uris) {
  test(`refuses a reference to ${JSON.stringify(uri)}`, () => {
    const references = m.reference('#BODY', 1) + m.reference('#TS', 2) + m.reference(uri, 3);
    assertRefused(m.signed(alice, { references }), /is no #id/);
  });
}

test('refuses a reference to the signature itself, and to Security', () => {
  const references = (id: string) => m.reference('#BODY', 1) + m.reference('#TS', 2) + m.reference(id, 3);
  assertRefused(m.signed(alice, { references: references('#SIG') }), /^#SIG is the id of 0 parts/);
  const securityAttributes = 'wsu:Id="SEC"';
  assertRefused(
    m.signed(alice, { securityAttributes, references: references('#SEC') }),
    /^#SEC is the id of 0/,
  );
});

test('refuses a reference to something inside the Body', () => {
  const body = '<q:Vraag xmlns:q="urn:vraag"><q:INSZ wsu:Id="IN">1</q:INSZ></q:Vraag>';
  const references = m.reference('#BODY', 1) + m.reference('#TS', 2) + m.reference('#IN', 3);
  assertRefused(m.signed(alice, { body, references }), /^#IN is the id of 0 parts/);
});

test('refuses two references to one part', () => {
  const references = m.reference('#BODY', 1) + m.reference('#TS', 2) + m.reference('#BODY', 1);
  assertRefused(m.signed(alice, { references }), /^a part is referenced twice/);
});

test('refuses a second signature', async () => {
  const mallory = await issue(authority, 'mallory');
  const second = m
    .signatureOf(m.draft(mallory))
    .replaceAll(/@[DS]\d?@/g, 'AAAA')
    .replace('Id="SIG"', '');
  const security = (parts: m.Draft) => m.draft(alice).security(parts) + second;
  assertRefused(m.signed(alice, { security }), /^2 signatures in Security/);
});

test('refuses two tokens, whichever KeyInfo refers to', async () => {
  const mallory = await issue(authority, 'mallory');
  const other = m.tokenOf(m.derOf(mallory.certificate), m.X509V3, 'OTHER');
  const token = m.tokenOf(m.derOf(alice.certificate));
  assertRefused(m.signed(alice, { token: token + other }), /^2 BinarySecurityTokens/);
  assertRefused(m.signed(alice, { token: other + token }), /^2 BinarySecurityTokens/);
});

test('refuses a token that is not that of the key which signed', async () => {
  const mallory = await issue(authority, 'mallory');
  const token = m.tokenOf(m.derOf(mallory.certificate));
  assertRefused(m.signed(alice, { token }), /^SignatureValue does not fit/);
});

test('refuses a signed token beside the certificate that was used', async () => {
  const x509Data = `<ds:X509Data><ds:X509Certificate>${m.derOf(alice.certificate)}</ds:X509Certificate></ds:X509Data>`;
  const references = m.reference('#BODY', 1) + m.reference('#TS', 2) + m.reference('#X509', 3);
  assertRefused(m.signed(alice, { keyInfo: x509Data, references }), /token other than the signer's/);
});

test('refuses Security that is addressed to somebody else', () => {
  assertRefused(
    m.signed(alice, { securityAttributes: 's:actor="urn:hop"' }),
    /^Security is addressed to urn:hop/,
  );
});
