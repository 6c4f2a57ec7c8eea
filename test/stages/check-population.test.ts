import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asTheServiceSays } from '../../src/exchange/controls.ts';
import type { Grant, Subject } from '../../src/exchange/party.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { checkPopulation } from '../../src/stages/check-population.ts';
import { authorised, dispose, grant, INSZ } from '../support/message.ts';

const person: Subject = { kind: 'person', number: INSZ };

async function check(changes: Partial<Grant>, { subjects = [person], member = true } = {}) {
  const asked: [string, Subject, string][] = [];
  const isInPopulation = async (...question: (typeof asked)[number]) => {
    asked.push(question);
    return member;
  };
  const message = { ...authorised(), grant: { ...grant, ...changes }, subjects };
  try {
    await checkPopulation({ isInPopulation })(message, new AbortController().signal);
    return { asked, refusal: null };
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return { asked, refusal: error };
  } finally {
    dispose(message);
  }
}

test('looks for the subject in the population of the grant, today in Belgium', async () => {
  const { asked, refusal } = await check({ population: 'jeugd' });
  assert.equal(refusal, null);
  assert.deepEqual(asked, [['jeugd', person, '2026-03-02']]);
});

test('refuses whoever is not in it, and keeps about whom it was', async () => {
  const { refusal } = await check({ population: 'jeugd' }, { member: false });
  assert.equal(refusal?.code, '40005');
  assert.match(refusal.message, /grant 31 is limited to population jeugd, and this person is not in it on/);
  assert.deepEqual(refusal.known.subjects, [person]);
});

test('refuses a question that names nobody, rather than let it through', async () => {
  const { asked, refusal } = await check({ population: 'jeugd' }, { subjects: [] });
  assert.equal(refusal?.code, '40005');
  assert.deepEqual(asked, []);
});

test('looks for nobody where the grant names no population, or says that it is not held to it', async () => {
  const off = { ...asTheServiceSays, population: false };
  for (const changes of [{}, { population: 'jeugd', controls: off }]) {
    const { asked, refusal } = await check(changes, { member: false });
    assert.deepEqual([asked, refusal], [[], null]);
  }
});
