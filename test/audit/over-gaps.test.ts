import assert from 'node:assert/strict';
import { test } from 'node:test';
import { overGaps } from '../../src/audit/over-gaps.ts';

const gap = (first: number, last: number) => ({
  ...{ writer: 'w', first, last },
  ...{ before: `hash ${first - 1}`, after: `hash ${last}` },
});
const place = (sequence: number) => ({ sequence, hash: `hash ${sequence}` });
const anchored = (sequence: number, hash: string) =>
  new Map([[sequence, { writer: 'w', sequence, hash, closed: false, anchor: 7 }]]);

test('goes on behind what was destroyed, as far as that goes', () => {
  const gaps = [gap(1, 10), gap(11, 20), gap(31, 40)];
  assert.deepEqual(overGaps('w', place(0), gaps, anchored(20, 'hash 20')), {
    place: place(20),
    finding: null,
  });
  assert.deepEqual(overGaps('w', place(15), gaps, new Map()).place, place(20)); // an export that begins in it
  assert.deepEqual(overGaps('w', place(20), gaps, new Map()).place, place(20));
});

test('does not go on where it does not fit the row before, or the anchor that has its last', () => {
  const other = overGaps('w', { sequence: 10, hash: 'another' }, [gap(11, 20)], new Map());
  assert.deepEqual([other.place.sequence, other.finding?.what, other.finding?.sequence], [10, 'changed', 11]);
  const { finding } = overGaps('w', place(10), [gap(11, 20)], anchored(20, 'another'));
  assert.match(finding?.text ?? '', /^rows 11 to 20 are not there, .* anchor 7 has another for the last$/);
});
