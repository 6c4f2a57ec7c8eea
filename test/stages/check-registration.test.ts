import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subject } from '../../src/exchange/party.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { checkRegistration } from '../../src/stages/check-registration.ts';
import { AT, authorised, dispose, service, type Wording } from '../support/message.ts';

const signal = new AbortController().signal;

async function check(changes: Partial<Wording>, { registered = true, at = AT, demanded = true } = {}) {
  const asked: [number, string | null, Subject, string][] = [];
  const isRegistered = async (...question: (typeof asked)[number]) => {
    asked.push(question);
    return registered;
  };
  const message = authorised(changes, at);
  const rules = { ...service.rules, controls: { ...service.rules.controls, registration: demanded } };
  try {
    const { subjects } = await checkRegistration({ isRegistered })(
      { ...message, service: { ...service, rules } },
      signal,
    );
    return { subjects, asked, code: null };
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return { subjects: null, asked, code: error.code };
  } finally {
    dispose(message);
  }
}

test('asks whether the party has a file on the person, in the capacity it speaks in', async () => {
  const { asked, subjects } = await check({});
  assert.deepEqual(asked, [[7, '6001', { kind: 'person', number: '74651210490' }, '2026-03-02']]);
  assert.deepEqual(subjects, [{ kind: 'person', number: '74651210490' }]);
  assert.equal((await check({ hoedanigheid: null })).asked[0]?.[1], null);
});

test('reckons with the day in Belgium, in winter and in summer', async () => {
  const on = async (at: string) => (await check({}, { at: new Date(at) })).asked[0]?.[3];
  assert.equal(await on('2026-01-15T22:59:59Z'), '2026-01-15');
  assert.equal(await on('2026-01-15T23:30:00Z'), '2026-01-16');
  assert.equal(await on('2026-07-15T21:59:59Z'), '2026-07-15');
  assert.equal(await on('2026-07-15T22:00:00Z'), '2026-07-16');
  assert.equal(await on('2026-12-31T23:00:00Z'), '2027-01-01');
});

test('refuses who has no file on the person', async () => {
  assert.equal((await check({}, { registered: false })).code, '40003');
});

test('asks for no registration where the service demands none', async () => {
  const { code, asked } = await check({}, { registered: false, demanded: false });
  assert.deepEqual([code, asked], [null, []]);
});

test('refuses a number that cannot be before it looks anything up', async () => {
  const { code, asked } = await check({ insz: '74651210491' });
  assert.deepEqual([code, asked], ['20002', []]);
});

test('takes a number under the rule for who was born in 2000 or later', async () => {
  assert.equal((await check({ insz: '03682114287' })).code, null);
});

test('refuses a language that is not spoken, in whatever case it is written', async () => {
  assert.equal((await check({ taal: 'NL' })).code, null);
  for (const taal of ['fr', 'de', 'en']) assert.equal((await check({ taal })).code, '25001', taal);
});
