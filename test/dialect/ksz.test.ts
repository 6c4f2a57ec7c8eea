import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { dialectOf } from '../../src/dialect/dialect.ts';
import type { ElementModel } from '../../src/exchange/contract.ts';
import type { Element } from '../../src/exchange/element.ts';
import type { Notice } from '../../src/exchange/message.ts';
import { Refusal, type RefusalCode, refusals } from '../../src/exchange/refusal.ts';
import { parseTree, type Tree } from '../../src/xml/tree.ts';
import { fragment, type Markup, write } from '../../src/xml/write.ts';
import { AT, notice, serviceNamed } from '../support/message.ts';

const service = serviceNamed('PersonInformation');
const dialect = dialectOf(service.rules);
const [operation] = service.contract.operations;
if (!operation?.response) throw new Error('PersonInformation has no answer');
const response = operation.response;
const model = declared();
function declared(): ElementModel {
  const found = service.contract.model(response);
  if (!found) throw new Error('PersonInformation declares no answer');
  return found;
}

const trees: Tree[] = [];
after(() => {
  for (const tree of trees) tree.dispose();
});
function tree(text: string): Element {
  const parsed = parseTree(Buffer.from(text));
  trees.push(parsed);
  return parsed.root;
}

const EXCHANGE = '5b9b5f3c-8f0e-4a1c-9e55-0d6a3b6c1d10';
const REPLIED = new Date('2026-03-02T10:00:01.000Z');
const CBE = '<cbeNumber>0999990420</cbeNumber>';
const question = (head: Partial<Record<'ticket' | 'organisation' | 'ssin', string>> = {}) =>
  tree(
    `<p:searchPersonBySsinRequest xmlns:p="${operation.request.namespace}"><informationCustomer>` +
      `<ticket>${head.ticket ?? 'DOSSIER-1'}</ticket><customerIdentification>${head.organisation ?? CBE}` +
      '</customerIdentification></informationCustomer><legalContext>DEMO:SOCIAL_INQUIRY</legalContext>' +
      `<criteria><ssin>${head.ssin ?? '74651210490'}</ssin></criteria></p:searchPersonBySsinRequest>`,
  );

const PERSON = '<result><person><ssin>74651210490</ssin></person></result>';
const person = (): Markup => fragment(Buffer.from(PERSON));

type Told = {
  readonly content?: Markup;
  readonly notices?: readonly Notice[];
  readonly level2?: readonly Notice[];
};

function reply({ content, notices = [], level2 = [] }: Told, hidden: readonly string[] = []): Element {
  const asked = { question: question(), rules: service.rules, model, replied: REPLIED, hidden };
  const parts = {
    response: { ...response, prefix: 'ns' },
    ...{ name: 'PersonInformation', version: '01.00', at: AT, speaker: 'vip', reference: EXCHANGE },
    sender: dialect.readSender(asked.question),
    answer: level2.length > 0 ? null : { reference: 'DOSSIER-1', content: content ?? null, notices },
    notices: level2,
  };
  const written = tree(write(dialect.writeReply(parts, asked)));
  assert.deepEqual(service.contract.violations(written), []);
  return written;
}

const wrong = (number: string, changes: Partial<Notice> = {}) => notice({ number, type: 'FOUT', ...changes });
const status = (element: Element) =>
  (element.child('status')?.children ?? []).map(({ name, text }) =>
    name === 'description' ? name : `${name}=${text}`,
  );

test('reads as sender the organisation by its number, in the legal context it names', () => {
  const { uri, hoedanigheid, reference, endUser } = dialect.readSender(question());
  assert.deepEqual(
    [uri, hoedanigheid, reference, endUser],
    ['0999990420', 'DEMO:SOCIAL_INQUIRY', 'DOSSIER-1', null],
  );
  const place = '<sector>017</sector><institution>3</institution>';
  assert.equal(dialect.readSender(question({ organisation: place })).uri, '17/3');
});

