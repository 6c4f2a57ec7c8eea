import assert from 'node:assert/strict';
import { createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { faultOfKey } from '../../src/wss/certificate-rules.ts';
import type { Field, Link } from '../../src/wss/chain-link.ts';
import { createTrust, type TrustSettings } from '../../src/wss/trust.ts';
import {
  type Authority,
  issue,
  keyCertSign,
  makeAuthority,
  NOW,
  nonRepudiation,
  revoke,
  type TestCertificate,
} from '../support/certificates.ts';

const DAY = 86_400_000;
const root = await makeAuthority('Wortel CA');
const middle = await makeAuthority('Tussen CA', root);
const leaf = await issue(middle, 'leaf');
const direct = await issue(root, 'direct');

const der = ({ certificate }: TestCertificate) => new X509Certificate(certificate).raw;
const file = (name: string, ...authorities: readonly Authority[]) => ({
  name,
  text: authorities.map(({ certificate }) => certificate).join(''),
});
const explain = (settings: TrustSettings, chain: readonly TestCertificate[], at = NOW) =>
  createTrust(settings).explain(chain.map(der), at);
const finding = (link: Link | undefined, field: Field) =>
  link?.findings.find((each) => each.field === field) ?? assert.fail(field);
const badIn = ({ findings }: Link) =>
  findings.filter(({ verdict }) => verdict === 'bad').map(({ field }) => field);

test('tells every field of every link, and where each certificate came from', async () => {
  const list = { name: 'wortel.crl', content: await revoke(root, []) };
  const { links, fault } = explain({ authorities: [file('roots.pem', root)], revoked: [list] }, [
    leaf,
    middle,
  ]);
  assert.equal(fault, null);
  assert.deepEqual(
    links.map((link) => [link.certificate.subject.split(',')[0], link.file]),
    [
      ['CN=leaf', null],
      ['CN=Tussen CA', null],
      ['CN=Wortel CA', 'roots.pem'],
    ],
  );
  const fields = links.map(({ findings }) => findings.map(({ field }) => field).join(' '));
  assert.equal(
    fields[0],
    'issuer algorithm validity key keyUsage basicConstraints criticalExtensions revocation',
  );
  assert.match(fields[1] ?? '', /pathLength/);
  // Nobody but the operator vouches for an authority: nothing is said of who issued it.
  assert.doesNotMatch(fields[2] ?? '', /algorithm|revocation/);
  assert.match(finding(links[1], 'revocation').says, /not in wortel\.crl, of 2026-03-01.*next 2026-03-03/);
  assert.equal(finding(links[0], 'revocation').verdict, 'open');
  assert.match(finding(links[0], 'revocation').mend ?? '', /KRUISPUNT_REVOCATION_LISTS/);
});

test('goes on behind the first fault, and says of each what would mend it', async () => {
  const worst = await issue(root, 'worst', { usage: nonRepudiation, critical: '1.2.3', notAfter: NOW });
  const later = new Date(NOW.getTime() + 1000);
  const { links, fault } = explain({ authorities: [file('roots.pem', root)] }, [worst], later);
  const [first] = links;
  assert.deepEqual(first && badIn(first), ['validity', 'keyUsage', 'criticalExtensions']);
  for (const { verdict, mend } of first?.findings ?? []) if (verdict === 'bad') assert.notEqual(mend, null);
  assert.match(
    fault ?? '',
    /^certificate CN=worst.* expired .*\(validity of certificate 1 of 2, from the message; to mend it: /,
  );
});

test('names the file in which the certificate stands that stands in the way', async () => {
  const old = await makeAuthority('Oude CA', root, { notAfter: NOW });
  const child = await issue(old, 'kind');
  const later = new Date(NOW.getTime() + 1000);
  const { fault } = explain({ authorities: [file('a.pem', root), file('b.pem', old)] }, [child], later);
  assert.match(fault ?? '', /CN=Oude CA.* expired on .*validity of certificate 2 of 3, in b\.pem/);
});

test('tells an authority that is missing from one of the same name with another key', async () => {
  const missing = explain({ authorities: [file('roots.pem', root)] }, [leaf]);
  assert.match(
    missing.fault ?? '',
    /by CN=Tussen CA.*put CN=Tussen CA.* into a file of KRUISPUNT_AUTHORITIES/,
  );
  const namesake = await makeAuthority('Wortel CA', undefined, { kind: 'p-256' });
  const other = explain({ authorities: [file('roots.pem', namesake)] }, [direct]);
  assert.match(other.fault ?? '', /with another key than the one of that name .*roots\.pem/);
  const self = await issue(undefined, 'zelf');
  assert.match(explain({ authorities: [file('roots.pem', root)] }, [self]).fault ?? '', /, itself/);
});

test('relies on a renewed authority beside the one that has ended, in whatever order they are configured', async () => {
  const ended = await makeAuthority('Rollende CA', undefined, { notAfter: NOW });
  const renewed = await makeAuthority('Rollende CA');
  const child = await issue(ended, 'van beide');
  const later = new Date(NOW.getTime() + 1000);
  for (const authorities of [
    [file('oud.pem', ended), file('nieuw.pem', renewed)],
    [file('beide.pem', renewed, ended)],
  ]) {
    const { fault, links } = explain({ authorities }, [child], later);
    assert.equal(fault, null);
    assert.ok(links[1] && links[1].validUntil > later);
  }
  assert.match(explain({ authorities: [file('oud.pem', ended)] }, [child], later).fault ?? '', /expired/);
});

test('never ends at a configured intermediate that a configured authority issued and revoked', async () => {
  const revoked = [await revoke(root, [middle.serial])];
  const authorities = [file('alle.pem', middle, root)];
  assert.match(explain({ authorities, revoked }, [leaf]).fault ?? '', /CN=Tussen CA.* is revoked/);
});

test('is soon done with certificates that all issue each other', async () => {
  const first = await makeAuthority('Lus CA');
  const loops = [first, ...(await Promise.all([1, 2, 3, 4].map(() => makeAuthority('Lus CA', first))))];
  const chain = [await issue(first, 'in de lus'), ...loops];
  const trust = createTrust({ authorities: [root.certificate] });
  const began = performance.now();
  assert.match(trust.explain(chain.map(der), NOW).fault ?? '', /not issued by|longer than/);
  assert.ok(performance.now() - began < 250);
});

test('checks nothing with a key that is dear to check with', () => {
  const key = (bits: number, e: string) => {
    const n = randomBytes(bits / 8);
    n[0] = 0xff;
    n[n.length - 1] = 0xff;
    const jwk = { kty: 'RSA', n: n.toString('base64url'), e };
    return faultOfKey(createPublicKey({ key: jwk, format: 'jwk' }));
  };
  assert.equal(key(2048, 'AQAB'), null);
  assert.equal(key(8192, 'AQAB'), null);
  assert.match(key(16_384, 'AQAB') ?? '', /16384 bits, at most 8192/);
  assert.match(key(2048, Buffer.alloc(9, 0xff).toString('base64url')) ?? '', /too large an exponent/);
});

test('refuses a list that is only a part, or whose signer may not sign lists', async () => {
  const until = new Date(NOW.getTime() + DAY);
  const delta = await revoke(root, [], until, NOW, '2.5.29.27');
  assert.throws(
    () =>
      createTrust({ authorities: [file('r.pem', root)], revoked: [{ name: 'delta.crl', content: delta }] }),
    /delta\.crl: .*critical extension 2\.5\.29\.27/,
  );
  const issuing = await makeAuthority('Enkel CA', undefined, { usage: keyCertSign });
  const list = await revoke(issuing, []);
  assert.throws(
    () => createTrust({ authorities: [issuing.certificate], revoked: [list] }),
    /excludes cRLSign/,
  );
});

test('goes by an expired list for as long as its grace, and by one of a time to come not yet', async () => {
  const end = new Date(NOW.getTime() + DAY);
  const list = { name: 'wortel.crl', content: await revoke(root, [], end) };
  const authorities = [file('roots.pem', root)];
  const at = (grace: number, ms: number) =>
    explain({ authorities, revoked: [list], grace }, [direct], new Date(end.getTime() + ms));
  assert.match(
    at(0, 1000).fault ?? '',
    /list of CN=Wortel CA.* expired on .*to mend it: a newer wortel\.crl/,
  );
  const spared = at(DAY, 1000);
  assert.equal(spared.fault, null);
  assert.equal(spared.until, end.getTime() + DAY);
  assert.match(finding(spared.links[0], 'revocation').says, /expired on .* gone by until/);
  assert.match(at(DAY, DAY + 1000).fault ?? '', /expired on/);
  const coming = { name: 'w.crl', content: await revoke(root, [], end, new Date(NOW.getTime() + 600_000)) };
  const early = explain({ authorities, revoked: [coming] }, [direct]);
  assert.match(early.fault ?? '', /of a time to come/);
});

test('relies on no certificate that could stand in a list that was never got', async () => {
  const authorities = [file('roots.pem', root, middle)];
  const revoked = [
    { name: 'https://lijst.example/a.crl', content: null },
    { name: 'wortel.crl', content: await revoke(root, []) },
  ];
  assert.equal(explain({ authorities, revoked }, [direct]).fault, null);
  assert.match(
    explain({ authorities, revoked, grace: DAY }, [leaf]).fault ?? '',
    /cannot be told: https:\/\/lijst\.example\/a\.crl was never got/,
  );
});

test('goes on with other authorities and lists, and with the former where the new ones cannot be used', async () => {
  const authorities = [file('roots.pem', root)];
  const trust = createTrust({ authorities });
  const check = () => trust.check([der(direct)], NOW);
  check();
  trust.replace({ authorities, revoked: [await revoke(root, [direct.serial])] });
  assert.throws(check, /is revoked/);
  assert.throws(() => trust.replace({ authorities: [] }), /no certification authority/);
  assert.throws(check, /is revoked/);
  trust.replace({ authorities });
  check();
  trust.replace({ authorities: [file('tussen.pem', middle)] });
  assert.throws(check, /not issued by/);
});
