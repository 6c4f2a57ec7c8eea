import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { fromJson } from '../../src/contract/json-markup.ts';
import { dialectOf, filteredModel } from '../../src/dialect/dialect.ts';
import { refusals } from '../../src/exchange/refusal.ts';
import type { Connect } from '../../src/sources/connect.ts';
import { routes } from '../../src/stages/routes.ts';
import { verifyReply } from '../../src/wss/verify.ts';
import { readPayload } from '../../src/xml/envelope.ts';
import { soap } from '../../src/xml/names.ts';
import { element, write } from '../../src/xml/write.ts';
import { ask as askRepertory, lineOf, period } from '../registers/services-ask.ts';
import { AT, grant, party, serviceNamed, wording } from '../support/message.ts';
import { partsInMemory, referenceIn, signedQuestion, travel, trust } from '../support/parts-in-memory.ts';
import { repertoryWorld } from '../support/repertory.ts';
import { received } from '../support/signed-message.ts';

/** A supplier's evidence, a grant that says what of it may be written, and a source that counts what reaches it. */

const service = serviceNamed('RegistreerBewijs');
const [operation] = service.contract.operations;
const response = operation?.response;
assert.ok(response);
const model = service.contract.model(response);
const answerModel = model && filteredModel(service.rules, model);
assert.ok(answerModel);

const envelopes = fileURLToPath(new URL('../envelopes', import.meta.url));
const [body = ''] =
  /<web:RegistreerBewijs[\s\S]*<\/web:RegistreerBewijs>/.exec(
    readFileSync(`${envelopes}/evidence-2-registered.xml`, 'utf8'),
  ) ?? [];
const evidence = body
  .replaceAll('{{uri}}', wording.uri)
  .replaceAll('{{hoedanigheid}}', '6001')
  .replaceAll('{{uuid}}', () => randomUUID());

const takesIt: Connect = async (_source, call) => {
  const reference = referenceIn(call);
  const payload = dialectOf(service.rules).writeReply({
    ...{ response: { ...response, prefix: 'led' }, name: 'RegistreerBewijs', version: '02.00', at: AT },
    ...{ speaker: 'led.example', reference: 'led-1', notices: [] },
    sender: { uri: 'vip.vlaanderen.be', hoedanigheid: null, reference, endUser: null },
    answer: { reference, content: fromJson(answerModel, { Melding: 'OK' }), notices: [] },
  });
  const name = soap('1.1');
  const body = write(element(name('Envelope'), [element(name('Body'), [payload])]));
  return { status: 200, body: Buffer.from(body) };
};

async function register(writable: readonly string[], question = evidence) {
  const held = { ...grant, service: 'RegistreerBewijs', version: '02.00', writable };
  const { parts, records, calls } = partsInMemory(takesIt, {
    ...routes([service]),
    partyOf: () => party,
    grantFor: () => held,
  });
  const { bytes, status } = await travel(parts, await signedQuestion({}, { body: question }));
  const { envelope, dispose } = received(bytes);
  verifyReply(envelope, { trust, at: AT });
  const payload = readPayload(envelope);
  const violations = payload.name === 'Fault' ? [] : service.contract.violations(payload);
  const told = payload.text;
  dispose();
  assert.deepEqual([status, violations], [200, []]);
  const [record] = records;
  assert.ok(record);
  return { record, told, calls };
}

const WHOLE = 'Bewijsregistratie/**';
/** All of the evidence but for its two last elements. */
const necessary = [
  ...['Leverancier/**', 'PersoonUitgereikt/**'],
  ...[
    ...['Authenticiteit', 'Categorie', 'Graad', 'Onderwijsvorm', 'Bewijstype', 'Bewijsstaat', 'Instantie'],
    ...['Onderwerp', 'Uitreikingsdatum', 'VolledigeNaam', 'Land', 'Taal', 'Instelling', 'Schooltype'],
  ].map((name) => `Bewijs/${name}/**`),
].map((path) => `Bewijsregistratie/${path}`);

