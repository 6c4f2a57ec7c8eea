import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { runVerb, startProgram } from '../support/program.ts';

/** A party keeps its own registrations, and may ask what they allow: all of it over SOAP, as a client would. */

const folder = demoFolder();
const settings = { KRUISPUNT_VAR: folder };
const program = await startProgram(settings);
after(() => program.stop());

// The demo party has files on everybody to begin with.
const PERSON = '03682114287';
const self = { Identificatie: 'afnemer.example/verwerker/ipdc6001-aip', Hoedanigheid: '6001' };
const period = (begin: string, end?: string): Record<string, string> => ({
  'Periode/Begin': begin,
  ...(end ? { 'Periode/Einde': end } : {}),
});
const subject = {
  'BetrokkenSubject/Type': 'PERS',
  'BetrokkenSubject/Subjecten/Subject/Type': 'PERS',
  'BetrokkenSubject/Subjecten/Subject/Sleutel': PERSON,
};

const verb = (...args: string[]) => runVerb([...args, '--url', program.url], settings);
const ask = async (as = 'afnemer') => {
  const { stdout } = await verb('call', 'GeefPersoon', '--insz', PERSON, '--as', as, '--json');
  const { error } = JSON.parse(stdout);
  return error ? `${error.level} ${error.code}` : 'answered';
};

/** The element of that name in a question to a service of the repertory, and the text of the answer. */
async function tell(service: string, version: string, name: string, values: Record<string, string>) {
  const set = Object.entries({ ...self, ...values }).flatMap(([path, value]) => [
    '--set',
    `${name}/${path}=${value}`,
  ]);
  const { stdout, stderr } = await verb('call', service, '--version', version, '--raw', ...set);
  assert.match(stdout, /<Antwoord>/, stderr);
  const codes = [...stdout.matchAll(/<Uitzondering><Identificatie>(\d+)</g)].map((match) => match[1]);
  return { result: /<Resultaat[^>]*>(\d)</.exec(stdout)?.[1] ?? null, codes, text: stdout };
}

const register = async (values: Record<string, string>) => {
  const { result, codes } = await tell('RegistreerInschrijving', '02.00', 'Inschrijving', {
    INSZ: PERSON,
    ...values,
  });
  return [result, ...codes];
};
const unregister = async (values: Record<string, string> = {}) => {
  const asked = { ...subject, ...values };
  const { result, codes } = await tell('RegistreerUitschrijving', '02.01', 'Uitschrijving', asked);
  return [result, ...codes];
};
const shown = async () => {
  const { text } = await tell('GeefInschrijvingen', '01.00', 'Criteria', { INSZ: PERSON });
  const periods = text.matchAll(/<Begin>([\d-]+)<\/Begin>(?:<Einde>([\d-]+)<)?/g);
  return [...periods].map(([, begin, end]) => `${begin} ${end ?? 'open'}`);
};

test('what a party registers decides from the next question on what it may ask', async () => {
  assert.deepEqual(await unregister(), ['1']);
  assert.deepEqual([await ask(), await shown()], ['3 40003', []]);

  assert.deepEqual(await register(period('2024-01-01')), ['1']);
  assert.deepEqual([await ask(), await shown()], ['answered', ['2024-01-01 open']]);

  assert.deepEqual(await register(period('2023-06-01', '2024-06-30')), ['1']);
  assert.deepEqual(await shown(), ['2023-06-01 open']);
  assert.deepEqual(await register(period('2024-01-01')), ['1', '40143']);

  assert.deepEqual(await unregister(period('2024-03-01', '2024-03-31')), ['1']);
  assert.deepEqual(await shown(), ['2023-06-01 2024-02-29', '2024-04-01 open']);
  assert.equal(await ask(), 'answered');
  assert.deepEqual(await unregister(period('2024-03-01', '2024-03-31')), ['0', '40003']);

  assert.deepEqual(await unregister(), ['1']);
  assert.deepEqual([await ask(), await shown()], ['3 40003', []]);
  assert.equal(await ask('legacy'), 'answered', "another party's file on the same person is untouched");
});

test('every change is kept, with what was there before and the exchange that asked for it', async () => {
  const database = new DatabaseSync(join(folder, 'kruispunt.db'));
  const rows = database
    .prepare('SELECT * FROM registration_history WHERE subject_number = ? ORDER BY id')
    .all(PERSON);
  database.close();
  const days = (text: unknown) =>
    JSON.parse(String(text)).map(
      (line: { begin: string; end: string | null }) => `${line.begin} ${line.end}`,
    );
  const open = ['2023-06-01 null'];
  const two = ['2023-06-01 2024-02-29', '2024-04-01 null'];
  assert.deepEqual(
    rows.map(({ what, periods_before: before, periods_after: after }) => [what, days(before), days(after)]),
    [
      ['unregister', ['2020-01-01 null'], []],
      ['register', [], ['2024-01-01 null']],
      ['register', ['2024-01-01 null'], open],
      ['unregister', open, two],
      ['unregister', two, []],
    ],
  );
  const { by_kind: kind, by_name: exchange } = rows.at(-1) ?? {};
  assert.equal(kind, 'exchange');
  const { stdout } = await runVerb(['audit', 'show', String(exchange), '--json'], settings);
  const { service, version, party, outcome, subjects } = JSON.parse(stdout);
  assert.deepEqual(
    [service, version, party, outcome, subjects],
    ['RegistreerUitschrijving', '02.01', 'afnemer', 'answered', [{ kind: 'person', number: PERSON }]],
  );
});

test('a party that may not use the repertory is refused, and has written nothing', async () => {
  const values = { INSZ: PERSON, ...period('2024-01-01') };
  const set = Object.entries({
    ...values,
    Identificatie: 'ongeregistreerd.example/ipdc6001-aip',
    Hoedanigheid: '6001',
  }).flatMap(([path, value]) => ['--set', `Inschrijving/${path}=${value}`]);
  const args = ['call', 'RegistreerInschrijving', '--version', '02.00', '--as', 'ongeregistreerd', '--json'];
  const { stdout } = await verb(...args, ...set);
  assert.deepEqual([JSON.parse(stdout).error.level, JSON.parse(stdout).error.code], [2, '13001']);
  assert.equal(await ask('ongeregistreerd'), '3 40003');
});
