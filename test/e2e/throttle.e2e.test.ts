import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { type Program, runVerb, startProgram } from '../support/program.ts';
import { ensureTools, type Running, services } from '../support/services.ts';

/** Two programs on one database, which count in one Redis of this test's own. */

let folder: string;
let redis: Running;
const buses: Program[] = [];
before(async () => {
  const service = services.find(({ suffix }) => suffix === 'redis');
  assert.ok(service);
  await ensureTools([service.tool]);
  redis = await service.start();
  folder = demoFolder();
  // Longer than the four questions take on a busy machine.
  const [{ id }] = JSON.parse(await verb('grant', 'list', '--party', 'gehaast', '--json'));
  await verb('grant', 'change', String(id), '--throttle', '1/600000');
  const settings = { KRUISPUNT_VAR: folder, KRUISPUNT_REDIS_URL: redis.url };
  for (let index = 0; index < 2; index++) buses.push(await startProgram(settings));
});
after(async () => {
  for (const bus of buses) await bus.stop();
  await redis.stop();
});

const ask = (bus: Program | undefined, as: string) =>
  runVerb(['call', 'GeefPersoon', '--as', as, '--url', bus?.url ?? ''], { KRUISPUNT_VAR: folder });
const verb = async (...args: string[]) => (await runVerb(args, { KRUISPUNT_VAR: folder })).stdout;
const all = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) => stdout + stderr;

test('lets one of four questions pass that come at two programs at once', async () => {
  const told = await Promise.all([0, 1, 0, 1].map((index) => ask(buses[index], 'gehaast')));
  const refused = told.filter((each) => all(each).includes('99995'));
  assert.equal(refused.length, 3, told.map(all).join('\n'));
});

test('explains to an operator which limit it was', async () => {
  const [{ id }] = JSON.parse(await verb('audit', 'list', '--code', '99995', '--json'));
  const told = await verb('audit', 'explain', id);
  assert.match(told, /99995/);
  assert.match(told, /Exceeded the max throttle rate of 1 within 600000ms/);
});

test('goes on answering when Redis is gone, and says so', async () => {
  await redis.stop();
  for (const bus of buses) {
    const told = await ask(bus, 'afnemer');
    assert.equal(told.code, 0, all(told));
    const ready = await fetch(`${bus.url}/health/ready`);
    assert.equal(ready.status, 200);
    assert.match(await ready.text(), /"redis":\s*"down/);
  }
});
