import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadServices } from '../../src/contract/load-services.ts';
import { asTheServiceSays, type PeriodControl } from '../../src/exchange/controls.ts';
import type { Days } from '../../src/exchange/days.ts';
import type { Proven } from '../../src/exchange/element.ts';
import type { Targeted } from '../../src/exchange/message.ts';
import type { Grant, Subject } from '../../src/exchange/party.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { checkPeriod } from '../../src/stages/check-period.ts';
import { dispose, envelope, grant, parsed as parsedFor, party, receive } from '../support/message.ts';

/** Against a question of the repository's own with a period: GeefOnderneming's Datums. Today is 2026-03-02. */
const folder = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const [service] = loadServices([folder('wsdl/onderneming')], [folder('xsd')]).services;
assert.ok(service?.rules.controls.period);
const period: PeriodControl = service.rules.controls.period;
const request = service.contract.operations[0]?.request;
assert.ok(request);
const subject: Subject = { kind: 'enterprise', number: '0999990222' };

const criteria = (datums: string) =>
  `<Criteria><Ondernemingsnummer>0999990222</Ondernemingsnummer><Basisgegevens>1</Basisgegevens>` +
  `<Functies><Aanduiding>1</Aanduiding></Functies>${datums}</Criteria>`;
const question = (datums: string) =>
  `<g:GeefOnderneming xmlns:g="${request.namespace}"><Verzoek><Context><Naam>GeefOnderneming</Naam>` +
  '<Versie>02.00.0000</Versie><Bericht><Type>VRAAG</Type><Tijdstip><Datum>2026-03-02</Datum><Tijd>11:00:00.000</Tijd>' +
  '</Tijdstip><Afzender><Identificatie>stad.example</Identificatie><Referte>r</Referte></Afzender></Bericht></Context>' +
  `<Vragen><Vraag><Referte>q</Referte><Inhoud>${criteria(datums)}<Taal>nl</Taal></Inhoud></Vraag></Vragen></Verzoek>` +
  '</g:GeefOnderneming>';
const from = (begin: string, end: string | null = null) =>
  `<Datums><Periode><Begin>${begin}</Begin>${end ? `<Einde>${end}</Einde>` : ''}</Periode></Datums>`;
const until = (end: string) => `<Datums><Periode><Einde>${end}</Einde></Periode></Datums>`;
const WHOLE = '<Datums><Aanduiding>1</Aanduiding></Datums>';

type Setting = {
  readonly limits?: Partial<Grant>;
  readonly control?: Partial<PeriodControl> | null;
  /** Days of the party's files; a registration is demanded then. */
  readonly files?: readonly Days[] | null;
};

async function check(datums: string, { limits = {}, control = {}, files = null }: Setting = {}) {
  assert.ok(service);
  const received = receive(envelope(question(datums)));
  const parsed = parsedFor(received, [service]);
  assert.deepEqual(service.contract.violations(parsed.unproven), []);
  const controls = {
    ...service.rules.controls,
    registration: files !== null,
    period: control && { ...period, ...control },
  };
  const certificate = { subject: 'CN=x', issuer: 'CN=CA', serialNumber: '01', fingerprint: 'ab' };
  const message: Targeted = {
    ...parsed,
    ...{
      valid: true,
      question: parsed.unproven as Proven,
      signer: { certificate, party, profile: 'strict', recipient: null },
      ...{ imprint: { key: 'A'.repeat(43), until: null }, fresh: true },
    },
    sender: { uri: 'stad.example', hoedanigheid: '6001', reference: 'r', endUser: null },
    ...{ grant: { ...grant, ...limits }, answerTo: null },
    ...{
      service: { ...service, rules: { ...service.rules, controls } },
      subjects: [subject],
      population: null,
    },
  };
  const before = Buffer.from(parsed.unproven.canonical()).toString('utf8');
  try {
    const passed = await checkPeriod({ registeredDays: async () => files ?? [] })(
      message,
      new AbortController().signal,
    );
    assert.equal(
      Buffer.from(message.question.canonical()).toString('utf8'),
      before,
      'what was signed changed',
    );
    const content = Buffer.from(passed.content.canonical()).toString('utf8');
    const rewritten = before.replace(/<Inhoud>.*<\/Inhoud>/, content);
    const again = parsedFor(receive(envelope(rewritten)), [service]);
    assert.deepEqual(service.contract.violations(again.unproven), []);
    dispose(again);
    const [caution] = passed.cautions;
    const asked = /<Datums>.*<\/Datums>/.exec(content)?.[0] ?? '';
    assert.equal(content, `<Inhoud>${criteria(asked)}<Taal>nl</Taal></Inhoud>`);
    return { asked, told: caution ? `${caution.number} ${caution.type}: ${caution.text}` : null, code: null };
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    assert.deepEqual(error.known.subjects, [subject]);
    return { asked: null, told: error.message, code: error.code };
  } finally {
    dispose(message);
  }
}

const since2020 = { dataFrom: '2020-01-01' };
const clip = { ...asTheServiceSays, period: 'clip' as const };

