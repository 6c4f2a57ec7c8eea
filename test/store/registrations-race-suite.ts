import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../src/exchange/clock.ts';
import { overlaps } from '../../src/exchange/days.ts';
import type { Subject } from '../../src/exchange/party.ts';
import type { Period } from '../../src/exchange/periods.ts';
import { keepRepertory } from '../../src/registers/repertory.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import type { RegistrationChange } from '../../src/store/registration-history.ts';
import { afterStep, type Step, someStep } from '../registers/day-sets.ts';
import type { TestDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { newParty } from './samples.ts';

const person: Subject = { kind: 'person', number: '00610100108' };
const hoedanigheid = 'maatschappelijk-werk';
const ROUNDS = 8;
const AT_ONCE = 20;

const days = (lines: readonly Period[]) => lines.map(({ begin, end }) => ({ begin, end }));

/** Plays the history again on the model. Returns the lines after each change, the first ones being none. */
const replay = (changes: readonly RegistrationChange[], steps: readonly Step[]) => {
  const states: (readonly Period[])[] = [[]];
  for (const { by, before, after, what } of changes) {
    const step = steps['exchange' in by ? Number(by.exchange) : Number.NaN];
    const state = states.at(-1) ?? [];
    assert.ok(step && step.verb === what, 'each change names the call that made it');
    const same = (one: Period) => before.some(({ begin, end }) => begin === one.begin && end === one.end);
    assert.equal(state.filter(same).length, before.length, 'what a change takes away was there');
    const next = [...state.filter((line) => !same(line)), ...after];
    const sorted = days(next).sort((one, other) => one.begin.localeCompare(other.begin));
    assert.deepEqual(sorted, afterStep(state, step), 'a change is what the model makes of the call');
    states.push(sorted);
  }
  return states;
};

/** Two nodes that change the registrations on one subject at the same time. */
export const registrationsRaceSuite = (database: TestDatabase) =>
  describe('registrations raced for', { concurrency: false }, () => {
    let stores: readonly Store[];
    before(async () => {
      const open = () => openStore(database.url, { clock: systemClock, keys });
      stores = [await open(), await open()];
    });
    after(async () => {
      for (const store of stores) await store.close();
    });
    const oneOf = (index: number): Store => {
      const store = stores[index % stores.length];
      assert.ok(store);
      return store;
    };

    const race = async (steps: readonly Step[]) => {
      const partyId = (await oneOf(0).addParty(newParty())).id;
      const key = { partyId, hoedanigheid, subject: person };
      await Promise.all(
        steps.map((step, index) => {
          const { register, unregister } = keepRepertory(oneOf(index));
          const by = { exchange: String(index) };
          return step.verb === 'register'
            ? register({ ...key, ...step.asked }, by)
            : unregister({ ...key, ...step.asked }, by);
        }),
      );
      const lines = days(await oneOf(0).registrationsOf({ ...key, period: null, limit: 1000 }));
      const history = await oneOf(1).registrationHistory({ partyId, subject: person, limit: 1000 });
      return { lines, history };
    };

    test('end as if one call had followed the other, never overlap, and their history tells in which order', async () => {
      const rounds = fc.sample(fc.array(someStep, { minLength: AT_ONCE, maxLength: AT_ONCE }), ROUNDS);
      for (const steps of rounds) {
        const { lines, history } = await race(steps);
        const states = replay(history, steps);
        assert.deepEqual(lines, states.at(-1));
        for (const [index, line] of lines.entries()) {
          assert.ok(!lines.slice(index + 1).some((later) => overlaps(line, later)));
        }
        const told = new Set(history.map(({ by }) => ('exchange' in by ? Number(by.exchange) : null)));
        assert.equal(told.size, history.length, 'no call changed something twice');
        for (const [index, step] of steps.entries()) {
          if (told.has(index)) continue;
          const idle = states.some((state) => {
            const next = JSON.stringify(afterStep(state, step));
            return next === JSON.stringify(state);
          });
          assert.ok(idle, 'a call without history had nothing to change at some moment');
        }
      }
    });

    test('are one line when twenty register the same days at once where there was none', async () => {
      const asked = { begin: '2026-02-20', end: null };
      const same = Array.from({ length: AT_ONCE }, (): Step => ({ verb: 'register', asked }));
      const { lines, history } = await race(same);
      assert.deepEqual(lines, [asked]);
      assert.equal(history.length, 1);
    });

    test('of many subjects at once do not stand in the way of one another', async () => {
      const partyId = (await oneOf(0).addParty(newParty())).id;
      const subjects = Array.from(
        { length: 60 },
        (_, n): Subject => ({ kind: 'person', number: String(n % 30) }),
      );
      const outcomes = await Promise.all(
        subjects.map((subject, index) =>
          keepRepertory(oneOf(index)).register(
            { partyId, hoedanigheid, subject, begin: '2026-01-01', end: null },
            { operator: 'an' },
          ),
        ),
      );
      const counted = Map.groupBy(outcomes, ({ outcome }) => outcome);
      assert.deepEqual([counted.get('registered')?.length, counted.get('already')?.length], [30, 30]);
    });
  });
