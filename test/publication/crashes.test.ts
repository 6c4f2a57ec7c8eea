import assert from 'node:assert/strict';
import { createHash, randomInt } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { NewMutation, PublicationFile, Subscription } from '../../src/exchange/subscription.ts';
import { type PublishingParts, publishing } from '../../src/publishing.ts';
import { inProcess } from '../../src/queue/in-process.ts';
import { openStore, type Store } from '../../src/store/connection.ts';
import { quiet } from '../queue/queue-suite.ts';
import {
  freeze,
  newMutation,
  newSubscription,
  publication,
  version,
  work,
} from '../store/publication-samples.ts';
import { newGrant, newParty } from '../store/samples.ts';
import { wound } from '../support/clock.ts';
import { sqliteDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';
import { noIntake } from './no-intake.ts';
import { random } from './random.ts';

const START = new Date('2026-05-10T08:00:00Z');
const MINUTE = 60_000;
const ROUNDS = 40;
const SUBJECTS = 25;

/** Every seed is another history; a failure names its own, and CRASH_SEED plays it again. */
const seed = Number(process.env.CRASH_SEED ?? randomInt(2 ** 31));
const { below, chance } = random(seed);
const clock = wound(START);
const database = await sqliteDatabase();
const store = await openStore(database.url, { clock, keys });
after(async () => {
  await store.close();
  await database.remove();
});

type Member = {
  readonly subscription: Subscription;
  readonly subjects: ReadonlySet<string>;
  readonly entitled: boolean;
};

/** A disk on which names appear whole or not at all, as they do on ours. */
const disk = new Map<string, string>();

class Crash extends Error {}

/** Each verb of a process that may die before it, or after it and before anybody hears of what it did. */
function mortal<T extends object>(
  verbs: T,
  share: number,
): { readonly verbs: T; readonly isDead: () => boolean } {
  let dead = false;
  const die = (here: boolean) => {
    dead ||= here;
    if (dead) throw new Crash('the process is gone');
  };
  const wrap =
    (verb: unknown) =>
    async (...given: unknown[]) => {
      assert.ok(typeof verb === 'function');
      die(chance(share));
      const result: unknown = await verb(...given);
      die(chance(share));
      return result;
    };
  return {
    verbs: new Proxy(verbs, {
      get: (target, name) => {
        const verb: unknown = Reflect.get(target, name);
        return MORTAL.has(String(name)) ? wrap(verb) : verb;
      },
    }),
    isDead: () => dead,
  };
}

const MORTAL = new Set([
  ...['dueSubscriptions', 'dueBatch', 'closeBatch', 'filesIn', 'unannouncedFiles', 'filesToExpire', 'file'],
  ...['layDown', 'placeVoucher', 'markWritten', 'markFailed', 'expireFile', 'eventsOf', 'noteEvent'],
]);

const parts = (alive: Store): PublishingParts => ({
  ...noIntake,
  ...{ clock, freeze },
  forgetMessages: async (now) => alive.forgetMessages(now),
  retainAudit: async () => {},
  dueSubscriptions: (now) => alive.dueSubscriptions(now),
  dueBatch: (id, now) => alive.dueBatch(id, now),
  closeBatch: (id, cutOff, freezing) => alive.closeBatch(id, cutOff, freezing),
  filesIn: (state, limit) => alive.filesIn(state, limit),
  unannouncedFiles: (since, limit) => alive.unannouncedFiles(since, limit),
  filesToExpire: (now, acknowledged, limit) => alive.filesToExpire(now, acknowledged, limit),
  file: (id) => alive.file(id),
  markAsked: (id) => alive.markAsked(id),
  ...{ answeredSnapshots: alive.answeredSnapshots, snapshotsToDiscard: alive.snapshotsToDiscard },
  markWritten: (id, facts) => alive.markWritten(id, facts),
  markFailed: (id, error) => alive.markFailed(id, error),
  ...noQuestions(alive),
  expireFile: (id, takeAway) => alive.expireFile(id, takeAway),
  eventsOf: (id) => alive.eventsOf(id),
  noteEvent: (event) => alive.noteEvent(event),
  layDown,
  ...{
    noticeBefore: 0,
    filesToForewarn: async () => [],
    layNotice: async () => {},
    announceExpiry: () => {},
  },
  takeAway: async ({ name }) => void disk.delete(name),
  announce: () => {},
  onFault: () => {},
});

/** Of questions there are none here. */
const noQuestions = (alive: Store) => ({
  ...{ batch: alive.batch, batchesIn: alive.batchesIn, openChunks: alive.openChunks },
  ...{ openQuestions: alive.openQuestions, answerQuestion: alive.answerQuestion, countTry: alive.countTry },
  ...{
    markAnswered: alive.markAnswered,
    markBatchFailed: alive.markBatchFailed,
    settleFew: alive.settleFew,
    parties: alive.parties,
  },
  ...{ prepareReply: alive.prepareReply, answersOf: alive.answersOf, markReplied: alive.markReplied },
  ...{ markReplyExpired: alive.markReplyExpired, clearQuestions: alive.clearQuestions },
  ...{ repliesToDo: alive.repliesToDo, randomId: () => 'none' },
  replies: { place: () => Promise.reject(new Error('there is nothing to reply')), remove: async () => {} },
  inquire: () => Promise.reject(new Error('there is nothing to ask')),
  serviceOf: () => null,
});

async function layDown(file: PublicationFile) {
  const lines: string[] = [];
  for await (const { reference } of store.recordsOf(file.id)) lines.push(reference);
  const text = lines.join('\n');
  const name = `${file.partyId}/${file.name}`;
  const sha256 = createHash('sha256').update(text).digest('hex');
  assert.ok(!disk.has(name) || disk.get(name) === text, 'a file was written again with other bytes');
  disk.set(name, text);
  return { records: lines.length, size: text.length, sha256 };
}

/** A process's life: it sweeps, works until it dies or nothing is left, and all it held in memory is gone. */
async function live(share: number): Promise<void> {
  const { verbs, isDead } = mortal(parts(store), share);
  const steps = publishing(verbs).map((step) => ({ ...step, pause: 1, attempts: 3 }));
  const queue = inProcess({ steps, clock, next: () => null, log: quiet });
  queue.work();
  let quietFor = 0;
  for (let times = 0; times < 400 && !isDead() && quietFor < 3; times++) {
    const before = await left();
    await queue.add('sweep', 'all');
    await pause(5);
    quietFor = before === 0 && (await left()) === 0 ? quietFor + 1 : 0;
  }
  await queue.close();
}

async function left(): Promise<number> {
  const now = clock.now();
  const due = await store.dueSubscriptions(now);
  const untold = await store.unannouncedFiles(START, 1_000);
  return due.length + (await store.filesIn('closed', 1_000)).length + untold.length;
}

async function subscribe(index: number): Promise<Member> {
  const { id: partyId } = await store.addParty(newParty());
  // Some have a grant that ended, or none for this publication at all.
  const entitled = index % 5 !== 4;
  const validUntil = index % 2 === 0 ? new Date(START.getTime() - MINUTE) : null;
  const service = validUntil === null && !entitled ? 'IetsAnders' : publication;
  await store.addGrant(
    newGrant(partyId, { service, version, visible: ['**'], ...(entitled ? {} : { validUntil }) }),
  );
  const subjects = new Set<string>();
  for (let subject = 0; subject < SUBJECTS; subject++) {
    if (!chance(0.4)) continue;
    const number = String(90_000_000_000 + subject);
    subjects.add(number);
    await store.addRegistration({
      ...{ partyId, hoedanigheid: work, subject: { kind: 'person', number } },
      ...{ begin: '2026-01-01', end: null },
    });
  }
  const schedule = `*/${1 + below(9)} * * * *`;
  const subscription = await store.addSubscription(newSubscription(partyId, { schedule }), 'test');
  return { subscription, subjects, entitled };
}

test(`each mutation is in one file of each entitled subscriber, wherever the process dies (CRASH_SEED=${seed})`, async () => {
  const author = (await store.addParty(newParty({ name: 'Bron' }))).id;
  const members: Member[] = [];
  for (let index = 0; index < 10; index++) members.push(await subscribe(index));
  const told: NewMutation[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const batch = Array.from({ length: 1 + below(8) }, () =>
      newMutation(String(90_000_000_000 + below(SUBJECTS))),
    );
    told.push(...batch);
    await store.acceptMutations(batch, author);
    // A source that did not hear our answer tells it again.
    if (chance(0.2)) await store.acceptMutations(batch, author);
    clock.advance(below(4 * MINUTE));
    await live(chance(0.8) ? 0.01 : 0.15);
  }
  clock.advance(10 * MINUTE);
  // What was given up in a life full of crashes is for an operator to try again.
  for (const { id } of await store.filesIn('failed', 1_000))
    await store.markRetried(id, false, { who: 'an', at: clock.now() });
  await live(0);
  assert.equal(await left(), 0);

  for (const { subscription, subjects, entitled } of members) {
    const files = [...(await store.files({ subscriptionId: subscription.id, limit: 1_000 }))].reverse();
    const found: string[] = [];
    for (const [index, file] of files.entries()) {
      assert.equal(file.sequence, index + 1);
      assert.equal(file.state, 'written');
      const text = disk.get(`${file.partyId}/${file.name}`) ?? assert.fail(`${file.name} is not there`);
      assert.equal(createHash('sha256').update(text).digest('hex'), file.sha256);
      assert.equal(file.records, text.split('\n').length);
      found.push(...text.split('\n'));
      const written = (await store.eventsOf(file.id)).filter(({ what }) => what === 'written');
      assert.equal(written.length, 1);
    }
    const expected = entitled
      ? told.filter(({ subject }) => subjects.has(subject.number)).map(({ reference }) => reference)
      : [];
    assert.deepEqual(found.toSorted(), expected.toSorted());
  }
  assert.equal(disk.size, (await store.files({ limit: 10_000 })).length);
  const figures = await store.publicationFigures();
  assert.deepEqual([figures.backlog, figures.sequenceGaps], [0, 0]);
});
