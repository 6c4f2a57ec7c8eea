import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { mysqlDatabase } from '../support/database.ts';
import { demoFolderBesideServer } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { demoNumbers, namedIn, redisTexts, tableTexts } from '../support/named.ts';
import { freePort } from '../support/own-server.ts';
import { runVerb, startProgram, startWork } from '../support/program.ts';
import { startRedis } from '../support/redis.ts';

/** A bus that only answers, and two workers that share what goes on beside it, by way of Redis. */

const database = await mysqlDatabase();
const redis = await startRedis();
const folder = demoFolderBesideServer();
const settings = {
  ...{ KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: database.url, KRUISPUNT_REDIS_URL: redis.url },
  ...{ KRUISPUNT_DEMO: '1', KRUISPUNT_SWEEP_SECONDS: '1' },
};
const bus = await startProgram(settings);
const worker = async () => startWork({ ...settings, KRUISPUNT_WORK_PORT: String(await freePort()) });
const workers = [await worker(), await worker()];
after(async () => {
  for (const each of [...workers, bus]) await each.stop('SIGKILL');
  await redis.remove();
  await database.remove();
});

const one = async (statement: string) => (await database.sql(statement))[0] ?? {};
const output = () => workers.map((each) => each.output().slice(-2000)).join('\n');
const until = <T>(what: string, find: () => Promise<T>) =>
  eventually(() => `${what}\n${output()}`, find, 100);

test('a snapshot is closed, asked and written by workers that share it, and its answers are gone afterwards', async () => {
  const { id } = await one(
    "SELECT s.id FROM subscription s JOIN party p ON p.id = s.party_id WHERE p.name = 'afnemer' AND s.kind = 'snapshot'",
  );
  await database.sql(`UPDATE subscription SET next_run_at = UTC_TIMESTAMP(3) WHERE id = ${id}`);
  await until('all but two', async () => {
    const { open, all } = await one("SELECT SUM(state = 'open') AS open, COUNT(*) AS `all` FROM question");
    return Number(all) > 0 && Number(open) <= 2 ? true : undefined;
  });
  const during = await redisTexts(redis.url);
  // Nobody waits half an hour for the two of the demo world who are never answered.
  const { id: asking } = await one('SELECT id FROM publication_file');
  const retried = await runVerb(['publication', 'retry', String(asking), '--last'], settings);
  assert.equal(retried.code, 0, retried.stderr);
  const file = await until('the file', async () => {
    const found = await one(`SELECT * FROM publication_file WHERE subscription_id = ${id}`);
    return found.state === 'written' ? found : undefined;
  });
  const tray = join(folder, 'files', `p${file.party_id}`, 'Publicaties');
  const written = readFileSync(join(tray, String(file.name)), 'utf8');
  assert.match(
    readFileSync(join(tray, String(file.name).replace(/\.xml$/, '.voucher.xml')), 'utf8'),
    /SUBSCRIPTION/,
  );
  const records = written.match(/<Onderwerp>/g) ?? [];
  assert.equal(records.length, Number(file.records));
  assert.ok(records.length > 10, `${records.length} persons`);
  assert.equal(written.match(/<Identificatie>9999[67]</g)?.length, 2);
  await until('the answers are gone', async () => {
    const { count } = await one('SELECT COUNT(*) AS count FROM question');
    return Number(count) === 0 ? true : undefined;
  });
  const shown = await runVerb(['publication', 'show', String(file.id)], settings);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /written/);

  // The file names people, and the registers do; nothing else that was written on the way.
  const tables = await database.sql(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  const names = tables.map((table) => String(table.name));
  const voucher = readFileSync(join(tray, String(file.name).replace(/\.xml$/, '.voucher.xml')), 'utf8');
  const logs = [bus, ...workers].map((each, at) => [`log ${at}`, each.output()]);
  const doors = [bus, ...workers].flatMap(({ url }) => [`${url}/metrics`, `${url}/health/ready`]);
  const figures = doors.map(async (url) => [url, await (await fetch(url)).text()]);
  const texts = {
    ...{ ...during, ...(await redisTexts(redis.url)), ...(await tableTexts(database.sql, names)) },
    ...{ ...Object.fromEntries([...logs, ...(await Promise.all(figures))]), voucher, shown: shown.stdout },
  };
  const numbers = demoNumbers(folder);
  assert.ok(Object.keys(during).length > 3 && String(texts.exchange).length > 10_000);
  assert.deepEqual(namedIn(texts, numbers), []);
  assert.notDeepEqual(namedIn({ ...texts, written }, numbers), []);
});
