import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { codeRuleShape } from '../../src/contract/code-rules.ts';
import { codesIn } from '../../src/exchange/code-table.ts';
import { type RefusalCode, refusals } from '../../src/exchange/refusal.ts';
import { routes } from '../../src/stages/routes.ts';
import { verifyReply } from '../../src/wss/verify.ts';
import { readPayload } from '../../src/xml/envelope.ts';
import { ask as askPublication } from '../publication/services-ask.ts';
import { ask, lineOf, manyDays } from '../registers/services-ask.ts';
import { dossierWorld, whole } from '../support/dossier.ts';
import {
  AT,
  contentOf,
  envelope,
  grant,
  notice,
  personImage,
  questionXml,
  service,
} from '../support/message.ts';
import {
  afnemer,
  failing,
  knowing,
  partsInMemory,
  saying,
  sending,
  signedQuestion,
  source,
  stranger,
  travel,
  trust,
} from '../support/parts-in-memory.ts';
import { publicationWorld } from '../support/publication-world.ts';
import { repertoryWorld } from '../support/repertory.ts';
import { received } from '../support/signed-message.ts';

/**
 * Every way to be refused, each in a file that says in what it departs from a good message: `<code>/<deviation>.xml`
 * is sent as it is, `<code>/<deviation>.yaml` is a description of which a freshly signed message is made.
 */
const folder = fileURLToPath(new URL('../fixtures/refusals', import.meta.url));

const description = z.strictObject({
  about: z.string(),
  question: z.record(z.string(), z.string().nullable()).default({}),
  signed: z.boolean().default(true),
  by: z.enum(['afnemer', 'stranger']).default('afnemer'),
  /** Pieces of the signed message, as `support/signed-message.ts` names them. */
  draft: z.record(z.string(), z.string()).default({}),
  after: z.array(z.strictObject({ find: z.string(), put: z.string() })).default([]),
  door: z.record(z.string(), z.unknown()).default({}),
  grant: z
    .enum(['as-asked', 'none', 'shows-nothing', 'for-a-population', 'on-the-past', 'throttled'])
    .default('as-asked'),
  /** What the grant lets be written, by a GeefPersoon that writes; null: it reads. */
  writable: z.array(z.string()).nullable().default(null),
  /** Whether the person is in the grant's population. */
  member: z.boolean().default(true),
  registered: z.boolean().default(true),
  /** Whether the party may ask once more. */
  turn: z.boolean().default(true),
  /** What `service.yaml` says of codes, and the one table that there is. */
  codes: z.array(codeRuleShape).default([]),
  table: z.record(z.string(), z.string()).default({}),
  /** It is a warning beside the answer. */
  warns: z.boolean().default(false),
  current: z.boolean().default(true),
  source: z
    .union([
      z.enum([
        'knows',
        'is-not-configured',
        'knows-nothing',
        'refuses',
        'answers-another-question',
        'answers-about-another',
      ]),
      z.strictObject({ fails: z.enum(['60006', '60009', '99996', '99997']) }),
      z.strictObject({ status: z.number(), body: z.string() }),
    ])
    .default('knows'),
  /** In place of GeefPersoon: GeefDossier, which is refused whole when a part is, without a grant for enterprises. */
  dossier: z.boolean().default(false),
  /** In place of GeefPersoon: a service of the registration repertory, and what it finds there. */
  repertory: z
    .strictObject({
      service: z.string(),
      version: z.string(),
      inhoud: z.string(),
      told: z.enum(['FOUT', 'WAARSCHUWING', 'INFORMATIE']).default('FOUT'),
      /** Resultaat; null where the answer has none. */
      result: z.enum(['0', '1']).nullable(),
      /** Days on which the asker has files on the person already: since one, or so many single ones. */
      lines: z.union([z.string(), z.number()]).default(0),
      fails: z.boolean().default(false),
    })
    .nullable()
    .default(null),
  /** In place of GeefPersoon: a service around publications, after it was asked `first`. */
  publication: z
    .strictObject({
      service: z.string(),
      version: z.string(),
      first: z.string().optional(),
      /** The service that is asked `first`; left out: the same one. */
      before: z.strictObject({ service: z.string(), version: z.string() }).optional(),
      inhoud: z.string(),
      told: z.enum(['FOUT', 'WAARSCHUWING']).default('FOUT'),
      /** Resultaat; null where the answer has none. */
      result: z.enum(['0', '1']).nullable(),
    })
    .nullable()
    .default(null),
  /** Words of the reason in the audit. */
  reason: z.string(),
});
type Description = z.infer<typeof description>;

