import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { Received } from '../../src/exchange/message.ts';
import { journey, type Parts } from '../../src/journey.ts';
import { verifyReply } from '../../src/wss/verify.ts';
import { AT, envelope, party, questionXml, receive } from '../support/message.ts';
import {
  failing,
  partsInMemory,
  saying,
  sending,
  signedQuestion,
  travel,
  trust,
  type World,
} from '../support/parts-in-memory.ts';
import { received, reference } from '../support/signed-message.ts';

type Case = {
  readonly raw: () => string;
  readonly world?: () => World;
  /** Stages passed, code and a word of the reason. */
  readonly passed: readonly string[];
  readonly code: string;
  readonly level: 1 | 2 | 3;
  readonly reason: RegExp;
  readonly outcome?: 'failed';
};

const upTo = [
  'parse',
  'decrypt',
  'route',
  'validate',
  'verify',
  'refuseReplay',
  'authorise',
  'throttle',
  'checkRegistration',
  'checkPopulation',
  'checkPeriod',
  'checkWritten',
  'answer',
  'translate',
  'filter',
  'compose',
];
const with_ = (changes: Partial<Parts>) => () => partsInMemory(undefined, changes);
const boom = () => {
  throw new TypeError('a pipe burst');
};

const cases: Readonly<Record<string, Case>> = {
  'what is not XML': { raw: () => '<', passed: [], code: '10001', level: 1, reason: /not well-formed/ },
  'a question against its schema': {
    raw: () => signedQuestion({ insz: 'x' }),
    passed: ['parse', 'decrypt', 'route'],
    code: '10001',
    level: 1,
    reason: /schema: .*INSZ/,
  },
  'a question without a signature': {
    raw: () => envelope(questionXml()),
    passed: ['parse', 'decrypt', 'route', 'validate'],
    code: 'ERR_025',
    level: 1,
    reason: /./,
  },
  'a sender that the party may not speak for': {
    raw: () => signedQuestion({ uri: 'ander.example' }),
    passed: upTo.slice(0, 6),
    code: '13001',
    level: 2,
    reason: /may not speak for ander\.example/,
  },
  'a number that cannot be': {
    raw: () => signedQuestion({ insz: '74651210491' }),
    passed: upTo.slice(0, 8),
    code: '20002',
    level: 3,
    reason: /check digits/,
  },
  'a source that does not answer': {
    raw: () => signedQuestion(),
    world: () => partsInMemory(failing('99996')),
    passed: upTo.slice(0, 12),
    code: '99996',
    level: 2,
    reason: /the connection failed/,
  },
  'a question with nothing left after filtering': {
    raw: () => signedQuestion(),
    world: with_({ grantFor: () => ({ ...grantOf(), visible: [] }) }),
    passed: upTo.slice(0, 14),
    code: '15021',
    level: 3,
    reason: /shows nothing/,
  },
  'a registration that cannot be looked up': {
    raw: () => signedQuestion(),
    world: with_({ isRegistered: boom }),
    passed: upTo.slice(0, 8),
    code: 'internal',
    level: 1,
    reason: /TypeError: a pipe burst/,
    outcome: 'failed',
  },
  'an answer that cannot be signed': {
    raw: () => signedQuestion(),
    world: with_({ seal: boom }),
    passed: [...upTo, 'validateAnswer'],
    code: 'internal',
    level: 1,
    reason: /a pipe burst/,
    outcome: 'failed',
  },
};

function grantOf() {
  const { parts } = partsInMemory();
  const grant = parts.grantFor({
    partyId: 7,
    uri: 'stad.example/burgerzaken',
    hoedanigheid: null,
    service: 'GeefPersoon',
    version: '02.02',
    at: AT,
  });
  if (!grant) throw new Error('no grant');
  return grant;
}

for (const [name, { raw, world = () => partsInMemory(), ...expected }] of Object.entries(cases)) {
  test(`records ${name} once, with how far it came and why`, async () => {
    const { parts, records } = world();
    const bytes = raw();
    const outcome = await travel(parts, bytes);
    assert.equal(records.length, 1);
    const [record] = records;
    assert.ok(record);
    assert.deepEqual(
      record.stages.map(({ stage }) => stage),
      expected.passed,
    );
    assert.deepEqual([record.code, record.level], [expected.code, expected.level]);
    assert.equal(record.outcome, expected.outcome ?? 'refused');
    assert.match(record.reason ?? '', expected.reason);
    const sha256 = (of: string | Uint8Array) => createHash('sha256').update(of).digest('hex');
    assert.deepEqual([record.digestIn, record.digestOut], [sha256(bytes), sha256(outcome.bytes)]);
  });
}

