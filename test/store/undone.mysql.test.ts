import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { EntityManager } from 'typeorm';
import { openMysql } from '../../src/store/mysql-engine.ts';
import { mysqlDatabase } from '../support/database.ts';
import { keys } from '../support/subject-keys.ts';

const database = await mysqlDatabase();
const engine = await openMysql(new URL(database.url), keys);
await database.sql('CREATE TABLE step (id INTEGER PRIMARY KEY, count INTEGER NOT NULL)');
await database.sql('INSERT INTO step VALUES (1, 0), (2, 0)');
after(async () => {
  await engine.close();
  await database.remove();
});

const stepOn = (manager: EntityManager, id: number) =>
  manager.query('UPDATE step SET count = count + 1 WHERE id = ?', [id]);

for (const kind of ['write', 'writeLive'] as const)
  test(`of two that stand in each other's way ("${kind}") the one undone is done again`, async () => {
    await database.sql('UPDATE step SET count = 0');
    let [begun, tries] = [0, 0];
    const both = Promise.withResolvers<void>();
    const cross = (first: number, second: number) =>
      engine[kind](async (manager) => {
        tries += 1;
        await stepOn(manager, first);
        begun += 1;
        if (begun === 2) both.resolve();
        await both.promise;
        await stepOn(manager, second);
      });
    await Promise.all([cross(1, 2), cross(2, 1)]);
    assert.equal(tries, 3);
    const counts = await database.sql('SELECT count FROM step ORDER BY id');
    assert.deepEqual(
      counts.map(({ count }) => Number(count)),
      [2, 2],
    );
  });
