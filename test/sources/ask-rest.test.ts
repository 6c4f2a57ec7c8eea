import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialectOf } from '../../src/dialect/dialect.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import type { Reachable } from '../../src/exchange/source.ts';
import { askRest } from '../../src/sources/ask-rest.ts';
import { dispose, enquiry, INSZ, personImage, service } from '../support/message.ts';
import { connect, listening, replying } from './listener.ts';

const ask = askRest({ connect });
const option = {
  value: 'KSZ',
  source: 'ksz',
  origin: 'KSZ',
  resource: '/personen/{Criteria/INSZ}?taal={Taal}',
};

async function question(source: Reachable, resource: string | null = option.resource, insz = INSZ) {
  const message = enquiry({ bron: 'KSZ', insz });
  try {
    const payload = await ask(source, { ...option, resource }, message, new AbortController().signal);
    const { content, notices, toReference, answerReference } = dialectOf(service.rules).readReply(payload);
    const violations = service.contract.violations(payload);
    return { id: message.id, text: content?.text ?? null, notices, toReference, answerReference, violations };
  } finally {
    dispose(message);
  }
}

const refused = (source: Reachable) =>
  question(source).then(
    () => assert.fail('it was answered'),
    (error: unknown) => {
      assert.ok(error instanceof Refusal, String(error));
      return error;
    },
  );

const json = (value: unknown, status = 200) =>
  listening(replying(status, JSON.stringify(value)), { kind: 'rest' });
const person = (changes: object = {}) => ({ Inhoud: { Persoon: { ...personImage(), ...changes } } });

test("writes the source's JSON as the contract's own answer to this question", async () => {
  const { id, text, notices, toReference, answerReference, violations } = await question(
    await json(person()),
  );
  assert.deepEqual([violations, notices, toReference, answerReference], [[], [], id, id]);
  assert.match(text ?? '', /Maes/);
});

test('asks for the resource with the values of the question in it, and names nobody', async () => {
  let asked = '';
  let headers: Record<string, unknown> = {};
  const source = await listening((request, response) => {
    asked = `${request.method} ${request.url}`;
    headers = request.headers;
    response.end(JSON.stringify(person()));
  });
  await question({ ...source, url: `${source.url}/v1/` });
  assert.equal(asked, `GET /v1/personen/${INSZ}?taal=nl`);
  assert.equal(headers.accept, 'application/json');
  assert.doesNotMatch(JSON.stringify(headers), /stad\.example|referte-van|6001/);
});

test('lets no value of the question out of its place in the path', async () => {
  const asked: (string | undefined)[] = [];
  const source = await listening((request, response) => {
    asked.push(request.url);
    response.end(JSON.stringify(person()));
  });
  await question(source, '/a/{Criteria/INSZ}/b', '../x?y=1#z%2f é');
  await question(source, '/a/{Afwezig}/b');
  assert.deepEqual(asked, ['/a/..%2Fx%3Fy%3D1%23z%252f%20%C3%A9/b', '/a//b']);
});

test('takes 404 for no data, in the name of the source', async () => {
  const { text, notices, violations } = await question(await json({}, 404));
  assert.deepEqual([text, violations], [null, []]);
  assert.deepEqual(
    notices.map(({ number, type, origin }) => [number, type, origin]),
    [['30001', 'FOUT', 'KSZ']],
  );
});

test('passes on what the source says beside its answer', async () => {
  const Uitzondering = [
    { Identificatie: '30004', Oorsprong: 'KSZ', Type: 'WAARSCHUWING', Diagnose: 'nieuw', Omstandigheid: 'o' },
  ];
  const { notices } = await question(await json({ ...person(), Uitzonderingen: { Uitzondering } }));
  assert.deepEqual(
    notices.map(({ number, type, text, circumstance }) => [number, type, text, circumstance]),
    [['30004', 'WAARSCHUWING', 'nieuw', 'o']],
  );
});

test('refuses a property that the schema does not know, anywhere, by its path', async () => {
  const { code, message } = await refused(await json(person({ Schoenmaat: 43 })));
  assert.deepEqual([code, /Inhoud\/Persoon\/Schoenmaat/.test(message)], ['60007', true]);
  const attribute = person({ '@Vreemd': 'x' });
  assert.equal((await refused(await json(attribute))).code, '60007');
});

test('refuses JSON that is none, or not that of an answer', async () => {
  const bodies = [
    '{"Inhoud":',
    '[]',
    '"tekst"',
    'null',
    '<a/>',
    '{"Inhoud":[1]}',
    '{"Inhoud":{"Persoon":[[1]]}}',
  ];
  for (const body of bodies) {
    assert.equal((await refused(await listening(replying(200, body)))).code, '60007', body);
  }
  const nameless = { Uitzonderingen: { Uitzondering: [{ Type: 'FOUT' }] } };
  assert.equal((await refused(await json(nameless))).code, '60007');
});

test('escapes what the JSON holds', async () => {
  const source = await json({ Inhoud: { Persoon: { INSZ: '</INSZ><INSZ>&x;' } } });
  const { text, violations } = await question(source);
  assert.equal(text, '</INSZ><INSZ>&x;');
  assert.ok(violations.length > 0);
});

test('says what the status says', async () => {
  const codes: readonly [number, string][] = [
    [401, '60013'],
    [403, '60013'],
    [429, '99996'],
    [503, '99996'],
    [500, '99994'],
    [302, '99994'],
    [204, '99994'],
  ];
  for (const [status, code] of codes)
    assert.equal((await refused(await json({}, status))).code, code, String(status));
  assert.equal((await refused(await listening(replying(200, '')))).code, '60006');
});
