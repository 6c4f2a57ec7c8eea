import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test } from 'node:test';
import { Refusal } from '../../src/exchange/refusal.ts';
import type { Ask, Enquiry, Source } from '../../src/exchange/source.ts';
import { askRest } from '../../src/sources/ask-rest.ts';
import { askSoap } from '../../src/sources/ask-soap.ts';
import { breaking, type CircuitState } from '../../src/sources/circuit.ts';
import { retrying } from '../../src/sources/retry.ts';
import { soap } from '../../src/xml/names.ts';
import { element, write } from '../../src/xml/write.ts';
import { dispose, enquiry, INSZ, personImage } from '../support/message.ts';
import { connect, deaf, listening, replying } from './listener.ts';

const option = { value: 'KSZ', source: 'bron', origin: 'KSZ', resource: '/personen/{Criteria/INSZ}' };
const rest = askRest({ connect });
const name = soap('1.1');
const soaply = askSoap({
  connect,
  envelop: async (payload) =>
    Buffer.from(write(element(name('Envelope'), [element(name('Body'), [payload])]))),
  speaker: 'vip.vlaanderen.be',
  organisation: null,
});

const reading = enquiry({ bron: 'KSZ' });
const { service } = reading;
const writing: Enquiry = {
  ...reading,
  service: { ...service, rules: { ...service.rules, kind: 'write' } },
};
test.after(() => dispose(reading));

/** Answers each request by the next of these; the last goes on. Counts what came. */
function inTurn(...handlers: ((request: IncomingMessage, response: ServerResponse) => void)[]) {
  const seen = { requests: 0 };
  const handler = (request: IncomingMessage, response: ServerResponse) => {
    const next = handlers[Math.min(seen.requests, handlers.length - 1)];
    seen.requests += 1;
    next?.(request, response);
  };
  return { seen, handler };
}

const cut = (request: IncomingMessage) => void request.socket.destroy();
const good = replying(200, JSON.stringify({ Inhoud: { Persoon: personImage(INSZ) } }));

async function outcome(ask: Ask, source: Source, asked = reading, signal = new AbortController().signal) {
  try {
    await ask({ ...source, url: source.url ?? '' }, option, asked, signal);
    return 'answered';
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return error.code;
  }
}

function patient(ask: Ask) {
  const retries: string[] = [];
  return { retries, ask: retrying({ random: () => 0, onRetry: (_, code) => void retries.push(code) })(ask) };
}

test('puts a question that reads again after what may pass, until it is answered', async () => {
  const { seen, handler } = inTurn(cut, replying(503), good);
  const { ask, retries } = patient(rest);
  assert.equal(await outcome(ask, await listening(handler, { retries: 2 })), 'answered');
  assert.deepEqual([seen.requests, retries], [3, ['60006', '99996']]);
});

test('puts it no more often than the source allows', async () => {
  const { seen, handler } = inTurn(replying(503));
  assert.equal(await outcome(patient(rest).ask, await listening(handler, { retries: 1 })), '99996');
  assert.equal(seen.requests, 2);
});

test('waits longer before each attempt', async () => {
  const at: number[] = [];
  const source = await listening(
    (request, response) => {
      at.push(performance.now());
      replying(503)(request, response);
    },
    { retries: 3 },
  );
  await outcome(patient(rest).ask, source);
  const [first = 0, second = 0, third = 0, fourth = 0] = at;
  assert.ok(second - first >= 20 && third - second >= 45 && fourth - third >= 95, at.join(' '));
});

for (const [what, handler] of [
  ['an answer that cannot be read', replying(200, '{"Inhoud":')],
  ['an answer that is not in the schema', replying(200, '{"Inhoud":{"Persoon":{"Onbekend":"1"}}}')],
  ['a fault of the source', replying(500)],
  ['a refused access', replying(403)],
] as const) {
  test(`does not ask again after ${what}`, async () => {
    const { seen, handler: counted } = inTurn(handler);
    await outcome(patient(rest).ask, await listening(counted, { retries: 3 }));
    assert.equal(seen.requests, 1);
  });
}

test('all attempts together stay within the deadline of the source', async () => {
  const { seen, handler } = inTurn(replying(503), () => {});
  const began = performance.now();
  assert.equal(
    await outcome(patient(rest).ask, await listening(handler, { retries: 5, deadline: 600 })),
    '99996',
  );
  const took = performance.now() - began;
  assert.ok(took >= 550 && took < 1200, `${took} ms`);
  assert.equal(seen.requests, 2);
});

