import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notice, Translated } from '../../src/exchange/message.ts';
import { Refusal } from '../../src/exchange/refusal.ts';
import { compose } from '../../src/stages/compose.ts';
import { filter } from '../../src/stages/filter.ts';
import { validateAnswer } from '../../src/stages/validate-answer.ts';
import { stoppedClock } from '../support/clock.ts';
import { AT, answered, contentOf, dispose, notice, personImage } from '../support/message.ts';

const image = personImage();

/** What of a message is left, in its canonical form. */
function left(message: Translated) {
  try {
    const { answer, removed } = filter(message);
    const text = answer.content ? Buffer.from(answer.content.canonical()).toString() : null;
    return { text, removed, notices: answer.notices };
  } finally {
    dispose(message);
  }
}

const narrow = ['Persoon/INSZ', 'Persoon/Naam/Achternamen/Achternaam'];
const notices = (...list: readonly Partial<Notice>[]) =>
  left(answered(contentOf(image), narrow, list.map(notice))).notices;

test('shows what is granted and nothing else, and says which paths it left out', () => {
  const { text, removed } = left(answered(contentOf(image), narrow));
  assert.equal(
    text,
    '<Inhoud><Persoon><INSZ>74651210490</INSZ><Naam><Achternamen><Achternaam>Maes</Achternaam></Achternamen></Naam></Persoon></Inhoud>',
  );
  for (const path of ['Persoon/@Bron', 'Persoon/Naam/@DatumBegin', 'Persoon/Geboorte'])
    assert.ok(removed.includes(path), path);
  assert.doesNotMatch(removed.join(), /1974|Lieve/);
});

test('shows the whole answer with a grant for everything', () => {
  const whole = Buffer.from(answered(contentOf(image)).answer.content?.canonical() ?? []).toString();
  const { text, removed } = left(answered(contentOf(image), ['**']));
  assert.deepEqual([text, removed], [whole, []]);
});

test('refuses when the grant leaves nothing of an answer', () => {
  for (const visible of [[], ['Persoon/Overlijden/**']]) {
    const message = answered(contentOf(image), visible);
    assert.throws(
      () => filter(message),
      (error: unknown) => {
        assert.ok(error instanceof Refusal);
        assert.deepEqual([error.code, error.known.asked?.length], ['15021', 1]);
        return true;
      },
    );
    dispose(message);
  }
});

test('lets an empty answer with its notice pass, whatever the grant', () => {
  const said = [notice({ number: '30001', type: 'FOUT', text: 'Geen gegevens over Lieve Maes' })];
  const { text, notices } = left(answered(null, [], said));
  assert.equal(text, null);
  assert.deepEqual(
    notices.map(({ number, text }) => [number, text]),
    [['30001', 'Geen gegevens gevonden.']],
  );
});

test('tells a notice in its own words where anything is hidden', () => {
  const [told] = notices({
    text: 'Nieuw INSZ van Lieve',
    circumstance: 'geboren 1974-05-12',
    annotations: [{ name: 'Partner', value: 'Koen' }],
  });
  assert.deepEqual(
    [told?.number, told?.text, told?.circumstance, told?.annotations],
    ['30004', 'De persoon heeft een nieuw INSZ.', null, []],
  );
});

test('keeps what says no more than an element that is shown', () => {
  const said = (reference: string) => notices({ annotations: [{ name: 'n', value: 'v', reference }] })[0];
  assert.equal(said('Persoon/INSZ')?.annotations.length, 1);
  assert.equal(said('Persoon/Geboorte')?.annotations.length, 0);
});

test('names all that the grant does not show, whether or not anything was there', () => {
  const message = answered(contentOf(image), ['Persoon/INSZ', 'Persoon/Geboorte/Datum']);
  const { hidden } = filter(message);
  for (const path of ['Persoon/Naam', 'Persoon/Geboorte/Plaats', 'Persoon/Overlijden'])
    assert.ok(hidden.includes(path), path);
  for (const path of ['Persoon/INSZ', 'Persoon/Geboorte', 'Persoon/Geboorte/Datum'])
    assert.ok(!hidden.includes(path), path);
  assert.deepEqual(filter(answered(contentOf(image), ['**'])).hidden, []);
  dispose(message);
});

test('has no word of the source for a code that it does not know', () => {
  assert.equal(
    notices({ number: '39999', text: 'over Koen' })[0]?.text,
    'De bron gaf een melding bij dit antwoord.',
  );
});

test('passes a notice on as it is where nothing is hidden', () => {
  const said = notice({
    text: 'zoals de bron het zegt',
    circumstance: 'c',
    annotations: [{ name: 'n', value: 'v' }],
  });
  assert.deepEqual(left(answered(contentOf(image), ['**'], [said])).notices, [said]);
});

test('keeps silent on what is hidden: a notice that refers to it is left out', () => {
  const references = (...list: string[]) => notices({ references: list }).length;
  assert.equal(references(), 1);
  assert.equal(references('Persoon/INSZ'), 1);
  assert.equal(references('Persoon/Naam/Achternamen/Achternaam[1]'), 1);
  assert.equal(references('Persoon/Geboorte'), 0);
  assert.equal(references('Persoon/INSZ', 'Persoon/Geboorte/Datum'), 0);
  assert.equal(references('Persoon/@Bron'), 0);
  assert.equal(references('Persoon/Schoenmaat'), 0);
  assert.equal(references('//Geboorte'), 0);
  assert.equal(references('x:Persoon/x:Geboorte'), 0);
});

test('does not carry one grant over to another', () => {
  const wide = left(answered(contentOf(image), ['Persoon/INSZ', 'Persoon/Geslacht/**'])).text ?? '';
  const small = left(answered(contentOf(image), ['Persoon/INSZ'])).text ?? '';
  assert.deepEqual([wide.includes('Geslacht'), small.includes('Geslacht')], [true, false]);
});

test('refuses to send a reply of its own that breaks the schema', () => {
  const message = answered(contentOf(image));
  const broken = { ...message, answer: { ...message.answer, notices: [notice({ origin: 'TE-LANG' })] } };
  const composed = compose({ speaker: 'vip', clock: stoppedClock(AT) })(
    filter(broken),
    new AbortController().signal,
  );
  assert.ok(!(composed instanceof Promise));
  assert.throws(
    () => validateAnswer(composed),
    (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.deepEqual([error.code, error.known.asked?.length], ['60009', 1]);
      assert.match(error.message, /Oorsprong/);
      return true;
    },
  );
  dispose(message);
});

test('refuses a code that nobody could translate only where it would be shown, and says there which it is', () => {
  const untranslated = [{ path: 'Persoon/Geslacht/Code', code: 'Q' }];
  const hidden = { ...answered(contentOf(image), ['Persoon/INSZ']), untranslated };
  assert.match(left(hidden).text ?? '', /^<Inhoud><Persoon><INSZ>/);
  const shown = { ...answered(contentOf(image), ['Persoon/INSZ', 'Persoon/Geslacht/Code']), untranslated };
  assert.throws(
    () => left(shown),
    (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.deepEqual([error.code, error.known.asked?.length], ['99983', 1]);
      assert.deepEqual(error.annotations, [{ name: 'Persoon/Geslacht/Code', value: 'Q' }]);
      assert.doesNotMatch(error.message, /Q/);
      return true;
    },
  );
});
