import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { call } from '../../src/cli/call.ts';
import { demoParty, firstDemoPerson } from '../../src/cli/demo-party.ts';
import { readSamples } from '../../src/cli/envelope-sample.ts';
import { envelopes } from '../../src/cli/envelopes.ts';
import { FailedError, UsageError } from '../../src/cli/output.ts';
import { signSample } from '../../src/cli/sign-sample.ts';
import type { ProfileName } from '../../src/exchange/party.ts';
import { journey } from '../../src/journey.ts';
import { createOpener } from '../../src/wss/decrypt.ts';
import { digitalSignature, issue, keyEncipherment } from '../support/certificates.ts';
import { stoppedClock } from '../support/clock.ts';
import { AT, envelope, grant, INSZ, party, questionXml, receive, service } from '../support/message.ts';
import { authority, partsInMemory, trust } from '../support/parts-in-memory.ts';
import * as m from '../support/signed-message.ts';
import { paper } from './terminal.ts';

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-test-'));
const usage = digitalSignature | keyEncipherment;
const afnemer = await issue(authority, 'afnemer', { usage });
const bus = await issue(authority, 'bus', { usage });
const entry = {
  name: 'afnemer',
  uri: 'stad.example/burgerzaken',
  hoedanigheid: '6001',
  cbeNumber: '0999990420',
  certificate: 'afnemer.crt.pem',
  key: 'afnemer.key.pem',
  profile: 'strict',
};
writeFileSync(join(folder, 'afnemer.crt.pem'), afnemer.certificate);
writeFileSync(join(folder, 'afnemer.key.pem'), afnemer.privateKey);
writeFileSync(join(folder, 'parties.json'), JSON.stringify([entry, { ...entry, name: 'ander' }]));
writeFileSync(join(folder, 'persons.json'), JSON.stringify([{ insz: INSZ, note: '' }]));

