import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { grant } from '../../src/cli/grant.ts';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { population } from '../../src/cli/population.ts';
import type { Subject } from '../../src/exchange/party.ts';
import { openDesk, temporaryFolder } from './configuration-desk.ts';
import { paper } from './terminal.ts';

const person: Subject = { kind: 'person', number: '74651210490' };

async function desk() {
  const { run, store } = await openDesk();
  const verb = async (...argv: string[]) => {
    const terminal = paper();
    const code = await population(argv, { ...store, terminal, who: 'an' });
    return { code, printed: terminal.printed() };
  };
  return { run, store, verb };
}

const fileOf = (text: string) => {
  const file = join(temporaryFolder(), 'numbers.txt');
  writeFileSync(file, text);
  return file;
};

test('imports a file of numbers with their days, and lists how many there are', async () => {
  const { verb, store } = await desk();
  const file = fileOf(
    '# jeugd\n74651210490\n03682114287;2020-01-01;2020-12-31  # until\n\n0999990222 2021-01-01\n',
  );
  assert.match((await verb('import', 'jeugd', file)).printed, /imported 3 into population jeugd/);
  assert.equal(await store.isInPopulation('jeugd', person, '2026-01-01'), true);
  const gone: Subject = { kind: 'person', number: '03682114287' };
  assert.equal(await store.isInPopulation('jeugd', gone, '2021-01-01'), false);
  assert.match((await verb('list')).printed, /jeugd +3/);
  assert.match((await verb('show', 'jeugd', '--person', gone.number)).printed, /2020-01-01 until 2020-12-31/);
});

test('writes down that somebody is looked at, and shows nothing when that cannot be written down', async () => {
  const { store, verb } = await desk();
  await verb('show', 'jeugd', '--person', person.number);
  assert.deepEqual(
    (await store.lookUps(person)).map(({ who }) => who),
    ['an'],
  );
  const terminal = paper();
  const noteLook = () => Promise.reject(new Error('no room'));
  const shown = population(['show', 'jeugd', '--person', person.number], {
    ...{ ...store, terminal, who: 'an', noteLook },
  });
  await assert.rejects(shown, /no room/);
  assert.equal(terminal.printed(), '');
});

test('imports nothing of a file with a mistake, and says each by its line', async () => {
  const { verb, store } = await desk();
  const file = fileOf(
    '74651210490\n74651210491\n74651210490 2020-02-30\n74651210490,2021-01-01,2020-01-01\n',
  );
  await assert.rejects(verb('import', 'jeugd', file), (error: Error) => {
    assert.ok(error instanceof FailedError);
    assert.match(
      error.message,
      /:2: expected an INSZ[\s\S]*:3: expected days[\s\S]*:4: it ends before it begins/,
    );
    return true;
  });
  assert.deepEqual(await store.populations(), []);
  await assert.rejects(verb('import', 'jeugd', `${file}.gone`), /cannot be read/);
});

test('adds and removes somebody, and keeps a population to which a grant is limited', async () => {
  const { verb, run, store } = await desk();
  await verb('add', 'jeugd', '--person', person.number, '--end', '2030-12-31');
  assert.equal(await store.isInPopulation('jeugd', person, '2026-01-01'), true);
  await run(grant, 'change', '1', '--population', 'jeugd');
  await assert.rejects(verb('remove', 'jeugd'), /grant 1 is limited to population jeugd/);
  assert.match((await verb('remove', 'jeugd', '--person', person.number)).printed, /removed 1 line /);
  await assert.rejects(verb('remove', 'jeugd', '--person', person.number), /nobody is to be removed/);
});

test('refuses a wrong use', async () => {
  const { verb } = await desk();
  await assert.rejects(verb('add', 'jeugd', '--person', '74651210491'), UsageError);
  await assert.rejects(verb('add', 'jeugd'), /expected --person or --enterprise/);
  await assert.rejects(verb('import', 'jeugd'), UsageError);
  await assert.rejects(verb('add', 'jeugd', '--person', person.number, '--begin', 'x'), /days that exist/);
});
