import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latestRun, nextRun, scheduleProblem } from '../../src/store/schedule.ts';

const timeZone = 'Europe/Brussels';
const runs = (schedule: string, from: string, count: number) => {
  const found: string[] = [];
  for (let at: Date | null = new Date(from); at && found.length < count; ) {
    at = nextRun({ schedule, timeZone }, at);
    if (at) found.push(at.toISOString().slice(5, 16));
  }
  return found;
};

test('a moment is of the wall clock, in summer and in winter', () => {
  assert.deepEqual(runs('0 3 * * *', '2026-10-23T12:00:00Z', 3), [
    '10-24T01:00',
    '10-25T02:00',
    '10-26T02:00',
  ]);
});

test('an hour that spring skips is made up for at once, and happens once', () => {
  assert.deepEqual(runs('30 2 * * *', '2026-03-28T12:00:00Z', 2), ['03-29T01:00', '03-30T00:30']);
});

test('an hour that autumn has twice happens once, unless it is one of every hour', () => {
  assert.deepEqual(runs('30 2 * * *', '2026-10-24T12:00:00Z', 2), ['10-25T00:30', '10-26T01:30']);
  assert.deepEqual(runs('0 2,3 * * *', '2026-10-24T12:00:00Z', 3), [
    '10-25T00:00',
    '10-25T02:00',
    '10-26T01:00',
  ]);
  assert.deepEqual(runs('0 * * * *', '2026-10-24T23:30:00Z', 3), [
    '10-25T00:00',
    '10-25T01:00',
    '10-25T02:00',
  ]);
});

test('the latest moment is now when now is one', () => {
  const latest = (now: string) => latestRun({ schedule: '0 3 * * *', timeZone }, new Date(now))?.toJSON();
  assert.equal(latest('2026-11-22T02:00:00.000Z'), '2026-11-22T02:00:00.000Z');
  assert.equal(latest('2026-11-22T01:59:59.999Z'), '2026-11-21T02:00:00.000Z');
});

test('what is no schedule, never comes, or is in no time zone is told apart', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const problem = (schedule: string, zone = timeZone, channel: 'files' | 'pull' = 'files') =>
    scheduleProblem({ schedule, timeZone: zone, channel }, now);
  assert.equal(problem('0 3 * * *'), null);
  assert.equal(problem('*/5 6-18 * * MON-FRI'), null);
  assert.equal(problem('0 0 29 2 *'), null, 'in a leap year');
  assert.match(problem('0 0 30 2 *') ?? '', /never comes/);
  assert.match(problem('0 0 31 4,6,9,11 *') ?? '', /never comes/);
  for (const wrong of ['', '@daily', '0 3 * *', '0 0 3 * * *', '2026-01-01T00:00:00', '? * * * *']) {
    assert.match(problem(wrong) ?? '', /is not a schedule: write/, wrong);
  }
  assert.equal(problem('', timeZone, 'pull'), null, 'who asks itself needs none');
  assert.match(problem('elke nacht', timeZone, 'pull') ?? '', /is not a schedule/);
  assert.match(problem('60 3 * * *') ?? '', /not a schedule \(.*60/);
  for (const zone of ['', 'Mars/Base', '+01:00', 'Europe/Bruxelles']) {
    assert.match(problem('0 3 * * *', zone) ?? '', /is not a time zone/, zone);
  }
});
