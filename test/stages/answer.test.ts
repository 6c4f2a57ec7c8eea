import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialectOf } from '../../src/dialect/dialect.ts';
import type { Answered, Notice } from '../../src/exchange/message.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import type { SourceChoice } from '../../src/exchange/service.ts';
import type { Ask, Source } from '../../src/exchange/source.ts';
import { answer } from '../../src/stages/answer.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { type Markup, write } from '../../src/xml/write.ts';
import {
  AT,
  contentOf,
  dispose,
  notice,
  permitted,
  personImage,
  response,
  service,
  type Wording,
} from '../support/message.ts';

const signal = new AbortController().signal;
const source: Source = {
  name: 'any',
  kind: 'soap',
  url: 'http://192.0.2.1/',
  deadline: 1,
  maxBytes: 1,
  retries: 1,
  breaker: 3,
  pause: 1000,
  signature: 'none',
};

type Reply = {
  readonly content?: Markup | null;
  readonly notices?: readonly Notice[];
  readonly level2?: readonly Notice[];
  readonly toReference?: string;
  readonly answerReference?: string;
  /** Changes to the text of the reply. */
  readonly edit?: (text: string) => string;
};

/** A source in the process: what it gives back is written, edited and read again. */
const replying =
  ({ content = contentOf(personImage()), notices = [], level2 = [], edit, ...said }: Reply): Ask =>
  async (_source, _option, message) => {
    const markup = dialectOf(service.rules).writeReply({
      response: { ...response, prefix: 'ns' },
      name: 'GeefPersoon',
      version: '02.02',
      at: AT,
      speaker: 'rr.example',
      reference: 'rr-1',
      sender: { ...message.sender, reference: said.toReference ?? message.id },
      answer: level2.length > 0 ? null : { reference: said.answerReference ?? message.id, content, notices },
      notices: level2,
    });
    const tree = parseTree(Buffer.from(edit ? edit(write(markup)) : write(markup)));
    message.ending.push(tree);
    return tree.root;
  };

type Setting = {
  readonly ask?: Ask;
  readonly question?: Partial<Wording>;
  readonly sources?: SourceChoice;
  readonly sourceOf?: (name: string) => Source | null;
};

async function go({ ask = replying({}), question = {}, sources, sourceOf = () => source }: Setting = {}) {
  const message = permitted(question);
  const rules = sources ? { ...service.rules, sources } : service.rules;
  try {
    return await answer({
      sourceOf,
      ask: { soap: ask, rest: ask },
      codesOf: () => null,
      referencesTo: async () => [],
      compute: new Map(),
    })({ ...message, service: { ...service, rules } }, signal);
  } finally {
    dispose(message);
  }
}

const refused = async (setting: Setting) =>
  go(setting).then(
    () => assert.fail('it was answered'),
    (error: unknown) => {
      assert.ok(error instanceof Refusal, String(error));
      return error;
    },
  );

test('believes an answer to its own question about its own person', async () => {
  const message: Answered = await go();
  assert.deepEqual(
    message.asked.map(({ source, outcome }) => [source, outcome]),
    [['rijksregister', 'answered']],
  );
});

test('asks the source that the question names, by its kind', async () => {
  const asked: string[] = [];
  const sourceOf = (name: string): Source => ({ ...source, name, kind: name === 'ksz' ? 'rest' : 'soap' });
  const message = permitted({ bron: 'KSZ' });
  const soap: Ask = async () => assert.fail('the SOAP source was asked');
  const rest: Ask = async (to, option, ...rest) => {
    asked.push(to.name, option.origin);
    return replying({})(to, option, ...rest);
  };
  await answer({
    sourceOf,
    ask: { soap, rest },
    codesOf: () => null,
    referencesTo: async () => [],
    compute: new Map(),
  })(message, signal);
  dispose(message);
  assert.deepEqual(asked, ['ksz', 'KSZ']);
});

test('asks the only source where there is nothing to choose by', async () => {
  const only = { value: null, source: 'only', origin: 'O', resource: null };
  const message = await go({ sources: { by: null, reference: null, options: [only] } });
  assert.equal(message.asked[0]?.source, 'only');
});

test('takes the first source where the question does not say which', async () => {
  const options = [
    { value: 'A', source: 'a', origin: 'A', resource: null },
    { value: 'B', source: 'b', origin: 'B', resource: null },
  ];
  const message = await go({ sources: { by: 'Criteria/Afwezig', reference: null, options } });
  assert.equal(message.asked[0]?.source, 'a');
});

test('refuses a source that service.yaml does not name', async () => {
  assert.equal((await refused({ question: { bron: 'VIP' } })).code, '60011');
});

test('refuses a source that is not configured, or has no address yet', async () => {
  assert.equal((await refused({ sourceOf: () => null })).code, '60011');
  assert.equal((await refused({ sourceOf: () => ({ ...source, url: null }) })).code, '60011');
});

test('refuses an answer about somebody else', async () => {
  const { code, message } = await refused({
    ask: replying({ content: contentOf(personImage('03682114287')) }),
  });
  assert.deepEqual([code, /another subject/.test(message)], ['60007', true]);
});

test('believes an answer about another number only when the source says the old one was replaced', async () => {
  const content = contentOf(personImage('90671551932'));
  const question = { insz: '90671541242' };
  assert.equal((await refused({ ask: replying({ content }), question })).code, '60007');
  await go({ ask: replying({ content, notices: [notice({ number: '30004' })] }), question });
});

test('refuses an answer to another question, at either place that says so', async () => {
  assert.equal((await refused({ ask: replying({ toReference: 'another' }) })).code, '60007');
  assert.equal((await refused({ ask: replying({ answerReference: 'another' }) })).code, '60007');
});

test('refuses an answer that breaks the schema, without quoting it', async () => {
  const ask = replying({ edit: (text) => text.replace('<Datum>1974-05-12<', '<Datum>geheim<') });
  const { code, message, text } = await refused({ ask });
  assert.equal(code, '60007');
  assert.match(message, /Geboorte\/Datum/);
  assert.doesNotMatch(message + text, /geheim/);
});

test('refuses another root than the response of the operation', async () => {
  const ask = replying({ edit: (text) => text.replaceAll('ns:GeefPersoonResponse', 'ns:GeefPersoon') });
  assert.equal((await refused({ ask })).code, '60007');
  const elsewhere = replying({ edit: (text) => text.replace(response.namespace, 'urn:elsewhere') });
  assert.equal((await refused({ ask: elsewhere })).code, '60007');
});

test('turns a refusal of the source into one of its own, in the name of the source', async () => {
  const { code, origin, message } = await refused({
    ask: replying({ level2: [notice({ number: '13001' })] }),
  });
  assert.deepEqual([code, origin, /13001/.test(message)], ['99994', 'RR', true]);
});

test('never tells what a source sent as a fault of the question', async () => {
  const { code, text } = await refused({
    ask: async () => {
      throw new Refusal('10001', 'not well-formed', 'regel 1: geheim');
    },
  });
  assert.equal(code, '60007');
  assert.doesNotMatch(text, /geheim/);
});

test('lets a fault of its own through as one', async () => {
  const ask: Ask = async () => {
    throw new TypeError('a pipe burst');
  };
  await assert.rejects(go({ ask }), TypeError);
});

test('passes on what the source says beside its answer', async () => {
  const { answer } = await go({
    ask: replying({ content: null, notices: [notice({ number: '30001', type: 'FOUT' })] }),
  });
  assert.equal(answer.content, null);
  assert.deepEqual(
    answer.notices.map(({ number, type }) => [number, type]),
    [['30001', 'FOUT']],
  );
});