test('keeps of a ticket that is no UUID the first 32 characters', () => {
  const kept = (ticket: string) => dialect.readSender(question({ ticket })).reference;
  assert.equal(kept(EXCHANGE), EXCHANGE);
  assert.equal(kept('x'.repeat(36)), 'x'.repeat(32));
});

test('asks a source in its own name and under its own ticket, for the same law', () => {
  const names = { uri: 'vip', hoedanigheid: null, legalContext: 'DEMO:SOCIAL_INQUIRY' };
  const written = (organisation: string) =>
    tree(
      write(
        dialect.writeQuestion({
          request: { ...operation.request, prefix: 'q' },
          ...{ name: 'PersonInformation', version: '01.00', at: AT, reference: EXCHANGE },
          sender: { ...dialect.speakAs({ ...names, organisation }), reference: EXCHANGE, endUser: null },
          content: dialect.carried(question()),
        }),
      ),
    );
  for (const [organisation, told] of [
    ['0999990321', '0999990321'],
    ['17/3', '173'],
  ] as const) {
    const asked = written(organisation);
    assert.deepEqual(service.contract.violations(asked), []);
    assert.equal(asked.text, `${EXCHANGE}2026-03-02T10:00:00.000Z${told}DEMO:SOCIAL_INQUIRY74651210490`);
  }
});

test('asks no source when the bus has no number of its own', () => {
  const names = { uri: 'vip', hoedanigheid: null, organisation: null, legalContext: 'X' };
  assert.throws(
    () => dialect.speakAs(names),
    (error) => error instanceof Refusal && error.code === '60011',
  );
});

test('repeats the request in a reply, with its own ticket and moments', () => {
  const told = reply({ content: person() });
  assert.deepEqual(
    told.children.map(({ name }) => name),
    ['informationCustomer', 'informationCBSS', 'legalContext', 'status', 'criteria', 'result'],
  );
  assert.equal(
    told.child('informationCBSS')?.text,
    `${EXCHANGE}2026-03-02T10:00:00.000Z${REPLIED.toISOString()}`,
  );
  assert.deepEqual(status(told), ['value=DATA_FOUND', 'code=MSG00000']);
});

test('names what the grant hides, and nothing where there is no answer to hide it from', () => {
  const hidden = ['person/gender', 'person/birth/place'];
  const named = (told: Told) =>
    (reply(told, hidden).child('dataFilters')?.children ?? []).map(({ text }) => text);
  assert.deepEqual(named({ content: person() }), hidden);
  assert.deepEqual(named({ notices: [wrong('30001')] }), []);
});

const TABLE: readonly (readonly [string, string, string])[] = [
  ['30003', 'NO_RESULT', 'MSG00005'],
  ['30004', 'NO_RESULT', 'MSG00006'],
  ['25001', 'NO_RESULT', 'MSG00008'],
  ['40034', 'NO_RESULT', 'MSG00008'],
  ['99982', 'NO_RESULT', 'MSG00008'],
  ['20002', 'NO_RESULT', 'MSG00011'],
  ['40003', 'NO_RESULT', 'MSG00012'],
  ['15021', 'NO_RESULT', 'MSG00013'],
  ['30001', 'NO_DATA_FOUND', 'MSG00100'],
];

for (const [number, value, code] of TABLE) {
  test(`tells ${number} as ${value} ${code}`, () => {
    const told = status(reply({ notices: [wrong(number)] }));
    assert.deepEqual(told.slice(0, 3), [`value=${value}`, `code=${code}`, 'description']);
  });
}

test('tells who is not let in with a status too, and reads it as a refusal of the whole', () => {
  const told = reply({ level2: [wrong('13001')] });
  assert.deepEqual(status(told).slice(0, 2), ['value=NO_RESULT', 'code=MSG00013']);
  const read = dialect.readReply(told, service.rules);
  assert.deepEqual([read.level2[0]?.number, read.notices], ['13001', []]);
});

test('says of whom there is no registration, and for which organisation', () => {
  const fields = status(reply({ notices: [wrong('40003', { text: 'Geen.' })] })).slice(3);
  assert.deepEqual(fields, [
    'information=detailsGeen.',
    'information=ssin74651210490',
    'information=cbeNumber0999990420',
  ]);
});

