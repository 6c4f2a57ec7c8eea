import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { Refusal } from '../../src/exchange/refusal.ts';
import { writeQuestion } from '../../src/wss/ocsp-question.ts';
import { Unanswered } from '../../src/wss/once-answered.ts';
import { createTrust, type TrustSettings } from '../../src/wss/trust.ts';
import {
  type Authority,
  issue,
  makeAuthority,
  NOW,
  nonRepudiation,
  revoke,
  type TestCertificate,
} from '../support/certificates.ts';
import { answerAs, refusalOf, type Telling } from '../support/responder.ts';

const HOUR = 3_600_000;
const after = (ms: number) => new Date(NOW.getTime() + ms);
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const root = await makeAuthority('Wortel CA');
const other = await makeAuthority('Andere CA');
const middle = await makeAuthority('Tussen CA', root);
const leaf = await issue(root, 'leaf');
const far = await issue(middle, 'far');
const answers = (name: string, by: Authority = root, wishes = {}) =>
  issue(by, name, { purposes: { ids: [OCSP_SIGNING], critical: false }, ...wishes });
const delegate = await answers('antwoorder');

const der = ({ certificate }: TestCertificate) => new X509Certificate(certificate).raw;
const file = (name: string, authority: Authority, url = `http://${name}.example/`) => ({
  ...{ name: `${name}.pem`, text: authority.certificate, url },
});
const settings: TrustSettings = {
  authorities: [root.certificate, other.certificate],
  responders: [file('wortel', root), file('tussen', middle)],
};

