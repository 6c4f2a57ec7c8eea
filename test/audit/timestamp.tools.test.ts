import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readSignedData } from '../../src/audit/signed-data.ts';
import { type TimestampQuery, writeTimestampQuery } from '../../src/audit/timestamp-query.ts';
import { tokenIn } from '../../src/audit/timestamp-reply.ts';
import { readTimestamp, TimestampFault } from '../../src/audit/timestamp-token.ts';
import { createTrust } from '../../src/wss/trust.ts';
import { type Authority, issue, makeAuthority } from '../support/certificates.ts';
import {
  forStamping,
  makeTimestampAuthority,
  POLICY,
  TIME_STAMPING,
} from '../support/timestamp-authority.ts';
import {
  anotherDigest,
  changedInfo,
  criticalExtension,
  type Deviations,
  imprintOf,
  oids,
  plainExtension,
  writeToken,
} from '../support/timestamp-token.ts';

/** Time-stamps of another hand: openssl asks as it likes, answers, and verifies what the bus took for good. */

const certifier = await makeAuthority('Stempel CA');
const stamps = await makeTimestampAuthority();
const trust = createTrust({ authorities: [readFileSync(stamps.certifier, 'utf8'), certifier.certificate] });
const digest = hash('sha256', 'an anchor', 'buffer');
const query: TimestampQuery = { digest, nonce: Buffer.from('00f1e2d3c4b5a697', 'hex'), policy: null };
const reply = stamps.reply(writeTimestampQuery(query));
const { token, timestamp } = tokenIn(reply, query, trust, new Date());
const info = readSignedData(token).content;
const hand = await issue(certifier, 'met de hand', forStamping);
const refused = (pattern: RegExp) => (error: unknown) =>
  error instanceof TimestampFault && pattern.test(error.message);

test('asks what openssl reads, and takes what it answers', () => {
  const asked = writeTimestampQuery({ ...query, policy: POLICY });
  const text = stamps.shown(asked);
  assert.match(text, /Version: 1\nHash Algorithm: sha256/);
  assert.match(
    text,
    /Policy OID: 1\.3\.6\.1\.4\.1\.99999\.1\.2\nNonce: 0xF1E2D3C4B5A697\nCertificate required: yes/,
  );
  assert.equal(timestamp.policy, POLICY);
  assert.ok(Math.abs(timestamp.at.getTime() - Date.now()) < 60_000);
  assert.match(stamps.openssl(token, digest.toString('hex')), /Verification: OK/);
});

test('takes a token over a certificate named by SHA-1, with a fraction of a second, and signed with SHA-512', () => {
  const changes = ['ess_cert_id_alg = sha1', 'clock_precision_digits = 3', 'signer_digest = sha512'];
  const found = tokenIn(stamps.reply(writeTimestampQuery(query), changes), query, trust, new Date());
  assert.equal(found.timestamp.policy, POLICY);
});

test('takes a token that an EC key signed', async () => {
  const by = await issue(certifier, 'stempel ec', { ...forStamping, kind: 'p-384' });
  assert.deepEqual(readTimestamp(stamps.resigned(info, by), digest, trust), timestamp);
});

test('refuses an answer to another question', () => {
  const now = new Date();
  const other = { ...query, digest: hash('sha256', 'another anchor', 'buffer') };
  assert.throws(() => tokenIn(reply, other, trust, now), refused(/stamps something else/));
  const nonce = Buffer.from('01', 'hex');
  assert.throws(() => tokenIn(reply, { ...query, nonce }, trust, now), refused(/the nonce is not/));
  const policy = '1.2.3';
  assert.throws(
    () => tokenIn(reply, { ...query, policy }, trust, now),
    refused(/policy 1\.3\..*, not 1\.2\.3/),
  );
});

test('refuses a moment that is not about now', () => {
  for (const minutes of [-6, 6]) {
    const now = new Date(Date.now() + minutes * 60_000);
    assert.throws(() => tokenIn(reply, query, trust, now), refused(/it says that it is/));
  }
});

test('refuses what the authority refuses, and says why', () => {
  const answer = stamps.reply(writeTimestampQuery({ ...query, policy: '1.2.3' }));
  assert.throws(() => tokenIn(answer, query, trust, new Date()), refused(/refuses: status 02, .*policy/i));
  for (const bytes of [Buffer.alloc(0), Buffer.from('<html>'), reply.subarray(0, 200)])
    assert.throws(() => tokenIn(bytes, query, trust, new Date()), TimestampFault);
});

