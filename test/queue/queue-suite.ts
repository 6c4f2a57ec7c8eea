import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Moment, NextMoment, Queue, QueueLog, Step } from '../../src/queue/queue.ts';
import { eventually } from '../support/eventually.ts';

export const quiet: QueueLog = { info: () => {}, warn: () => {}, error: () => {} };

/** Every second, whatever the expression says but `never`. */
export const everySecond: NextMoment = (cron, _, after) =>
  cron === 'never' ? null : new Date(Math.floor(after.getTime() / 1000) * 1000 + 1000);

export const step = (name: string, given: Partial<Step>): Step => ({
  name,
  atOnce: 1,
  attempts: 3,
  pause: 20,
  run: async () => {},
  gaveUp: async () => {},
  ...given,
});

export const until = (holds: () => boolean) => eventually('it never comes about', holds, 10);

const moment = (id: string, cron = '* * * * *'): Moment => ({ id, cron, timeZone: 'Europe/Brussels' });

/** What every queue does, whatever it is made of. @param open a queue that shares nothing with the one before */
export function queueSuite(open: (steps: readonly Step[], patience?: number) => Promise<Queue>): void {
  test('runs a step for each row that is added, and queues what follows', async () => {
    const done: string[] = [];
    const queue = await open([
      step('close', { run: async (id, _, then) => then('write', `${id}0`) }),
      step('write', { run: async (id) => void done.push(id) }),
    ]);
    queue.work();
    await Promise.all(['1', '2', '3'].map((id) => queue.add('close', id)));
    await until(() => done.length === 3);
    assert.deepEqual(done.sort(), ['10', '20', '30']);
    await queue.close();
  });

  test('has a row wait once, and lets it wait again when it was done', async () => {
    let times = 0;
    const queue = await open([step('write', { run: async () => void times++ })]);
    for (let at = 0; at < 5; at++) await queue.add('write', '7');
    queue.work();
    await until(() => times === 1);
    await pause(100);
    assert.equal(times, 1);
    await queue.add('write', '7');
    await until(() => times === 2);
    await queue.close();
  });

  test('tries again with longer and longer pauses, and then says that it failed', async () => {
    const tries: number[] = [];
    const given: string[] = [];
    const queue = await open([
      step('write', {
        attempts: 3,
        pause: 100,
        run: async () => {
          tries.push(performance.now());
          throw new Error('no room');
        },
        gaveUp: async (id, { message }) => void given.push(`${id}: ${message}`),
      }),
    ]);
    queue.work();
    await queue.add('write', '7');
    await until(() => given.length > 0);
    await pause(300);
    assert.equal(tries.length, 3);
    const [first = 0, second = 0, third = 0] = tries;
    assert.ok(second - first >= 95 && third - second >= 190, `${second - first}, ${third - second}`);
    assert.deepEqual(given, ['7: no room']);
    // What was given up may be asked for again.
    await queue.add('write', '7');
    await until(() => tries.length > 3);
    await queue.close();
  });

  test('does no more at once than the step allows, and others meanwhile', async () => {
    let running = 0;
    let most = 0;
    let swept = 0;
    let done = 0;
    const queue = await open([
      step('write', {
        atOnce: 3,
        run: async () => {
          most = Math.max(most, ++running);
          await pause(40);
          running--;
          done++;
        },
      }),
      step('sweep', { run: async () => void swept++ }),
    ]);
    queue.work();
    await Promise.all(Array.from({ length: 12 }, (_, id) => queue.add('write', `${id}`)));
    await queue.add('sweep', 'all');
    await until(() => done === 12);
    assert.equal(most, 3);
    assert.equal(swept, 1);
    await queue.close();
  });

  test('queues rows at their moments, and follows when moments change, come or go', async () => {
    const due: string[] = [];
    const queue = await open([step('close', { run: async (id) => void due.push(id) })]);
    queue.work();
    const seen = (id: string) => due.filter((each) => each === id).length;
    await queue.keepMoments('close', [moment('1'), moment('2'), moment('3', 'never')]);
    await until(() => seen('1') >= 2 && seen('2') >= 2);
    await queue.keepMoments('close', [moment('1'), moment('4')]);
    await pause(1_100);
    const stopped = seen('2');
    await until(() => seen('4') >= 2);
    assert.equal(seen('2'), stopped);
    assert.equal(seen('3'), 0);
    await queue.close();
  });

  test('finishes what is under way before it is closed, and takes nothing more', async () => {
    let began = false;
    let ended = false;
    const queue = await open([
      step('write', {
        run: async () => {
          began = true;
          await pause(300);
          ended = true;
        },
      }),
    ]);
    queue.work();
    await queue.add('write', '1');
    await until(() => began);
    await queue.close();
    assert.ok(ended);
    await assert.rejects(queue.add('write', '2'));
  });

  test('aborts what does not end when it is closed, without calling it failed', async () => {
    let aborted: unknown = null;
    let gaveUp = 0;
    const queue = await open(
      [
        step('write', {
          attempts: 1,
          run: (_, signal) =>
            new Promise((_resolve, reject) => {
              signal.addEventListener('abort', () => {
                aborted = signal.reason;
                reject(asError(signal.reason));
              });
            }),
          gaveUp: async () => void gaveUp++,
        }),
      ],
      200,
    );
    queue.work();
    await queue.add('write', '1');
    await pause(200);
    await queue.close();
    assert.match(String(aborted), /stopping/);
    assert.equal(gaveUp, 0);
  });
}

const asError = (reason: unknown) => (reason instanceof Error ? reason : new Error(String(reason)));
