import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '../../src/exchange/inquiry.ts';
import type { FileEvent, PublicationFile } from '../../src/exchange/subscription.ts';
import { close } from '../../src/publication/close.ts';
import { expire } from '../../src/publication/expire.ts';
import { forewarn } from '../../src/publication/forewarn.ts';
import { notify } from '../../src/publication/notify.ts';
import { sweep } from '../../src/publication/sweep.ts';
import { write } from '../../src/publication/write.ts';

const now = new Date('2026-05-11T01:00:00Z');
const clock = { now: () => now };
const { signal } = new AbortController();
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);

const closed: PublicationFile = {
  ...{ id: 7, subscriptionId: 3, partyId: 2, uri: 'http://example.test/huis', hoedanigheid: null },
  ...{ publication: 'PubliceerMutatiePersoon', version: '02.02', sequence: 1, state: 'closed' },
  ...{ kind: 'mutations', cutOff: now, name: 'a.xml', voucherId: 'v', format: 'xml', visible: [] },
  ...{ grantId: 1, legalBasis: 'wet', records: null, size: null, sha256: null, attempts: 0, lastError: null },
  ...{ closedAt: now, writtenAt: null, collectedAt: null, acknowledgedAt: null, expiresAt: days(30) },
};
const batch: Batch = {
  ...{ owner: 'file', ownerId: 7, partyId: 1, service: 'GeefPersoon', version: '02.02', voucherId: 'v' },
  sender: { uri: 'x.example', hoedanigheid: null, reference: 'v', endUser: null },
  ...{ certificate: null, legalBasis: 'wet', template: {}, fileName: null, schema: null, state: 'asking' },
  ...{
    questions: 0,
    lastTime: false,
    lastError: null,
    madeAt: now,
    answeredAt: null,
    repliedAt: null,
    reply: null,
  },
};
const written: PublicationFile = { ...closed, state: 'written', writtenAt: now };

/** What a step queued after itself. */
function followed() {
  const queued: string[] = [];
  return { queued, follow: async (step: string, id: string) => void queued.push(`${step} ${id}`) };
}

test('close makes the file of the moment that has come, and queues its writing', async () => {
  const closings: unknown[] = [];
  const run = close({
    clock,
    freeze: () => null,
    dueBatch: async (id) => (id === 3 ? { dueAt: days(-1) } : null),
    closeBatch: async (id, cutOff) => {
      closings.push([id, cutOff]);
      return 7;
    },
    batch: async () => null,
  });
  const { queued, follow } = followed();
  await run('3', signal, follow);
  await run('4', signal, follow);
  assert.deepEqual(closings, [[3, days(-1)]]);
  assert.deepEqual(queued, ['write 7']);
});

test('close queues the questions of a snapshot, in chunks, and its writing comes after those', async () => {
  const closing = (questions: number) =>
    close({
      clock,
      freeze: () => null,
      dueBatch: async () => ({ dueAt: now }),
      closeBatch: async () => 7,
      batch: async ({ owner, ownerId }) => ({ ...batch, owner, ownerId, questions }),
    });
  const { queued, follow } = followed();
  await closing(201)('3', signal, follow);
  assert.deepEqual(queued.splice(0), ['ask file-7-1', 'ask file-7-101', 'ask file-7-201']);
  await closing(0)('3', signal, follow);
  assert.deepEqual(queued, ['ask file-7-1'], 'about nobody: it must still be seen that all is answered');
});

test('write lays a closed file down and then says so, and leaves every other alone', async () => {
  const said: unknown[] = [];
  const facts = { records: 2, size: 10, sha256: 'ab' };
  const writing = (file: PublicationFile | null, answered = false) =>
    write({
      clock,
      file: async () => file,
      markAsked: async () => answered,
      layDown: async ({ id }) => {
        said.push(id);
        return facts;
      },
      markWritten: async (id, facts) => said.push([id, facts]) > 0,
      expireFile: async () => assert.fail(),
      takeAway: async () => assert.fail(),
    });
  const { queued, follow } = followed();
  const asking: PublicationFile = { ...closed, kind: 'snapshot', state: 'asking' };
  for (const file of [null, written, asking, { ...closed, state: 'failed' as const }])
    await writing(file)('7', signal, follow);
  assert.deepEqual([said, queued], [[], []]);
  await writing(closed)('7', signal, follow);
  assert.deepEqual(said, [7, [7, { ...facts, at: now }]]);
  assert.deepEqual(queued.splice(0), ['notify 7']);
  await writing(asking, true)('7', signal, follow);
  assert.deepEqual(queued.splice(0), ['notify 7', 'discard 7'], 'a snapshot of which all is answered');
  await assert.rejects(
    writing({ ...closed, sha256: 'cd' })('7', signal, follow),
    /other bytes: ab instead of cd/,
  );
  assert.deepEqual(queued, []);
});

test('write takes away again what it laid down after the file was over, and only then', async () => {
  const taken: string[] = [];
  const writing = (becomes: PublicationFile) =>
    write({
      clock,
      file: async () => closed,
      markAsked: async () => assert.fail(),
      layDown: async () => ({ records: 2, size: 10, sha256: 'ab' }),
      markWritten: async () => false,
      expireFile: async (_id, takeAway) => {
        assert.equal(await takeAway(becomes), null);
        return false;
      },
      takeAway: async ({ state }) => void taken.push(state),
    });
  const { queued, follow } = followed();
  for (const state of ['written', 'collected', 'acknowledged', 'closed', 'expired'] as const)
    await writing({ ...written, state })('7', signal, follow);
  assert.deepEqual([taken, queued], [['expired'], []]);
});

