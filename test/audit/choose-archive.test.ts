import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseArchive } from '../../src/audit/choose-archive.ts';
import { AnchorFault } from '../../src/audit/read-anchor.ts';
import { GENESIS } from '../../src/exchange/audit-chain.ts';

/** Anchors an hour apart: by writer, the sequence of its head. */
type Heads = Readonly<Record<string, number>>;

const HOUR = 3_600_000;
const hours = (count: number) => new Date(count * HOUR);
const hashAt = (writer: string, sequence: number) => `${writer}${sequence}`;

const audit = (anchors: readonly (Heads | null)[], archived: Heads = {}) => ({
  anchorsAfter: async function* (number: number) {
    for (const [index, heads] of anchors.entries())
      if (index + 1 > number)
        yield {
          ...{ number: index + 1, madeAt: hours(index + 1) },
          statement: heads && Object.keys(heads).length === 0 ? '{}' : `head>${JSON.stringify(heads)}`,
        };
  },
  readAnchor: (statement: string) => {
    const heads: Heads | null = JSON.parse(statement.slice(5));
    if (heads === null) throw new AnchorFault('damaged');
    const list = Object.entries(heads).map(([writer, sequence]) => ({
      ...{ writer, sequence, hash: hashAt(writer, sequence), closed: false },
    }));
    return { number: 1, at: hours(1), previous: null, rowsBefore: 0, heads: list };
  },
  archivedHeads: async () =>
    new Map(
      Object.entries(archived).map(([writer, sequence]) => [
        writer,
        { sequence, hash: hashAt(writer, sequence) },
      ]),
    ),
  rowFurtherOn: async (writer: string, after: number, count: number) => ({
    sequence: after + count,
    hash: hashAt(writer, after + count),
  }),
});

const chosen = async (...given: Parameters<typeof chooseArchive>) => {
  const found = await chooseArchive(...given);
  return (
    found && {
      ...{ through: found.throughAnchor, isFull: found.isFull, since: found.since.getTime() / HOUR },
      anchors: found.anchors.map(({ number }) => number),
      parts: found.parts.map(({ writer, first, last }) => `${writer} ${first}-${last}`),
    }
  );
};

test('takes all that anchors cover which are old enough, from where it was', async () => {
  const anchors = [{ a: 10 }, {}, { a: 20, b: 5 }, { a: 30 }];
  const none = { isFull: false, since: 1 };
  assert.deepEqual(await chosen(audit(anchors), 0, hours(3)), {
    ...{ ...none, through: 3, anchors: [3], parts: ['a 1-20', 'b 1-5'] },
  });
  assert.deepEqual(await chosen(audit(anchors, { a: 20, b: 5 }), 3, hours(9)), {
    ...{ ...none, since: 4, through: 4, anchors: [4], parts: ['a 21-30'] },
  });
  assert.equal(await chosen(audit(anchors), 0, hours(0.5)), null);
  assert.equal(await chosen(audit(anchors, { a: 30, b: 5 }), 4, hours(9)), null);
  assert.equal(await chosen(audit([{}, {}]), 0, hours(9)), null);
});

test('binds each part to the row before it', async () => {
  const found = await chooseArchive(audit([{ b: 2, a: 10 }], { a: 4 }), 0, hours(9));
  assert.deepEqual(found?.parts, [
    { writer: 'a', first: 5, last: 10, before: 'a4', after: 'a10' },
    { writer: 'b', first: 1, last: 2, before: GENESIS, after: 'b2' },
  ]);
});

test('is full before the anchor that would make it too large', async () => {
  const anchors = [{ a: 40 }, { a: 80, b: 10 }, { a: 120 }];
  assert.deepEqual(await chosen(audit(anchors), 0, hours(9), 100), {
    ...{ through: 2, isFull: true, since: 1, anchors: [2], parts: ['a 1-80', 'b 1-10'] },
  });
});

test('divides what is too much between two anchors, until the next archive reaches the second', async () => {
  const anchors = [{ a: 10 }, { a: 190, b: 50 }];
  const full = { isFull: true, since: 2 };
  assert.deepEqual(await chosen(audit(anchors, { a: 10 }), 1, hours(9), 100), {
    ...{ ...full, through: 1, anchors: [], parts: ['a 11-110'] },
  });
  assert.deepEqual(await chosen(audit(anchors, { a: 110 }), 1, hours(9), 100), {
    ...{ ...full, through: 1, anchors: [2], parts: ['a 111-190', 'b 1-20'] },
  });
  assert.deepEqual(await chosen(audit(anchors, { a: 190, b: 20 }), 1, hours(9), 100), {
    ...{ through: 2, isFull: false, since: 2, anchors: [2], parts: ['b 21-50'] },
  });
});

test('goes by the next anchor where one cannot be read, so that nobody stops it by damaging one', async () => {
  assert.deepEqual(await chosen(audit([null, { a: 20 }]), 0, hours(9)), {
    ...{ through: 2, isFull: false, since: 2, anchors: [2], parts: ['a 1-20'] },
  });
});