/** Trust that has been told something, as if a responder had answered. */
function trusting(changes: Partial<TrustSettings> = {}) {
  const trust = createTrust({ ...settings, ...changes });
  const check = (chain: readonly TestCertificate[] = [leaf], at = NOW) => trust.check(chain.map(der), at);
  const refusal = (chain: readonly TestCertificate[] = [leaf], at = NOW): Refusal => {
    try {
      check(chain, at);
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    return assert.fail('it is relied on');
  };
  const questions = (chain?: readonly TestCertificate[], at?: Date) => {
    const { cause } = refusal(chain, at);
    return cause instanceof Unanswered ? cause.questions : [];
  };
  function take(bytes: (request: Buffer) => Buffer, at = NOW, demandsNonce = true): void {
    const [question = assert.fail('nothing is asked')] = known;
    const nonce = randomBytes(32);
    trust.takeAnswer(question, bytes(writeQuestion(question, nonce)), { nonce, demandsNonce, at });
  }
  const known = questions();
  const tell = (telling: Telling = {}, at = NOW) => take((request) => answerAs(root, request, telling), at);
  return { trust, check, refusal, questions, take, tell };
}

test('relies on no certificate whose responder was not asked yet, and says what is to be asked', () => {
  const { refusal, questions } = trusting();
  assert.equal(refusal().text, 'ERR_025: Verification failure');
  assert.match(
    refusal().message,
    /^whether CN=leaf.* is revoked was not answered: nobody asked yet \(ocsp of/,
  );
  assert.deepEqual(
    questions().map(({ url, subject }) => [url, subject]),
    [['http://wortel.example/', leaf.subject]],
  );
});

test('asks about each certificate below an issuer that has a responder, at its own', () => {
  const { questions } = trusting();
  assert.deepEqual(
    questions([far, middle]).map(({ url }) => url),
    ['http://tussen.example/', 'http://wortel.example/'],
  );
});

test('asks nothing of a chain that is refused anyhow, nor where no responder is configured', async () => {
  const { questions, check } = trusting();
  assert.deepEqual(questions([await issue(root, 'bad', { usage: nonRepudiation })]), []);
  assert.deepEqual(questions([await issue(root, 'oud', { notAfter: after(-1000) })]), []);
  assert.ok(check([await issue(other, 'elders')]));
});

test('relies on it once the answer is good, until that ends, and then for its grace', () => {
  const { check, tell, refusal, questions } = trusting();
  tell({ nextUpdate: after(HOUR) });
  assert.ok(check());
  assert.ok(check([leaf], after(HOUR)));
  assert.match(
    refusal([leaf], after(HOUR + 1000)).message,
    /the answer on CN=leaf.* ended on 2026-03-02T11:00/,
  );
  assert.equal(questions([leaf], after(HOUR + 1000)).length, 1);
  const spared = trusting({ grace: HOUR });
  spared.tell({ nextUpdate: after(HOUR) });
  assert.ok(spared.check([leaf], after(2 * HOUR)));
  assert.match(spared.refusal([leaf], after(2 * HOUR + 1000)).message, /ended on/);
});

test('lets no answer last longer than a week, nor one without an end longer than an hour', () => {
  const { check, tell, refusal } = trusting();
  tell({ thisUpdate: NOW, nextUpdate: null });
  assert.ok(check([leaf], after(HOUR)));
  assert.match(refusal([leaf], after(HOUR + 1000)).message, /ended on/);
  tell({ thisUpdate: NOW, nextUpdate: after(9000 * HOUR) });
  assert.ok(check([leaf], after(7 * 24 * HOUR)));
  assert.match(refusal([leaf], after(7 * 24 * HOUR + 1000)).message, /ended on/);
});

test('refuses a certificate from the moment on that it is told to be revoked, and one that nobody knows', () => {
  const { check, tell, refusal, questions } = trusting();
  tell({ thisUpdate: after(-HOUR) });
  assert.ok(check());
  tell({ status: 'revoked', thisUpdate: after(-1000) });
  assert.match(refusal().message, /^certificate CN=leaf.* is revoked \(ocsp of .*so says http:\/\/wortel/);
  assert.deepEqual(questions(), []);
  tell({ status: 'unknown', thisUpdate: NOW });
  assert.match(refusal().message, /CN=leaf.* is not known to http:\/\/wortel/);
});

test('demands both of a list and of a responder where an issuer has both', async () => {
  const list = { name: 'wortel.crl', content: await revoke(root, [leaf.serial]) };
  const { tell, refusal, trust } = trusting();
  tell();
  trust.replace({ ...settings, revoked: [list] });
  assert.match(refusal().message, /is revoked \(revocation of/);
});

test('believes a delegate that the issuer certified to answer, known by name or by key', async () => {
  const mute = await answers('zonder keuze', root, { usage: null, critical: '1.3.6.1.5.5.7.48.1.5' });
  for (const telling of [{ by: delegate }, { by: delegate, byKey: true }, { by: mute }]) {
    const { check, tell } = trusting();
    tell({ ...telling, along: [other, telling.by] });
    assert.ok(check());
  }
});

const short = await answers('kort', root, { notAfter: after(HOUR / 2) });
test('lets no answer last longer than the certificate of who gave it', () => {
  const { tell, refusal } = trusting();
  tell({ by: short, along: [short] });
  assert.match(refusal([leaf], after(HOUR / 2 + 1000)).message, /ended on 2026-03-02T10:30/);
});

const unfit: Readonly<Record<string, readonly [Telling, RegExp]>> = {
  'who is not certified to answer': [{ by: leaf }, /no id-kp-OCSPSigning/],
  'who may do anything, but not this by name': [
    { by: await issue(root, 'alles', { purposes: { ids: ['2.5.29.37.0'], critical: false } }) },
    /no id-kp-OCSPSigning/,
  ],
  'whom another authority certified': [
    { by: await answers('elders', other) },
    /was certified by another authority/,
  ],
  'whom an authority of the same name certified': [
    { by: await answers('na-aap', await makeAuthority('Wortel CA', undefined, { kind: 'p-256' })) },
    /not certified by that key/,
  ],
  'whose certificate has ended': [
    { by: await answers('oud', root, { notAfter: after(-1000) }) },
    /has a certificate/,
  ],
  'whose key may not sign': [{ by: await answers('stom', root, { usage: nonRepudiation }) }, /may not sign/],
  'whose certificate has a critical extension that is not known': [
    { by: await answers('vreemd', root, { critical: '1.2.3.4' }) },
    /critical extension 1\.2\.3\.4/,
  ],
  'whose key is weak': [
    { by: await answers('zwak', root, { kind: 'rsa-1024' }) },
    /has a key that has 1024 bits/,
  ],
};
for (const [who, [telling, why]] of Object.entries(unfit)) {
  test(`does not believe somebody ${who}`, () => {
    const { tell, refusal } = trusting();
    assert.throws(() => tell({ ...telling, along: telling.by ? [telling.by] : [] }), why);
    assert.match(refusal().message, /nobody asked yet/);
  });
}

test('does not believe a delegate that a list of its issuer says is revoked', async () => {
  const { tell, trust } = trusting();
  trust.replace({ ...settings, revoked: [await revoke(root, [delegate.serial])] });
  assert.throws(() => tell({ by: delegate, along: [delegate] }), /CN=antwoorder.* is revoked/);
});

const wrong: Readonly<Record<string, readonly [Telling, RegExp]>> = {
  'signed by who is not there': [{ by: delegate }, /neither by the issuer nor by anybody who came with it/],
  'in the name of the issuer, by another': [{ by: other, named: root }, /neither by the issuer/],
  'signed by another than its delegate': [
    { by: other, named: delegate, along: [delegate] },
    /the signature of the answer does not fit/,
  ],
  'with more certificates than anybody needs': [
    { by: delegate, along: Array.from({ length: 9 }, () => delegate) },
    /9 certificates came with the answer/,
  ],
  'signed with SHA-1': [{ weak: true }, /a signature not allowed/],
  'about another certificate': [{ serials: ['0501'] }, /about another certificate/],
  'that says two things': [{ serials: [leaf.serial, leaf.serial] }, /says two things/],
  'to another question': [{ nonce: Buffer.alloc(32) }, /to another question \(nonce\)/],
  'without the nonce': [{ nonce: null }, /does not repeat the nonce \(KRUISPUNT_OCSP_NONCE\)/],
  'that has ended': [{ nextUpdate: after(-1000) }, /the answer ended on/],
  'that is an hour old and promises no next one': [
    { thisUpdate: after(-HOUR - 1000), nextUpdate: null },
    /the answer ended on/,
  ],
  'of a time to come': [{ thisUpdate: after(301_000) }, /of a time to come/],
  'made in a time to come': [{ producedAt: after(301_000) }, /of a time to come/],
  'with a critical extension that is not known': [
    { critical: Buffer.from('06032a0304', 'hex') },
    /critical extension 1\.2\.3\.4/,
  ],
};
for (const [what, [telling, why]] of Object.entries(wrong)) {
  test(`does not believe an answer ${what}`, () => {
    const { tell, refusal } = trusting();
    assert.throws(() => tell(telling), why);
    assert.match(refusal().message, /nobody asked yet/);
  });
}

test('takes an answer without the nonce where responders answer beforehand, but none with another', () => {
  const { take, check } = trusting();
  const bytes = (telling: Telling) => (request: Buffer) => answerAs(root, request, telling);
  assert.throws(() => take(bytes({ nonce: Buffer.alloc(32) }), NOW, false), /to another question/);
  take(bytes({ nonce: null }), NOW, false);
  assert.ok(check());
});

test('takes no answer that is older than the one at hand', () => {
  const { tell, refusal } = trusting();
  tell({ status: 'revoked', thisUpdate: after(-1000) });
  assert.throws(() => tell({ thisUpdate: after(-2000) }), /older than the one at hand/);
  assert.match(refusal().message, /is revoked/);
});

test('reads nothing that is no answer, was changed, or is longer than any', () => {
  const { take } = trusting();
  const good = (request: Buffer) => answerAs(root, request);
  for (const [status, says] of [
    [1, 'malformedRequest'],
    [3, 'tryLater'],
    [6, 'unauthorized'],
    [9, 'status 09'],
  ] as const)
    assert.throws(() => take(() => refusalOf(status)), new RegExp(`the responder says ${says}`));
  assert.throws(() => take(() => Buffer.from('<html>')), /DER/);
  assert.throws(() => take(() => Buffer.alloc(70_000)), /70000 bytes, at most 65536/);
  assert.throws(() => take((request) => Buffer.concat([good(request), Buffer.from([5, 0])])), /not one DER/);
  let length = 0;
  take((request) => {
    length = good(request).length;
    return good(request);
  });
  for (let at = 0; at < length; at += 1)
    assert.throws(
      () =>
        take((request) => {
          const bytes = good(request);
          bytes[at] = (bytes[at] ?? 0) ^ 0x01;
          return bytes;
        }),
      `byte ${at}`,
    );
});
