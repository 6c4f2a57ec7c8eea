import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { reference } from '../../src/cli/reference.ts';
import { openStore } from '../../src/store/connection.ts';
import { stoppedClock } from '../support/clock.ts';
import { AT } from '../support/message.ts';
import { temporaryFolder } from '../support/program.ts';
import { keys } from '../support/subject-keys.ts';
import { paper } from './terminal.ts';

const folder = temporaryFolder();
const store = await openStore(`sqlite:${join(folder, 'references.db')}`, { clock: stoppedClock(AT), keys });
test.after(() => store.close());
await store.putSource({
  ...{ name: 'kbo', kind: 'soap', url: null, deadline: 1000, maxBytes: 1000, signature: 'none' },
  ...{ retries: 0, breaker: 0, pause: 1000 },
});

async function run(...argv: string[]) {
  const terminal = paper();
  await reference(argv, { ...store, terminal, who: 'an' });
  return terminal.printed();
}
const INSZ = '74651210490';
const person = ['--type', 'functies', '--person', INSZ, '--source', 'kbo', '--held-as', '0999990123'];
const list = async () => JSON.parse(await run('list', '--json', '--person', INSZ));

test('adds lines, merges those that overlap, and removes them; each change is written down', async () => {
  await run('add', ...person, '--begin', '2020-01-01', '--end', '2020-12-31');
  await run('add', ...person, '--begin', '2022-01-01');
  assert.equal((await list()).length, 2);
  await run('add', ...person, '--begin', '2020-06-01', '--end', '2022-03-01');
  assert.deepEqual(
    (await list()).map(({ begin, end }: { begin: string; end: string | null }) => [begin, end]),
    [['2020-01-01', null]],
  );
  const subject = { kind: 'person', number: INSZ } as const;
  const query = { dataType: 'functies', subject };
  assert.equal((await store.referencesTo({ ...query, begin: '2019-01-01', end: '2019-12-31' })).length, 0);
  assert.equal((await store.referencesTo({ ...query, begin: '2019-01-01', end: null })).length, 1);
  assert.match(await run('remove', '--person', INSZ), /removed 1 line/);
  const changes = await store.changes({ kind: 'reference', limit: 10 });
  assert.deepEqual([changes.length, changes[0]?.who, changes[0]?.after], [4, 'an', null]);
  assert.equal((await store.lookUps(subject)).length, 2, 'as often as it was listed');
});

test('refuses a file that is half wrong, by line, and takes nothing of it', async () => {
  const file = join(folder, 'lines.yaml');
  writeFileSync(
    file,
    `- { type: functies, person: "${INSZ}", source: kbo, begin: "2020-01-01" }\n` +
      '- { type: functies, person: "74651210491", source: kbo, begin: "2020-01-01" }\n' +
      `- { type: functies, person: "${INSZ}", source: kbo, begin: "2020-01-01", end: "2019-01-01" }\n`,
  );
  await assert.rejects(run('import', file), /lines.yaml:2: person: .*\n.*lines.yaml:3: end: it ends before/);
  assert.deepEqual(await list(), []);
  writeFileSync(file, `- { type: functies, person: "${INSZ}", source: bron, begin: "2020-01-01" }\n`);
  await assert.rejects(run('import', file), /there is no source bron; there are kbo/);
  writeFileSync(file, `- { type: functies, person: "${INSZ}", source: kbo, begin: "2020-01-01" }\n`);
  assert.match(await run('import', file), /imported 1 line/);
  assert.equal((await list()).length, 1);
});

test('removes nothing that was not said', async () => {
  await assert.rejects(run('remove'), /say which lines/);
  await assert.rejects(run('remove', '--source', 'niemand'), /no such line/);
});
