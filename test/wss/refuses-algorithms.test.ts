import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifySignature } from '../../src/wss/verify.ts';
import { readEnvelope } from '../../src/xml/envelope.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { issue, NOW } from '../support/certificates.ts';
import * as m from '../support/signed-message.ts';
import { alice, assertRefused, authority, party, trust, verify } from './world.ts';

const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const both = (transforms: string, digest = m.SHA256) =>
  m.reference('#BODY', 1, transforms, digest) + m.reference('#TS', 2, transforms, digest);
const exclusive = m.transform(m.EXCLUSIVE);

for (const method of [
  `${DSIG}hmac-sha1`,
  `${m.MORE}hmac-sha256`,
  `${DSIG}dsa-sha1`,
  `${m.MORE}rsa-md5`,
  `${m.MORE}rsa-ripemd160`,
  'http://www.w3.org/2007/05/xmldsig-more#rsa-pss',
  '',
]) {
  test(`refuses the signature algorithm ${JSON.stringify(method)}`, () => {
    assertRefused(m.signed(alice, { signatureMethod: method }), /^signature algorithm .* is not allowed/);
  });
}

test('refuses SHA-1 from a party with the strict profile', () => {
  assertRefused(m.signed(alice, { signatureMethod: `${DSIG}rsa-sha1` }), /^SHA-1: needs profile magda-2.0/);
  assertRefused(m.signed(alice, { references: both(exclusive, `${DSIG}sha1`) }), /^SHA-1: needs profile/);
});

for (const digest of [`${m.MORE}md5`, `${m.MORE}sha224`, '']) {
  test(`refuses the digest algorithm ${JSON.stringify(digest)}`, () => {
    assertRefused(
      m.signed(alice, { references: both(exclusive, digest) }),
      /^digest algorithm .* is not allowed/,
    );
  });
}

const prefixList = (list: string) =>
  `<ec:InclusiveNamespaces xmlns:ec="${m.EXCLUSIVE}" PrefixList="${list}"/>`;

const TRANSFORMS: Readonly<Record<string, readonly [string, RegExp]>> = {
  'inclusive C14N': [m.transform(m.INCLUSIVE), /^inclusive C14N in wsse:Security/],
  'inclusive C14N 1.1': [m.transform('http://www.w3.org/2006/12/xml-c14n11'), /is not allowed/],
  'exclusive C14N with comments': [m.transform(`${m.EXCLUSIVE}WithComments`), /is not allowed/],
  XPath: [m.transform('http://www.w3.org/TR/1999/REC-xpath-19991116') + exclusive, /^2 transforms/],
  'an XPath filter': [m.transform('http://www.w3.org/2002/06/xmldsig-filter2'), /is not allowed/],
  XSLT: [m.transform('http://www.w3.org/TR/1999/REC-xslt-19991116'), /is not allowed/],
  base64: [m.transform(`${DSIG}base64`), /is not allowed/],
  'the STR-Transform': [
    m.transform(
      'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform',
    ),
    /is not allowed/,
  ],
  'enveloped-signature alone': [m.transform(m.ENVELOPED), /^nothing where Transform belongs/],
  'parameters of enveloped-signature': [
    m.transform(m.ENVELOPED, '<x/>') + exclusive,
    /^enveloped-signature has parameters/,
  ],
  'a PrefixList without end': [
    m.transform(m.EXCLUSIVE, prefixList('a '.repeat(1001))),
    /^PrefixList is too long/,
  ],
  'two PrefixLists': [
    m.transform(m.EXCLUSIVE, prefixList('a') + prefixList('b')),
    /parameters that are not known/,
  ],
  'three transforms': [m.transform(m.ENVELOPED) + exclusive + exclusive, /^3 transforms/],
  'no transform in Transforms': ['', /^nothing where Transform belongs/],
  'parameters of exclusive C14N that are not known': [
    m.transform(m.EXCLUSIVE, '<x/>'),
    /parameters that are not known/,
  ],
};
for (const [what, [transforms, reason]] of Object.entries(TRANSFORMS)) {
  test(`refuses a reference with ${what}`, () => {
    assertRefused(m.signed(alice, { references: both(transforms) }), reason);
  });
}

