import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialectOf, modelBelow } from '../../src/dialect/dialect.ts';
import { localMoment } from '../../src/dialect/magda-time.ts';
import { below } from '../../src/dialect/path.ts';
import { parseTree } from '../../src/xml/tree.ts';
import { fragment, write } from '../../src/xml/write.ts';
import {
  AT,
  contentOf,
  dispose,
  notice,
  operation,
  personImage,
  response,
  service,
  verified,
} from '../support/message.ts';

const dialect = dialectOf(service.rules);
const sender = { uri: 'stad.example', hoedanigheid: null, reference: 'van-hem', endUser: '74651210490' };

test('writes a moment as it is in Belgium, to the millisecond', () => {
  assert.deepEqual(localMoment(new Date('2026-01-15T23:30:00.007Z')), {
    date: '2026-01-16',
    time: '00:30:00.007',
  });
  assert.deepEqual(localMoment(new Date('2026-07-15T22:00:00Z')), {
    date: '2026-07-16',
    time: '00:00:00.000',
  });
  // The hour that is skipped in spring, and the one that comes twice in autumn.
  assert.equal(localMoment(new Date('2026-03-29T01:00:00Z')).time, '03:00:00.000');
  assert.equal(localMoment(new Date('2026-10-25T00:30:00Z')).time, '02:30:00.000');
  assert.equal(localMoment(new Date('2026-10-25T01:30:00Z')).time, '02:30:00.000');
});

test('reads back a reply that it wrote, level by level', () => {
  const content = contentOf(personImage());
  const said = notice({
    circumstance: 'o',
    annotations: [{ name: 'n', value: 'v' }],
    references: ['Persoon/INSZ', 'Persoon/Naam'],
  });
  const parts = {
    response: { ...response, prefix: 'ns' },
    name: 'GeefPersoon',
    version: '02.02',
    at: AT,
    speaker: 'vip',
    reference: 'van-de-bus',
    sender,
  };
  const read = (answered: boolean) => {
    const tree = parseTree(
      Buffer.from(
        write(
          dialect.writeReply({
            ...parts,
            answer: answered ? { reference: 'van-de-vraag', content, notices: [said] } : null,
            notices: answered ? [] : [said],
          }),
        ),
      ),
    );
    const { content: inhoud, ...rest } = dialect.readReply(tree.root);
    const result = { ...rest, number: inhoud && below(inhoud, 'Persoon/INSZ')?.text };
    assert.deepEqual(service.contract.violations(tree.root), []);
    tree.dispose();
    return result;
  };
  assert.deepEqual(read(true), {
    toReference: 'van-hem',
    answerReference: 'van-de-vraag',
    notices: [said],
    level2: [],
    number: '74651210490',
  });
  assert.deepEqual(read(false), {
    toReference: 'van-hem',
    answerReference: null,
    notices: [],
    level2: [said],
    number: null,
  });
});

test('writes a question that its own contract takes, and reads its sender back', () => {
  const message = verified({ hoedanigheid: null, gebruiker: '74651210490' });
  const { content } = dialect.readQuestion(message.question);
  assert.deepEqual(dialect.readSender(message.question), {
    uri: 'stad.example/burgerzaken',
    hoedanigheid: null,
    reference: 'referte-van-de-afnemer',
    endUser: '74651210490',
  });
  const criteria = fragment(content.canonical());
  const request = { ...operation.request, prefix: 'ns' };
  const markup = dialect.writeQuestion({
    request,
    name: 'GeefPersoon',
    version: '02.02',
    at: AT,
    sender,
    reference: 'r',
    content: criteria,
  });
  const tree = parseTree(Buffer.from(write(markup)));
  assert.deepEqual(service.contract.violations(tree.root), []);
  assert.deepEqual(dialect.readSender(tree.root), sender);
  assert.equal(dialect.readQuestion(tree.root).reference, 'r');
  tree.dispose();
  dispose(message);
});

test('reads no context, sender or question where another namespace pretends to hold one', () => {
  const tree = parseTree(
    Buffer.from('<a><Verzoek xmlns="urn:x"><Context><Naam>GeefPersoon</Naam></Context></Verzoek></a>'),
  );
  assert.match(dialect.contradiction(tree.root, service.rules) ?? '', /Naam/);
  assert.throws(() => dialect.readSender(tree.root), /passed its schema/);
  assert.throws(() => dialect.readQuestion(tree.root), /passed its schema/);
  tree.dispose();
});

test('says which path a contract of another family lacks', () => {
  const model = service.contract.model(response);
  assert.ok(model);
  assert.throws(
    () => modelBelow(model, 'Repliek/Elders'),
    /declares no Repliek\/Elders below GeefPersoonResponse/,
  );
});