test('what is wholly within the grant is forwarded, in whatever prefix', async () => {
  for (const writable of [
    ['**'],
    [WHOLE],
    [
      ...necessary,
      'Bewijsregistratie/Bewijs/AlternatieveInstanties/**',
      'Bewijsregistratie/Bewijs/BijkomendeInformaties/**',
    ],
  ]) {
    const { record, calls } = await register(writable);
    assert.deepEqual([record.outcome, record.reason, calls.length], ['answered', null, 1]);
    assert.deepEqual(record.filtered, []);
  }
});

test('one path too many and nothing at all is forwarded; the audit has the paths, and no value', async () => {
  const { record, told, calls } = await register(necessary);
  assert.equal(calls.length, 0);
  assert.deepEqual([record.outcome, record.level, record.code], ['refused', 3, '40006']);
  assert.deepEqual(record.stages.map(({ stage }) => stage).at(-1), 'checkPeriod');
  assert.deepEqual(record.filtered, [
    ...['Instantie', 'Instantierol'].map(
      (name) => `Bewijsregistratie/Bewijs/AlternatieveInstanties/AlternatieveInstantie/${name}/Naam`,
    ),
    ...['Inhoud', 'Naam'].map(
      (name) => `Bewijsregistratie/Bewijs/BijkomendeInformaties/BijkomendeInformatie/${name}`,
    ),
  ]);
  assert.deepEqual(record.subjects, [{ kind: 'person', number: '74651210490' }]);
  assert.doesNotMatch(JSON.stringify(record), /Onderscheiding|studiepunten/);
  assert.ok(told.includes(refusals['40006'].number));
  assert.doesNotMatch(told, /AlternatieveInstantie|grant/);
});

test('the paths that the audit names are the ones that the grant lacked', async () => {
  const { record } = await register(necessary);
  const { record: after, calls } = await register([...necessary, ...record.filtered]);
  assert.deepEqual([after.outcome, calls.length], ['answered', 1]);
});

test('a grant without paths lets nothing be written', async () => {
  const { record, calls } = await register([]);
  assert.deepEqual([record.code, calls.length], ['40006', 0]);
  assert.match(record.reason ?? '', /grant 31 does not let .* and \d+ more be written/);
});

test('a type of its own is nothing that a path lets be written', async () => {
  const typed = evidence.replace(
    '<VolledigeNaam>',
    '<VolledigeNaam xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:b="http://bewijs.led.vlaanderen.be" xsi:type="b:OmschrijvingType">',
  );
  assert.notEqual(typed, evidence);
  const { record, calls } = await register([WHOLE], typed);
  assert.deepEqual([record.code, calls.length], ['40006', 0], record.reason ?? '');
  assert.deepEqual(record.filtered, ['Bewijsregistratie/Bewijs/VolledigeNaam/@xsi:*']);
  const { calls: whole } = await register(['**'], typed);
  assert.equal(whole.length, 1);
});

test('what the bus keeps itself is guarded like what it forwards', async () => {
  const lines = [lineOf('2020-01-01', '2020-12-31')];
  const registering = (writable: readonly string[]) => {
    const world = repertoryWorld(lines);
    const { grantFor } = world.parts;
    const held: typeof grantFor = (asked) => {
      const found = grantFor(asked);
      return found && { ...found, writable };
    };
    return { ...world, parts: { ...world.parts, grantFor: held } };
  };
  const inhoud =
    `<Inschrijving><Identificatie>${wording.uri}</Identificatie><Hoedanigheid>6001</Hoedanigheid>` +
    `<INSZ>74651210490</INSZ>${period('2026-01-01', '2026-06-30')}</Inschrijving>`;
  const asked = { service: 'RegistreerInschrijving', version: '02.00', inhoud };
  const most = ['Identificatie', 'Hoedanigheid', 'INSZ', 'Periode/Begin'].map(
    (path) => `Inschrijving/${path}`,
  );
  const world = registering(most);
  const { record } = await askRepertory(world, asked);
  assert.deepEqual([record.code, record.filtered], ['40006', ['Inschrijving/Periode/Einde']]);
  assert.deepEqual(world.lines(), lines);
  const other = registering([...most, 'Inschrijving/Periode/Einde']);
  assert.equal((await askRepertory(other, asked)).record.outcome, 'answered');
  assert.equal(other.lines().length, 2);
});
