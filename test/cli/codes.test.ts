import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { codes } from '../../src/cli/codes.ts';
import { configuration } from '../../src/cli/configuration.ts';
import { FailedError } from '../../src/cli/output.ts';
import { openDesk, temporaryFolder } from './configuration-desk.ts';

const folder = temporaryFolder();
const fileOf = (name: string, text: string) => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const csv = `table;source;code;magda;description
geslacht;ksz;M;1;"Man; of ""heer"""
geslacht;ksz;V;2;Vrouw
fouten;ksz;1042;13202;
`;

test('imports tables as a spreadsheet writes them, shows the plan first, and shows what there is', async () => {
  const { run, store } = await openDesk();
  const file = fileOf('codes.csv', csv);
  const planned = await run(codes, 'import', file, '--plan');
  assert.match(
    planned.printed,
    /^\+ codes geslacht of ksz\n {4}\+ M = 1 Man; of "heer"\n {4}\+ V = 2 Vrouw$/m,
  );
  assert.deepEqual((await store.image('none')).codes, []);
  await run(codes, 'import', file);
  assert.equal(store.codesOf('geslacht', 'ksz')?.toMagda('M')?.description, 'Man; of "heer"');
  assert.equal(store.codesOf('fouten', 'ksz')?.toMagda('1042')?.description, null);
  assert.match((await run(codes, 'list')).printed, /^geslacht +ksz +2 +GeefPersoon 02.02$/m);
  assert.match((await run(codes, 'show', 'geslacht', '--source', 'ksz')).printed, /^V +2 +Vrouw$/m);
  assert.match((await run(codes, 'import', file)).printed, /nothing to change/);
  const less = fileOf('less.csv', 'table,source,code,magda,description\ngeslacht,ksz,M,3,Man\n');
  const { printed } = await run(codes, 'import', less);
  assert.match(printed, /~ M = 1 .* → M = 3 Man\n {4}- V = 2 Vrouw/);
  assert.equal(store.codesOf('fouten', 'ksz')?.toMagda('1042')?.magdaCode, '13202');
});

test('imports nothing of a file with one mistake, and tells every mistake by its line', async () => {
  const { run, store } = await openDesk();
  const wrong = fileOf(
    'wrong.csv',
    `${csv}geslacht;ksz;V;3;\nGeslacht;ksz;A;1;\ngeslacht;nergens;A;1;\nfouten;ksz;9;;\n`,
  );
  await assert.rejects(run(codes, 'import', wrong), (error: Error) => {
    assert.ok(error instanceof FailedError);
    assert.match(error.message, /wrong.csv:6: expected a name such as geslacht/);
    assert.match(error.message, /wrong.csv:8: expected MAGDA's code/);
    return true;
  });
  const twice = fileOf('twice.csv', `${csv}geslacht;ksz;V;3;\ngeslacht;nergens;A;1;\n`);
  await assert.rejects(run(codes, 'import', twice), (error: Error) => {
    assert.match(error.message, /twice.csv:5: codes geslacht of ksz: code V is there twice/);
    assert.match(error.message, /twice.csv:6: codes geslacht of nergens: there is no source nergens/);
    return true;
  });
  for (const [name, text, said] of [
    ['head.csv', 'a,b\n', /:1: expected the columns/],
    ['fields.csv', 'table,source,code,magda\na,ksz,1\n', /:2: expected 4 fields, there are 3/],
    ['quote.csv', 'table,source,code,magda\n"a,ksz,1,2\n', /:2: a quote/],
    ['more.yaml', 'codes: []\nparties: []\n', /parties: only codes are read here/],
  ] as const)
    await assert.rejects(run(codes, 'import', fileOf(name, text)), said);
  assert.deepEqual((await store.image('none')).codes, []);
});

test('goes out and in with the whole configuration', async () => {
  const { run, store } = await openDesk();
  await run(codes, 'import', fileOf('codes.csv', csv));
  const file = join(folder, 'all.yaml');
  await run(configuration, 'export', '--file', file);
  const before = await store.image('none');
  await store.apply([{ kind: 'codes', before: before.codes[0] ?? null, after: null }], 'an');
  const { printed } = await run(configuration, 'import', file);
  assert.match(printed, /^\+ codes fouten of ksz$/m);
  assert.deepEqual((await store.image('none')).codes, before.codes);
});

test('keeps a table that a service translates by', async () => {
  const { run, store } = await openDesk();
  await run(codes, 'import', fileOf('codes.csv', `${csv}landen;ksz;B;150;\n`));
  await assert.rejects(
    run(codes, 'remove', 'geslacht', '--source', 'ksz'),
    /GeefPersoon 02.02: translates by codes/,
  );
  await run(codes, 'remove', 'landen', '--source', 'ksz');
  assert.equal(store.codesOf('landen', 'ksz'), null);
  await assert.rejects(
    run(codes, 'show', 'landen', '--source', 'ksz'),
    /there is no table landen of ksz; there is/,
  );
});
