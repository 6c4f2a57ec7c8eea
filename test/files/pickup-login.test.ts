import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import ssh2 from 'ssh2';
import type { PickupAccess } from '../../src/exchange/pickup.ts';
import { countAttempts } from '../../src/files/pickup-attempts.ts';
import { readPublicKeys } from '../../src/files/pickup-key.ts';
import { pickupLogin } from '../../src/files/pickup-login.ts';
import { hashPassword, isPassword } from '../../src/files/pickup-password.ts';

const NOW = new Date('2026-11-22T03:00:00Z');
const HERE = '192.0.2.1';
/** From where the party does not come. */
const ELSEWHERE = '198.51.100.1';

async function world(validUntil: Date | null = null) {
  let now = 0;
  const secret = await hashPassword('correct horse');
  const access: PickupAccess = { id: 1, partyId: 7, userName: 'an', kind: 'password', secret, validUntil };
  const attempts = countAttempts(() => now, { perUser: 3, perAddress: 6, within: 1000 });
  const login = pickupLogin({
    accessOf: async (userName) => (userName === 'an' ? access : null),
    attempts,
    clock: { now: () => NOW },
    admits: (_partyId, address) => address !== ELSEWHERE,
  });
  return {
    login,
    access,
    later: (ms: number) => {
      now += ms;
    },
  };
}

test('lets in who has the password, and nobody else', async () => {
  const { login, access } = await world();
  assert.equal(await login.password('an', 'correct horse', HERE), access);
  assert.equal(await login.password('an', 'wrong', HERE), 'wrong');
  assert.equal(await login.password('an', 'correct horse', HERE), access);
  assert.equal(await login.password('bert', 'correct horse', HERE), 'wrong');
});

test('lets in nobody from elsewhere than the networks of the party, and does not tell why', async () => {
  const { login, access } = await world();
  assert.equal(await login.password('an', 'correct horse', ELSEWHERE), 'elsewhere');
  assert.equal(await login.password('an', 'correct horse', HERE), access);
  // Now the password is remembered.
  assert.equal(await login.password('an', 'correct horse', ELSEWHERE), 'elsewhere');
  assert.equal(await login.password('an', 'wrong', ELSEWHERE), 'wrong');
  assert.equal(await login.password('an', 'correct horse', ELSEWHERE), 'blocked');
  assert.deepEqual([await login.holds(access, HERE), await login.holds(access, ELSEWHERE)], [true, false]);
});

test('lets nobody in from an address that was wrong too often until time has passed, also not when right', async () => {
  const { login, access, later } = await world();
  for (let at = 0; at < 3; at += 1) assert.equal(await login.password('an', `no ${at}`, HERE), 'wrong');
  assert.equal(await login.password('an', 'correct horse', HERE), 'blocked');
  assert.equal(await login.password('an', 'correct horse', '192.0.2.2'), access);
  later(1001);
  assert.equal(await login.password('an', 'correct horse', HERE), access);
});

test('counts guesses that come at once, and turns away more than it can check', async () => {
  const { login } = await world();
  const verdicts = await Promise.all(
    Array.from({ length: 60 }, (_, at) => login.password('an', `no ${at}`, HERE)),
  );
  assert.equal(verdicts.filter((each) => each === 'wrong').length, 3);
  assert.ok(verdicts.includes('busy'));
  assert.equal(verdicts.filter((each) => typeof each !== 'string').length, 0);
});

test('knows no access that has ended', async () => {
  const { login } = await world(NOW);
  assert.equal(await login.password('an', 'correct horse', HERE), 'wrong');
});

test('keeps a password as scrypt leaves it, another each time', async () => {
  const [one, two] = [await hashPassword('x'), await hashPassword('x')];
  assert.notEqual(one, two);
  assert.equal(await isPassword('x', one), true);
  assert.equal(await isPassword('y', one), false);
  assert.equal(await isPassword('x', null), false);
  assert.equal(await isPassword('x', ''), false);
  assert.equal(await isPassword('x'.repeat(10_000), one), false);
});

test('takes a signature of the key that is registered, and none over SHA-1', async () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const parsed = ssh2.utils.parseKey(pair.privateKey.export({ type: 'pkcs1', format: 'pem' }));
  assert.ok(!(parsed instanceof Error));
  const line = `ssh-rsa ${parsed.getPublicSSH().toString('base64')} an`;
  const access: PickupAccess = {
    id: 1,
    partyId: 7,
    userName: 'an',
    kind: 'key',
    secret: line,
    validUntil: null,
  };
  const login = pickupLogin({
    accessOf: async () => access,
    attempts: countAttempts(() => 0, { perUser: 9, perAddress: 9, within: 1 }),
    clock: { now: () => NOW },
    admits: (_partyId, address) => address !== ELSEWHERE,
  });
  const blob = Buffer.from('session');
  const proof = (hash: string | null) => ({
    ...{ userName: 'an', key: parsed.getPublicSSH(), blob, hash },
    signature: sign(hash ?? 'sha1', blob, pair.privateKey),
  });
  assert.equal(await login.signed(proof('sha256'), HERE), access);
  assert.equal(await login.signed(proof('sha512'), HERE), access);
  assert.equal(await login.signed(proof('sha512'), ELSEWHERE), 'elsewhere');
  assert.equal(await login.signed(proof(null), HERE), 'wrong');
  assert.equal(await login.signed({ ...proof('sha256'), blob: Buffer.from('other') }, HERE), 'wrong');
});

test('reads public keys as OpenSSH writes them, and says what is wrong with others', () => {
  const { public: good, private: secret } = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'an' });
  assert.equal(readPublicKeys(`# old\n${good}\n\n${good}\r\n`).length, 2);
  assert.throws(() => readPublicKeys(secret), /private key/);
  assert.throws(() => readPublicKeys(''), /no public key/);
  assert.throws(() => readPublicKeys(`${good}\nssh-ed25519 AAAA`), /line 2/);
  const short = ssh2.utils.generateKeyPairSync('rsa', { bits: 1024 }).public;
  assert.throws(() => readPublicKeys(short), /1024 bits/);
});
