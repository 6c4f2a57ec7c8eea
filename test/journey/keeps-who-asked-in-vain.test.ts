import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSZ } from '../support/message.ts';
import { partsInMemory, signedQuestion, travel } from '../support/parts-in-memory.ts';

const about = [{ kind: 'person', number: INSZ }];

test('keeps as whom and about whom somebody asked who may not', async () => {
  const { parts, records } = partsInMemory(undefined, { grantFor: () => null });
  await travel(parts, signedQuestion());
  const [record] = records;
  assert.equal(record?.code, '13001');
  assert.deepEqual(record.subjects, about);
  assert.match(record.uri ?? '', /stad/);
  assert.ok(record.reference);
});

test('keeps about whom somebody asked who has no file on them', async () => {
  const { parts, records } = partsInMemory(undefined, { isRegistered: async () => false });
  await travel(parts, signedQuestion());
  assert.deepEqual([records[0]?.code, records[0]?.subjects], ['40003', about]);
});