test('lets through what lies within the days of the grant, as it was asked', async () => {
  for (const datums of [from('2020-01-01', '2024-06-30'), from('2020-00-00'), '', from('2026-03-02')])
    assert.deepEqual(await check(datums, { limits: since2020 }), { asked: datums, told: null, code: null });
});

test('refuses what lies outside, and says which days were asked and which are allowed', async () => {
  const limits = { ...since2020, dataUntil: '2024-12-31' };
  for (const datums of [
    from('2019-12-31', '2020-02-01'),
    from('2024-01-01'),
    until('2023-01-01'),
    WHOLE,
    '',
  ]) {
    const { code, told } = await check(datums, { limits });
    assert.equal(code, '40004', datums);
    assert.match(told ?? '', /allowed is from 2020-01-01 until 2024-12-31 \(grant 31, GeefOnderneming\)/);
  }
});

test('cuts off what lies outside where that is wanted, and says so', async () => {
  const limits = { ...since2020, dataUntil: '2024-12-31', controls: clip };
  const cut = async (datums: string) => (await check(datums, { limits })).asked;
  assert.equal(await cut(from('2019-12-31', '2020-02-01')), from('2020-01-01', '2020-02-01'));
  assert.equal(await cut(from('2021-01-01')), from('2021-01-01', '2024-12-31'));
  assert.equal(await cut(from('2019-00-00', '2020-06-00')), from('2020-01-01', '2020-06-00'));
  assert.equal(await cut(until('2022-12-31')), from('2020-01-01', '2022-12-31'));
  assert.equal(await cut(WHOLE), from('2020-01-01', '2024-12-31'));
  const { told } = await check(WHOLE, { limits });
  assert.equal(
    told,
    '40004 WAARSCHUWING: De gevraagde periode is beperkt tot het toegelaten deel: van 2020-01-01 tot en met 2024-12-31.',
  );
});

test('refuses where nothing is left after cutting', async () => {
  const limits = { ...since2020, controls: clip };
  assert.equal((await check(from('2018-01-01', '2019-12-31'), { limits })).code, '40004');
});

test('counts the days of all files of the party where it must have one', async () => {
  const files = [
    { begin: '2021-01-01', end: '2021-12-31' },
    { begin: '2022-01-01', end: '2022-06-30' },
    { begin: '2024-01-01', end: null },
  ];
  assert.equal((await check(from('2021-06-01', '2022-06-30'), { files })).code, null);
  assert.equal((await check(from('2022-06-01', '2024-06-30'), { files })).code, '40004');
  assert.equal((await check(from('2024-06-01'), { files })).code, null);
  assert.equal((await check(from('2021-01-01', '2021-02-01'), { files: [] })).code, '40004');
  const limits = { dataFrom: '2022-02-01', controls: clip };
  const { asked } = await check(from('2021-06-01', '2022-12-31'), { files, limits });
  assert.equal(asked, from('2022-02-01', '2022-06-30'));
});

test('leaves the latest of several stretches', async () => {
  const files = [
    { begin: '2021-01-01', end: '2021-12-31' },
    { begin: '2024-01-01', end: '2024-12-31' },
  ];
  const { asked } = await check(from('2020-01-01', '2025-01-01'), { files, control: { outside: 'clip' } });
  assert.equal(asked, from('2024-01-01', '2024-12-31'));
});

test('refuses a period that is reversed, names no day or no date, or begins in the future', async () => {
  assert.equal((await check(from('2024-02-01', '2024-01-01'))).code, '20003');
  assert.equal((await check('<Datums><Periode></Periode></Datums>')).code, '20004');
  assert.equal((await check(from('2024-00-15'))).code, '20001');
  assert.equal((await check(from('2023-02-29'))).code, '20001');
  assert.equal((await check(from('2026-03-03'))).code, '20006');
});

test('takes the last year there is for no end, and a missing end as the service says', async () => {
  const files = [{ begin: '2020-01-01', end: '2026-03-02' }];
  assert.equal((await check(from('2021-01-01'), { files })).code, '40004');
  assert.equal((await check(from('2021-01-01'), { files, control: { lastDay: 'today' } })).code, null);
  assert.equal(
    (await check(from('2021-01-01', '9999-12-31'), { files, control: { lastDay: 'today' } })).code,
    '40004',
  );
});

test('asks nothing of the period where the grant says so, and refuses a limited grant where there is none', async () => {
  const off = { ...asTheServiceSays, period: 'off' as const };
  const past = { dataUntil: '2024-12-31' };
  assert.equal((await check(WHOLE, { limits: { ...past, controls: off } })).code, null);
  assert.equal((await check('', { limits: past, control: null })).code, '40004');
  assert.equal((await check(WHOLE, { limits: since2020, control: null })).code, null);
});

test('takes one day for one day, and refuses it when it is outside, cut or not', async () => {
  const control = { paths: { on: 'Criteria/Datums/Periode/Begin' }, whole: null, outside: 'clip' } as const;
  assert.equal((await check(from('2024-05-05'), { control, limits: since2020 })).code, null);
  assert.equal((await check(from('2019-05-05'), { control, limits: since2020 })).code, '40004');
  const limits = { dataFrom: '2024-05-31' };
  assert.equal((await check(from('2024-05-00'), { control, limits })).asked, from('2024-05-31'));
});