test('records that a source knows nothing as a refusal in its name', async () => {
  const nothing = {
    number: '30001',
    origin: 'RR',
    type: 'FOUT',
    text: 'Geen gegevens gevonden.',
    circumstance: null,
    annotations: [],
    references: [],
  } as const;
  const { parts, records } = partsInMemory(saying({ notices: [nothing] }));
  await travel(parts, signedQuestion());
  assert.deepEqual([records[0]?.outcome, records[0]?.code, records[0]?.level], ['refused', '30001', 3]);
  assert.equal(records[0]?.sources[0]?.outcome, 'answered');
});

test('records which source failed and how', async () => {
  const { parts, records } = partsInMemory(sending(503, ''));
  await travel(parts, signedQuestion());
  assert.deepEqual(
    records[0]?.sources.map(({ source, outcome }) => [source, outcome]),
    [['rijksregister', '99996']],
  );
});

test('waits for the audit before a byte leaves', async () => {
  let write: () => void = () => {};
  const { parts } = partsInMemory(undefined, {
    record: () =>
      new Promise<void>((resolve) => {
        write = resolve;
      }),
  });
  let left = false;
  const going = travel(parts, signedQuestion()).then((outcome) => {
    left = true;
    return outcome;
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(left, false);
  write();
  assert.equal((await going).refusal, null);
});

test('does not send an answer that cannot be audited, nor a word of it', async () => {
  const { parts, faults } = partsInMemory(undefined, {
    record: async () => {
      throw new Error('the disk is full');
    },
  });
  const { status, text, refusal, bytes } = await travel(parts, signedQuestion());
  assert.deepEqual([status, refusal?.code], [500, 'internal']);
  assert.doesNotMatch(text, /Maes|Lieve|74651210490|disk/);
  assert.match(text, /60009/);
  assert.match(String(faults[0]), /the disk is full/);
  const { envelope, dispose } = received(bytes);
  assert.equal(verifyReply(envelope, { trust, at: AT }).subject, 'CN=bus,O=Stad Voorbeeld,C=BE');
  dispose();
});

test('records a refusal that could not be written, too', async () => {
  const { parts, records } = partsInMemory(undefined, { isRegistered: async () => false, seal: boom });
  const { status, refusal } = await travel(parts, signedQuestion());
  assert.deepEqual([status, refusal?.code], [500, 'internal']);
  assert.deepEqual(
    records.map(({ outcome, code }) => [outcome, code]),
    [['failed', 'internal']],
  );
});

test('tells of a lax profile each time that one lets a message pass, and of no other', async () => {
  const bodyOnly = { timestamp: '', references: reference('#BODY', 1) };
  const until = new Date(AT.getTime() + 1);
  const { parts, lax } = partsInMemory(undefined, {
    partyOf: () => ({ ...party, profile: 'magda-2.0', profileUntil: until }),
  });
  assert.equal((await travel(parts, signedQuestion())).refusal, null);
  assert.deepEqual(lax, []);
  assert.equal((await travel(parts, signedQuestion({}, bodyOnly))).refusal, null);
  assert.deepEqual(lax, ['magda-2.0']);
});

/** Notes what is put up for disposal, and how often each was disposed of. */
function watched(raw: string): { readonly message: Received; readonly disposals: number[] } {
  const message = receive(raw);
  const disposals: number[] = [];
  const push = message.ending.push.bind(message.ending);
  message.ending.push = (...resources) =>
    push(
      ...resources.map((resource) => {
        const index = disposals.push(0) - 1;
        const dispose = () => {
          disposals[index] = (disposals[index] ?? 0) + 1;
          resource.dispose();
        };
        return { dispose };
      }),
    );
  return { message, disposals };
}

const endings: Readonly<Record<string, [() => World, () => string, number]>> = {
  'an answer': [() => partsInMemory(), () => signedQuestion(), 4],
  'a refusal at the door': [() => partsInMemory(), () => '<', 0],
  'a refusal of the signature': [() => partsInMemory(), () => envelope(questionXml()), 2],
  'a refusal at level 3': [() => partsInMemory(), () => signedQuestion({ insz: '74651210491' }), 3],
  'a fault of ours': [with_({ isRegistered: boom }), () => signedQuestion(), 2],
  'an audit that fails': [with_({ record: boom }), () => signedQuestion(), 4],
  'a refusal that cannot be written': [
    with_({ seal: boom, sealFault: boom, isRegistered: async () => false }),
    () => signedQuestion(),
    3,
  ],
};

// The trees, and the hold on the contract.
for (const [name, [world, raw, resources]] of Object.entries(endings)) {
  test(`lets go of everything once after ${name}`, async () => {
    const { message, disposals } = watched(raw());
    await journey(world().parts)(message, new AbortController().signal).catch(() => null);
    assert.deepEqual(disposals, Array(resources).fill(1));
  });
}
