import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readEndpoint } from '../../src/exchange/service-path.ts';
import { isStructured } from '../../src/exchange/subject-number.ts';

const person = (number: string) => isStructured({ kind: 'person', number });
const enterprise = (number: string) => isStructured({ kind: 'enterprise', number });
const check = (body: string) => String(97 - (Number(body) % 97)).padStart(2, '0');

test('takes the check digits of who was born before 2000, and of who was born since', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999_999 }), (serial) => {
      const body = String(serial).padStart(9, '0');
      assert.ok(person(body + check(body)));
      assert.ok(person(body + check(`2${body}`)));
    }),
  );
});

test('refuses every other pair of check digits', () => {
  const body = '746512104';
  const right = [check(body), check(`2${body}`)];
  for (let digits = 0; digits < 100; digits++) {
    const pair = String(digits).padStart(2, '0');
    assert.equal(person(body + pair), right.includes(pair), pair);
  }
});

test('refuses what is not eleven ASCII digits', () => {
  for (const number of ['', '7465121049', '746512104900', '74651210 490', '٧٤٦٥١٢١٠٤٩٠', '74651210490\n'])
    assert.equal(person(number), false, JSON.stringify(number));
});

test('takes an enterprise number of ten digits that begins with 0 or 1', () => {
  assert.ok(enterprise('0999990420'));
  assert.ok(!enterprise('0999990421'));
  assert.ok(!enterprise('999990420'));
  assert.ok(!enterprise(`29999904${check('29999904')}`));
});

test('reads service and version from the first part of a path', () => {
  assert.deepEqual(readEndpoint('GeefPersoonDienst-02.02'), { service: 'GeefPersoon', version: '02.02' });
  for (const part of [
    'GeefPersoon-02.02',
    'GeefPersoonDienst-2.2',
    'Dienst-02.02',
    'GeefPersoonDienst-02.02x',
  ])
    assert.equal(readEndpoint(part), null, part);
});
