import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { writeFile } from '../../src/publication/write-file.ts';
import { bytesOf, closedFile, publication, records, SPEAKER } from './records.ts';

const never = new AbortController().signal;
const needs = {
  publications: [publication],
  speaker: SPEAKER,
  place: async (_partyId: number, _name: string, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) => {
    const all = await bytesOf(bytes);
    return { size: all.length, sha256: createHash('sha256').update(all).digest('hex') };
  },
};

test('puts the file under its name in the folder of its party, and tells what it came to', async () => {
  const placed: unknown[] = [];
  const place: typeof needs.place = async (...given) => {
    placed.push(...given.slice(0, 2));
    return needs.place(...given);
  };
  const written = await writeFile({ ...needs, place }, closedFile, records(120), never);
  assert.deepEqual(placed, [3, closedFile.name]);
  assert.equal(written.records, 120);
  assert.match(written.sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(await writeFile(needs, closedFile, records(120), never), written);
});

test('says so when its publication is gone', async () => {
  await assert.rejects(
    writeFile({ ...needs, publications: [] }, closedFile, records(1), never),
    /PubliceerMutatiePersoon 02.02 is not published any more/,
  );
});

test('stops between two handfuls when it is told to', async () => {
  const stop = new AbortController();
  async function* slow() {
    for await (const each of records(1000)) {
      if (each.id === '300') stop.abort(new Error('the worker stops'));
      yield each;
    }
  }
  await assert.rejects(writeFile(needs, closedFile, slow(), stop.signal), /the worker stops/);
});
