import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinedRows, type ShelvedPart } from '../../src/audit/joined-rows.ts';
import type { ChainedRow } from '../../src/exchange/audit-chain.ts';

const row = (sequence: number, id = `id-${sequence}`): ChainedRow => ({
  ...{ id, writer: 'w', sequence, previous: String(sequence - 1), hash: String(sequence) },
  ...{ row: [id], subjects: [] },
});
const rows = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => row(first + index));
async function* some(all: readonly ChainedRow[]) {
  yield* all;
}

const part = (first: number, last: number, isCleared = true): ShelvedPart => ({
  ...{ writer: 'w', first, last, before: String(first - 1), after: String(last), isCleared },
  rows: () => some(rows(first, last)),
});

/** What is online can change between two looks. */
const world = (online: ChainedRow[], parts: ShelvedPart[]) => ({
  online: (_: string, { after, through }: { after: number; through: number | null }) =>
    (async function* () {
      for (let at = after; ; ) {
        const next = online.find(
          ({ sequence }) => sequence > at && sequence <= (through ?? Number.POSITIVE_INFINITY),
        );
        if (!next) return;
        yield next;
        at = next.sequence;
      }
    })(),
  partsOf: async () => [...parts],
});

const START = { after: { sequence: 0, hash: '' }, through: null };
const read = async (
  needs: Parameters<typeof joinedRows>[0],
  stretch: Parameters<ReturnType<typeof joinedRows>>[1] = START,
) => {
  const found: number[] = [];
  for await (const { sequence } of joinedRows(needs)('w', stretch)) found.push(sequence);
  return found;
};
const numbers = (first: number, last: number) => rows(first, last).map(({ sequence }) => sequence);

test('goes from archive to archive and on in the database', async () => {
  const { online, partsOf } = world(rows(21, 25), [part(1, 10), part(11, 20)]);
  assert.deepEqual(await read({ online, partsOf }), numbers(1, 25));
  const middle = { after: { sequence: 5, hash: '' }, through: 13 };
  assert.deepEqual(await read({ online, partsOf }, middle), numbers(6, 13));
});

test('has a row once that is in both, until it is said that the database was cleared', async () => {
  assert.deepEqual(await read(world(rows(4, 25), [part(1, 20, false)])), numbers(1, 25));
  assert.deepEqual(await read(world(rows(20, 25), [part(1, 20)])), [...numbers(1, 20), ...numbers(20, 25)]);
  const other = [row(4, 'another'), ...rows(21, 22)];
  assert.deepEqual(await read(world(other, [part(1, 20, false)])), [
    ...numbers(1, 4),
    ...[4, ...numbers(5, 22)],
  ]);
});

test('finds rows in the archive to which they go while they are read', async () => {
  const online = rows(1, 30);
  const parts: ShelvedPart[] = [];
  const found: number[] = [];
  for await (const { sequence } of joinedRows(world(online, parts))('w', START)) {
    found.push(sequence);
    if (sequence === 5) {
      parts.push(part(1, 20));
      online.splice(0, 20);
    }
    if (sequence === 28) {
      parts.push(part(21, 30));
      online.splice(0);
    }
  }
  assert.deepEqual(found, numbers(1, 30));
});

test('leaves out what is in neither, for who verifies to see', async () => {
  assert.deepEqual(await read(world(rows(15, 16), [part(1, 10)])), [...numbers(1, 10), 15, 16]);
});
