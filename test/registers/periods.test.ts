import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { covers, overlaps } from '../../src/exchange/days.ts';
import { cut, merge } from '../../src/exchange/periods.ts';
import {
  afterSteps,
  daysOf,
  isWithin,
  meet,
  somePeriod,
  someStep,
  someStretch,
  unregisterDays,
} from './day-sets.ts';

test('periods overlap exactly when they share a day, whatever is open', () => {
  fc.assert(
    fc.property(someStretch, someStretch, (one, other) => {
      assert.equal(overlaps(one, other), meet(daysOf(one), daysOf(other)));
    }),
  );
});

test('a period covers another exactly when it has all of its days', () => {
  fc.assert(
    fc.property(somePeriod, somePeriod, (outer, inner) => {
      assert.equal(covers(outer, inner), isWithin(daysOf(inner), daysOf(outer)));
    }),
  );
});

test('merging takes in every line it meets and no other, and has their days and its own', () => {
  fc.assert(
    fc.property(fc.array(someStep, { maxLength: 12 }), somePeriod, (steps, asked) => {
      const lines = afterSteps(steps);
      const { period, absorbed } = merge(lines, asked);
      const met = lines.filter((line) => meet(daysOf(line), daysOf(asked)));
      assert.deepEqual(absorbed, met);
      assert.deepEqual(
        daysOf(period),
        new Set([...met, asked].flatMap((each) => [...daysOf(each)]).sort((a, b) => a - b)),
      );
    }),
  );
});

test('merging goes on to lines that only the merged one meets', () => {
  const lines = [
    { begin: '2026-01-05', end: '2026-01-10' },
    { begin: '2026-01-09', end: '2026-01-20' },
  ];
  const { period, absorbed } = merge(lines, { begin: '2026-01-01', end: '2026-01-06' });
  assert.deepEqual(period, { begin: '2026-01-01', end: '2026-01-20' });
  assert.equal(absorbed.length, 2);
});

test('a period that begins the day after another ends stays a line of its own', () => {
  const { absorbed } = merge([{ begin: '2026-01-01', end: '2026-01-31' }], {
    begin: '2026-02-01',
    end: null,
  });
  assert.deepEqual(absorbed, []);
});

test('cutting leaves the days outside, in pieces without a gap', () => {
  fc.assert(
    fc.property(somePeriod, someStretch, (line, out) => {
      assert.deepEqual(cut(line, out), unregisterDays([line], out));
    }),
  );
});

test('cutting knows how long months and years are', () => {
  const line = { begin: '2023-06-01', end: null };
  assert.deepEqual(cut(line, { begin: '2024-01-01', end: '2024-02-28' }), [
    { begin: '2023-06-01', end: '2023-12-31' },
    { begin: '2024-02-29', end: null },
  ]);
});

test('nothing comes after the last day of the calendar', () => {
  const line = { begin: '2026-01-01', end: null };
  assert.deepEqual(cut(line, { begin: '2026-03-01', end: '9999-12-31' }), [
    { begin: '2026-01-01', end: '2026-02-28' },
  ]);
});
