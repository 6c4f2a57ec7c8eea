import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../src/exchange/refusal.ts';
import { type Remember, refuseReplay } from '../../src/stages/refuse-replay.ts';
import { AT, dispose, verified } from '../support/message.ts';

const signal = new AbortController().signal;
const FIRST = '7f3c2a10-0000-4000-8000-000000000001';

async function pass(remember: Remember, until: Date | null = null) {
  const message = { ...verified(), imprint: { key: 'k', until } };
  try {
    return await refuseReplay({ remember })(message, signal);
  } finally {
    dispose(message);
  }
}

test('remembers a message until it says it ends, and a month where it does not say so', async () => {
  const asked: unknown[] = [];
  const remember: Remember = async (key, exchangeId, until) => {
    asked.push([key, until]);
    assert.match(exchangeId, /^[0-9a-f-]{36}$/);
    return null;
  };
  const until = new Date('2026-03-02T10:06:00Z');
  assert.equal((await pass(remember, until)).fresh, true);
  await pass(remember);
  assert.deepEqual(asked, [
    ['k', until],
    ['k', new Date(AT.getTime() + 31 * 86_400_000)],
  ]);
});

test('refuses a message that came before, and tells the exchange to the audit alone', async () => {
  await assert.rejects(
    pass(async () => FIRST),
    (refusal) => {
      assert.ok(refusal instanceof Refusal);
      assert.deepEqual([refusal.code, refusal.row.level], ['ERR_025', 1]);
      assert.match(refusal.message, new RegExp(FIRST));
      assert.doesNotMatch(refusal.text, new RegExp(FIRST));
      return true;
    },
  );
});

test('lets nothing pass where it cannot be known whether it came before', async () => {
  const gone: Remember = async () => {
    throw new Error('the database is gone');
  };
  await assert.rejects(pass(gone), /the database is gone/);
});