test('calls an answer that lacks a source incomplete, and passes other remarks on beside it', () => {
  const missing = notice({ number: '99996', type: 'WAARSCHUWING', text: 'KBO zwijgt.' });
  assert.deepEqual(status(reply({ content: person(), notices: [missing] })).slice(0, 2), [
    'value=INCOMPLETE_DATA',
    'code=HAN20200',
  ]);
  const more = notice({ number: '30040', type: 'INFORMATIE', text: 'Er is meer.' });
  assert.deepEqual(status(reply({ content: person(), notices: [more] })), [
    'value=DATA_FOUND',
    'code=MSG00000',
    'information=30040Er is meer.',
  ]);
});

test('reads back what a status says, by the number that it has everywhere', () => {
  const newSsin = { name: 'newSSIN', value: '90671551932' };
  const told = reply({ notices: [wrong('30004', { annotations: [newSsin] })] });
  const read = dialect.readReply(told, service.rules);
  assert.equal(read.content, null);
  assert.equal(read.toReference, 'DOSSIER-1');
  const [said] = read.notices;
  assert.deepEqual([said?.number, said?.type], ['30004', 'FOUT']);
  assert.deepEqual(said?.annotations, [{ ...newSsin, reference: 'person/ssin' }]);
});

test('believes no data beside a status that says there are none', () => {
  const text = write(fragment(reply({ content: person() }).canonical()));
  const contradictory = tree(text.replace('DATA_FOUND', 'NO_DATA_FOUND').replace('MSG00000', 'MSG00009'));
  const read = dialect.readReply(contradictory, service.rules);
  assert.equal(read.content, null);
  assert.deepEqual(
    read.notices.map(({ number }) => number),
    ['MSG00009'],
  );
  assert.deepEqual(status(reply({ notices: read.notices })).slice(0, 2), [
    'value=NO_DATA_FOUND',
    'code=MSG00009',
  ]);
});

test('tells by a fault what has no status, in the contract’s own element', () => {
  const technical = ['99994', '99996', '99997', '60006', '60007', '60009', '60011', '60013'];
  const codes = Object.keys(refusals) as RefusalCode[];
  for (const code of codes) {
    const refusal = new Refusal(code, 'geheim');
    if (refusal.row.level > 1)
      assert.equal(dialect.repliesTo(refusal), !technical.includes(code) && code in TOLD, code);
    const parts = {
      exchange: EXCHANGE,
      received: AT,
      replied: REPLIED,
      speaker: 'vip',
      fault: operation.fault,
    };
    for (const asked of [null, question()]) {
      const [detail] = dialect.faultDetail(refusal, { ...parts, question: asked }) ?? [];
      assert.ok(detail);
      const written = tree(write(detail));
      assert.deepEqual(service.contract.violations(written), [], code);
      assert.equal(written.child('informationCustomer') !== null, asked !== null);
      assert.doesNotMatch(written.text, /geheim/);
    }
  }
});

const TOLD = Object.fromEntries(
  ['13001', '15021', '20001', '20002', '20003', '20004', '20006', '20007']
    .concat(['25001', '30001', '30034', '40003', '40034', '40035', '99982'])
    .map((code) => [code, true]),
);

test('gives a fault its reason: unreadable, unsigned, or anything else', () => {
  const reason = (code: RefusalCode) => {
    const parts = { exchange: EXCHANGE, received: AT, replied: REPLIED, speaker: 'vip', question: null };
    const [detail] = dialect.faultDetail(new Refusal(code, ''), { ...parts, fault: operation.fault }) ?? [];
    return detail && tree(write(detail)).child('detail')?.child('reasonCode')?.text;
  };
  assert.deepEqual((['10001', 'ERR_025', 'internal', '99996'] as const).map(reason), [
    'MSG00008',
    'ERR_025',
    'MSG00003',
    'MSG00003',
  ]);
});
