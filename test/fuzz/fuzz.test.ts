import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readCorpus } from './corpus.ts';
import { type Finding, keepFinding, readFinding } from './findings.ts';
import { judgeBy } from './judge.ts';
import { makeInsider, minimised, mutantOf } from './mutants.ts';
import { oracleOf } from './oracle.ts';
import { fuzz } from './run.ts';
import { ruleOf } from './stricter.ts';

const folder = mkdtempSync(join(tmpdir(), 'kruispunt-fuzz-'));
after(() => rmSync(folder, { recursive: true }));
const corpus = readCorpus();
const insider = await makeInsider();
const authorities = [...corpus.trust.authorities, insider.authority];
const judge = judgeBy({ ...corpus.trust, authorities }, insider.recipient);
const oracle = oracleOf(corpus, judge);
const bytesOf = (text: string) => ({ bytes: Buffer.from(text), charset: null });

/** Of a run that everybody can have again; `npm run fuzz` makes longer ones of other seeds. */
const SEED = 7;

test('accepts what the corpus says is good, refuses the rest, and finds nothing in either', () => {
  for (const { name, text } of [...corpus.accepted, ...corpus.refused]) {
    const verdict = judge(bytesOf(text));
    assert.deepEqual(verdict.faults, [], name);
    assert.equal(verdict.said !== null, name.startsWith('accepted/'), `${name}: ${verdict.detail}`);
  }
  assert.ok(corpus.accepted.length >= 15 && corpus.refused.length >= 40);
});

test('finds nothing in two thousand mutated messages', async () => {
  const order = { seed: SEED, messages: 2_000, foreignOf: 0, folder };
  const { findings, outcomes } = await fuzz(order, { at: () => {}, accepted: async () => {} });
  assert.deepEqual(
    findings.map((file) => readFinding(file).what),
    [],
  );
  // A mutator that breaks every message, or none, would find nothing either.
  const count = (what: string) => outcomes[what] ?? 0;
  assert.ok(count('mutated: accepted') > 100 && count('signed: accepted') > 50, JSON.stringify(outcomes));
  assert.ok(count('mutated, encrypted: accepted') > 10 && count('mutated, encrypted: ERR_025') > 30);
  assert.ok(count('mutated: ERR_025') > 400 && count('mutated: 10001') > 300, JSON.stringify(outcomes));
});

test('makes the same messages of the same seed, whoever signs them and in whatever order', async () => {
  const another = await makeInsider();
  for (const number of [5, 3, 70, 12]) {
    const [one, other] = [mutantOf(corpus, insider, SEED, number), mutantOf(corpus, another, SEED, number)];
    assert.deepEqual([one.base, one.steps, one.charset], [other.base, other.steps, other.charset]);
    if (!one.isSigned && one.closedAt === null) assert.ok(one.bytes.equals(other.bytes));
  }
});

const usual = corpus.accepted.find(({ name }) => name === 'accepted/usual-form')?.text ?? assert.fail();
const ofUsual = judge(bytesOf(usual));

test('would find a message that says what nobody signed, one under another imprint, and one that takes long', () => {
  const said = ofUsual.said ?? assert.fail();
  const faults = (changes: Partial<typeof said>, milliseconds = 1) =>
    oracle.faultsOf({ isSigned: false }, { ...ofUsual, said: { ...said, ...changes }, milliseconds });
  assert.deepEqual(faults({}), []);
  assert.match(faults({ body: said.body.replace('7465', '7466') })[0] ?? '', /^accepted with another body/);
  assert.match(faults({ timestamp: 'x' })[0] ?? '', /^accepted with another timestamp/);
  assert.match(faults({ until: 1 })[0] ?? '', /^accepted with another until/);
  assert.deepEqual(faults({ imprint: 'other' }), []);
  assert.match(faults({ imprint: 'other', body: 'x' })[0] ?? '', /^accepted with what nobody signed: x/);
  assert.match(faults({}, 1_001)[0] ?? '', /^it took 1001 ms/);
});

test('would find that others judge otherwise', () => {
  const forms = ofUsual.forms ?? assert.fail();
  const good = { verdict: 'good', ...forms, isXmlId: false, isOpened: false } as const;
  assert.deepEqual(oracle.disagreements(ofUsual, good), []);
  assert.match(
    oracle.disagreements(ofUsual, { ...good, verdict: 'bad' })[0] ?? '',
    /^accepted, and libxmlsec/,
  );
  assert.match(
    oracle.disagreements(ofUsual, { ...good, body: 'x' })[0] ?? '',
    /another canonical form of the body/,
  );
  const refused = { ...ofUsual, said: null, code: 'ERR_025' };
  const unexplained = { ...refused, detail: 'SignatureValue does not fit SignedInfo and the certificate' };
  assert.match(oracle.disagreements(unexplained, good)[0] ?? '', /refused under no rule/);
  assert.deepEqual(oracle.disagreements({ ...refused, detail: 'the Body is not signed' }, good), []);
  assert.equal(ruleOf('Body #BODY was changed after it was signed (digest)'), null);
  assert.equal(ruleOf('Body has no canonical form'), null);
});

test('would find an error that is no refusal', () => {
  const broken = judgeBy({ ...corpus.trust, revoked: [], authorities: corpus.trust.authorities });
  const unreadable = { bytes: null as unknown as Buffer, charset: null };
  assert.match(broken(unreadable).faults[0] ?? '', /^an error that is no refusal: TypeError/);
});

test('keeps a finding with as few steps as show it, and no key', () => {
  const many = Array.from({ length: 400 }, (_, number) => mutantOf(corpus, insider, SEED, number)).find(
    ({ taken, isSigned, closedAt, bytes }) =>
      taken.length > 2 && isSigned && closedAt === null && judge({ bytes, charset: null }).said === null,
  );
  const mutant = many ?? assert.fail();
  const least = minimised(
    corpus,
    insider,
    SEED,
    mutant,
    ({ bytes, charset }) => judge({ bytes, charset }).said === null,
  );
  assert.ok(least.taken.length < mutant.taken.length, `${least.steps} of ${mutant.steps}`);
  const file = keepFinding(folder, ['a test'], SEED, least, insider);
  const kept: Finding = readFinding(file);
  assert.ok(Buffer.from(kept.bytes, 'base64').equals(least.bytes));
  assert.deepEqual([kept.seed, kept.number, kept.what], [SEED, mutant.number, ['a test']]);
  assert.doesNotMatch(JSON.stringify(kept), /PRIVATE/);
  const opened = readFinding(keepFinding(folder, ['a test'], SEED, { ...least, closedAt: 0 }, insider));
  assert.equal(opened.recipient?.privateKey, insider.recipient.privateKey, 'without it nobody could read it');
  assert.ok(!JSON.stringify(opened).includes(JSON.stringify(insider.signer.privateKey).slice(1, -1)));
});
