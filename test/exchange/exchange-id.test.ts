import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { exchangeId } from '../../src/exchange/exchange-id.ts';

test('makes a UUID of version 7 that begins with the moment', () => {
  const at = new Date('2026-11-22T03:04:05.678Z');
  const random = randomUUID();
  const id = exchangeId(at, random);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(Number.parseInt(id.replace('-', '').slice(0, 12), 16), at.getTime());
  assert.equal(id.slice(15), random.slice(15));
});

test('makes ids that sort as the moments do', () => {
  const moments = Array.from({ length: 50 }, (_, index) => new Date(1_795_305_600_000 + index));
  const ids = moments.map((at) => exchangeId(at, randomUUID()));
  assert.deepEqual([...ids].sort(), ids);
});
