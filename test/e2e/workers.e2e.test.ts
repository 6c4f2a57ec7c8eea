import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { type Program, runVerb, startProgram } from '../support/program.ts';

let folder: string;
let bus: Program;
before(async () => {
  folder = demoFolder();
  bus = await startProgram({ KRUISPUNT_VAR: folder, KRUISPUNT_WORKERS: '2' });
});
after(() => bus.stop());

const ask = () => runVerb(['call', 'GeefPersoon', '--url', bus.url], { KRUISPUNT_VAR: folder });

/** Process ids that the log lines name. */
const pids = (pattern: RegExp) =>
  new Set(
    bus
      .output()
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => /"pid":(\d+)/.exec(line)?.[1]),
  );

test('answers on one port, and adds up the figures of both', async () => {
  for (let index = 0; index < 4; index++) assert.equal((await ask()).code, 0);
  const figures = await (await fetch(`${bus.url}/metrics`)).text();
  assert.match(
    figures,
    /kruispunt_exchanges_total\{service="GeefPersoon",outcome="answered",code="none"\} 4/,
  );
});

test('replaces a worker that dies', async () => {
  const [worker] = pids(/"msg":"answered"/);
  assert.ok(worker);
  process.kill(Number(worker), 'SIGKILL');
  await bus.says(/a worker died/);
  for (let index = 0; index < 4; index++) assert.equal((await ask()).code, 0);
  const ready = await fetch(`${bus.url}/health/ready`);
  assert.equal(ready.status, 200);
});

test('throttles a party over both together: the primary counts for its workers', async () => {
  const hasty = () =>
    runVerb(['call', 'GeefPersoon', '--as', 'gehaast', '--url', bus.url], { KRUISPUNT_VAR: folder });
  const told = await Promise.all([hasty(), hasty(), hasty(), hasty()]);
  const refused = told.filter(({ stdout, stderr }) => `${stdout}${stderr}`.includes('99995'));
  assert.equal(refused.length, 3, told.map(({ stdout, stderr }) => stdout + stderr).join('\n'));
  const figures = await (await fetch(`${bus.url}/metrics`)).text();
  assert.match(figures, /kruispunt_throttled_total\{service="GeefPersoon"\} 3/);
});
