import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/exchange/clock.ts';
import { bullQueue } from '../../src/queue/bull.ts';
import { openStore } from '../../src/store/connection.ts';
import { record } from '../publication/records.ts';
import { quiet, step } from '../queue/queue-suite.ts';
import { newMutation, newSubscriber } from '../store/publication-samples.ts';
import { newParty } from '../store/samples.ts';
import { mysqlDatabase } from '../support/database.ts';
import { demoFolderBesideServer } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/own-server.ts';
import { runVerb, startWork } from '../support/program.ts';
import { startRedis } from '../support/redis.ts';
import { keyFileIn, keys } from '../support/subject-keys.ts';

/** `kruispunt work` as an operator starts it, on a database and a Redis of its own. */

const database = await mysqlDatabase();
const redis = await startRedis();
const store = await openStore(database.url, { clock: systemClock, keys });
after(async () => {
  await store.close();
  await redis.remove();
  await database.remove();
});

const folder = demoFolderBesideServer();
const settings = {
  ...{ KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: database.url, KRUISPUNT_REDIS_URL: redis.url },
  KRUISPUNT_AUDIT_KEYS: keyFileIn(folder),
  // Nothing but what the test queues is found.
  ...{ KRUISPUNT_DEMO: '1', KRUISPUNT_SWEEP_SECONDS: '3600', KRUISPUNT_WORK_PORT: String(await freePort()) },
};
const worker = await startWork(settings);
after(() => worker.stop('SIGKILL'));

const until = <T>(what: string, find: () => Promise<T>) =>
  eventually(() => `${what}\n${worker.output()}`, find, 50);
const ready = async () => {
  const answer = await fetch(`${worker.url}/health/ready`);
  return [answer.status, await answer.json()];
};

test('a batch whose id is in Redis is closed and written by a worker, with its voucher', async () => {
  const { content } = record(1);
  const number = /<INSZ>(\d+)</.exec(content)?.[1] ?? '';
  const { id: author } = await store.addParty(newParty({ name: 'Bron' }));
  const { id, partyId } = await newSubscriber(store, [number]);
  const change = { reference: 'm-1', content, occurredOn: '2026-05-09' };
  assert.equal((await store.acceptMutations([newMutation(number, change)], author)).deliveries, 1);
  const queue = bullQueue({
    ...{ url: redis.url, log: quiet, clock: systemClock, next: () => null },
    steps: [step('close', { run: async () => {} })],
  });
  // The worker hears of the new subscriber's rights within a second; a batch that it closed before that has no file.
  const written = async () => {
    await database.sql(`UPDATE subscription SET next_run_at = UTC_TIMESTAMP(3) WHERE id = ${id}`);
    await queue.add('close', String(id)).catch(() => {});
    await pause(200);
    return (await store.files({ subscriptionId: id, limit: 1 })).find(({ state }) => state === 'written');
  };
  const file = await until('a file is written', written).finally(queue.close);
  const tray = join(folder, 'files', `p${partyId}`, 'Publicaties');
  assert.ok(existsSync(join(tray, file.name)));
  assert.ok(existsSync(join(tray, file.name.replace(/\.xml$/, '.voucher.xml'))));
  assert.deepEqual([file.sequence, file.records], [1, 1]);
  const figures = await until('it was told', async () => {
    const text = await (await fetch(`${worker.url}/metrics`)).text();
    return text.includes('kruispunt_steps_total{step="notify",outcome="done"} 1') ? text : undefined;
  });
  assert.match(figures, /^kruispunt_steps_total\{step="write",outcome="done"\} 1$/m);
  assert.match(figures, /^kruispunt_publication_files\{state="written"\} 1$/m);
  assert.match(figures, /^kruispunt_step_seconds_count\{step="close"\} [1-9]\d*$/m);
});

test('a worker says what it cannot do without, and shows nothing else', async () => {
  assert.deepEqual(await ready(), [200, { status: 'up', database: 'up', redis: 'up' }]);
  assert.equal((await fetch(`${worker.url}/soap/WebService`, { method: 'POST', body: 'x' })).status, 404);
  const second = await runVerb(['work'], settings);
  assert.equal(second.code, 1);
  assert.match(second.stderr, /KRUISPUNT_WORK_PORT/);
  await redis.stop('SIGKILL');
  await until('Redis is missed', async () => (await ready())[0] === 503);
  assert.deepEqual(await ready(), [503, { status: 'down', database: 'up', redis: 'down' }]);
  assert.equal((await fetch(`${worker.url}/health/live`)).status, 200);
  await redis.start();
  await until('Redis is back', async () => (await ready())[0] === 200);
});

test('told to stop it ends, and shows itself no more', async () => {
  const { code, stderr } = await worker.stop();
  assert.deepEqual([code, stderr], [0, '']);
  await assert.rejects(fetch(`${worker.url}/health/live`));
});
