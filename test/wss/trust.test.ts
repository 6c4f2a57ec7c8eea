import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { Refusal } from '../../src/exchange/refusal.ts';
import { subjectName } from '../../src/wss/subject-name.ts';
import { createTrust } from '../../src/wss/trust.ts';
import {
  type Authority,
  digitalSignature,
  issue,
  makeAuthority,
  NOW,
  nonRepudiation,
  revoke,
  type TestCertificate,
} from '../support/certificates.ts';

const root = await makeAuthority('Wortel CA');
const middle = await makeAuthority('Tussen CA', root);
const leaf = await issue(middle, 'leaf');
const direct = await issue(root, 'direct');
const DAY = 86_400_000;

const der = ({ certificate }: TestCertificate) => new X509Certificate(certificate).raw;
const trustIn = (authorities: readonly Authority[], revoked: readonly Uint8Array[] = []) =>
  createTrust({ authorities: authorities.map(({ certificate }) => certificate), revoked });
const subjectOf = (authorities: readonly Authority[], chain: readonly TestCertificate[], at = NOW) =>
  trustIn(authorities).check(chain.map(der), at).certificate.subject;
const refusedFor = (reason: RegExp) => (refusal: unknown) => {
  assert.ok(refusal instanceof Refusal, String(refusal));
  assert.match(refusal.message, reason);
  return refusal.text === 'ERR_025: Verification failure';
};

test('trusts a certificate of a configured authority', () => {
  assert.equal(subjectOf([root], [direct]), direct.subject);
});

test('reaches an authority through intermediates that are configured or sent along, in any order', () => {
  assert.equal(subjectOf([root, middle], [leaf]), leaf.subject);
  assert.equal(subjectOf([root], [leaf, middle]), leaf.subject);
  assert.equal(subjectOf([root], [leaf, root, middle]), leaf.subject);
  assert.equal(subjectOf([middle], [leaf]), leaf.subject);
});

test('describes a certificate by subject, issuer, serial number and fingerprint', () => {
  const { certificate } = trustIn([root]).check([der(direct)], NOW);
  const { serialNumber, fingerprint256 } = new X509Certificate(direct.certificate);
  assert.deepEqual(certificate, {
    subject: 'CN=direct,O=Stad Voorbeeld,C=BE',
    issuer: 'CN=Wortel CA,O=Stad Voorbeeld,C=BE',
    serialNumber,
    fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
  });
});

test('refuses a chain whose intermediate is missing', () => {
  assert.throws(
    () => subjectOf([root], [leaf]),
    refusedFor(/not issued by a configured authority, but by CN=Tussen CA/),
  );
});

test('refuses a self-signed certificate, and one of an authority of the same name with another key', async () => {
  const self = await issue(undefined, 'self');
  assert.throws(() => subjectOf([root], [self]), refusedFor(/not issued by a configured authority/));
  for (const kind of ['p-256', 'rsa-3072'] as const) {
    const impostor = await makeAuthority('Wortel CA', undefined, { kind });
    const forged = await issue(impostor, 'direct');
    assert.throws(() => subjectOf([root], [forged]), refusedFor(/not issued by/));
    assert.throws(() => subjectOf([root], [forged, impostor]), refusedFor(/with another key/));
  }
});

const faults: readonly [string, Parameters<typeof issue>[2], RegExp][] = [
  [
    'whose keyUsage excludes digitalSignature',
    { usage: nonRepudiation },
    /keyUsage of CN=bad.* excludes digitalSignature/,
  ],
  ['with an RSA key of 1024 bits', { kind: 'rsa-1024' }, /has 1024 bits, not 2048/],
  ['with a key on another curve', { kind: 'p-521' }, /neither RSA nor on P-256 or P-384/],
  ['with a critical extension that is not known', { critical: '1.2.3.4' }, /critical extension 1\.2\.3\.4/],
  ['that was issued with SHA-1', { hash: 'SHA-1' }, /issued with algorithm 1\.2\.840\.113549\.1\.1\.5/],
];
for (const [what, wishes, reason] of faults) {
  test(`refuses a certificate ${what}`, async () => {
    const bad = await issue(root, 'bad', wishes);
    assert.throws(() => subjectOf([root], [bad]), refusedFor(reason));
  });
}

test('trusts a certificate without keyUsage', async () => {
  assert.ok(subjectOf([root], [await issue(root, 'free', { usage: null })]));
});

test('refuses an issuer that is no authority, may not issue or has too many below it', async () => {
  const plain = await issue(root, 'plain', { usage: null });
  const child = await issue(plain, 'child');
  assert.throws(() => subjectOf([root], [child, plain]), refusedFor(/CN=plain.* is no CA/));
  const signing = await makeAuthority('Tekenende CA', root, { usage: digitalSignature });
  const other = await issue(signing, 'other');
  assert.throws(() => subjectOf([root], [other, signing]), refusedFor(/not issued by|excludes keyCertSign/));
  const short = await makeAuthority('Korte CA', undefined, { pathLength: 0 });
  const below = await makeAuthority('Onder CA', short);
  assert.ok(subjectOf([short], [await issue(short, 'near')]));
  const far = await issue(below, 'far');
  assert.throws(() => subjectOf([short], [far, below]), refusedFor(/pathLenConstraint 0 of CN=Korte CA/));
});

