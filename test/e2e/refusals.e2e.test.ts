import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { xmlsecSign, xmlsecVerify } from '../support/foreign.ts';
import { runVerb, startProgram, temporaryFolder } from '../support/program.ts';

/** Refusals that no single envelope brings about: the message is too large, or an operator changed something. */

const folder = demoFolder();
const settings = { KRUISPUNT_VAR: folder, KRUISPUNT_MAX_MESSAGE_BYTES: '65536' };
const program = await startProgram(settings);
after(() => program.stop());

type Told = {
  readonly status: number;
  readonly level: number | null;
  readonly code: string;
  readonly body: string;
};

const messages = temporaryFolder();
const demo = join(folder, 'demo');

/** Asks about the first person, signed by xmlsec1, and reads off the answer at which level it says what. */
async function ask(party: string, source: 'RR' | 'KSZ' = 'RR'): Promise<Told> {
  const message = await xmlsecSign(messages, { demo, party, insz: '74651210490', source });
  const response = await post(readFileSync(message));
  return read(response.status, await response.text());
}

function read(status: number, body: string): Told {
  const code =
    /<Uitzondering><Identificatie>(\d+)</.exec(body)?.[1] ?? /<faultstring>(\d+) - /.exec(body)?.[1];
  const level = !code ? null : body.includes('<faultstring>') ? 1 : body.includes('<Antwoord>') ? 3 : 2;
  return { status, level, code: code ?? 'answered', body };
}

/** What an administrator does to the tables beside a running bus, which looks every half second. */
function administer(...statements: string[]): void {
  const database = new DatabaseSync(join(folder, 'kruispunt.db'), { timeout: 5000 });
  for (const statement of statements) database.exec(statement);
  database.exec('UPDATE change_stamp SET counter = counter + 1');
  database.close();
}

/** Until the bus has noticed, it still answers as before. */
async function becomes(wanted: string, ask: () => Promise<Told>): Promise<Told> {
  let last = '';
  const look = async () => {
    const told = await ask();
    last = `${told.code}, never ${wanted}:\n${told.body}`;
    return told.code === wanted && told;
  };
  return eventually(() => last, look, 100);
}

const post = (body: string | Buffer) =>
  fetch(`${program.url}/soap/WebService`, { method: 'POST', headers: { 'content-type': 'text/xml' }, body });

test('413: more bytes than the bus reads are refused with a signed fault, and audited', async () => {
  const response = await post(`<a>${'x'.repeat(70_000)}</a>`);
  assert.equal(response.status, 413);
  const fault = await response.text();
  assert.match(fault, /<faultstring>10001 - De boodschap is te groot\.<\/faultstring>/);
  await xmlsecVerify(messages, fault, join(demo, 'bus.crt.pem'));
  const exchange = response.headers.get('x-kruispunt-exchange') ?? '';
  const { stdout } = await runVerb(['audit', 'show', exchange, '--json'], settings);
  assert.equal(JSON.parse(stdout).code, '413');
});

test('10001: bytes that are no UTF-8 are refused', async () => {
  const response = await post(Buffer.from('<a>caf\xe9</a>', 'latin1'));
  assert.equal(response.status, 500);
  assert.match(await response.text(), /<faultstring>10001 - Fout formaat in de vraag\.<\/faultstring>/);
});

test('10001: every departure from the schema is named with its path, and no value', async () => {
  const { stdout } = await runVerb(
    ['call', 'GeefPersoon', '--url', program.url, '--insz', '7465121049', '--set', 'Bron=rijks', '--raw'],
    settings,
  );
  const message = /<message>([^<]*)<\/message>/.exec(stdout)?.[1] ?? '';
  assert.match(message, /Inhoud\/Criteria\/INSZ \(line \d+\): /);
  assert.match(message, /Inhoud\/Bron \(line \d+\): /);
  assert.doesNotMatch(message, /7465121049|rijks/);
});

test('15021: a grant that shows nothing of what the source knows', async () => {
  const which = `party_id = (SELECT id FROM party WHERE name = 'beperkt') AND service = 'GeefPersoon'`;
  const before = `SELECT visible_paths FROM party_grant WHERE ${which}`;
  const database = new DatabaseSync(join(folder, 'kruispunt.db'));
  const kept = String(database.prepare(before).get()?.visible_paths);
  database.close();
  const show = (paths: string) =>
    administer(`UPDATE party_grant SET visible_paths = '${paths}' WHERE ${which}`);
  show('["Persoon/Overlijden/**"]');
  const told = await becomes('15021', () => ask('beperkt'));
  assert.deepEqual([told.status, told.level, told.code], [200, 3, '15021']);
  show(kept);
  assert.equal((await becomes('answered', () => ask('beperkt'))).code, 'answered');
});

test('13001: a right that is taken away is gone without a restart', async () => {
  administer(
    "UPDATE party_grant SET valid_until = valid_from WHERE party_id = (SELECT id FROM party WHERE name = 'legacy')",
  );
  const told = await becomes('13001', () => ask('legacy'));
  assert.deepEqual([told.level, told.code], [2, '13001']);
});

