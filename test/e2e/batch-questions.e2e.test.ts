import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { z } from 'zod';
import { listen } from '../../src/demo/listen.ts';
import { demoParties } from '../../src/demo/parties.ts';
import { demoPersons } from '../../src/demo/people.ts';
import { startRestSource } from '../../src/demo/rest-source.ts';
import { voucherContent, voucherRoot } from '../../src/publication/voucher.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import { demoFolder } from '../support/demo-world.ts';
import { eventually } from '../support/eventually.ts';
import { demoNumbers, namedIn, tableTexts } from '../support/named.ts';
import { freePort } from '../support/own-server.ts';
import { ROOT, runVerb, startProgram, temporaryFolder } from '../support/program.ts';

/** Parties lay questions down as files, with OpenSSH, and find the answers in files. */

const NAMESPACE = 'http://magda.vlaanderen.be/persoon/soap/geefpersoon/v02_02';
const xsd = (name: string) => join(ROOT, 'xsd', name);

const folder = demoFolder();
const demo = join(folder, 'demo');
const sftpPort = await freePort();
const settings = {
  ...{ KRUISPUNT_VAR: folder, KRUISPUNT_SFTP_PORT: String(sftpPort), KRUISPUNT_SWEEP_SECONDS: '1' },
  KRUISPUNT_SOURCE_RATE: '40',
};
let program = await startProgram(settings);
after(() => program.stop());

/** The KSZ, which counts what it is asked, and is there or not. */
const ksz = { asked: 0, down: false };
const real = await startRestSource(0);
const source = await listen(0, async (request, response) => {
  if (ksz.down) return void request.socket.destroy();
  ksz.asked += 1;
  const answer = await fetch(`${real.url}${request.url}`);
  response.setHeader('content-type', 'application/json');
  response.statusCode = answer.status;
  response.end(await answer.text());
});
after(async () => {
  await source.close();
  await real.close();
});

const sql = (statement: string, ...values: (string | number)[]) => {
  const database = new DatabaseSync(join(folder, 'kruispunt.db'), { timeout: 5000 });
  try {
    return database.prepare(statement).all(...values);
  } finally {
    database.close();
  }
};
const trayOf = (party: string, tray: string) => {
  const id = Number(sql('SELECT id FROM party WHERE name = ?', party)[0]?.id);
  return join(folder, 'files', `p${id}`, tray);
};

async function sftp(user: string, commands: readonly string[], cwd: string): Promise<void> {
  writeFileSync(join(cwd, 'batch'), `${commands.join('\n')}\n`);
  const options = [
    ...['BatchMode=yes', 'StrictHostKeyChecking=no', `UserKnownHostsFile=${join(folder, 'known')}`],
    ...['IdentitiesOnly=yes', 'IdentityAgent=none', 'PreferredAuthentications=publickey'],
  ].flatMap((option) => ['-o', option]);
  const at = [
    '-i',
    join(demo, `${user}.ssh.key`),
    '-P',
    String(sftpPort),
    '-b',
    'batch',
    `${user}@127.0.0.1`,
  ];
  await new Promise<void>((resolve, reject) => {
    execFile('sftp', [...options, ...at], { cwd, timeout: 20_000 }, (error, stdout, stderr) =>
      error ? reject(new Error(`${stdout}${stderr}`)) : resolve(),
    );
  });
}

type Asked = { readonly insz: string; readonly reference: string };

