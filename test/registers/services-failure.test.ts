import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { systemClock } from '../../src/exchange/clock.ts';
import { openStore } from '../../src/store/connection.ts';
import { newParty } from '../store/samples.ts';
import { sqliteDatabase } from '../support/database.ts';
import { repertoryWorld } from '../support/repertory.ts';
import { keys } from '../support/subject-keys.ts';
import { aPerson, ask, lineOf, own, period, person } from './services-ask.ts';

/** The repertory on a real database in which something breaks between two statements. */

const database = await sqliteDatabase();
const store = await openStore(database.url, { clock: systemClock, keys });
after(async () => {
  await store.close();
  await database.remove();
});

test('40088: what the database could do only half is not done, and can be asked again', async () => {
  const { id: partyId } = await store.addParty(newParty());
  await store.addRegistration(lineOf('2025-01-01', '2025-06-30', { partyId }));
  const kept = () =>
    store.registrationsOf({ partyId, hoedanigheid: null, subject: person, period: null, limit: 10 });
  const before = await kept();
  const world = repertoryWorld([], {
    rewriteRegistrations: (key, ...rest) => store.rewriteRegistrations({ ...key, partyId }, ...rest),
    registrationsOf: (query) => store.registrationsOf({ ...query, partyId }),
  });
  const register = { inhoud: own('Inschrijving', aPerson() + period('2025-06-01')) };
  const unregister = { service: 'RegistreerUitschrijving', inhoud: own('Uitschrijving', aPerson()) };
  const look = { service: 'GeefInschrijvingen', version: '01.00', inhoud: own('Criteria', '') };

  // The lines are written by then; what fails is the history after them.
  await database.sql('ALTER TABLE registration_history RENAME TO history_away');
  for (const question of [register, unregister]) {
    const { notices, result, record } = await ask(world, question);
    assert.deepEqual([notices, result], [['40088 FOUT'], null]);
    assert.deepEqual([record.outcome, record.code, record.level], ['refused', '40088', 3]);
    assert.match(record.reason ?? '', /^the repertory failed: .*registration_history/);
    assert.deepEqual(await kept(), before);
  }
  await database.sql('ALTER TABLE history_away RENAME TO registration_history');

  assert.deepEqual((await ask(world, register)).result, '1');
  assert.deepEqual(await kept(), [lineOf('2025-01-01', null, { partyId })]);

  await database.sql('ALTER TABLE registration RENAME TO registration_away');
  assert.deepEqual((await ask(world, look)).notices, ['40088 FOUT']);
  await database.sql('ALTER TABLE registration_away RENAME TO registration');
  assert.deepEqual((await ask(world, look)).lines.length, 1);
});
