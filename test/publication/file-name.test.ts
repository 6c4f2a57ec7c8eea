import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSafeName } from '../../src/files/tree.ts';
import { publicationFileName, voucherName } from '../../src/publication/file-name.ts';
import { publication } from './records.ts';

const stem = 'persoon.publiceermutatiepersoon-0202_';

test('names a file after its publication and the moment in Belgium, to the millisecond', () => {
  const winter = publicationFileName(publication, 'xml', new Date('2026-11-22T02:00:00.001Z'));
  assert.equal(winter, `${stem}20261122030000001.xml`);
  const summer = publicationFileName(publication, 'csv', new Date('2026-07-01T22:30:00Z'));
  assert.equal(summer, `${stem}20260702003000000.csv`);
  assert.ok(isSafeName(winter));
});

test('names the voucher after its file', () => {
  assert.equal(voucherName(`${stem}20261122030000001.csv`), `${stem}20261122030000001.voucher.xml`);
});