test('ERR_025: a lax profile that has ended is refused', async () => {
  administer("UPDATE party SET profile_until = '2020-01-01 00:00:00.000' WHERE name = 'legacy-header'");
  const told = await becomes('10001', async () => {
    const question = ['call', 'GeefPersoon', '--as', 'legacy-header', '--url', program.url, '--raw'];
    const { stdout } = await runVerb(question, settings);
    return read(500, stdout);
  });
  assert.match(told.body, /<faultstring>10001 - ERR_025: /);
});

test('99997: a source that cannot be reached; 60011: one without an address', async () => {
  const sources = JSON.parse(readFileSync(join(demo, 'sources.json'), 'utf8'));
  const address = (url: string) => administer(`UPDATE source SET url = ${url} WHERE name = 'ksz'`);
  address("'http://127.0.0.1:9'");
  const askKsz = () => ask('afnemer', 'KSZ');
  const unreachable = await becomes('99997', askKsz);
  assert.deepEqual([unreachable.level, unreachable.code], [2, '99997']);
  address('NULL');
  const unset = await becomes('60011', askKsz);
  assert.deepEqual([unset.level, unset.code], [3, '60011']);
  address(`'${sources.ksz}'`);
  assert.equal((await becomes('answered', askKsz)).code, 'answered');
});

type Recorded = { readonly sources: readonly { readonly source: string; readonly outcome: string }[] };
type Behaviour = { readonly code: string; readonly level: number; readonly does: RequestListener };

const sourceThat: Readonly<Record<string, Behaviour>> = {
  'refuses the bus': { code: '60013', level: 3, does: (_, answer) => void answer.writeHead(401).end() },
  'has had enough': { code: '99996', level: 2, does: (_, answer) => void answer.writeHead(429).end() },
  'answers with nothing': { code: '60006', level: 3, does: (_, answer) => void answer.writeHead(200).end() },
  'closes the connection': { code: '60006', level: 3, does: (_, answer) => void answer.destroy() },
  'never stops': {
    code: '60007',
    level: 3,
    does: (_, answer) => {
      const more = () => {
        while (!answer.destroyed && answer.write(' '.repeat(65_536)));
      };
      answer.writeHead(200, { 'content-type': 'application/json' }).on('drain', more);
      more();
    },
  },
  'answers what the schema does not know': {
    code: '60007',
    level: 3,
    does: (_, answer) => void answer.end('{"Inhoud":{"Persoon":{"INSZ":"74651210490","Geheim":"Xyzzy"}}}'),
  },
  'answers with markup in a value': {
    code: '60007',
    level: 3,
    does: (_, answer) =>
      void answer.end('{"Inhoud":{"Persoon":{"INSZ":"</INSZ><INSZ>74651210490","Naam":{}}}}'),
  },
};
test('a source that misbehaves is never told as success, and named in the audit', async () => {
  let behaviour: RequestListener = (_, answer) => void answer.writeHead(401).end();
  const source = createServer((question, answer) => behaviour(question, answer)).listen(0, '127.0.0.1');
  await once(source, 'listening');
  const { port } = source.address() as AddressInfo;
  const before = JSON.parse(readFileSync(join(demo, 'sources.json'), 'utf8')).ksz;
  const askKsz = () => ask('afnemer', 'KSZ');
  try {
    administer(`UPDATE source SET url = 'http://127.0.0.1:${port}' WHERE name = 'ksz'`);
    await becomes('60013', askKsz);
    for (const [what, { code, level, does }] of Object.entries(sourceThat)) {
      behaviour = does;
      const told = await askKsz();
      assert.deepEqual([what, told.level, told.code], [what, level, code]);
      assert.doesNotMatch(told.body, /Xyzzy|Geheim|Inhoud/);
    }
    const behaviours = Object.values(sourceThat).map(({ code }) => [['ksz', code]]);
    const listing = ['audit', 'list', '--limit', String(behaviours.length), '--json'];
    const listed: readonly Recorded[] = JSON.parse((await runVerb(listing, settings)).stdout);
    const told = listed.map(({ sources }) => sources.map(({ source, outcome }) => [source, outcome]));
    assert.deepEqual(told, behaviours.reverse());
  } finally {
    administer(`UPDATE source SET url = '${before}' WHERE name = 'ksz'`);
    source.close();
    source.closeAllConnections();
  }
  assert.equal((await becomes('answered', askKsz)).code, 'answered');
});

test('60009: what cannot be audited is not answered', async () => {
  administer('ALTER TABLE exchange RENAME TO exchange_away');
  try {
    const { status, body } = await ask('afnemer');
    assert.equal(status, 500);
    assert.match(body, /<faultstring>60009 - Technische fout/);
    assert.doesNotMatch(body, /Maes|74651210490/);
  } finally {
    administer('ALTER TABLE exchange_away RENAME TO exchange');
  }
  assert.equal((await ask('afnemer')).code, 'answered');
});