/** A bus of which the parts are in memory. */
const laxParty = { ...party, profileUntil: new Date('2099-01-01') };
let profile: ProfileName = 'strict';
const { parts, records } = partsInMemory(undefined, {
  partyOf: () => ({ ...laxParty, profile }),
  open: createOpener([bus]).open,
});
let { grantFor } = parts;
const travel = journey({ ...parts, grantFor: (question) => grantFor(question) });
let asked = '';
const server = createServer((request, response) => {
  if (request.method === 'GET') return void response.end(bus.certificate);
  const chunks: Buffer[] = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const raw = Buffer.concat(chunks);
    asked = raw.toString('utf8');
    const message = receive(raw, { charset: null });
    void travel(message, new AbortController().signal).then(({ status, bytes }) => {
      response.writeHead(status, { 'x-kruispunt-exchange': message.id });
      response.end(bytes);
    });
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const needs = {
  services: [service],
  partyOf: (name: string) => demoParty(folder, name),
  demoFolder: folder,
  trust,
  clock: stoppedClock(AT),
  url,
};

async function run(...argv: string[]) {
  const terminal = paper();
  const code = await call(argv, { ...needs, terminal });
  return { code, printed: terminal.printed() };
}

test('asks about the first demo person, checks the signature and prints the answer', async () => {
  const { code, printed } = await run('geefpersoon');
  assert.equal(code, 0);
  assert.match(printed, /INSZ: 74651210490/);
  assert.match(printed, /^answered$/m);
  assert.match(printed, /^signed by CN=bus,/m);
  assert.ok(printed.includes(`exchange ${records.at(-1)?.id}`));
});

test('asks what it was told to ask', async () => {
  await run('GeefPersoon', '--version', '02.02', '--insz', '03682114287', '--set', 'Taal=fr');
  assert.match(asked, /<INSZ>03682114287<\/INSZ>.*<Taal>fr<\/Taal>/);
});

test('ends with 1 when the question is refused, and says how', async () => {
  const { code, printed } = await run('GeefPersoon', '--set', 'Taal=fr');
  assert.equal(code, 1);
  assert.match(printed, /^refused at level 3 with 25001: De gevraagde taal/m);
  const data = JSON.parse((await run('GeefPersoon', '--set', 'Taal=fr', '--json')).printed);
  assert.deepEqual([data.status, data.error.code, data.error.level], [200, '25001', 3]);
  const raw = await run('GeefPersoon', '--insz', 'x', '--raw');
  assert.deepEqual([raw.code, /<soap:Fault>/.test(raw.printed)], [1, true]);
});

test('encrypts the question where it is told to, and reads an answer that is encrypted', async () => {
  grantFor = () => ({ ...grant, encrypted: true });
  try {
    const { code, printed } = await run('GeefPersoon', '--encrypt');
    assert.equal(code, 0);
    assert.match(printed, /INSZ: 74651210490/);
    assert.match(printed, /^encrypted, and signed by CN=bus,/m);
    assert.ok(asked.includes('EncryptedData') && !asked.includes('GeefPersoon'));
    const told = JSON.parse((await run('GeefPersoon', '--set', 'Taal=fr', '--json')).printed);
    assert.deepEqual([told.encrypted, told.error.code], [true, '25001']);
  } finally {
    ({ grantFor } = parts);
  }
  const plain = JSON.parse((await run('GeefPersoon', '--json')).printed);
  assert.equal(plain.encrypted, false);
});

test('believes no answer that the bus did not sign', async () => {
  const empty = { ...needs, trust: { check: () => assert.fail('untrusted') }, terminal: paper() };
  await assert.rejects(call(['GeefPersoon'], empty), /untrusted/);
});

test('says how it is used', async () => {
  await assert.rejects(run(), UsageError);
  await assert.rejects(run('GeefWeer'), /no service GeefWeer; there are GeefPersoon 02\.02/);
  await assert.rejects(run('GeefPersoon', '--version', '01.00'), /no service GeefPersoon 01\.00/);
  await assert.rejects(run('GeefPersoon', '--set', 'Taal'), /must read path=value/);
  await assert.rejects(run('GeefPersoon', '--set', 'Vreemd=x'), /no such element/);
  await assert.rejects(run('GeefPersoon', '--as', 'niemand'), /there are afnemer, ander/);
  await assert.rejects(run('GeefPersoon', '--url', 'http://127.0.0.1:1'), /no bus answers at/);
});

test('says where the demo world should be, and reads it when it is there', () => {
  assert.throws(() => demoParty(join(folder, 'nowhere'), 'afnemer'), /no demo world in .*nowhere/);
  assert.equal(demoParty(folder, 'afnemer').certificate.subject.includes('afnemer'), true);
  assert.equal(firstDemoPerson(folder), INSZ);
});

const signingParty = () => ({
  ...demoParty(folder, 'afnemer'),
  key: createPrivateKey(afnemer.privateKey),
  certificate: new X509Certificate(afnemer.certificate),
});

/** Layouts as clients write them: a signature with its values left empty. */
const blank = (changes: Partial<m.Draft>) =>
  m
    .textOf(m.draft(afnemer, { body: questionXml(), ...changes }))
    .replaceAll(/@[DS]\d?@/g, '')
    .replace(/<ds:SignatureValue><\/ds:SignatureValue>/, '<ds:SignatureValue/>');
const x509Data = `<ds:X509Data><ds:X509Certificate>${m.derOf(afnemer.certificate)}</ds:X509Certificate></ds:X509Data>`;
const layouts: Readonly<Record<string, readonly [ProfileName, string]>> = {
  'Body and Timestamp': ['strict', blank({})],
  'a PrefixList': [
    'strict',
    blank({
      envelopeAttributes: 'xmlns:q="urn:q"',
      references: ['#BODY', '#TS']
        .map((uri) =>
          m.reference(
            uri,
            1,
            m.transform(m.EXCLUSIVE, `<ec:InclusiveNamespaces xmlns:ec="${m.EXCLUSIVE}" PrefixList="q s"/>`),
          ),
        )
        .join(''),
    }),
  ],
  'SHA-512': ['strict', blank({ signatureMethod: `${m.MORE}rsa-sha512` })],
  'the Body alone': ['magda-2.0', blank({ timestamp: '', references: m.reference('#BODY', 1) })],
  'a bare signature with inclusive C14N': [
    'header-signature',
    blank({
      bodyAttributes: 'Id="BODY"',
      references: m.reference('#BODY', 1, m.transform(m.INCLUSIVE)),
      canonicalization: `<ds:CanonicalizationMethod Algorithm="${m.INCLUSIVE}"/>`,
      keyInfo: x509Data,
      header: (parts) => m.signatureOf(parts),
    }),
  ],
};

const sampleOf = (text: string, send: object) => {
  const own = mkdtempSync(join(folder, 'sample-'));
  writeFileSync(join(own, 'een.xml'), text);
  writeFileSync(join(own, 'een.yaml'), JSON.stringify({ about: 'x', send }));
  const [sample] = readSamples(own);
  assert.ok(sample);
  return sample;
};

for (const [name, [lax, template]] of Object.entries(layouts)) {
  test(`signs a template that lays out ${name}`, async () => {
    profile = lax;
    const bytes = await signSample(
      sampleOf(template, { sign: 'template' }),
      signingParty(),
      stoppedClock(AT),
    );
    const { refusal } = await travel(receive(bytes, { charset: null }), new AbortController().signal);
    profile = 'strict';
    assert.equal(refusal, null, refusal?.message);
  });
}

test('says what a template names that is not there', async () => {
  const template = blank({ references: m.reference('#NERGENS', 1) });
  const signing = signSample(sampleOf(template, { sign: 'template' }), signingParty(), stoppedClock(AT));
  await assert.rejects(signing, /#NERGENS names no element/);
});

test('fills placeholders, alters after signing and encodes as it was told', async () => {
  const text = envelope('<a>{{now}} {{now-60}} {{uri}} {{hoedanigheid}} {{uuid}}</a>');
  const sample = sampleOf(text, {
    sign: 'none',
    after: [{ find: '<a>', put: '<a b="é">' }],
    encoding: 'utf-16be',
  });
  const bytes = Buffer.from(await signSample(sample, signingParty(), stoppedClock(AT)));
  assert.deepEqual([bytes[0], bytes[1]], [0xfe, 0xff]);
  assert.match(
    bytes.swap16().toString('utf16le'),
    /<a b="é">2026-03-02T10:00:00\.000Z 2026-03-02T09:59:00\.000Z stad\.example\/burgerzaken 6001 [0-9a-f-]{36}<\/a>/,
  );
  const unknown = sampleOf(envelope('<a>{{wie}}</a>'), { sign: 'none' });
  await assert.rejects(
    signSample(unknown, signingParty(), stoppedClock(AT)),
    /no placeholder is called \{\{wie\}\}/,
  );
  const absent = sampleOf(text, { sign: 'none', after: [{ find: '<b>', put: '' }] });
  await assert.rejects(signSample(absent, signingParty(), stoppedClock(AT)), /nothing reads "<b>"/);
});

test('names the file and the key that is wrong in a sample', () => {
  const wrong = mkdtempSync(join(folder, 'wrong-'));
  writeFileSync(join(wrong, 'een.yaml'), 'about: x\nsend: { sgin: strict }\n');
  assert.throws(() => readSamples(wrong), /een\.yaml: send: .*sgin/);
  writeFileSync(join(wrong, 'een.yaml'), 'about: x\nsend: { sign: none, encrypt: true }\n');
  assert.throws(() => readSamples(wrong), /een\.yaml: send\.encrypt: only what is signed as strict/);
});

test('compares every sample envelope with what it expects, and says what differs', async () => {
  const dir = join(folder, 'envelopes');
  mkdirSync(dir);
  const put = (name: string, xml: string, yaml: object) => {
    writeFileSync(join(dir, `${name}.xml`), xml);
    writeFileSync(join(dir, `${name}.yaml`), JSON.stringify({ about: name, ...yaml }));
  };
  const inszAt = 'Repliek/Antwoorden/Antwoord/Inhoud/Persoon/INSZ';
  put('goed', envelope(questionXml()), { expect: { values: { [inszAt]: INSZ } } });
  put('taal', envelope(questionXml({ taal: 'fr' })), {
    expect: { code: '25001', level: 3, absent: [inszAt] },
  });
  put('mis', envelope(questionXml()), { expect: { code: '40003', level: 3, absent: [inszAt] } });
  const terminal = paper();
  assert.equal(await envelopes(['run', '--dir', dir], { ...needs, terminal }), 1);
  const printed = terminal.printed();
  assert.match(printed, /^2 passed, 1 failed$/m);
  assert.match(printed, /^FAILED +mis/m);
  assert.match(printed, /code: expected 40003, got none/);
  assert.match(printed, /Persoon\/INSZ: must not be there/);
  await assert.rejects(envelopes([], { ...needs, terminal: paper() }), UsageError);
});

test('lets no answer pass that the bus did not sign', async () => {
  const dir = mkdtempSync(join(folder, 'unsigned-'));
  writeFileSync(join(dir, 'een.xml'), envelope(questionXml()));
  writeFileSync(join(dir, 'een.yaml'), 'about: een goede vraag\n');
  const terminal = paper();
  const distrust = { check: () => assert.fail('nobody is trusted') };
  assert.equal(await envelopes(['run', '--dir', dir], { ...needs, trust: distrust, terminal }), 1);
  assert.match(terminal.printed(), /signature of the answer: nobody is trusted/);
});

test('lets no sample pass where there is none', async () => {
  const empty = mkdtempSync(join(folder, 'empty-'));
  assert.equal(await envelopes(['run', '--dir', empty], { ...needs, terminal: paper() }), 1);
});

test('says so when what answers is no SOAP service', async () => {
  const web = createServer((_request, response) => response.end('<html><body>welcome</body></html>'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const elsewhere = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
  try {
    await assert.rejects(
      call(['GeefPersoon', '--url', elsewhere], { ...needs, terminal: paper() }),
      (error: unknown) => error instanceof FailedError && /no SOAP service/.test(error.message),
    );
  } finally {
    web.closeAllConnections();
    web.close();
  }
});