/** Lays a file of questions down as its party would, the voucher last; the id of the voucher. */
async function ask(name: string, stem: string, sequence: number, bron: string, questions: readonly Asked[]) {
  const party = demoParties.find((each) => each.name === name);
  assert.ok(party);
  const { uri, hoedanigheid } = party;
  const file =
    `<?xml version="1.0" encoding="UTF-8"?>\n<g:GeefPersoon xmlns:g="${NAMESPACE}"><Verzoek><Context>` +
    '<Naam>GeefPersoon</Naam><Versie>02.02.0000</Versie><Bericht><Type>VRAAG</Type><Tijdstip>' +
    '<Datum>2026-03-02</Datum><Tijd>11:00:00.000</Tijd></Tijdstip><Afzender>' +
    `<Identificatie>${uri}</Identificatie><Referte>bestand-${stem}</Referte>` +
    `<Hoedanigheid>${hoedanigheid}</Hoedanigheid></Afzender></Bericht></Context><Vragen>\n` +
    questions
      .map(
        ({ insz, reference }) =>
          `<Vraag><Referte>${reference}</Referte><Inhoud><Criteria><INSZ>${insz}</INSZ></Criteria>` +
          `<Bron>${bron}</Bron><Taal>nl</Taal></Inhoud></Vraag>\n`,
      )
      .join('') +
    '</Vragen></Verzoek></g:GeefPersoon>\n';
  const id = randomUUID();
  const content = voucherContent({
    ...{ id, environment: 'TEST', sender: { uri, hoedanigheid } },
    receiver: { uri: 'vip.vlaanderen.be', hoedanigheid: null },
    flow: { service: 'GeefPersoon', messageType: 'GeefPersoon', version: '02.02', schemaLocation: NAMESPACE },
    ...{ legalContext: 'Demodecreet', authorisationReference: null, direction: 'REQUEST', sequence },
    ...{ inReplyTo: null, fileId: String(sequence), createdAt: new Date(), cutOff: null },
    files: [
      {
        ...{
          name: `${stem}.xml`,
          mediaType: 'application/xml',
          size: Buffer.byteLength(file),
          part: 1,
          parts: 1,
        },
        ...{ sha256: createHash('sha256').update(file).digest('hex'), records: questions.length },
      },
    ],
  });
  const signer = createDocumentSigner({
    privateKey: readFileSync(join(demo, `${name}.key.pem`), 'utf8'),
    certificate: readFileSync(join(demo, `${name}.crt.pem`), 'utf8'),
  });
  const work = temporaryFolder();
  writeFileSync(join(work, `${stem}.xml`), file);
  writeFileSync(join(work, `${stem}.voucher.xml`), signer.sign(voucherRoot, content));
  await sftp(name, ['cd To_Vip', `put ${stem}.xml`, `put ${stem}.voucher.xml`], work);
  return id;
}

const until = (holds: () => boolean | Promise<boolean>, what: string) =>
  eventually(() => `${what} does not come about:\n${program.output()}`, holds);

/** Fetches the answer to a file when it is there: the file, and what stands in its voucher. */
async function answerTo(party: string, stem: string) {
  const name = `${stem}.voucher.xml`;
  const lies = (what: string) => {
    try {
      return readFileSync(join(trayOf(party, 'From_Vip'), what), 'utf8');
    } catch {
      return null;
    }
  };
  await until(() => lies(name) !== null, `an answer to ${stem}`);
  const work = temporaryFolder();
  await sftp(party, ['cd From_Vip', `get ${stem}.xml`, `get ${name}`], work);
  const [file, voucher] = [join(work, `${stem}.xml`), join(work, name)];
  execFileSync('xmllint', [
    '--noout',
    '--nonet',
    '--schema',
    xsd('Kruispunt.Voucher-01.00/Voucher.xsd'),
    voucher,
  ]);
  execFileSync('xmllint', [
    ...[
      '--noout',
      '--nonet',
      '--schema',
      xsd('Persoon.GeefPersoonDienst-02.02/Service/GeefPersoon.xsd'),
      file,
    ],
  ]);
  execFileSync('xmlsec1', ['--verify', '--trusted-pem', join(demo, 'ca.crt.pem'), voucher]);
  const text = readFileSync(file, 'utf8');
  const said = readFileSync(voucher, 'utf8');
  const value = (element: string) => new RegExp(`<v:${element}>([^<]*)<`).exec(said)?.[1];
  assert.equal(value('digest'), createHash('sha256').update(text).digest('hex'));
  const answers = new Map(
    [...text.matchAll(/<Antwoord><Referte>([^<]*)<\/Referte>(.*?)<\/Antwoord>/gs)].map((found) => [
      found[1] ?? '',
      found[2] ?? '',
    ]),
  );
  return { answers, value };
}
const codeIn = (answer: string | undefined) =>
  /<Identificatie>([^<]*)<\/Identificatie>/.exec(answer ?? '')?.[1];

const consultation = z.object({
  ...{ exchange: z.string(), route: z.string(), outcome: z.string(), code: z.string().nullable() },
  organisation: z.object({ name: z.string() }),
});

/** What a citizen may know of who asked about them. */
async function consultationsOf(insz: string) {
  const { stdout } = await runVerb(['audit', 'citizen', insz, '--json'], settings);
  return z.object({ consultations: z.array(consultation) }).parse(JSON.parse(stdout)).consultations;
}

const known = demoPersons().filter(({ behaviour }) => behaviour === 'answer');
const [first, second] = known.map(({ insz }) => insz);
const nobody = demoPersons().find(({ behaviour }) => behaviour === 'unknown')?.insz;
assert.ok(first && second && nobody);

