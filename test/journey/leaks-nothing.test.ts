import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Notice } from '../../src/exchange/message.ts';
import { readPayload } from '../../src/xml/envelope.ts';
import { contentOf, grant, INSZ, notice, personImage, service } from '../support/message.ts';
import {
  partsInMemory,
  referenceIn,
  signedQuestion,
  sourceReply,
  travel,
} from '../support/parts-in-memory.ts';
import { received } from '../support/signed-message.ts';
import { marked } from './tokens.ts';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const PERSON = 'http://magda.vlaanderen.be/persoon-v3';

const people = ['74651210490', '90671551932', '45700714513'].map((insz) =>
  marked({ ...personImage(insz), INSZ }),
);
const question = signedQuestion();

/** A word that stands by itself: not part of a digest, a signature or an id. */
const occurs = (text: string, token: string) =>
  new RegExp(`(?<![0-9A-Za-z+/])${token}(?![0-9A-Za-z+/])`).test(text);

/** Whether a grant covers a place, decided on the words of the paths alone: a second opinion on the filter. */
const covers = (visible: readonly string[], place: string) =>
  visible.some(
    (path) =>
      path === place ||
      path === '**' ||
      (path.endsWith('/**') && place.startsWith(path.slice(0, -2))) ||
      path === `${place}/**`,
  );

/** What a source can say that its schema allows, with a hidden value in every corner where there is room for one. */
type Slyness = {
  readonly type: boolean;
  /** Anywhere, and valid anywhere. */
  readonly location: boolean;
  readonly comment: boolean;
  readonly prefix: boolean;
  readonly entity: boolean;
  readonly invalid: boolean;
};

function makeSly(body: Buffer, sly: Slyness, token: string): Buffer {
  const edits: readonly [boolean, (text: string) => string][] = [
    [
      sly.type,
      (text) =>
        text.replace(
          '<Persoon',
          `<Persoon xmlns:xsi="${XSI}" xmlns:t${token}="${PERSON}" xsi:type="t${token}:PersoonType"`,
        ),
    ],
    [
      sly.location,
      (text) =>
        text.replace(
          /<(Naam|Geslacht|Plaats|Gemeente|Achternaam|Status)(?=[ >])/g,
          `<$1 xmlns:xsi="${XSI}" xsi:schemaLocation="urn:x ${token}"`,
        ),
    ],
    [sly.comment, (text) => text.replace('<Inhoud>', `<Inhoud><!--${token}-->`)],
    [sly.prefix, (text) => text.replace('<Inhoud>', `<Inhoud xmlns:${token}="urn:${token}">`)],
    [sly.entity, (text) => text.replace(`>${token}<`, `><![CDATA[${token}]]><`)],
    [sly.invalid, (text) => text.replace(/<Persoon/, `<Persoon Vreemd="${token}"`)],
  ];
  return Buffer.from(edits.reduce((text, [on, edit]) => (on ? edit(text) : text), body.toString('utf8')));
}

const slyness = fc.record({
  type: fc.boolean(),
  location: fc.boolean(),
  comment: fc.boolean(),
  prefix: fc.boolean(),
  entity: fc.boolean(),
  invalid: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

const scene = fc.constantFrom(...people).chain(({ image, tokens }) => {
  const paths = [...new Set(tokens.flatMap(([path]) => prefixesOf(path)))];
  return fc.record({
    image: fc.constant(image),
    tokens: fc.constant(tokens),
    visible: fc.subarray(paths, { maxLength: 14 }),
    quoted: fc.constantFrom(...tokens),
    sly: slyness,
  });
});

/** A place and everything around it, each alone and with all that is below. */
function prefixesOf(path: string): readonly string[] {
  const steps = path.split('/');
  const around = steps.map((_, index) => steps.slice(0, index + 1).join('/'));
  return around.flatMap((each) => (each.includes('@') || each === 'Persoon' ? [each] : [each, `${each}/**`]));
}

const quoting = ([path, token]: readonly [string, string]): Notice[] => [
  notice({ text: `over ${token}`, circumstance: token, annotations: [{ name: 'waarde', value: token }] }),
  notice({ number: '39999', type: 'INFORMATIE', text: token, references: [path] }),
];

test('marks every kind of place', () => {
  for (const { tokens } of people) assert.ok(tokens.length > 15, `only ${tokens.length} places are marked`);
  const places = people.flatMap(({ tokens }) => tokens.map(([path]) => path));
  assert.ok(places.some((path) => path.includes('@')));
});

test('lets no value out that the grant does not show: not in attributes, prefixes, types, notices or errors', async () => {
  const seen = { answered: 0, refused: 0, told: 0 };
  await fc.assert(
    fc.asyncProperty(scene, async ({ image, tokens, visible, quoted, sly }) => {
      const shown = visible.length === 0 ? visible : ['Persoon/INSZ', ...visible];
      const { parts, records } = partsInMemory(
        async (_source, call) => ({
          status: 200,
          body: makeSly(
            sourceReply(referenceIn(call), { content: contentOf(image), notices: quoting(quoted) }),
            sly,
            quoted[1].replace(/^(?=\d)/, 'n'),
          ),
        }),
        { grantFor: () => ({ ...grant, visible: shown }) },
      );
      const { text, bytes, refusal } = await travel(parts, question);
      for (const [path, token] of tokens) {
        if (!occurs(text, token)) continue;
        seen.told++;
        assert.equal(refusal, null, `${token} is told with ${refusal?.code}`);
        assert.ok(covers(shown, path), `${token} at ${path} is told to ${shown.join(', ')}`);
      }
      assert.equal(occurs(JSON.stringify(records), quoted[1]), false, 'the audit holds a value');
      if (refusal) {
        seen.refused++;
        assert.ok(['15021', '60007'].includes(refusal.code), `${refusal.code}: ${refusal.message}`);
      } else seen.answered++;
      const { envelope, dispose } = received(bytes);
      assert.deepEqual(service.contract.violations(readPayload(envelope)), []);
      dispose();
    }),
    { numRuns: 150 },
  );
  assert.ok(seen.answered > 40 && seen.refused > 5 && seen.told > 40, JSON.stringify(seen));
});