test('refuses a reference without Transforms', () => {
  const references = both(exclusive).replaceAll(/<ds:Transforms>.*?<\/ds:Transforms>/g, '');
  assertRefused(m.signed(alice, { references }), /^Reference #BODY without Transforms/);
});

for (const algorithm of [`${m.EXCLUSIVE}WithComments`, 'http://www.w3.org/2006/12/xml-c14n11', '']) {
  test(`refuses a SignedInfo canonicalised by ${JSON.stringify(algorithm)}`, () => {
    const canonicalization = `<ds:CanonicalizationMethod Algorithm="${algorithm}"/>`;
    assertRefused(
      m.signed(alice, { canonicalization }),
      /^CanonicalizationMethod algorithm .* is not allowed/,
    );
  });
}

test('refuses a SignedInfo in inclusive form', () => {
  const canonicalization = `<ds:CanonicalizationMethod Algorithm="${m.INCLUSIVE}"/>`;
  assertRefused(m.signed(alice, { canonicalization }), /^inclusive C14N in wsse:Security/);
});

test('refuses a part without canonical form', () => {
  const body = '<Vraag xmlns:a="relative"><a:b/></Vraag>';
  // As whoever reads it who has not looked at its markup first, which refuses it (src/xml/limits.ts).
  const { root, dispose } = parseTree(Buffer.from(m.signed(alice).replace(m.QUESTION, body)));
  const needs = { trust, partyOf: () => party };
  assert.throws(
    () => verifySignature(readEnvelope(root), needs, NOW),
    /^Refusal.*: Body has no canonical form/,
  );
  dispose();
});

test('refuses a PrefixList that verifiers read differently: two spaces, one in front, none at all', () => {
  for (const list of ['s  wsu', ' s', 's&#9;wsu', 's&#10;wsu'])
    assertRefused(
      m.signed(alice, { references: both(m.transform(m.EXCLUSIVE, prefixList(list))) }),
      /^PrefixList is not prefixes with a space between/,
    );
  const none = `<ec:InclusiveNamespaces xmlns:ec="${m.EXCLUSIVE}"/>`;
  assertRefused(
    m.signed(alice, { references: both(m.transform(m.EXCLUSIVE, none)) }),
    /^PrefixList is not prefixes/,
  );
});

test('refuses base64 that is not filled up', () => {
  const good = m.signed(alice);
  assert.match(good, /==<\/ds:SignatureValue>/);
  for (const end of ['', '=', '===', '====', '=A'])
    assertRefused(
      good.replace('==</ds:SignatureValue>', `${end}</ds:SignatureValue>`),
      /^SignatureValue does not hold base64/,
    );
  assert.equal(verify(good.replace('==</ds:SignatureValue>', '\n= =</ds:SignatureValue>')).name, 'Vraag');
});

test('refuses a token that is more than a certificate in DER', () => {
  const der = Buffer.from(m.derOf(alice.certificate), 'base64');
  for (const bytes of [
    Buffer.concat([der, Buffer.from([0])]),
    Buffer.concat([der, der]),
    Buffer.from(alice.certificate),
  ])
    assertRefused(
      m.signed(alice, { token: m.tokenOf(bytes.toString('base64')) }),
      /^a certificate in the message is not in DER/,
    );
});

test('refuses a byte order mark within the message, as it is or as a reference', () => {
  for (const mark of ['\ufeff', '&#xFEFF;', '&#65279;'])
    for (const body of [
      `<Vraag>${mark}x</Vraag>`,
      `<Vraag a="${mark}"/>`,
      `<Vraag><![CDATA[\ufeff]]></Vraag>`,
    ])
      assertRefused(m.signed(alice, { body }), /^byte order mark in text or in a value/);
  assert.equal(verify(m.signed(alice, { body: '<Vraag a="&#xA;">&#x20AC;</Vraag>' })).text, '€');
});

test('refuses parameters of the signature algorithm', () => {
  const length = `<ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>`;
  const text = m.textOf(m.draft(alice)).replace(/(<ds:SignatureMethod [^>]*)\/>/, `$1>${length}`);
  assertRefused(m.seal(text, alice), /^SignatureMethod has parameters/);
});

test('refuses two SignedInfo', () => {
  const good = m.signed(alice);
  const info = /<ds:SignedInfo>.*<\/ds:SignedInfo>/s.exec(good)?.[0] ?? '';
  assertRefused(good.replace(info, info + info), /^Signature holds \[SignedInfo SignedInfo/);
  assertRefused(
    good.replace('<ds:SignatureValue>', `<ds:Object>${info}</ds:Object><ds:SignatureValue>`),
    /^Signature holds/,
  );
});

test('refuses an algorithm for another kind of key', async () => {
  const holder = await issue(authority, 'curved', { kind: 'p-256' });
  assertRefused(m.signed(holder), /^signature algorithm for rsa, key of the certificate is ec/);
});

const keyInfos: Readonly<Record<string, readonly [string, RegExp]>> = {
  'a bare key': ['<ds:KeyValue><ds:RSAKeyValue/></ds:KeyValue>', /^KeyInfo with KeyValue is not supported/],
  'a key name': ['<ds:KeyName>alice</ds:KeyName>', /^KeyInfo with KeyName/],
  'a retrieval method': ['<ds:RetrievalMethod URI="http://localhost/"/>', /^KeyInfo with RetrievalMethod/],
  'a key beside the certificate': ['<ds:KeyValue/><ds:X509Data/>', /^KeyInfo holds 2 elements/],
  nothing: ['', /^KeyInfo holds 0 elements/],
  'a reference to itself': [
    '<wsse:SecurityTokenReference wsu:Id="STR"><wsse:Reference URI="#STR"/></wsse:SecurityTokenReference>',
    /^KeyInfo refers to #STR/,
  ],
  'a reference that expects another kind of token': [
    `<wsse:SecurityTokenReference><wsse:Reference URI="#X509" ValueType="${m.PKI_PATH}"/></wsse:SecurityTokenReference>`,
    /^reference expects/,
  ],
  'an X509Data without certificate': [
    '<ds:X509Data><ds:X509SKI>AAAA</ds:X509SKI></ds:X509Data>',
    /^the signature names no certificate/,
  ],
};
for (const [what, [keyInfo, reason]] of Object.entries(keyInfos)) {
  test(`refuses a KeyInfo with ${what}`, () => {
    assertRefused(m.signed(alice, { keyInfo }), reason);
  });
}

test('refuses a PKIPath token in the strict profile', () => {
  const path = Buffer.from(m.derOf(alice.certificate), 'base64');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(path.length);
  const token = m.tokenOf(
    Buffer.concat([Buffer.from([0x30, 0x82]), length, path]).toString('base64'),
    m.PKI_PATH,
  );
  const keyInfo = '<wsse:SecurityTokenReference><wsse:Reference URI="#X509"/></wsse:SecurityTokenReference>';
  assertRefused(m.signed(alice, { token, keyInfo }), /^a PKIPath token: needs profile magda-2.0/);
});

test('refuses tokens of another type, too large or not base64', () => {
  const keyInfo = '<wsse:SecurityTokenReference><wsse:Reference URI="#X509"/></wsse:SecurityTokenReference>';
  const of = (token: string) => m.signed(alice, { token, keyInfo });
  assertRefused(of(m.tokenOf(m.derOf(alice.certificate), 'urn:other')), /^token type/);
  assertRefused(of(m.tokenOf('A'.repeat(40_000))), /^BinarySecurityToken of 40000 characters/);
  assertRefused(of(m.tokenOf('AAAA').replace('#Base64Binary', '#HexBinary')), /^token encoding .*#HexBinary/);
  assertRefused(of(m.tokenOf('no!')), /does not hold base64/);
  assertRefused(of(m.tokenOf('AAAA')), /^a certificate in the message cannot be read/);
  assertRefused(of(m.tokenOf('AAAA', m.PKI_PATH)), /^token is no PKIPath/);
});

const comments: Readonly<Record<string, readonly [string, string]>> = {
  'in a DigestValue': ['<ds:DigestValue>', '<ds:DigestValue><!-- -->'],
  'between the parts of Security': ['<wsu:Timestamp', '<!-- --><wsu:Timestamp'],
};
for (const [where, [from, to]] of Object.entries(comments)) {
  test(`refuses a comment ${where}`, () => {
    assertRefused(m.signed(alice).replace(from, to), /^comment inside Security/);
  });
}

test('refuses a comment that splits text of the Body, which the signature does not cover', () => {
  assertRefused(
    m.signed(alice).replace('85630100195', '85630<!-- -->100195'),
    /^comment inside character data/,
  );
});

test('refuses elements inside the value of a signature', () => {
  assertRefused(
    m.signed(alice).replace('</ds:SignatureValue>', '<x/></ds:SignatureValue>'),
    /does not hold base64/,
  );
});

test('refuses a SignedInfo without a reference', () => {
  assertRefused(m.signed(alice, { references: '' }), /^the Body is not signed/);
});

test('refuses a hundred references without computing one digest', () => {
  const references = Array.from({ length: 100 }, (_, index) => m.reference('#BODY', index)).join('');
  const message = m.textOf(m.draft(alice, { references })).replaceAll(/@[DS]\d*@/g, 'AAAA');
  const before = process.cpuUsage();
  assertRefused(message, /^100 references, at most 10/);
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 50_000, `${user + system} us of processor time`);
});