test('a file of questions is answered by a file: in the order of the questions, each as if asked by message', async () => {
  const questions = [first, nobody, second, '74651210491'].map((insz, index) => ({
    insz,
    reference: `v${index}`,
  }));
  const [voucherId] = await Promise.all([
    ask('afnemer', 'vragen-1', 1, 'RR', questions),
    ask('beperkt', 'vragen-1', 1, 'RR', questions.slice(0, 3)),
  ]);
  const { answers, value } = await answerTo('afnemer', 'vragen-1');
  assert.deepEqual([...answers.keys()], ['v0', 'v1', 'v2', 'v3']);
  assert.match(answers.get('v0') ?? '', new RegExp(`^<Inhoud>.*<INSZ>${first}</INSZ>.*<Adres`, 's'));
  assert.deepEqual(
    ['v1', 'v3'].map((each) => codeIn(answers.get(each))),
    ['30001', '20002'],
  );
  assert.deepEqual(
    ['inReplyToVoucherId', 'direction', 'fileSequenceNumber', 'numberOfRecords', 'messageType'].map(value),
    [voucherId, 'RESPONSE', '1', '4', 'GeefPersoonResponse'],
  );
  const narrow = await answerTo('beperkt', 'vragen-1');
  assert.match(narrow.answers.get('v0') ?? '', new RegExp(`<INSZ>${first}</INSZ>.*Achternaam`, 's'));
  assert.doesNotMatch(narrow.answers.get('v0') ?? '', /<Adres/);
  assert.deepEqual(
    ['v1', 'v2'].map((each) => codeIn(narrow.answers.get(each))),
    ['40003', '40003'],
  );

  const consultations = await consultationsOf(first);
  const seen = consultations.map((each) => [each.organisation.name, each.route, each.outcome].join());
  assert.deepEqual(
    new Set(seen),
    new Set(['afnemer', 'beperkt'].map((each) => `${each},question-file,allowed`)),
  );
  const refused = (await consultationsOf(second)).find(({ code }) => code === '40003');
  assert.ok(refused);
  const explained = await runVerb(['audit', 'explain', refused.exchange], settings);
  assert.match(explained.stdout, /asked by beperkt, by a file with voucher/);
  assert.match(explained.stdout, /checkRegistration +DECIDED/);
  assert.deepEqual(
    sql(
      "SELECT COUNT(*) AS n FROM question q JOIN question_batch b ON b.owner_id = q.owner_id WHERE b.state = 'replied' AND b.cleared = 1",
    )[0]?.n,
    0,
  );
});

test('no question is asked twice where the bus is killed half-way and its source is down for a while', async () => {
  const changed = await runVerb(['source', 'change', 'ksz', '--url', source.url], settings);
  assert.equal(changed.code, 0, changed.stderr);
  const questions = Array.from({ length: 40 }, (_, index) => ({
    insz: index % 2 === 0 ? first : second,
    reference: `q${index}`,
  }));
  await until(async () => {
    const question = ['call', 'GeefPersoon', '--insz', first, '--set', 'Bron=KSZ', '--url', program.url];
    await runVerb(question, settings);
    return ksz.asked > 0;
  }, 'a question at the other address');
  ksz.asked = 0;
  await ask('afnemer', 'vragen-2', 2, 'KSZ', questions);
  await until(() => ksz.asked >= 10, 'the first questions');
  await program.stop('SIGKILL');
  const kept = Number(sql("SELECT COUNT(*) AS n FROM question WHERE state = 'answered'")[0]?.n);
  const before = ksz.asked;
  assert.ok(kept >= 6 && kept < 40, `${kept} answers were kept`);
  assert.throws(() => readFileSync(join(trayOf('afnemer', 'From_Vip'), 'vragen-2.xml')));
  ksz.down = true;
  program = await startProgram(settings);
  await program.says(/got no answer \(60006\)/);
  ksz.down = false;
  const { answers, value } = await answerTo('afnemer', 'vragen-2');
  assert.equal(answers.size, 40);
  assert.ok([...answers.values()].every((each) => each.startsWith('<Inhoud>')));
  assert.deepEqual([value('fileSequenceNumber'), ksz.asked - before], ['2', 40 - kept]);
  // What was under way when it was killed.
  assert.ok(before - kept <= 4, `${before - kept} questions were asked again`);
});

test('nobody whom a file of questions is about is named where they are not asked about any more', async () => {
  const names = sql("SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => String(name));
  await until(() => sql('SELECT COUNT(*) AS n FROM question')[0]?.n === 0, 'the last questions are cleared');
  const metrics = await (await fetch(`${program.url}/metrics`)).text();
  const tables = await tableTexts(async (statement) => sql(statement), names);
  assert.ok((tables.exchange ?? '').length > 10_000);
  assert.deepEqual(namedIn({ ...tables, log: program.output(), metrics }, demoNumbers(folder)), []);
});
