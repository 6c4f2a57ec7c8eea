import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GrantControls, Throttle } from '../../src/exchange/controls.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { throttle } from '../../src/stages/throttle.ts';
import { authorised, dispose, INSZ } from '../support/message.ts';

const signal = new AbortController().signal;

/** By which key and limit is counted; null: not at all. */
async function counted(ofService: Throttle | null, ofGrant: GrantControls['throttle'], lets = true) {
  const plain = authorised();
  const { rules } = plain.service;
  const message = {
    ...plain,
    service: { ...plain.service, rules: { ...rules, controls: { ...rules.controls, throttle: ofService } } },
    grant: { ...plain.grant, controls: { ...plain.grant.controls, throttle: ofGrant } },
  };
  const asked: [string, Throttle][] = [];
  const takeTurn = async (key: string, limit: Throttle) => {
    asked.push([key, limit]);
    return lets;
  };
  try {
    await throttle({ takeTurn })(message, signal);
    return asked[0] ?? null;
  } finally {
    dispose(message);
  }
}

const [slow, fast] = [
  { max: 1, within: 1000 },
  { max: 99, within: 1000 },
];

test("counts a party's questions to a service, by the service's limit or the grant's own", async () => {
  assert.deepEqual(await counted(slow, null), ['7:GeefPersoon:02.02', slow]);
  assert.deepEqual(await counted(slow, fast), ['7:GeefPersoon:02.02:31', fast]);
  assert.deepEqual(await counted(null, fast), ['7:GeefPersoon:02.02:31', fast]);
});

test('counts nothing where there is no limit, or the grant lifts it', async () => {
  assert.equal(await counted(null, null), null);
  assert.equal(await counted(slow, 'off'), null);
});

test('tells the sender the limit, and the audit whose it is and about whom was asked', async () => {
  await assert.rejects(counted(slow, null, false), (error: unknown) => {
    assert.ok(error instanceof Refusal);
    assert.deepEqual([error.code, error.row.level], ['99995', 2]);
    assert.match(
      error.text,
      /Te veel gelijktijdige bevragingen: Exceeded the max throttle rate of 1 within 1000ms/,
    );
    assert.match(error.message, /\(service\.yaml\)$/);
    assert.deepEqual(error.known.subjects, [{ kind: 'person', number: INSZ }]);
    return true;
  });
});
