import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicationFileName, voucherName } from '../../src/publication/file-name.ts';
import { publication } from './records.ts';

const name = (cutOff: string, sequence: number, format: 'xml' | 'csv' = 'xml') =>
  publicationFileName(publication, { cutOff: new Date(cutOff), sequence, format });

test('names a file after its publication, the Belgian moment and its sequence number', () => {
  const stem = 'persoon.publiceermutatiepersoon-0202_';
  assert.equal(name('2026-11-22T02:00:00Z', 7), `${stem}20261122030000007.xml`);
  assert.equal(name('2026-07-01T22:30:00Z', 12_345, 'csv'), `${stem}20260702003000345.csv`);
  assert.equal(voucherName(name('2026-11-22T02:00:00Z', 7)), `${stem}20261122030000007.voucher.xml`);
});

test('gives the hour that comes twice two names', () => {
  assert.notEqual(name('2026-10-25T00:30:00Z', 1), name('2026-10-25T01:30:00Z', 2));
  assert.equal(name('2026-10-25T00:30:00Z', 1), name('2026-10-25T01:30:00Z', 1));
});
