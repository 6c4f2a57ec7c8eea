import assert from 'node:assert/strict';
import { test } from 'node:test';
import { common, covers, daysOf, joined } from '../../src/exchange/days.ts';

const run = (begin: string | null, end: string | null) => ({ begin, end });

test('takes a date of which month or day is unknown for all the days it may be', () => {
  assert.deepEqual(daysOf('2024-00-00'), run('2024-01-01', '2024-12-31'));
  assert.deepEqual(daysOf('2024-02-00'), run('2024-02-01', '2024-02-29'));
  assert.deepEqual(daysOf('2024-02-29'), run('2024-02-29', '2024-02-29'));
  for (const none of ['2023-02-29', '2024-00-05', '2024-13-00', '2024-1-1', '2024-01-01Z', ''])
    assert.equal(daysOf(none), null, none);
});

test('joins runs that overlap or touch, and leaves a day between two as it is', () => {
  assert.deepEqual(
    joined([
      run('2024-03-01', null),
      run('2020-01-01', '2020-12-31'),
      run('2021-01-01', '2021-06-30'),
      run('2020-06-01', '2020-07-01'),
      run('2021-07-02', '2021-07-02'),
    ]),
    [run('2020-01-01', '2021-06-30'), run('2021-07-02', '2021-07-02'), run('2024-03-01', null)],
  );
  assert.deepEqual(joined([run(null, null), run('2020-01-01', null)]), [run(null, null)]);
});

test('finds the days in common, an open side being as far as the other goes', () => {
  assert.deepEqual(common(run(null, '2024-01-31'), run('2024-01-31', null)), run('2024-01-31', '2024-01-31'));
  assert.equal(common(run(null, '2024-01-31'), run('2024-02-01', null)), null);
  assert.equal(covers(run('2024-01-01', null), run('2024-01-01', null)), true);
  assert.equal(covers(run('2024-01-01', null), run(null, '2024-02-01')), false);
  assert.equal(covers(run(null, '2024-12-31'), run('2024-01-01', null)), false);
});
