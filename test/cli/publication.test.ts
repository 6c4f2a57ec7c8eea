import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { type PublicationDesk, publication } from '../../src/cli/publication.ts';
import type { Intake } from '../../src/exchange/intake.ts';
import type { FileEvent, FileState, PublicationFile } from '../../src/exchange/subscription.ts';
import { newParty } from '../store/samples.ts';
import { paper } from './terminal.ts';

const now = new Date('2026-05-11T01:00:00Z');

const fileOf = (id: number, state: FileState, lastError: string | null = null): PublicationFile => ({
  ...{ id, subscriptionId: 3, partyId: 2, uri: 'http://example.test/huis', hoedanigheid: null },
  ...{ publication: 'PubliceerMutatiePersoon', version: '02.02', sequence: id, state, lastError },
  ...{ kind: 'mutations', cutOff: now, name: `file-${id}.xml`, voucherId: 'v', format: 'xml', visible: [] },
  ...{ grantId: 1, legalBasis: 'wet', records: 4, size: 9, sha256: 'ab', attempts: 1, closedAt: now },
  ...{ writtenAt: now, collectedAt: null, acknowledgedAt: null, expiresAt: now },
});

const held: Intake = {
  ...{ id: 5, partyId: 2, voucherId: 'v', uri: 'bron.example', hoedanigheid: null, legalBasis: 'wet' },
  ...{ service: 'PubliceerMutatiePersoon', version: '02.02', sequence: 4, fileName: 'b.xml', sha256: 'ab' },
  ...{ size: 9, records: 7, state: 'held', takenRecords: 0, duplicates: 0, receipt: null, at: now },
  ...{ endedAt: null, clearedAt: null },
  problems: [
    { code: 'SEQUENCE_AHEAD', record: null, reference: null, detail: 'number 4 waits for number 3' },
  ],
};
const faulty: Intake = {
  ...{ ...held, id: 6, state: 'rejected' },
  problems: [{ code: 'RECORD_SCHEMA', record: 400_000, reference: 'm-1', detail: 'Inhoud: not that' }],
};
const intakes = [faulty, held];
const batch = {
  ...{ partyId: 2, service: 'GeefPersoon', version: '02.02', voucherId: 'v', certificate: null },
  sender: { uri: 'http://example.test/huis', hoedanigheid: null, reference: 'v', endUser: null },
  ...{ legalBasis: 'wet', template: {}, fileName: null, schema: null, state: 'asking' as const },
  ...{
    questions: 250,
    lastTime: false,
    lastError: null,
    madeAt: now,
    answeredAt: null,
    repliedAt: null,
    reply: null,
  },
};

function desk(...files: readonly PublicationFile[]) {
  const done: unknown[] = [];
  const events: FileEvent[] = [];
  const terminal = paper();
  const needs: PublicationDesk = {
    ...{ terminal, who: 'an', now: () => now },
    parties: async () => [{ ...newParty({ name: 'Huis' }), id: 2 }],
    subscriptions: () => [{ id: 3, retentionDays: 10 }],
    files: async ({ states }) => files.filter(({ state }) => states === null || states.includes(state)),
    file: async (id) => files.find((each) => each.id === id) ?? null,
    eventsOf: async () => events,
    markRetried: async (id, lastTime) => {
      done.push([lastTime ? 'last time' : 'again', id]);
      return files.some((each) => each.id === id && each.state === 'failed');
    },
    markReissued: async (...given) => done.push(given) > 0,
    noteEvent: async (event) => void events.push(event),
    intakes: async () => intakes,
    intake: async (id) => intakes.find((each) => each.id === id) ?? null,
    batch: async ({ owner, ownerId }) => (ownerId === 6 ? { ...batch, owner, ownerId } : null),
    progressOf: async () => ({ questions: 250, answered: 37 }),
    isThere: async ({ id }) => id !== 5,
    publicationFigures: async () => ({ backlog: 12, oldestPending: now, sequenceGaps: 0 }),
  };
  const run = (line: string) => publication(line.split(' '), needs);
  return { run, done, events, terminal };
}

