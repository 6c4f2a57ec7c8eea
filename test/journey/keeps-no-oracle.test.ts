import assert from 'node:assert/strict';
import crypto, { randomBytes } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { after, mock, test } from 'node:test';
import { BEAT, beats, untilNextBeat } from '../../src/stages/beat.ts';
import { createOpener } from '../../src/wss/decrypt.ts';
import { digitalSignature, issue, keyEncipherment } from '../support/certificates.ts';
import * as e from '../support/encrypted-message.ts';
import { AT, questionXml } from '../support/message.ts';
import { afnemer, authority, partsInMemory, signedQuestion, travel } from '../support/parts-in-memory.ts';

/** Whoever got hold of an encrypted message may send it, or parts of it, in whatever they like, and learns nothing. */

const bus = await issue(authority, 'bus', { usage: digitalSignature | keyEncipherment });
const { open } = createOpener([bus]);

const unwrapped = mock.method(crypto, 'privateDecrypt');
const deciphered = mock.method(crypto, 'createDecipheriv');
syncBuiltinESMExports();
after(() => {
  mock.restoreAll();
  syncBuiltinESMExports();
});

const sealed = (changes: Partial<e.Sealing> = {}, text = signedQuestion()) =>
  e.encrypted(text, bus.certificate, changes);

/** What is wrong can be known by decrypting only. */
const inside: Readonly<Record<string, () => string>> = {
  'a key that was changed': () => sealed({ wrapped: e.flipped(3) }),
  'a key that is longer than any': () => sealed({ wrapped: (bytes) => Buffer.concat([bytes, bytes]) }),
  'a key of another size': () => sealed({ key: randomBytes(16) }),
  'a key to somebody else': () => sealed({ certificate: afnemer.certificate }),
  'a content that was changed': () => sealed({ sealed: e.flipped(30) }),
  'a tag that was changed': () => sealed({ sealed: e.flipped(-1) }),
  'what is no XML': () => sealed({ inside: () => '<a' }),
  'what is not UTF-8': () => sealed({ inside: () => Buffer.from('<a>\xff</a>', 'latin1') }),
  'a document type': () => sealed({ inside: (content) => `<!DOCTYPE g>${content}` }),
  'the end of the Body': () => sealed({ inside: (content) => `${content}</s:Body>` }),
  nothing: () => sealed({ inside: () => ' ' }),
  'what is encrypted again': () =>
    sealed({ inside: () => /<xenc:EncryptedData.*<\/xenc:EncryptedData>/.exec(sealed())?.[0] ?? '' }),
  'a service that nobody serves': () =>
    sealed({}, signedQuestion({}, { body: '<q:Vraag xmlns:q="urn:q"/>' })),
  'a question that breaks its schema': () => sealed({}, signedQuestion({ insz: 'x' })),
  'a question that contradicts itself': () => sealed({}, signedQuestion({ name: 'GeefGezin' })),
  'another question than was signed': () => sealed({ inside: () => questionXml({ insz: '85630100195' }) }),
  'a question that nobody signed': () =>
    sealed().replace(/<ds:SignatureValue>[^<]*/, '<ds:SignatureValue>AAAA'),
};

/** Ids, moments and the signature over them: what differs between any two messages. */
const bare = (text: string) =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/<ds:(DigestValue|SignatureValue)>[^<]*/g, '<ds:$1>');

async function send(message: string) {
  const waits: Date[] = [];
  const before = [unwrapped.mock.callCount(), deciphered.mock.callCount()] as const;
  const { parts, records, calls, faults } = partsInMemory(undefined, {
    open,
    untilBeat: async (since) => void waits.push(since),
  });
  const { text, status, refusal } = await travel(parts, message);
  const work = [unwrapped.mock.callCount() - before[0], deciphered.mock.callCount() - before[1]];
  return { text, status, refusal, waits, work, records, calls, faults };
}

test('tells the same fault on the same beat after the same work, whatever was wrong inside', async () => {
  const tampered = await send(inside['a tag that was changed']?.() ?? assert.fail());
  const reasons = new Set<string>();
  for (const [what, message] of Object.entries(inside)) {
    const got = await send(message());
    assert.equal(bare(got.text), bare(tampered.text), what);
    assert.equal(got.status, tampered.status, what);
    assert.deepEqual(got.work, [1, 1], what);
    assert.deepEqual(got.waits, [AT], what);
    assert.deepEqual([got.calls.length, got.faults.length, got.records[0]?.code], [0, 0, 'ERR_025'], what);
    reasons.add(got.records[0]?.reason ?? '');
  }
  assert.match(tampered.text, /ERR_025: Verification failure</);
  // The audit does tell them apart, but for a key that does not fit, which the bus itself does not know.
  assert.ok(reasons.size >= 10, [...reasons].join('\n'));
});

test('tells what anybody can see to be wrong in the same way, without decrypting', async () => {
  const [cbc, stranger] = [
    sealed({ dataMethod: e.method(`${e.XENC}aes256-cbc`) }),
    sealed({ keyInfo: e.str(e.thumbprint(afnemer.certificate)) }),
  ];
  const tampered = await send(inside['a tag that was changed']?.() ?? assert.fail());
  for (const message of [cbc, stranger]) {
    const got = await send(message);
    assert.equal(bare(got.text), bare(tampered.text));
    assert.deepEqual([got.work, got.waits], [[0, 0], [AT]]);
  }
});

test('tells a fault of ours in the same way while nobody is known to have sent it', async () => {
  const tampered = await send(inside['a tag that was changed']?.() ?? assert.fail());
  const { parts, faults, records } = partsInMemory(undefined, {
    open,
    partyOf: () => {
      throw new TypeError('a pipe burst');
    },
  });
  const { text } = await travel(parts, sealed());
  assert.equal(bare(text), bare(tampered.text));
  assert.equal(faults.length, 1);
  assert.match(records[0]?.reason ?? '', /^internal in a message that came encrypted: a pipe burst/);
});

test('keeps nobody waiting who is known, or whose message was not encrypted', async () => {
  const answered = await send(sealed());
  assert.deepEqual([answered.refusal, answered.waits], [null, []]);
  const unregistered = await send(sealed({}, signedQuestion({ insz: '85630100194' })));
  assert.deepEqual([unregistered.refusal?.code, unregistered.waits], ['20002', []]);
  const plain = await send(signedQuestion({ insz: 'x' }));
  assert.deepEqual([plain.refusal?.code, plain.waits, plain.work], ['10001', [], [0, 0]]);
});

test('has a beat that depends on nothing but when the message came', () => {
  const at = (ms: number) => new Date(AT.getTime() + ms);
  for (const elapsed of [0, 1, 7, BEAT - 1]) assert.equal(elapsed + untilNextBeat(AT, at(elapsed)), BEAT);
  assert.equal(BEAT + untilNextBeat(AT, at(BEAT)), 2 * BEAT);
  assert.equal(untilNextBeat(AT, at(-5)), BEAT);
});

test('waits for the beat in earnest', async () => {
  const began = performance.now();
  await beats({ now: () => AT })(AT);
  assert.ok(performance.now() - began >= BEAT - 2);
});
