import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Registration, Subject } from '../../src/exchange/party.ts';
import type { Period } from '../../src/exchange/periods.ts';
import { afterStep, someStep } from './day-sets.ts';
import { repertoryInMemory } from './lines-in-memory.ts';

const subject: Subject = { kind: 'person', number: '00610100108' };
const key = { partyId: 1, hoedanigheid: 'maatschappelijk-werk', subject };
const by = { exchange: 'e-1' };
const line = (begin: string, end: string | null): Registration => ({ ...key, begin, end });
const days = (lines: readonly Registration[]): readonly Period[] =>
  lines.map(({ begin, end }) => ({ begin, end }));

test('any row of registrations and unregistrations leaves the lines that sets of days would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(someStep, { maxLength: 15 }), async (steps) => {
      const repertory = repertoryInMemory();
      let model: readonly Period[] = [];
      for (const step of steps) {
        const before = model;
        model = afterStep(model, step);
        const writes = repertory.writers.length;
        if (step.verb === 'register') {
          const { outcome, line, merged } = await repertory.register({ ...key, ...step.asked }, by);
          assert.equal(outcome === 'already', repertory.writers.length === writes);
          assert.equal(outcome === 'extended', merged.length > 0);
          assert.ok(repertory.lines().includes(line));
        } else {
          const { removed, shortened, created } = await repertory.unregister({ ...key, ...step.asked }, by);
          assert.equal(before.length - removed.length + created.length, model.length);
          assert.ok([...shortened, ...created].every((piece) => repertory.lines().includes(piece)));
        }
        assert.deepEqual(days(repertory.lines()), model);
      }
    }),
  );
});

test('a first registration is a line; one that overlaps it makes it longer; one within it changes nothing', async () => {
  const { register, lines, writers } = repertoryInMemory();
  const first = line('2026-03-01', '2026-03-31');
  assert.deepEqual(await register(first, by), { outcome: 'registered', line: first, merged: [] });
  const longer = line('2026-03-01', '2026-04-15');
  assert.deepEqual(await register(line('2026-03-31', '2026-04-15'), by), {
    ...{ outcome: 'extended', line: longer, merged: [first] },
  });
  assert.deepEqual(await register(line('2026-03-10', '2026-03-20'), by), {
    ...{ outcome: 'already', line: longer, merged: [] },
  });
  assert.deepEqual(lines(), [longer]);
  assert.deepEqual(writers, [by, by]);
});

test('one registration joins all that it overlaps', async () => {
  const { register, lines } = repertoryInMemory();
  const parts = [line('2026-01-01', '2026-01-31'), line('2026-03-01', null)];
  for (const part of parts) await register(part, by);
  const { outcome, merged } = await register(line('2026-01-15', '2026-03-01'), by);
  assert.equal(outcome, 'extended');
  assert.deepEqual(merged, parts);
  assert.deepEqual(lines(), [line('2026-01-01', null)]);
});

test('an unregistration within a line splits it', async () => {
  const { register, unregister } = repertoryInMemory();
  await register(line('2026-01-01', null), by);
  assert.deepEqual(await unregister({ ...key, begin: '2026-02-01', end: '2026-02-28' }, by), {
    removed: [],
    shortened: [line('2026-01-01', '2026-01-31')],
    created: [line('2026-03-01', null)],
  });
});

test('an unregistration without days takes every line; a second one finds nothing and leaves no trace', async () => {
  const { register, unregister, lines, writers } = repertoryInMemory();
  const both = [line('2026-01-01', '2026-01-31'), line('2026-03-01', null)];
  for (const each of both) await register(each, by);
  const all = { ...key, begin: null, end: null };
  assert.deepEqual(await unregister(all, by), { removed: both, shortened: [], created: [] });
  assert.deepEqual(await unregister(all, by), { removed: [], shortened: [], created: [] });
  assert.deepEqual(lines(), []);
  assert.equal(writers.length, 3);
});
