import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CodesOf, type CodeTable, codesIn } from '../../src/exchange/code-table.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import type { CodeRule, Service } from '../../src/exchange/service.ts';
import { translate } from '../../src/stages/translate.ts';
import { questionFor } from '../../src/stages/translate-question.ts';
import {
  answered,
  authorised,
  contentOf,
  dispose,
  INSZ,
  notice,
  personImage,
  service,
} from '../support/message.ts';

const signal = new AbortController().signal;
const RR = 'rijksregister';
const sex = {
  ...{ in: 'answer' as const, source: RR, table: 'geslacht', path: 'Persoon/Geslacht/Code' },
  description: 'Persoon/Geslacht/Omschrijving',
};

const tableOf = (rows: Readonly<Record<string, readonly [string, string | null]>>): CodesOf => {
  const codes = Object.entries(rows).map(([sourceCode, [magdaCode, description]]) => ({
    ...{ sourceCode, magdaCode, description },
  }));
  const table: CodeTable = { name: 'geslacht', source: RR, codes };
  return (name, source) => (name === table.name && source === table.source ? codesIn(table) : null);
};

const withRules = (...codes: CodeRule[]): Service => ({ ...service, rules: { ...service.rules, codes } });

/** What becomes of the demo person's answer, in which sex is 2. */
async function translated(rows: Parameters<typeof tableOf>[0], rule: CodeRule = sex, notices = [notice()]) {
  const message = { ...answered(contentOf(personImage()), ['**'], notices), service: withRules(rule) };
  const done = await translate({ codesOf: tableOf(rows) })(message, signal);
  const text = Buffer.from(done.answer.content?.canonical() ?? []).toString();
  const geslacht = /<Geslacht [^>]*>.*?<\/Geslacht>/.exec(text)?.[0].replace(/ Datum\w+="[^"]*"/g, '');
  dispose(message);
  return { geslacht, notices: done.answer.notices, untranslated: done.untranslated };
}

test("puts MAGDA's code and description in the place of the source's", async () => {
  const { geslacht, untranslated, notices } = await translated({ 2: ['7', 'Vrouw & <meer>'] });
  assert.equal(
    geslacht,
    '<Geslacht><Code>7</Code><Omschrijving Taal="nl">Vrouw &amp; &lt;meer&gt;</Omschrijving></Geslacht>',
  );
  assert.deepEqual([untranslated, notices.length], [[], 1]);
});

test('warns where a code has no description, and leaves what the source said', async () => {
  const { geslacht, notices } = await translated({ 2: ['7', null] });
  assert.match(geslacht ?? '', /<Code>7<\/Code><Omschrijving Taal="nl">Vrouwelijk</);
  const warning = notices.at(-1);
  assert.deepEqual(
    [warning?.number, warning?.type, warning?.annotations, warning?.references],
    ['99984', 'WAARSCHUWING', [{ name: sex.path, value: '7' }], [sex.path]],
  );
  const undescribed = await translated({ 2: ['7', null] }, { ...sex, description: null });
  assert.deepEqual(
    undescribed.notices.map(({ number }) => number),
    ['30004'],
  );
});

test('says which code has no translation, and does not touch it', async () => {
  for (const rows of [{}, { 1: ['9', 'Man'] }] as const) {
    const { geslacht, untranslated } = await translated(rows);
    assert.deepEqual(untranslated, [{ path: sex.path, code: '2' }]);
    assert.match(geslacht ?? '', /<Code>2</);
  }
});

test('leaves alone what another source answered', async () => {
  const { geslacht, untranslated } = await translated({}, { ...sex, source: 'ksz' });
  assert.match(geslacht ?? '', /<Code>2</);
  assert.deepEqual(untranslated, []);
});

test("tells a source's error under MAGDA's number, and one that no table has as 99986", async () => {
  const rule: CodeRule = { in: 'error', source: RR, table: 'geslacht' };
  const said = [
    notice({ number: '511', text: 'zoals de bron het zegt' }),
    notice({ number: '999', type: 'FOUT' }),
  ];
  const { notices } = await translated({ 511: ['30002', 'Geannuleerd.'] }, rule, said);
  assert.deepEqual(
    notices.map(({ number, type, text, circumstance }) => [number, type, text, circumstance]),
    [
      ['30002', 'WAARSCHUWING', 'Geannuleerd.', null],
      ['99986', 'FOUT', 'De bron gaf een onbekende foutcode.', '999'],
    ],
  );
});

test('does not guess whose codes they are when several sources answered', async () => {
  const message = { ...answered(contentOf(personImage())), service: withRules(sex) };
  const asked = [RR, 'ksz'].map((source) => ({ source, ms: 1, outcome: 'answered' }));
  assert.throws(() => translate({ codesOf: tableOf({}) })({ ...message, asked }, signal), /several sources/);
  dispose(message);
});

const language: CodeRule = { in: 'question', source: RR, path: 'Taal', table: 'geslacht' };

function asked(rule: CodeRule, codesOf: CodesOf) {
  const message = authorised();
  const question = message.question.child('Verzoek')?.child('Vragen')?.child('Vraag')?.child('Inhoud');
  assert.ok(question);
  const signed = Buffer.from(question.canonical()).toString();
  const subjects = [{ kind: 'person' as const, number: INSZ }];
  try {
    const enquiry = { ...message, service: withRules(rule), subjects, content: question };
    const content = questionFor(enquiry, RR, codesOf);
    assert.equal(Buffer.from(question.canonical()).toString(), signed);
    return { text: Buffer.from(content.canonical()).toString(), same: content.is(question) };
  } finally {
    dispose(message);
  }
}

test('asks in the codes of the source, and never alters what was signed', () => {
  const codesOf = tableOf({ 5: ['nl', null], 6: ['nl', null] });
  const { text, same } = asked(language, codesOf);
  assert.match(text, /<Bron>RR<\/Bron><Taal>5<\/Taal>/);
  assert.equal(same, false);
  assert.equal(asked({ ...language, source: 'ksz' }, codesOf).same, true);
  assert.equal(asked({ ...language, path: 'Criteria/NietGevraagd' }, codesOf).same, true);
});

test('refuses a question with a code that the source has no word for', () => {
  assert.throws(
    () => asked(language, tableOf({ 5: ['fr', null] })),
    (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.deepEqual([error.code, error.annotations], ['99982', [{ name: 'Taal', value: 'nl' }]]);
      return true;
    },
  );
});
