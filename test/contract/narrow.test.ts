import assert from 'node:assert/strict';
import { test } from 'node:test';
import { narrowed } from '../../src/contract/narrow.ts';

test('shows as much as before where nothing narrows it', () => {
  assert.deepEqual(narrowed(['Naam/**', 'INSZ'], []), ['Naam/**', 'INSZ']);
});

test('shows the smaller of two subtrees, from whichever list', () => {
  assert.deepEqual(narrowed(['**'], ['Naam/Voornamen/**', 'INSZ']), ['Naam/Voornamen/**', 'INSZ']);
  assert.deepEqual(narrowed(['Naam/@DatumBegin', 'Geslacht/Code'], ['Naam/**']), ['Naam/@DatumBegin']);
  assert.deepEqual(narrowed(['Naam/**'], ['Naam']), ['Naam']);
  assert.deepEqual(narrowed(['Naam/**'], ['Naam/**', 'Geslacht/**']), ['Naam/**']);
});

test('shows nothing of what only one of the two has', () => {
  assert.deepEqual(narrowed(['INSZ', 'Naam'], ['Geslacht/**', 'Naam/Voornamen', 'Naam/@DatumBegin']), []);
  assert.deepEqual(narrowed(['Naamswijziging/**'], ['Naam/**']), []);
});

test('goes by local names', () => {
  assert.deepEqual(narrowed(['p:Naam/**'], ['Naam/q:Voornamen', 'Naam/@q:Taal']), [
    'Naam/q:Voornamen',
    'Naam/@q:Taal',
  ]);
});
