import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { demoFolder, demoFolderBesideServer } from '../support/demo-world.ts';
import { startMariadb } from '../support/mariadb.ts';
import { type Program, runVerb, startProgram, temporaryFolder } from '../support/program.ts';
import { askerIn, signQuestions } from '../support/signed-questions.ts';

/** The audit's chain of two processes that answer, under load, killed and stopped, on both kinds of database. */

const INSZ = '74651210490';

type World = { readonly settings: Readonly<Record<string, string>>; readonly remove: () => Promise<void> };

const embedded = async (folder: string): Promise<World> => ({
  settings: { KRUISPUNT_VAR: folder },
  remove: async () => {},
});
const onServer = async (folder: string): Promise<World> => {
  const mariadb = await startMariadb();
  const url = await mariadb.createDatabase('bus');
  const settings = { KRUISPUNT_VAR: folder, KRUISPUNT_DATABASE_URL: url, KRUISPUNT_DEMO: '1' };
  return { settings, remove: mariadb.remove };
};

for (const [name, open, newFolder] of [
  ['embedded', embedded, demoFolder],
  ['on MariaDB', onServer, demoFolderBesideServer],
] as const)
  describe(`the audit ${name}`, { concurrency: false }, () => {
    const folder = newFolder();
    const certificate = join(folder, 'demo', 'bus.crt.pem');
    let world: World;
    let settings: Readonly<Record<string, string>>;
    let bus: Program;
    before(async () => {
      world = await open(folder);
      settings = { ...world.settings, KRUISPUNT_WORKERS: '2' };
      bus = await startProgram(settings);
    });
    after(async () => {
      await bus?.stop();
      await world?.remove();
    });

    const post = async (body: Uint8Array) => {
      const headers = { 'content-type': 'text/xml', connection: 'close' };
      const answer = await fetch(`${bus.url}/soap/WebService`, {
        method: 'POST',
        headers,
        body: Buffer.from(body),
      });
      await answer.text();
      return answer.headers.get('x-kruispunt-exchange') ?? '';
    };
    const questions = async (count: number) =>
      (await signQuestions(askerIn(join(folder, 'demo'), 'afnemer'), INSZ, count)).map(({ bytes }) => bytes);
    const verify = async () => {
      const { stdout, stderr, code } = await runVerb(['audit', 'verify', '--json'], settings);
      assert.notEqual(stdout, '', stderr);
      return { code, ...JSON.parse(stdout) };
    };

    test('is whole after its processes were killed under load, and anchored by who comes next', async () => {
      const messages = await questions(120);
      const told: string[] = [];
      const asked = messages.map((message) =>
        post(message).then(
          (id) => told.push(id),
          () => null,
        ),
      );
      while (told.length < 30) await pause(5);
      await bus.stop('SIGKILL');
      await Promise.all(asked);
      const left = await verify();
      assert.deepEqual([left.code, left.findings], [0, []]);
      assert.ok(left.rows >= told.length, `${left.rows} rows for ${told.length} answers`);
      const behind = left.beyond.reduce((sum: number, { rows }: { rows: number }) => sum + rows, 0);
      assert.equal(behind, left.rows); // nobody had the time to anchor anything
      bus = await startProgram(settings);
      await bus.says(/the audit is anchored/);
      const after = await verify();
      assert.deepEqual([after.code, after.findings, after.beyond], [0, [], []]);
      assert.ok(after.rows >= left.rows);
    });

    // The same code reads both kinds of database: once is enough.
    if (name === 'embedded')
      test('is anchored when it is stopped, and proven elsewhere with the certificate alone', async () => {
        await Promise.all((await questions(10)).map(post));
        const { stdout } = await bus.stop();
        assert.match(stdout, /"number":\d+,"digest":"[0-9a-f]{64}".*the audit is anchored/);
        const { beyond, rows, lastAnchor } = await verify();
        assert.deepEqual(beyond, []);
        assert.ok(stdout.includes(lastAnchor.digest));

        const path = join(folder, 'audit.jsonl');
        const today = new Date().toISOString().slice(0, 10);
        const exported = await runVerb(
          ['audit', 'export', '--from', today, '--to', '2100-01-01', path],
          settings,
        );
        assert.equal(exported.code, 0, exported.stderr);
        const elsewhere = temporaryFolder();
        const offline = (file: string) =>
          runVerb(['audit', 'verify', '--file', file, '--certificate', certificate], {}, elsewhere);
        const good = await offline(path);
        assert.equal(good.code, 0, good.stdout + good.stderr);
        assert.match(good.stdout, new RegExp(`^${rows} rows`));
        writeFileSync(path, readFileSync(path, 'utf8').replace('"answered"', '"refused"'));
        const bad = await offline(path);
        assert.equal(bad.stderr, '');
        assert.equal(bad.code, 1);
        assert.match(bad.stdout, /^CHANGED {2}process .* was changed; exchange /m);
      });

    if (name === 'embedded')
      test('goes to an archive, where it is found and proven as before, and is destroyed when its term is over', async () => {
        const sql = (statement: string) => {
          const database = new DatabaseSync(join(folder, 'kruispunt.db'), { timeout: 5_000 });
          const rows = database.prepare(statement).all();
          database.close();
          return rows;
        };
        const run = async (...argv: readonly string[]) => {
          const { stdout, stderr, code } = await runVerb(['audit', ...argv], settings);
          return { code, said: stdout + stderr };
        };
        const before = await verify();
        const consultations = (await run('citizen', INSZ)).said;
        sql("UPDATE audit_anchor SET made_at = '2020-01-01 00:00:00.000'");
        settings = { ...settings, KRUISPUNT_AUDIT_ONLINE_DAYS: '1', KRUISPUNT_AUDIT_KEEP_DAYS: '30' };
        bus = await startProgram(settings);
        await bus.says(/"rows":\d+,.*a part of the audit was put in an archive/);
        await bus.stop();

        assert.equal(sql('SELECT COUNT(*) AS found FROM exchange')[0]?.found, 0);
        const after = await verify();
        assert.deepEqual([after.code, after.findings, after.rows], [0, [], before.rows]);
        assert.equal((await run('citizen', INSZ)).said, consultations);
        const whole = await run('archive', 'verify');
        assert.deepEqual([whole.code, whole.said], [0, 'archive 1: whole\n']);

        sql("UPDATE audit_archive SET rows_to = '2020-01-02 00:00:00.000'");
        assert.match((await run('archive', 'run')).said, /^destroyed archive 1, \d+ rows of /m);
        const left = await run('verify');
        assert.match(left.said, /^destroyed on .*, 30 days after the last of them: \d+ rows of /m);
        assert.equal(left.code, 0);
      });
  });