const files = globSync('*/*.{xml,yaml}', { cwd: folder }).sort();

test('every refusal owns a fixture, and every folder is the code of a refusal', () => {
  assert.deepEqual(readdirSync(folder).sort(), Object.keys(refusals).sort());
  for (const code of Object.keys(refusals)) {
    assert.ok(
      files.some((file) => dirname(file) === code),
      `no fixture for ${code}`,
    );
  }
});

for (const file of files) {
  const code = dirname(file) as RefusalCode;
  const text = readFileSync(join(folder, file), 'utf8');
  test(`refuses with ${code}: ${basename(file)}`, async () => {
    const asked = file.endsWith('.xml')
      ? description.parse({ about: '', signed: false, reason: '' })
      : description.parse(parse(text));
    if (asked.repertory) return assertTellsItself(code, asked.repertory, asked.reason);
    if (asked.publication) return assertTellsOfPublication(code, asked.publication);
    if (asked.dossier) return assertWholeRefused(code, asked.reason);
    const raw = file.endsWith('.xml') ? text : messageOf(asked);
    const { parts, records } = worldOf(asked);
    const outcome = await travel(parts, raw, asked.door);
    if (asked.warns) return assertWarned(code, outcome);
    assert.equal(records[0]?.code, asked.warns ? null : code, records[0]?.reason ?? 'answered');
    assert.ok((records[0]?.reason ?? '').includes(asked.reason), records[0]?.reason ?? '');
    assertTold(code, outcome);
  });
}

function messageOf({ question, signed, by, draft, after }: Description): string {
  const message = signed
    ? signedQuestion(question, draft, { afnemer, stranger }[by])
    : envelope(questionXml(question), draft.soap);
  return after.reduce((whole, { find, put }) => {
    assert.ok(whole.includes(find), `nothing reads ${find}`);
    return whole.replace(find, put);
  }, message);
}

function worldOf({
  grant: wanted,
  writable,
  registered,
  turn,
  member,
  current,
  source: behaviour,
  codes,
  table,
}: Description) {
  const known = codesIn({
    ...{ name: 'any', source: 'any' },
    codes: Object.entries(table).map(([sourceCode, magdaCode]) => ({
      ...{ sourceCode, magdaCode, description: null },
    })),
  });
  const granted = {
    'as-asked': grant,
    none: null,
    'shows-nothing': { ...grant, visible: [] },
    'for-a-population': { ...grant, population: 'jeugd' },
    'on-the-past': { ...grant, dataUntil: '2020-12-31' },
    throttled: { ...grant, controls: { ...grant.controls, throttle: { max: 10, within: 1000 } } },
  }[wanted];
  const url = behaviour === 'is-not-configured' ? null : source.url;
  return partsInMemory(connectTo(behaviour), {
    ...routes([{ ...service, rules: { ...service.rules, codes, kind: writable ? 'write' : 'read' } }]),
    codesOf: () => known,
    grantFor: () => granted && { ...granted, writable: writable ?? [] },
    isRegistered: async () => registered,
    isInPopulation: async () => member,
    takeTurn: async () => turn,
    isCurrent: () => current,
    sourceOf: (name) => ({ ...source, name, url, kind: name === 'ksz' ? 'rest' : 'soap' }),
  });
}

function connectTo(behaviour: Description['source']) {
  if (typeof behaviour !== 'string')
    return 'fails' in behaviour ? failing(behaviour.fails) : sending(behaviour.status, behaviour.body);
  const said = {
    'knows-nothing': { notices: [notice({ number: '30001', type: 'FOUT' })] },
    refuses: { level2: [notice({ number: '13001', type: 'FOUT' })] },
    'answers-another-question': { content: contentOf(personImage()), reference: 'another' },
    'answers-about-another': { content: contentOf(personImage('03682114287')) },
  } as const;
  return behaviour in said ? saying(said[behaviour as keyof typeof said]) : knowing;
}