const ill: Readonly<Record<string, [() => Promise<Authority>, RegExp]>> = {
  'whom nobody configured certified': [
    async () => issue(await makeAuthority('Vreemde CA'), 'vreemd', forStamping),
    /was not issued by a configured authority/,
  ],
  'with the name of another authority': [
    async () => issue(await makeAuthority('Stempel CA', undefined, { kind: 'p-256' }), 'namaak', forStamping),
    /was not issued by a configured authority/,
  ],
  'without extended key usage': [() => issue(certifier, 'zonder'), /for time-stamping alone/],
  'whose extended key usage is not critical': [
    () => issue(certifier, 'los', { purposes: { ids: [TIME_STAMPING], critical: false } }),
    /for time-stamping alone/,
  ],
  'who may do something else as well': [
    () =>
      issue(certifier, 'veel', { purposes: { ids: [TIME_STAMPING, '1.3.6.1.5.5.7.3.1'], critical: true } }),
    /for time-stamping alone/,
  ],
  'whose certificate has ended': [
    () => issue(certifier, 'oud', { ...forStamping, notAfter: new Date('2026-03-03') }),
    /expired on/,
  ],
  'whose key is weak': [() => issue(certifier, 'zwak', { ...forStamping, kind: 'rsa-1024' }), /1024 bits/],
};

for (const [name, [make, says]] of Object.entries(ill))
  test(`refuses a token of somebody ${name}`, async () => {
    const by = await make();
    assert.throws(() => readTimestamp(stamps.resigned(info, by), digest, trust), refused(says));
  });

test('refuses a token that names no certificate, or another than the one that came along', async () => {
  const without = writeTimestampQuery(query);
  without[without.length - 1] = 0; // certReq
  const bare = stamps.reply(without);
  assert.throws(() => tokenIn(bare, query, trust, new Date()), refused(/did not come with it/));
  const [one, other] = [
    await issue(certifier, 'dubbel', forStamping),
    await issue(certifier, 'dubbel', forStamping),
  ].map((each) => ({ ...each, der: new X509Certificate(each.certificate).raw }));
  assert.ok(one && other && one.der.length === other.der.length);
  const good = stamps.resigned(info, one);
  readTimestamp(good, digest, trust);
  // The same key, certified twice: the signature alone does not tell by which.
  const at = good.indexOf(one.der);
  const swapped = Buffer.concat([good.subarray(0, at), other.der, good.subarray(at + one.der.length)]);
  assert.throws(() => readTimestamp(swapped, digest, trust), refused(/did not come with it/));
});

const byHand: Readonly<Record<string, [deviations: Deviations, says: RegExp]>> = {
  'of another type': [{ type: oids.data }, /is no time-stamp/],
  'whose type is another than was signed': [{ typeSaid: oids.data }, /the type that was signed is another/],
  'with a signed attribute that is there twice': [
    { moreAttributes: [anotherDigest] },
    /has not just one value/,
  ],
  'without signed attributes': [{ withoutAttributes: true }, /no signed attributes/],
  'that two have signed': [{ signers: 2 }, /2 have signed it/],
  'that nobody has signed': [{ signers: 0 }, /0 have signed it/],
  'whose signature names another digest than its signer': [
    { algorithm: oids.sha512WithRsa },
    /not allowed, or not with sha256/,
  ],
};

test('takes a token that was written by hand as an authority would, with an extension that is not critical', () => {
  assert.deepEqual(readTimestamp(writeToken(info, hand), digest, trust), timestamp);
  const extended = changedInfo(info, 99, plainExtension);
  assert.deepEqual(readTimestamp(writeToken(extended, hand), digest, trust), timestamp);
});

for (const [name, [deviations, says]] of Object.entries(byHand))
  test(`refuses a token ${name}`, () =>
    assert.throws(() => readTimestamp(writeToken(info, hand, deviations), digest, trust), refused(says)));

test('refuses a token with a critical extension, and a digest of another kind that reads the same', () => {
  const critical = writeToken(changedInfo(info, 99, criticalExtension), hand);
  assert.throws(() => readTimestamp(critical, digest, trust), refused(/critical extension/));
  const kind = writeToken(changedInfo(info, 2, imprintOf(oids.sha3, digest)), hand);
  assert.throws(() => readTimestamp(kind, digest, trust), refused(/stamps something else/));
});

test('takes nothing of a token that was changed in any byte for something else', () => {
  let fell = 0;
  for (let at = 0; at < token.length; at++) {
    const changed = Buffer.from(token);
    changed[at] = (changed[at] ?? 0) ^ 0x01;
    try {
      assert.deepEqual(readTimestamp(changed, digest, trust), timestamp, `byte ${at}`);
    } catch (error) {
      if (!(error instanceof TimestampFault)) throw error;
      fell += 1;
    }
  }
  // What is left says nothing: versions, and the list of digests before what is signed.
  assert.ok(fell > token.length - 40, `${token.length - fell} of ${token.length} bytes changed nothing`);
  for (let length = 0; length < token.length; length += 7)
    assert.throws(() => readTimestamp(token.subarray(0, length), digest, trust), TimestampFault);
  assert.throws(() => readTimestamp(Buffer.concat([token, token]), digest, trust), TimestampFault);
});