test('refuses outside the validity of any certificate in the chain, to the second', async () => {
  const until = new Date(NOW.getTime() + DAY);
  const short = await issue(root, 'short', { notBefore: NOW, notAfter: until });
  const trust = trustIn([root]);
  const check = (at: number) => trust.check([der(short)], new Date(at));
  assert.ok(check(NOW.getTime()));
  assert.ok(check(until.getTime()));
  assert.throws(() => check(NOW.getTime() - 1000), refusedFor(/not valid before 2026-03-02T10:00:00/));
  assert.throws(() => check(until.getTime() + 1000), refusedFor(/CN=short.* expired on 2026-03-03T10:00:00/));
  assert.ok(check(NOW.getTime()));
  const coming = await makeAuthority('Komende CA', root, { notBefore: until });
  const early = await issue(coming, 'early');
  assert.throws(() => subjectOf([root, coming], [early]), refusedFor(/not valid before 2026-03-03T10:00:00/));
  const passing = await makeAuthority('Korte tussen CA', root, { notAfter: until });
  const lasting = await issue(passing, 'lasting');
  const later = new Date(until.getTime() + 1000);
  assert.throws(
    () => subjectOf([root, passing], [lasting], later),
    refusedFor(/CN=Korte tussen CA.* expired/),
  );
});

test('refuses a revoked certificate and no other of that authority', async () => {
  const trust = trustIn([root], [await revoke(root, [direct.serial])]);
  assert.throws(() => trust.check([der(direct)], NOW), refusedFor(/CN=direct.* is revoked/));
  assert.ok(trust.check([der(await issue(root, 'other'))], NOW));
});

test('refuses what a revoked intermediate issued', async () => {
  const trust = trustIn([root], [await revoke(root, [middle.serial])]);
  assert.throws(() => trust.check([der(leaf), der(middle)], NOW), refusedFor(/CN=Tussen CA.* is revoked/));
});

test('refuses when the revocation list of the issuer has expired', async () => {
  const trust = trustIn([root], [await revoke(root, [], new Date(NOW.getTime() + 1000))]);
  assert.ok(trust.check([der(direct)], NOW));
  const later = new Date(NOW.getTime() + 2000);
  assert.throws(
    () => trust.check([der(direct)], later),
    refusedFor(/revocation list of CN=Wortel CA.* expired/),
  );
});

test('goes by the latest revocation list of an issuer, in whatever order they are given', async () => {
  const until = new Date(NOW.getTime() + DAY);
  const older = await revoke(root, [], until, new Date(NOW.getTime() - 2 * DAY));
  const newer = await revoke(root, [direct.serial], until, new Date(NOW.getTime() - DAY));
  for (const lists of [
    [older, newer],
    [newer, older],
  ])
    assert.throws(() => trustIn([root], lists).check([der(direct)], NOW), refusedFor(/is revoked/));
});

test('reads a revocation list in PEM', async () => {
  const list = (await revoke(root, [direct.serial])).toString('base64');
  const pem = `-----BEGIN X509 CRL-----\n${list}\n-----END X509 CRL-----\n`;
  const trust = createTrust({ authorities: [root.certificate], revoked: [pem] });
  assert.throws(() => trust.check([der(direct)], NOW), refusedFor(/is revoked/));
});

test('will not start with a revocation list that no authority signed, nor with an authority that is none', async () => {
  const impostor = await makeAuthority('Wortel CA', undefined, { kind: 'p-256' });
  const forged = await revoke(impostor, []);
  assert.throws(() => trustIn([root], [forged]), /no configured authority signed the revocation list/);
  assert.throws(() => createTrust({ authorities: [direct.certificate] }), /is no CA/);
  const signing = await makeAuthority('Tekenende CA', root, { usage: digitalSignature });
  assert.throws(() => trustIn([signing]), /excludes keyCertSign/);
  assert.throws(() => createTrust({ authorities: [] }), /no certification authority/);
});

test('refuses a chain without end', async () => {
  const chain = [leaf, ...Array.from({ length: 6 }, () => middle)];
  assert.throws(() => subjectOf([root], chain), refusedFor(/7 certificates in a chain, at most 6/));
});

test('writes names as RFC 4514 does, so that no two give the same text', async () => {
  const nameOf = async (name: string) =>
    subjectName(new X509Certificate((await issue(root, name)).certificate));
  assert.equal(await nameOf('a, b+c;d'), 'CN=a\\, b\\+c\\;d,O=Stad Voorbeeld,C=BE');
  assert.equal(await nameOf('x,O=Andere Stad'), 'CN=x\\,O=Andere Stad,O=Stad Voorbeeld,C=BE');
  assert.equal(await nameOf(' é '), 'CN=\\ é\\ ,O=Stad Voorbeeld,C=BE');
});