/** What a service of our own declines stands in its answer; beside one that was given, the audit has no refusal. */
async function assertTellsItself(
  code: RefusalCode,
  asked: NonNullable<Description['repertory']>,
  reason: string,
) {
  const { told, result, lines, fails, ...question } = asked;
  const failing = async () => {
    throw new Error('the database is gone');
  };
  const world = repertoryWorld(
    typeof lines === 'string' ? [lineOf(lines)] : manyDays(lines),
    fails ? { rewriteRegistrations: failing } : {},
  );
  const answer = await ask(world, question);
  assert.deepEqual([answer.notices, answer.result], [[`${code} ${told}`], result]);
  assert.equal(answer.record.code, told === 'FOUT' ? code : null);
  assert.ok((answer.record.reason ?? '').includes(reason), answer.record.reason ?? '');
}

async function assertTellsOfPublication(
  code: RefusalCode,
  { first, before, told, result, ...question }: NonNullable<Description['publication']>,
) {
  const world = publicationWorld();
  if (first !== undefined) await askPublication(world, { ...question, ...before, inhoud: first });
  const answer = await askPublication(world, question);
  assert.deepEqual([answer.notices, answer.result], [[`${code} ${told}`], result]);
  assert.equal(answer.record.code, told === 'FOUT' ? code : null);
}

async function assertWholeRefused(code: RefusalCode, reason: string) {
  const { GeefOnderneming: _, ...grants } = whole;
  const { ask } = dossierWorld({ grants, together: { partial: 'refuse', deadline: 2000 } });
  const { record, notices, has } = await ask();
  assert.deepEqual([has, notices], [[], [`${code} MAGDA FOUT`]]);
  assert.equal(record?.code, code);
  assert.ok((record?.reason ?? '').includes(reason), record?.reason ?? '');
}

/** The answer is given, in the contract's form, and the warning stands beside it. */
function assertWarned(code: RefusalCode, { status, bytes }: { status: number; bytes: Uint8Array }) {
  const { envelope: told, dispose } = received(bytes);
  verifyReply(told, { trust, at: AT });
  const payload = readPayload(told);
  assert.deepEqual([status, service.contract.violations(payload)], [200, []]);
  const given = payload.child('Repliek')?.child('Antwoorden')?.child('Antwoord');
  assert.ok(given?.child('Inhoud'));
  const [notice] = given?.child('Uitzonderingen')?.children ?? [];
  assert.equal(notice?.child('Identificatie')?.text, refusals[code].number);
  assert.equal(notice?.child('Type')?.text, 'WAARSCHUWING');
  dispose();
}

/** The sender sees number and text at the level of the refusal, signed by the bus and in the contract's form. */
function assertTold(code: RefusalCode, { status, bytes }: { status: number; bytes: Uint8Array }) {
  const { number, level } = refusals[code];
  const { envelope: told, dispose } = received(bytes);
  verifyReply(told, { trust, at: AT });
  const payload = readPayload(told);
  const inside = (path: string) =>
    path.split('/').reduce((at: typeof payload | null, name) => at?.child(name) ?? null, payload);
  if (level === 1) {
    const row = refusals[code];
    assert.equal(status, 'http' in row ? row.http : 500);
    assert.equal(payload.name, 'Fault');
    assert.ok(payload.text.includes(`${number} - ${row.text}`), payload.text);
  } else {
    assert.equal(status, 200);
    assert.deepEqual(service.contract.violations(payload), []);
    const [at, elsewhere] = ['Repliek/Uitzonderingen', 'Repliek/Antwoorden/Antwoord/Uitzonderingen'];
    const notices = inside(level === 2 ? at : elsewhere);
    assert.equal(notices?.children[0]?.child('Identificatie')?.text, number);
    assert.equal(notices?.children[0]?.child('Type')?.text, 'FOUT');
    assert.equal(inside(level === 2 ? elsewhere : at), null);
    assert.equal(inside('Repliek/Antwoorden/Antwoord/Inhoud'), null);
  }
  dispose();
}
