import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeQuestion } from '../../src/wss/ocsp-question.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { issue, makeAuthority, type TestCertificate } from '../support/certificates.ts';
import { temporaryFolder } from '../support/program.ts';

/** The responder of OpenSSL, which knows nothing of ours but certificates and the question. */

const root = await makeAuthority('Wortel CA');
const leaf = await issue(root, 'leaf');
const taken = await issue(root, 'ingetrokken');
const stranger = await issue(root, 'onbekend');
const delegate = await issue(root, 'antwoorder', {
  purposes: { ids: ['1.3.6.1.5.5.7.3.9'], critical: true },
  kind: 'p-256',
});
const folder = temporaryFolder();
const keep = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const ca = keep('ca.pem', root.certificate);
const index = keep(
  'index.txt',
  [
    ['V', '400101000000Z', '', leaf.serial.toUpperCase(), 'unknown', '/CN=leaf'],
    ['R', '400101000000Z', '261101000000Z', taken.serial.toUpperCase(), 'unknown', '/CN=ingetrokken'],
  ]
    .map((fields) => `${fields.join('\t')}\n`)
    .join(''),
);
const signers = { issuer: root, delegate };
const answer = keep('answer.der', '');

/** What is decided on a certificate once the responder was asked about it. */
function decided(
  certificate: TestCertificate,
  by: keyof typeof signers,
  ...options: readonly string[]
): string {
  const trust = createTrust({
    authorities: [root.certificate],
    responders: [{ name: 'ca.pem', text: root.certificate, url: 'http://responder.example/' }],
  });
  const at = new Date();
  const chain = [new X509Certificate(certificate.certificate).raw];
  const [question = assert.fail()] = trust.explain(chain, at).questions;
  const nonce = randomBytes(32);
  const asked = keep('question.der', writeQuestion(question, nonce));
  const signer = keep('signer.pem', signers[by].certificate);
  const key = keep('signer.key', signers[by].privateKey);
  execFileSync(
    'openssl',
    [
      ...['ocsp', '-index', index, '-CA', ca, '-rsigner', signer, '-rkey', key],
      ...['-reqin', asked, '-respout', answer, ...options],
    ],
    { stdio: 'pipe' },
  );
  trust.takeAnswer(question, readFileSync(answer), { nonce, demandsNonce: true, at: new Date() });
  return trust.explain(chain, new Date()).fault ?? 'relied on';
}

for (const by of ['issuer', 'delegate'] as const) {
  test(`understands what OpenSSL's responder answers for the ${by}`, () => {
    const lasting = ['-nmin', '10'];
    assert.equal(decided(leaf, by, ...lasting), 'relied on');
    assert.equal(decided(leaf, by, ...lasting, '-resp_key_id'), 'relied on');
    assert.equal(decided(leaf, by), 'relied on');
    assert.match(decided(taken, by, ...lasting), /CN=ingetrokken.* is revoked/);
    assert.match(decided(stranger, by, ...lasting), /CN=onbekend.* is not known to/);
  });
}

test('OpenSSL finds in the question what was meant', () => {
  decided(leaf, 'issuer');
  const text = execFileSync('openssl', ['ocsp', '-reqin', join(folder, 'question.der'), '-req_text'], {
    encoding: 'utf8',
  });
  assert.match(text, new RegExp(`Serial Number: ${leaf.serial}`, 'i'));
  assert.match(text, /OCSP Nonce/);
  assert.match(text, /Requestor List:\s+Certificate ID:/);
  assert.doesNotMatch(text, /Signature Algorithm/);
});
