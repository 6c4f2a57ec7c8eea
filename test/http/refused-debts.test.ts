import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusedDebts } from '../../src/http/refused-debts.ts';

/** Debts with a clock that goes when it is told to. */
function world(part: number) {
  let now = 0;
  const debts = refusedDebts(part, () => now);
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { ...debts, pass };
}

test('lets an address be refused for a fifth of a second before it owes too much', () => {
  const { owes, charge } = world(0.1);
  assert.equal(owes('192.0.2.1'), false);
  for (let each = 0; each < 100; each++) charge('192.0.2.1', 2);
  assert.equal(owes('192.0.2.1'), false);
  charge('192.0.2.1', 2);
  assert.equal(owes('192.0.2.1'), true);
  assert.equal(owes('192.0.2.2'), false);
});

test('has time make up for it, a part of each millisecond', () => {
  const { owes, charge, pass } = world(0.1);
  charge('192.0.2.1', 300);
  pass(960);
  assert.equal(owes('192.0.2.1'), true);
  pass(50);
  assert.equal(owes('192.0.2.1'), false);
  charge('192.0.2.1', 3);
  assert.equal(owes('192.0.2.1'), true);
});

test('gives what was charged back', () => {
  const { owes, charge } = world(0.1);
  charge('192.0.2.1', 250);
  charge('192.0.2.1', -200);
  assert.equal(owes('192.0.2.1'), false);
});

test('gives a hundred addresses together no more of a processor than one', () => {
  for (const addresses of [1, 10, 100]) {
    const { owes, charge, pass } = world(0.1);
    let spent = 0;
    for (let moment = 0; moment < 100_000; moment += 10) {
      for (let each = 0; each < addresses; each++) {
        if (owes(`192.0.2.${each}`)) continue;
        charge(`192.0.2.${each}`, 5);
        spent += 5;
      }
      pass(10);
    }
    // A tenth of a hundred seconds, and what each may owe.
    assert.ok(spent > 9_000 && spent < 11_500, `${addresses}: ${spent} ms`);
  }
});

test('takes a /64 of IPv6 for one address, and an IPv4 address for itself however it is written', () => {
  const { owes, charge } = world(0.1);
  charge('2001:db8::1', 300);
  charge('::ffff:192.0.2.1', 300);
  assert.deepEqual(['2001:db8::2', '2001:db8:0:1::1', '192.0.2.1', '192.0.2.2'].map(owes), [
    true,
    false,
    true,
    false,
  ]);
});

test('shares among those alone that still owe', () => {
  const { owes, charge, pass } = world(0.5);
  for (let each = 0; each < 200; each++) charge(`192.0.2.${each}`, 1);
  // Among so many each may owe but a millisecond.
  charge('198.51.100.1', 450);
  assert.equal(owes('198.51.100.1'), true);
  pass(880);
  assert.equal(owes('198.51.100.1'), true);
  pass(50);
  assert.equal(owes('198.51.100.1'), false, '450 of it went to this one, that is 200 less than all of it');
});

test('is no limit where it is all of a processor', () => {
  const { owes, charge } = world(1);
  charge('192.0.2.1', 100_000);
  assert.equal(owes('192.0.2.1'), false);
});
