import { everyBelow } from '../dialect/path.ts';
import type { CodesOf } from '../exchange/code-table.ts';
import type { Answer, Answered, Notice, Translated, Untranslated } from '../exchange/message.ts';
import { refusals } from '../exchange/refusal.ts';
import type { CodeRule } from '../exchange/service.ts';
import type { Stage } from '../exchange/stage.ts';

type Needs = { readonly codesOf: CodesOf };

/**
 * Puts MAGDA's codes in the place of the source's, in the source's own tree, with the table's description where the
 * source gave one. What has no MAGDA code stays for `filter` to decide on: it is only wrong where it would be shown.
 * An error of the source that no table has is told as 99986, with the source's own number as its circumstance.
 */
export function translate({ codesOf }: Needs): Stage<Answered, Translated> {
  return function translate(message) {
    const { answer, asked, service, translated } = message;
    if (translated !== undefined) return { ...message, untranslated: translated };
    const answering = new Set(
      asked.filter(({ outcome }) => outcome === 'answered').map(({ source }) => source),
    );
    const [source] = answering;
    if (source === undefined || service.rules.codes.length === 0) return { ...message, untranslated: [] };
    // Whose code it is could not be told any more.
    if (answering.size > 1) throw new Error(`${service.rules.name} translates what several sources answered`);
    return { ...message, ...inMagdaCodes(answer, source, service.rules.codes, codesOf) };
  };
}

/** What one source answered, with MAGDA's codes in it. */
export function inMagdaCodes(
  answer: Answer,
  source: string,
  rules: readonly CodeRule[],
  codesOf: CodesOf,
): Pick<Translated, 'answer' | 'untranslated'> {
  const due = rules.filter((rule) => rule.source === source);
  const untranslated: Untranslated[] = [];
  const notices: Notice[] = [];
  for (const rule of due) {
    if (rule.in === 'answer' && answer.content)
      translateCodes(answer.content, rule, codesOf, { untranslated, notices });
  }
  const errors = due.find((rule) => rule.in === 'error');
  const said = errors ? answer.notices.map((each) => translateNotice(each, errors, codesOf)) : answer.notices;
  return { answer: { ...answer, notices: [...said, ...notices] }, untranslated };
}

type Found = { readonly untranslated: Untranslated[]; readonly notices: Notice[] };
type AnswerRule = Extract<CodeRule, { readonly in: 'answer' }>;

function translateCodes(
  content: NonNullable<Answered['answer']['content']>,
  { source, table, path, description }: AnswerRule,
  codesOf: CodesOf,
  found: Found,
): void {
  const codes = codesOf(table, source);
  const undescribed = new Set<string>();
  for (const element of everyBelow(content, path)) {
    const code = element.text.trim();
    const known = codes?.toMagda(code) ?? null;
    if (known === null) {
      found.untranslated.push({ path, code });
      continue;
    }
    element.replaceText(known.magdaCode);
    if (description === null) continue;
    if (known.description === null) undescribed.add(known.magdaCode);
    else beside(element, description)?.replaceText(known.description);
  }
  for (const code of undescribed) found.notices.push(withoutDescription(path, code));
}

/** The element that describes a code is its neighbour: `service.yaml` is held to that. */
const beside = (element: { readonly parent: Answered['answer']['content'] }, path: string) =>
  element.parent?.children.find(({ name }) => name === path.split('/').at(-1)) ?? null;

const withoutDescription = (path: string, code: string): Notice => ({
  number: '99984',
  origin: 'MAGDA',
  type: 'WAARSCHUWING',
  text: refusals['99984'].text,
  circumstance: null,
  annotations: [{ name: path, value: code }],
  references: [path],
});

function translateNotice(notice: Notice, { table, source }: CodeRule, codesOf: CodesOf): Notice {
  const known = codesOf(table, source)?.toMagda(notice.number) ?? null;
  if (known) return { ...notice, number: known.magdaCode, text: known.description ?? notice.text };
  return { ...notice, number: '99986', text: refusals['99986'].text, circumstance: notice.number };
}
