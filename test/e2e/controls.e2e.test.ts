import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { runVerb, startProgram } from '../support/program.ts';

/** Operators limit grants while the bus runs: to a target population, and to days. */

const folder = demoFolder();
const settings = { KRUISPUNT_VAR: folder };
const program = await startProgram(settings);
after(() => program.stop());

const PERSON = '03682114287';
const ENTERPRISE = '0999990222';
const verb = (...args: string[]) => runVerb(args, settings);

async function grantOf(service: string): Promise<string> {
  const { stdout } = await verb('grant', 'list', '--party', 'afnemer', '--service', service, '--json');
  return String(JSON.parse(stdout)[0].id);
}

const ask = async () => {
  const { stdout } = await verb('call', 'GeefPersoon', '--insz', PERSON, '--json', '--url', program.url);
  const { error } = JSON.parse(stdout);
  return error ? `${error.level} ${error.code}` : 'answered';
};

async function askFrom(begin: string, end: string) {
  const values = {
    Ondernemingsnummer: ENTERPRISE,
    Basisgegevens: '1',
    'Datums/Periode/Begin': begin,
    'Datums/Periode/Einde': end,
  };
  const set = Object.entries(values).flatMap(([path, value]) => ['--set', `Criteria/${path}=${value}`]);
  const { stdout, stderr } = await verb('call', 'GeefOnderneming', '--raw', '--url', program.url, ...set);
  assert.match(stdout, /<Antwoord>/, stderr);
  const codes = [...stdout.matchAll(/<Identificatie>(\d{5})<\/Identificatie>.*?<Type>(\w+)</g)];
  return {
    told: codes.map(([, code, type]) => `${code} ${type}`),
    answered: stdout.includes('<Onderneming>'),
  };
}

test('a grant for a target population is for who is in it, from the import on', async () => {
  const grant = await grantOf('GeefPersoon');
  assert.equal(await ask(), 'answered');
  await verb('grant', 'change', grant, '--population', 'jeugd');
  await eventually('the population never counts', async () => (await ask()) === '3 40005');
  const file = join(folder, 'jeugd.txt');
  writeFileSync(file, `${PERSON}\n`);
  await verb('population', 'import', 'jeugd', file);
  assert.equal(await ask(), 'answered');
});

test('a grant on some days refuses what is outside, or cuts it off and says so', async () => {
  const grant = await grantOf('GeefOnderneming');
  const asksEarlier = (told: string) => async () => {
    const answer = await askFrom('2019-01-01', '2021-12-31');
    return answer.told.join() === told && answer;
  };
  await verb('grant', 'change', grant, '--data-from', '2020-01-01');
  const refused = await eventually('the days never count', asksEarlier('40004 FOUT'));
  assert.equal(refused.answered, false);
  assert.deepEqual(await askFrom('2021-01-01', '2021-12-31'), { told: [], answered: true });
  assert.deepEqual(await askFrom('2021-12-31', '2021-01-01'), { told: ['20003 FOUT'], answered: false });
  await verb('grant', 'change', grant, '--check-period', 'clip');
  const cutOff = await eventually('nothing is cut off', asksEarlier('40004 WAARSCHUWING'));
  assert.equal(cutOff.answered, true);
  assert.deepEqual(await askFrom('2018-01-01', '2019-12-31'), { told: ['40004 FOUT'], answered: false });
});
