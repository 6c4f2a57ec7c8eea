import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countPlaces, sftpLimits } from '../../src/files/sftp-limits.ts';

const limits = { ...sftpLimits, connections: 6, strangers: 4, strangersPerAddress: 2, perParty: 2 };

test('gives strangers few places, of one address fewer, and who is known takes none of theirs', () => {
  const places = countPlaces(limits);
  const [one, two] = [places.stranger('a'), places.stranger('a')];
  assert.equal(places.stranger('a'), null);
  assert.ok(places.stranger('b') && places.stranger('b'));
  assert.equal(places.stranger('c'), null);
  assert.equal(one?.enter(7), true);
  assert.equal(two?.enter(7), true);
  const three = places.stranger('a');
  assert.equal(three?.enter(7), false);
  assert.ok(places.stranger('a'));
  assert.equal(places.stranger('c'), null);
});

test('gives a place back once, however often somebody leaves', () => {
  const places = countPlaces({ ...limits, connections: 1 });
  const one = places.stranger('a');
  one?.enter(7);
  assert.equal(places.stranger('b'), null);
  one?.leave();
  one?.leave();
  assert.ok(places.stranger('b'));
  assert.equal(places.stranger('b'), null);
  assert.equal(one?.enter(7), false);
});
