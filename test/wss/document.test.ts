import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Element } from '../../src/exchange/element.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import { verifyDocument } from '../../src/wss/verify-document.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { element } from '../../src/xml/write.ts';
import { issue, makeAuthority, NOW } from '../support/certificates.ts';
import { alice, authority, trust } from './world.ts';

const d = (name: string) => ({ namespace: 'urn:d', name, prefix: 'd' });
const content = [element(d('Naam'), 'Zoë & co\r\n'), element(d('Som'), [element(d('Bedrag'), '12')])];
const signedBy = (by: typeof alice) =>
  Buffer.from(createDocumentSigner(by).sign(d('Stuk'), content)).toString();
const ours = signedBy(alice);

/** Verifies a document and tells by whom it is signed and what is left of it. */
function verified(document: string, read: (root: Element) => string = (root) => root.text) {
  const tree = parseTree(Buffer.from(document));
  try {
    const { subject } = verifyDocument(tree.root, { trust, at: NOW });
    return { subject, left: read(tree.root) };
  } finally {
    tree.dispose();
  }
}

function assertRefused(document: string, why: RegExp): void {
  assert.notEqual(document, ours);
  assert.throws(
    () => verified(document),
    (error: unknown) => error instanceof Refusal && error.code === 'ERR_025' && why.test(error.message),
  );
}

test('refuses a byte order mark in a document', () => {
  assertRefused(ours.replace('Zoë', '\ufeffZoë'), /^byte order mark/);
});

test('verifies a document by its own signature, and leaves what was signed', () => {
  const names = verified(ours, (root) => root.children.map(({ name }) => name).join());
  assert.deepEqual(names, { subject: alice.subject, left: 'Naam,Som' });
  assert.equal(verified(ours).left, 'Zoë & co\r\n12');
});

test('has the same bytes each time with an RSA key, and verifies with an EC key too', async () => {
  assert.equal(signedBy(alice), ours);
  const curved = await issue(authority, 'curved document', { kind: 'p-256' });
  assert.equal(verified(signedBy(curved)).subject, curved.subject);
});

const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(ours)?.[0] ?? '';
const transform = (name: string) => `<ds:Transform Algorithm="${name}"></ds:Transform>`;
const ENVELOPED = transform('http://www.w3.org/2000/09/xmldsig#enveloped-signature');
const EXCLUSIVE = transform('http://www.w3.org/2001/10/xml-exc-c14n#');

for (const [what, change, why] of [
  ['a value that was changed', (t: string) => t.replace('>12<', '>13<'), /changed after it was signed/],
  [
    'an attribute that was added',
    (t: string) => t.replace('<d:Som>', '<d:Som a="1">'),
    /changed after it was signed/,
  ],
  [
    'an element that was added',
    (t: string) => t.replace('<d:Som>', '<d:Som/><d:Som>'),
    /changed after it was signed/,
  ],
  ['no signature', (t: string) => t.replace(signature, ''), /no ds:Signature/],
  ['two signatures', (t: string) => t.replace(signature, signature + signature), /not the one last child/],
  [
    'something behind its signature',
    (t: string) => t.replace(signature, `${signature}<d:Naam/>`),
    /not the one last child/,
  ],
  [
    'a signature further down',
    (t: string) => t.replace(signature, '').replace('<d:Bedrag>', `${signature}<d:Bedrag>`),
    /no ds:Signature/,
  ],
  ['a comment', (t: string) => t.replace('>12<', '>1<!-- -->2<'), /comment/],
  ['a reference to a part', (t: string) => t.replace('URI=""', 'URI="#x"'), /is not the whole document/],
  ['no reference to itself', (t: string) => t.replace(' URI=""', ''), /is not the whole document/],
  [
    'transforms that leave its signature in',
    (t: string) => t.replace(ENVELOPED, ''),
    /are not enveloped-signature and/,
  ],
  ['no canonical form', (t: string) => t.replace(EXCLUSIVE, ''), /are not enveloped-signature and/],
  ['SHA-1', (t: string) => t.replace('2001/04/xmldsig-more#rsa-sha256', '2000/09/xmldsig#rsa-sha1'), /SHA-1/],
  [
    'inclusive C14N',
    (t: string) => t.replace(EXCLUSIVE, transform('http://www.w3.org/TR/2001/REC-xml-c14n-20010315')),
    /inclusive C14N/,
  ],
  [
    'an altered signature value',
    (t: string) =>
      t.replace(/(<ds:SignatureValue>)(.)/, (_, tag, first) => `${tag}${first === 'A' ? 'B' : 'A'}`),
    /SignatureValue does not fit/,
  ],
  [
    'no certificate',
    (t: string) => t.replace(/<ds:X509Data.*<\/ds:X509Data>/, '<ds:KeyName>a</ds:KeyName>'),
    /KeyInfo/,
  ],
] as const) {
  test(`refuses a document with ${what}`, () => assertRefused(change(ours), why));
}

test('refuses a document whose signer nobody here trusts', async () => {
  const stranger = await issue(await makeAuthority('Andere CA'), 'stranger');
  assertRefused(signedBy(stranger), /no path|authority|chain/i);
});

test('signs with no key but that of its certificate', async () => {
  const other = await issue(authority, 'other');
  assert.throws(
    () => createDocumentSigner({ ...alice, privateKey: other.privateKey }),
    /does not belong to the certificate/,
  );
});
