import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { deaf } from '../sources/listener.ts';
import { banks, ENTERPRISE } from '../support/accounts.ts';
import { demoFolder } from '../support/demo-world.ts';
import { type Program, ROOT, runVerb, startProgram, temporaryFolder } from '../support/program.ts';

/** The accounts of an enterprise, at the banks that the reference repertory names. */

const folder = temporaryFolder();
const settings = {
  KRUISPUNT_VAR: demoFolder(),
  KRUISPUNT_DEMO: '1',
  KRUISPUNT_WSDL_DIR: join(folder, 'wsdl'),
  KRUISPUNT_XSD_DIR: join(folder, 'xsd'),
};
const rules = join(folder, 'wsdl/onderneming/GeefOnderneming-02.00/service.yaml');
const sources = `sources:
  reference: rekeningen
  merge: Onderneming/Bankrekeningen/Bankrekeningnummer
  partial: warn
  deadline: 3000
  options:
    - { source: een, origin: EEN }
    - { source: twee, origin: TWEE }
    - { source: vreemd, origin: VR }
    - { source: weg, origin: WEG }
`;

let bus: Program;
async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runVerb(args, settings);
  assert.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

before(async () => {
  for (const name of ['wsdl', 'xsd']) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  writeFileSync(rules, readFileSync(rules, 'utf8').replace(/^sources:\n(?: .*\n)+/m, sources));
  const before = await startProgram(settings);
  await before.says(/"service":"GeefOnderneming 02\.00","source":"een",.*nobody configured/);
  await before.stop();
  const urls = { een: banks.een?.url, twee: banks.twee?.url, vreemd: banks.vreemd?.url };
  for (const [name, url] of Object.entries({ ...urls, weg: (await deaf()).url, onbekend: banks.een?.url }))
    await done('source', 'add', name, '--kind', 'soap', '--url', url ?? '', '--signature', 'none');
  bus = await startProgram(settings);
});
after(async () => void (await bus.stop()));

/** What is told where the repertory names these sources. */
async function asked(...held: string[]) {
  await runVerb(['reference', 'remove', '--type', 'rekeningen'], settings);
  const file = join(folder, 'references.yaml');
  const line = (source: string) =>
    `- { type: rekeningen, enterprise: "${ENTERPRISE}", source: ${source}, begin: "2020-01-01" }\n`;
  writeFileSync(file, held.map(line).join(''));
  if (held.length > 0) await done('reference', 'import', file);
  const criteria = { Ondernemingsnummer: ENTERPRISE, Basisgegevens: '1', Bankrekeningen: '1' };
  const set = Object.entries(criteria).flatMap(([name, value]) => ['--set', `Criteria/${name}=${value}`]);
  const { stdout } = await runVerb(['call', 'GeefOnderneming', '--raw', '--url', bus.url, ...set], settings);
  const notices = [...stdout.matchAll(/<Uitzondering>(.*?)<\/Uitzondering>/gs)].map(([, notice = '']) =>
    ['Identificatie', 'Oorsprong', 'Type']
      .flatMap((name) => new RegExp(`<${name}>([^<]*)`).exec(notice)?.[1] ?? [])
      .join(' '),
  );
  const [last] = JSON.parse(await done('audit', 'list', '--limit', '1', '--json'));
  const explained = await done('audit', 'explain', last.id);
  return { accounts: stdout.match(/<IBAN>/g)?.length ?? 0, notices, explained };
}

test('none, one and several sources', async () => {
  const none = await asked();
  assert.deepEqual([none.accounts, none.notices], [0, ['30001 MAGDA FOUT']]);
  assert.match(none.explained, /the reference repertory names no source of rekeningen/);
  const one = await asked('twee');
  assert.deepEqual([one.accounts, one.notices], [2, []]);
  const several = await asked('een', 'twee');
  assert.deepEqual([several.accounts, several.notices], [3, []]);
  assert.match(several.explained, /sources:\n {2}een: answered, .*\n {2}twee: answered, /);
});

test('a source that is gone, one that tells about another, and one that nobody named', async () => {
  const { accounts, notices, explained } = await asked('een', 'vreemd', 'weg', 'onbekend');
  assert.equal(accounts, 2);
  assert.deepEqual(notices, ['60007 VR WAARSCHUWING', '99997 WEG WAARSCHUWING', '60011 MAGDA WAARSCHUWING']);
  assert.match(explained, /vreemd: 60007, .*\n +the source answered about another subject/);
  assert.match(explained, /onbekend: 60011, .*\n +the repertory names onbekend/);
});

test('a step of an orchestration that goes is told, and without it the bus does not start', async () => {
  const complaint =
    /service\.yaml:10: answer\.by: geef-dossier asks GeefGezinssamenstelling 02\.02, which is not served/;
  await done('check');
  rmSync(join(folder, 'wsdl/persoon/GeefGezinssamenstelling-02.02'), { recursive: true });
  await bus.says(complaint);
  const { code, stdout } = await runVerb(['check'], settings);
  assert.deepEqual([code, complaint.test(stdout)], [1, true]);
  await assert.rejects(startProgram(settings), complaint);
});
