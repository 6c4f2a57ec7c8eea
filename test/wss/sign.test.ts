import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { Party } from '../../src/exchange/party.ts';
import { createSigner, createSignerAs } from '../../src/wss/sign.ts';
import { verifyReply } from '../../src/wss/verify.ts';
import { plain, type QName } from '../../src/xml/names.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { attribute, element, fragment } from '../../src/xml/write.ts';
import { issue, type KeyKind, NOW, type TestCertificate } from '../support/certificates.ts';
import * as m from '../support/signed-message.ts';
import { alice, assertRefused, authority, TOMORROW, trust, verify } from './world.ts';

const urn = (name: string): QName => ({ namespace: 'urn:a', name, prefix: 'a' });
const content = element(
  urn('Antwoord'),
  [element(plain('Naam'), 'Zoë & "co" <x>\r\t'), 'los'],
  [attribute(urn('x'), '<"\n')],
);
let ids = 0;
const material = (by: TestCertificate, more = '') => ({
  privateKey: by.privateKey,
  certificate: by.certificate + more,
  clock: { now: () => NOW },
  randomId: () => `id${++ids}`,
});
const certificateOf = (bytes: Uint8Array) => {
  const { envelope, dispose } = m.received(bytes);
  try {
    return verifyReply(envelope, { trust, at: NOW });
  } finally {
    dispose();
  }
};

for (const version of ['1.1', '1.2'] as const) {
  test(`signs markup in a SOAP ${version} envelope, Body and Timestamp`, async () => {
    const bytes = await createSigner(material(alice)).sign([content], version);
    assert.equal(certificateOf(bytes).subject, alice.subject);
    const { envelope, dispose } = m.received(bytes);
    assert.equal(envelope.soap, version);
    dispose();
    assert.equal(verify(bytes).text, 'Zoë & "co" <x>\r\tlos');
  });
}

for (const kind of ['rsa-3072', 'p-256', 'p-384'] satisfies KeyKind[]) {
  test(`signs with a key of kind ${kind}`, async () => {
    const by = await issue(authority, `signer-${kind}`, { kind });
    const bytes = await createSigner(material(by)).sign([content], '1.1');
    assert.equal(certificateOf(bytes).subject, by.subject);
  });
}

const payloads: Readonly<Record<string, string>> = {
  'with its own prefixes': '<a:V xmlns:a="urn:a" a:x="1"><b xmlns="urn:b"><c></c></b></a:V>',
  'that declares the prefixes of the envelope': `<soap:V xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><d xmlns:wsu="urn:other" wsu:e="1"></d></soap:V>`,
  'that declares the prefix of the Body for something else': '<soap:V xmlns:soap="urn:other"></soap:V>',
  'in no namespace': '<V>1 &gt; 0</V>',
};
for (const [what, xml] of Object.entries(payloads)) {
  test(`signs a payload ${what} as it stands`, async () => {
    const { root, dispose } = parseTree(Buffer.from(xml));
    const canonical = root.canonical();
    dispose();
    const bytes = await createSigner(material(alice)).sign(canonical, '1.1');
    assert.equal(certificateOf(bytes).subject, alice.subject);
    const received = m.received(bytes);
    assert.equal(
      Buffer.from(received.envelope.body.children[0]?.canonical() ?? []).toString(),
      Buffer.from(canonical).toString(),
    );
    received.dispose();
    const wrapped = element(urn('Repliek'), [fragment(canonical), fragment(canonical)]);
    const again = await createSigner(material(alice)).sign([wrapped], '1.1');
    assert.equal(certificateOf(again).subject, alice.subject);
  });
}

test('writes further blocks into the header, and gives every message ids of its own', async () => {
  const signer = createSigner(material(alice));
  const block = element(urn('Correlatie'), '1');
  const [one, two] = await Promise.all([
    signer.sign([content], '1.2', [block]),
    signer.sign([content], '1.2'),
  ]);
  assert.match(Buffer.from(one).toString(), /<a:Correlatie xmlns:a="urn:a">1<\/a:Correlatie><\/soap:Header>/);
  assert.doesNotMatch(Buffer.from(two).toString(), /Correlatie/);
  const idsIn = (bytes: Uint8Array) =>
    Buffer.from(bytes)
      .toString()
      .match(/wsu:Id="[^"]+"/g) ?? [];
  assert.equal(new Set([...idsIn(one), ...idsIn(two)]).size, 6);
  assert.equal(certificateOf(one).subject, alice.subject);
});

test('signs for five minutes', async () => {
  const bytes = await createSigner(material(alice)).sign([content], '1.1');
  assert.equal(verify(bytes, {}, new Date(NOW.getTime() + 360_000)).profile, 'strict');
  assertRefused(bytes, /has expired/, {}, new Date(NOW.getTime() + 360_001));
});

for (const profile of ['magda-2.0', 'header-signature'] as const) {
  test(`signs as a client of profile ${profile} does, which only such a party may`, async () => {
    const bytes = await createSignerAs(profile, material(alice, authority.certificate)).sign(
      [content],
      '1.1',
    );
    const as: Partial<Party> = { profile, profileUntil: TOMORROW };
    assert.equal(verify(bytes, as).profile, profile);
    assertRefused(bytes, /needs profile/);
    assert.throws(() => certificateOf(bytes), /no Timestamp|bare signature/);
  });
}

test('will not sign with a key that does not belong to the certificate', async () => {
  const mallory = await issue(authority, 'mallory');
  assert.throws(
    () => createSigner({ ...material(alice), privateKey: mallory.privateKey }),
    /does not belong/,
  );
  assert.ok(new X509Certificate(mallory.certificate));
});

test('verifies an answer only when it is whole and its certificate is trusted', async () => {
  const bytes = Buffer.from(await createSigner(material(alice)).sign([content], '1.1'));
  assert.throws(
    () => certificateOf(Buffer.from(bytes.toString().replace('Zoë', 'Zoé'))),
    /was changed after/,
  );
  const stranger = await issue(undefined, 'stranger');
  const foreign = await createSigner(material(stranger)).sign([content], '1.1');
  assert.throws(() => certificateOf(foreign), /not issued by a configured authority/);
});
