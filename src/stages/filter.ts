import { applyVisibility, hiddenPaths, isVisible } from '../contract/apply-visibility.ts';
import { compileVisibility, type Visibility } from '../contract/visibility.ts';
import { filteredModel } from '../dialect/dialect.ts';
import type { Answered, Filtered, Notice, Translated } from '../exchange/message.ts';
import { Refusal, refusals } from '../exchange/refusal.ts';
import { perGrant } from './per-grant.ts';

/**
 * Takes out of the answer whatever the grant does not show. A grant names what is visible, so that an element which a
 * later schema adds stays hidden until somebody grants it. What a source says beside its answer may quote it: with a
 * grant that hides anything, only the code of such a notice passes, with our own words for it.
 *
 * @throws Refusal 15021 when nothing is left, 99983 when a code would be shown that could not be translated
 */
export function filter(message: Translated): Filtered {
  const { answer, grant } = message;
  const visibility = visibilityOf(message);
  assertTranslated(message, visibility);
  const removed = answer.content ? applyVisibility(answer.content, visibility) : [];
  const left = answer.content !== null && hasSubstance(answer.content);
  if (answer.content && removed.length > 0 && !left) {
    throw new Refusal('15021', `grant ${grant.id} shows nothing of what the source answered`, null, {
      known: { asked: message.asked },
    });
  }
  const notices = visibility.whole
    ? answer.notices
    : answer.notices
        .filter((notice) => mayBeTold(notice, visibility))
        .map((notice) => withoutQuotes(notice, visibility));
  // An answer that is the Body's child is one even when it is empty.
  const content = left || message.service.rules.filtered === null ? answer.content : null;
  // What the bus itself cut off is told to everybody.
  return {
    ...message,
    answer: { content, notices: [...message.cautions, ...notices] },
    removed,
    hidden: hiddenOf(visibility),
  };
}

/** A code that nobody sees needs no translation, and what it is stays unsaid. */
function assertTranslated({ untranslated, asked }: Translated, visibility: Visibility): void {
  const shown = untranslated.filter(({ path }) => isVisible(visibility, path));
  if (shown.length === 0) return;
  const paths = [...new Set(shown.map(({ path }) => path))].join(', ');
  throw new Refusal('99983', `the source's code at ${paths} is in no table`, null, {
    annotations: shown.slice(0, MOST_ANNOTATIONS).map(({ path, code }) => ({ name: path, value: code })),
    known: { asked },
  });
}

const MOST_ANNOTATIONS = 20;

type Part = NonNullable<Answered['answer']['content']>;

const hasSubstance = (content: Part): boolean =>
  content.children.length > 0 || content.attributes.length > 0 || content.text.trim() !== '';

/**
 * Whoever has something written must be told what came of it, so that a grant that hides the result is refused before
 * anything is written. An answer without a Resultaat has none to hide.
 *
 * @throws Refusal 15021
 */
export function assertResultIsShown(message: Pick<Answered, 'grant' | 'service' | 'operation'>): void {
  if (message.service.rules.kind !== 'write') return;
  const visibility = visibilityOf(message);
  const has = visibility.model.children.some(({ name }) => name === RESULT);
  if (!has || isVisible(visibility, RESULT)) return;
  throw new Refusal('15021', `grant ${message.grant.id} hides ${RESULT}: nothing was written`);
}

const RESULT = 'Resultaat';

const visibilityOf = perGrant(
  ({ grant, service, operation }: Pick<Answered, 'grant' | 'service' | 'operation'>): Visibility => {
    const response = operation.response && service.contract.model(operation.response);
    const model = response && filteredModel(service.rules, response);
    if (!model)
      throw new Error(
        `the contract of ${service.rules.name} declares no ${service.rules.filtered ?? 'answer'}`,
      );
    return compileVisibility(model, grant.visible).visibility;
  },
);

const hidden = new WeakMap<Visibility, readonly string[]>();

function hiddenOf(visibility: Visibility): readonly string[] {
  const known = hidden.get(visibility) ?? hiddenPaths(visibility);
  hidden.set(visibility, known);
  return known;
}

const mayBeTold = ({ references }: Notice, visibility: Visibility) =>
  references.every((reference) => isVisible(visibility, reference));

function withoutQuotes(notice: Notice, visibility: Visibility): Notice {
  const known = Object.values(refusals).find(({ number }) => number === notice.number);
  const text = known?.text ?? WORDS[notice.number] ?? 'De bron gaf een melding bij dit antwoord.';
  const annotations = notice.annotations.filter(
    ({ reference }) => reference !== undefined && isVisible(visibility, reference),
  );
  return { ...notice, text, circumstance: null, annotations };
}

/** Codes that only sources give (the table of refusals has ours). */
const WORDS: Readonly<Record<string, string>> = {
  '30002': 'Het INSZ is geannuleerd.',
  '30003': 'Het INSZ bestaat niet.',
  '30004': 'De persoon heeft een nieuw INSZ.',
  MSG00009: 'De persoon is overleden.',
  HAN20200: 'Niet alle bronnen hebben geantwoord.',
  '30030': 'De gegevens van de bron zijn afgekapt.',
};
