import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createSigner, createSignerAs } from '../../src/wss/sign.ts';
import { plain } from '../../src/xml/names.ts';
import { element } from '../../src/xml/write.ts';
import { issue } from '../support/certificates.ts';
import * as m from '../support/signed-message.ts';
import { alice, authority, verify } from './world.ts';

/** xmlsec1 (libxmlsec, C) and zeep (Python) as signers and as verifiers. */

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-wss-'));
after(() => rmSync(folder, { recursive: true }));
const curved = await issue(authority, 'curved', { kind: 'p-256' });

const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const run = (program: string, args: readonly string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const certificate = file('alice.crt.pem', alice.certificate);
const key = file('alice.key.pem', alice.privateKey);
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
const SOAP = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};
const ids = (soap: string) => ['--id-attr:Id', `${soap}:Body`, '--id-attr:Id', `${WSU}:Timestamp`];

const prefixes = `<ec:InclusiveNamespaces xmlns:ec="${m.EXCLUSIVE}" PrefixList="s wsu q"/>`;
const templates: Readonly<Record<string, Partial<m.Draft>>> = {
  'in the plain form': {},
  'with a PrefixList': {
    envelopeAttributes: 'xmlns:q="urn:other"',
    references:
      m.reference('#BODY', 1, m.transform(m.EXCLUSIVE, prefixes)) +
      m.reference('#TS', 2, m.transform(m.EXCLUSIVE, prefixes)),
    canonicalization: `<ds:CanonicalizationMethod Algorithm="${m.EXCLUSIVE}">${prefixes}</ds:CanonicalizationMethod>`,
  },
  'with SHA-512, CDATA and a default namespace': {
    signatureMethod: `${m.MORE}rsa-sha512`,
    body: '<Vraag xmlns="urn:v"><a xmlns=""><![CDATA[<&>]]>&#13;é</a><b c="&#9;&#10;"/></Vraag>',
  },
};
for (const [what, changes] of Object.entries(templates)) {
  test(`accepts what xmlsec1 signed ${what}`, () => {
    const template = m.textOf(m.draft(alice, changes)).replaceAll(/@[DS]\d?@/g, '');
    const output = join(folder, 'signed.xml');
    const soap = ids(SOAP['1.1']);
    run('xmlsec1', [
      '--sign',
      '--privkey-pem',
      key,
      ...soap,
      '--output',
      output,
      file('template.xml', template),
    ]);
    assert.equal(verify(readFileSync(output)).profile, 'strict');
  });
}

const body = [
  element(plain('Vraag'), [element({ namespace: 'urn:a', name: 'Naam', prefix: 'a' }, 'Zoë & co\r\n')]),
];
const material = (by: typeof alice) => ({
  privateKey: by.privateKey,
  certificate: by.certificate,
  clock: { now: () => new Date() },
  randomId: () => 'a1',
});

for (const version of ['1.1', '1.2'] as const) {
  for (const by of [alice, curved]) {
    test(`xmlsec1 verifies what ${by === alice ? 'an RSA' : 'an EC'} key of ours signed in SOAP ${version}`, async () => {
      const message = Buffer.from(await createSigner(material(by)).sign(body, version));
      const pem = file('signer.crt.pem', by.certificate);
      const args = ['--verify', '--pubkey-cert-pem', pem, ...ids(SOAP[version])];
      run('xmlsec1', [...args, file('message.xml', message)]);
      const changed = file('changed.xml', message.toString().replace('Zoë', 'Zoé'));
      assert.throws(() => run('xmlsec1', [...args, changed]));
    });
  }
}

test('xmlsec1 verifies what we signed as clients of the other profiles', async () => {
  for (const profile of ['magda-2.0', 'header-signature'] as const) {
    const message = file(`${profile}.xml`, await createSignerAs(profile, material(alice)).sign(body, '1.1'));
    run('xmlsec1', ['--verify', '--pubkey-cert-pem', certificate, ...ids(SOAP['1.1']), message]);
  }
});

const PYTHON = '/usr/bin/python3';

test('zeep verifies what we signed', async () => {
  const script =
    'import sys; from lxml import etree; from zeep.wsse.signature import verify_envelope\n' +
    'verify_envelope(etree.parse(sys.argv[1]).getroot(), sys.argv[2])';
  const message = Buffer.from(await createSigner(material(alice)).sign(body, '1.1'));
  run(PYTHON, ['-c', script, file('ours.xml', message), certificate]);
  const changed = file('ours-changed.xml', message.toString().replace('Zoë', 'Zoé'));
  assert.throws(() => run(PYTHON, ['-c', script, changed, certificate]));
});

for (const kind of ['BinarySignature', 'Signature']) {
  test(`accepts what zeep signed with its ${kind}`, () => {
    const script = [
      'import sys, xmlsec; from lxml import etree; from zeep.wsse import signature',
      'root = etree.parse(sys.argv[1]).getroot()',
      `signer = signature.${kind}(sys.argv[2], sys.argv[3], signature_method=xmlsec.Transform.RSA_SHA256, digest_method=xmlsec.Transform.SHA256)`,
      'signer.apply(root, {})',
      'sys.stdout.buffer.write(etree.tostring(root))',
    ].join('\n');
    const unsigned = m.textOf(m.draft(alice, { security: (parts) => parts.timestamp }));
    const message = run(PYTHON, ['-c', script, file('unsigned.xml', unsigned), key, certificate]);
    assert.equal(verify(message).profile, 'strict');
  });
}