test('stops waiting when nobody waits for the answer any more', async () => {
  const stop = new AbortController();
  const { seen, handler } = inTurn((request, response) => {
    replying(503)(request, response);
    setTimeout(() => stop.abort(), 60);
  }, replying(503));
  const source = await listening(handler, { retries: 5 });
  assert.equal(await outcome(patient(rest).ask, source, reading, stop.signal), '99996');
  assert.ok(seen.requests < 6, 'it was asked as often as if somebody were waiting');
});

for (const [what, handler] of [
  ['cut off', cut],
  ['refused as busy', replying(503)],
  ['not answered in time', () => {}],
] as const) {
  test(`never puts a question that writes again when it was ${what}`, async () => {
    const { seen, handler: counted } = inTurn(handler);
    const source = await listening(counted, { retries: 3, deadline: 200 });
    const { ask, retries } = patient(soaply);
    assert.notEqual(await outcome(ask, source, writing), 'answered');
    assert.deepEqual([seen.requests, retries], [1, []]);
  });
}

test('puts one that writes again where the connection was refused, since nothing was sent', async () => {
  const { ask, retries } = patient(soaply);
  assert.equal(await outcome(ask, { ...(await deaf()), retries: 2 }, writing), '99997');
  assert.deepEqual(retries, ['99997', '99997']);
});

/** A circuit whose time stands still until it is moved. */
function circuit(ask: Ask) {
  const states: CircuitState[] = [];
  const time = { now: 0 };
  const broken = breaking({ now: () => time.now, onState: (_, state) => void states.push(state) })(ask);
  return { states, time, ask: broken };
}

test('leaves a source alone after so many failures in a row, and refuses at once', async () => {
  const { seen, handler } = inTurn(replying(503));
  const source = await listening(handler, { breaker: 3, pause: 1000 });
  const { ask, states } = circuit(rest);
  for (let question = 0; question < 6; question++) assert.equal(await outcome(ask, source), '99996');
  assert.deepEqual([seen.requests, states], [3, ['closed', 'open']]);
  const refused = await ask(source, option, reading, new AbortController().signal).catch(String);
  assert.match(String(refused), /circuit open: bron failed 3 times in a row/);
});

test('lets one question try after the pause, and asks again when it is answered', async () => {
  const { seen, handler } = inTurn(replying(503), replying(503), good);
  const source = await listening(handler, { breaker: 2, pause: 1000 });
  const { ask, states, time } = circuit(rest);
  await outcome(ask, source);
  await outcome(ask, source);
  time.now = 999;
  assert.equal(await outcome(ask, source), '99996');
  time.now = 1000;
  const both = await Promise.all([outcome(ask, source), outcome(ask, source)]);
  assert.deepEqual(both, ['answered', '99996']);
  assert.equal(await outcome(ask, source), 'answered');
  assert.deepEqual([seen.requests, states], [4, ['closed', 'open', 'half-open', 'closed']]);
});

test('leaves it alone again when the one that tries fails', async () => {
  const { seen, handler } = inTurn(cut);
  const source = await listening(handler, { breaker: 1, pause: 1000 });
  const { ask, states, time } = circuit(rest);
  await outcome(ask, source);
  time.now = 1000;
  assert.equal(await outcome(ask, source), '60006');
  assert.equal(await outcome(ask, source), '99996');
  assert.deepEqual([seen.requests, states], [2, ['closed', 'open', 'half-open', 'open']]);
});

test('a source that answers, whatever it says, is not ill', async () => {
  const { seen, handler } = inTurn(replying(503), replying(500), replying(403), replying(200, '{'));
  const source = await listening(handler, { breaker: 2 });
  const { ask } = circuit(rest);
  const codes = [];
  for (let question = 0; question < 5; question++) codes.push(await outcome(ask, source));
  assert.deepEqual([codes, seen.requests], [['99996', '99994', '60013', '60007', '60007'], 5]);
});

test('begins anew where operators point the source elsewhere, and never opens with a breaker of 0', async () => {
  const ill = await listening(replying(503), { breaker: 1 });
  const well = await listening(good, { breaker: 1 });
  const { ask } = circuit(rest);
  assert.deepEqual(
    [await outcome(ask, ill), await outcome(ask, ill), await outcome(ask, well)],
    ['99996', '99996', 'answered'],
  );
  const { seen, handler } = inTurn(replying(503));
  const stubborn = await listening(handler, { breaker: 0 });
  for (let question = 0; question < 3; question++) await outcome(ask, stubborn);
  assert.equal(seen.requests, 3);
});