test('notify notes once that a file lies ready', async () => {
  const events: FileEvent[] = [];
  const told: number[] = [];
  const telling = (file: PublicationFile) =>
    notify({
      file: async () => file,
      eventsOf: async () => events,
      noteEvent: async (event) => void events.push(event),
      announce: ({ id }) => void told.push(id),
    });
  const { follow } = followed();
  await telling(closed)('7', signal, follow);
  for (let times = 0; times < 2; times++) await telling(written)('7', signal, follow);
  assert.deepEqual(told, [7]);
  assert.deepEqual(
    events.map(({ what, fileId }) => [what, fileId]),
    [['written', 7]],
  );
});

test('forewarn says once of a file that nobody collects that it will be over soon', async () => {
  const events: FileEvent[] = [];
  const done: string[] = [];
  const warning = (file: PublicationFile | null, after = file) => {
    const seen = [file, after];
    return forewarn({
      ...{ clock, noticeBefore: 3 * 86_400_000 },
      file: async () => seen.shift() ?? null,
      eventsOf: async () => events,
      noteEvent: async (event) => void events.push(event),
      layNotice: async ({ name }) => void done.push(`notice ${name}`),
      takeAway: async ({ name }) => void done.push(`away ${name}`),
      announceExpiry: ({ name }) => void done.push(`told ${name}`),
    })('7', signal, followed().follow);
  };
  const soon = { ...written, writtenAt: days(-27), expiresAt: days(3) };
  for (const none of [null, closed, written, { ...soon, expiresAt: now }, { ...soon, expiresAt: days(3.01) }])
    await warning(none);
  for (const state of ['collected', 'acknowledged', 'expired', 'failed'] as const)
    await warning({ ...soon, state });
  assert.deepEqual(done, []);
  for (let times = 0; times < 2; times++) await warning(soon);
  assert.deepEqual(done, ['notice a.xml', 'told a.xml']);
  const [event, ...others] = events;
  assert.deepEqual([event?.what, event?.fileId, others], ['expiring', 7, []]);
  assert.equal(event?.detail, `on ${days(3).toJSON()}`);
  // It was written again since.
  const again = { ...soon, writtenAt: days(0.01) };
  await warning(again, { ...again, state: 'expired' });
  assert.deepEqual(done.slice(2), ['notice a.xml', 'away a.xml'], 'it was taken away meanwhile');
  await warning(again);
  assert.deepEqual(done.slice(4), ['notice a.xml', 'told a.xml']);
});

test('expire takes away what is past its retention or was acknowledged a day ago, and nothing else', async () => {
  const taken: string[] = [];
  const expiring = (file: PublicationFile) =>
    expire({
      clock,
      expireFile: async (_id, takeAway) => {
        const event = await takeAway(file);
        if (event !== null) taken.push(`${event.what}: ${event.detail}`);
        return event !== null;
      },
      takeAway: async ({ name }) => void taken.push(name),
    })('7', signal, followed().follow);
  const acknowledged = { ...written, state: 'acknowledged' as const, collectedAt: days(-3) };
  await expiring({ ...written, expiresAt: days(0.01) });
  await expiring({ ...acknowledged, acknowledgedAt: days(-0.99) });
  await expiring({ ...closed, expiresAt: days(-1) });
  await expiring({ ...written, state: 'failed', expiresAt: days(-1) });
  assert.deepEqual(taken, []);
  await expiring({ ...written, expiresAt: now });
  await expiring({ ...acknowledged, acknowledgedAt: days(-1) });
  assert.deepEqual(taken, ['a.xml', 'expired: it was never collected', 'a.xml', 'expired: null']);
});

test('sweep queues every row with something left to do, and stops when it is told to', async () => {
  const asked: Date[] = [];
  const run = sweep({
    clock,
    dueSubscriptions: async () => [{ id: 3 }, { id: 4 }],
    filesIn: async () => [{ id: 7 }],
    batchesIn: async () => [
      { owner: 'intake', ownerId: 5 },
      { owner: 'file', ownerId: 6 },
    ],
    openChunks: async ({ ownerId }) => (ownerId === 5 ? [1, 301] : []),
    repliesToDo: async () => [{ owner: 'intake', ownerId: 4 }],
    noticeBefore: 86_400_000,
    filesToForewarn: async (at, by) => {
      assert.deepEqual([at, by], [now, days(1)]);
      return [{ id: 12 }];
    },
    answeredSnapshots: async () => [{ id: 14 }],
    snapshotsToDiscard: async () => [{ id: 13 }],
    unannouncedFiles: async () => [{ id: 8 }],
    filesToExpire: async (at, acknowledgedBy) => {
      asked.push(at, acknowledgedBy);
      return [{ id: 9 }];
    },
    partiesToReceive: async () => [{ id: 2 }],
    intakesToDo: async () => [{ id: 10 }],
    intakesToClear: async () => [{ id: 11 }],
  });
  const { queued, follow } = followed();
  await run('all', signal, follow);
  // Of a batch whose questions all have their answer it must still be seen that they have.
  const asks = ['ask intake-5-1', 'ask intake-5-301', 'ask file-6-1', 'reply 4', 'write 14'];
  const files = ['notify 8', 'discard 13', 'forewarn 12', 'expire 9'];
  const left = ['close 3', 'close 4', 'write 7', ...asks, ...files];
  assert.deepEqual(queued, [...left, 'receive 2', 'take-in 10', 'clear 11', 'forget all', 'archive all']);
  assert.deepEqual(asked, [now, days(-1)]);
  await assert.rejects(run('all', AbortSignal.abort(), follow));
  assert.equal(queued.length, 17);
});