test('lists files, and what waits for one', async () => {
  const { run, terminal } = desk(fileOf(1, 'written'), fileOf(2, 'failed'));
  assert.equal(await run('list --state failed'), 0);
  assert.match(terminal.printed(), /2 +Huis +PubliceerMutatiePersoon 02\.02 +2 +failed +4/);
  assert.doesNotMatch(terminal.printed(), /file-1/);
  assert.match(terminal.printed(), /12 deliveries in no file yet, since 2026-05-11T01:00:00\.000Z; 0 gaps/);
  await assert.rejects(run('list --state lost'), UsageError);
  await assert.rejects(run('list --party Niemand'), FailedError);
});

test('explains what became of a file, and what to do', async () => {
  const { run, terminal } = desk(fileOf(1, 'failed', 'ENOSPC: no space left on device'));
  await run('show 1');
  assert.match(terminal.printed(), /could not be written: ENOSPC[\s\S]*kruispunt publication retry 1/);
  await assert.rejects(run('show 9'), FailedError);
});

test('has failed files written again, one or all, and says which were none', async () => {
  const { run, done, terminal } = desk(fileOf(1, 'failed'), fileOf(2, 'failed'), fileOf(3, 'written'));
  assert.equal(await run('retry --all'), 0);
  assert.deepEqual(done, [
    ['again', 1],
    ['again', 2],
  ]);
  assert.equal(await run('retry 2 3'), 1);
  assert.match(terminal.printed(), /file 3 is none that failed/);
  await assert.rejects(run('retry'), UsageError);
  await assert.rejects(run('retry --all 2'), UsageError);
});

test('tells how far the asking for a snapshot has come, and gives it up only when told to', async () => {
  const snapshot = (id: number, state: FileState) => ({ ...fileOf(id, state), kind: 'snapshot' as const });
  const { run, done, terminal } = desk(snapshot(6, 'asking'), snapshot(7, 'failed'));
  await run('show 6');
  assert.match(terminal.printed(), /questions +37 of 250 have their answer[\s\S]*written once each question/);
  await run('show 6 --json');
  assert.match(terminal.printed(), /"questions": \{\s+"questions": 250,\s+"answered": 37/);
  await run('retry 7');
  await run('retry 7 --last');
  assert.deepEqual(done, [
    ['again', 7],
    ['last time', 7],
  ]);
  await assert.rejects(run('reissue 6'), /was never written/);
});

test('reissues a snapshot only while its bytes are there', async () => {
  const snapshot = (id: number) => ({ ...fileOf(id, 'expired'), kind: 'snapshot' as const });
  const { run, done } = desk(snapshot(4), snapshot(5));
  assert.equal(await run('reissue 4'), 0);
  await assert.rejects(run('reissue 5'), /file 5 is gone: it was a snapshot, whose answers were not kept/);
  assert.equal(done.length, 1);
});

test('reissues what was written, for as long as its subscription keeps files, and notes by whom', async () => {
  const { run, done, events } = desk(fileOf(1, 'expired'), fileOf(2, 'failed'));
  assert.equal(await run('reissue 1'), 0);
  assert.deepEqual(done, [[1, new Date('2026-05-21T01:00:00Z')]]);
  assert.deepEqual(
    events.map(({ what, detail }) => [what, detail]),
    [['reissued', 'by an']],
  );
  await assert.rejects(run('reissue 2'), FailedError);
});

test('lists what parties laid down, and says of each what is wrong and what to do', async () => {
  const { run, terminal } = desk();
  assert.equal(await run('intake list --party Huis'), 0);
  assert.match(terminal.printed(), /5 +Huis +PubliceerMutatiePersoon 02\.02 +4 +held +0 of 7/);
  await run('intake show 5');
  assert.match(terminal.printed(), /SEQUENCE_AHEAD {2}number 4 waits[\s\S]*waits for number 3 of its flow/);
  await run('intake show 6');
  assert.match(terminal.printed(), /RECORD_SCHEMA {2}record 400000 \(m-1\): Inhoud: not that/);
  assert.match(terminal.printed(), /under the same number/);
  await assert.rejects(run('intake'), UsageError);
  await assert.rejects(run('intake list --state lost'), UsageError);
  await assert.rejects(run('intake show 9'), FailedError);
});
