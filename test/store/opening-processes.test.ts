import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { migrations } from '../../src/store/migrate.ts';
import { sqliteDatabase } from '../support/database.ts';

const database = await sqliteDatabase();
after(() => database.remove());

test('lets processes that start together make one database file', async () => {
  const program = join(import.meta.dirname, 'open-on-signal.ts');
  const children = Array.from({ length: 8 }, () => fork(program, [database.url]));
  await Promise.all(children.map((child) => once(child, 'message')));
  const ends = children.map((child) => once(child, 'exit'));
  for (const child of children) child.send('go');
  assert.deepEqual(
    (await Promise.all(ends)).map(([code]) => code),
    children.map(() => 0),
  );
  const [row] = await database.sql('SELECT counter FROM change_stamp');
  assert.equal(row?.counter, children.length);
  assert.equal((await database.sql('SELECT name FROM migrations')).length, migrations.length);
});
