import { filteredModel } from '../dialect/dialect.ts';
import { localMoment } from '../dialect/magda-time.ts';
import type { SourceTrace } from '../exchange/audit.ts';
import type { Answer, Answered, Bounded, Notice, Permitted, Untranslated } from '../exchange/message.ts';
import type { Reference, ReferencesTo } from '../exchange/reference.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { ReferenceChoice, SourceOption } from '../exchange/service.ts';
import { type Asked, type Asking, askSource } from './ask-source.ts';
import { hurried } from './hurried.ts';
import { mergeAnswers } from './merge-answers.ts';
import { questionDays } from './question-days.ts';
import { inMagdaCodes } from './translate.ts';

type Needs = Asking & { readonly referencesTo: ReferencesTo };

/** What came of one source: its answer in MAGDA's codes, or why there is none. */
type Part = {
  readonly answer: Answer | null;
  readonly untranslated: readonly Untranslated[];
  readonly failure: Refusal | null;
  readonly trace: SourceTrace;
};

/**
 * Asks every source that holds this kind of data about the question's subject on the days that it is about, all at the
 * same time, and puts together what they say. A source that fails is told as a warning in its name, or has the whole
 * refused, as `service.yaml` says.
 *
 * @throws Refusal 30001 when the reference repertory names no source; nobody is asked then
 */
export async function askReferred(
  needs: Needs,
  message: Permitted,
  options: readonly SourceOption[],
  choice: ReferenceChoice,
  signal: AbortSignal,
): Promise<Answered> {
  const began = performance.now();
  const held = await sourcesFor(needs, message, choice);
  const within = choice.deadline - (performance.now() - began);
  const ask = askSource({ ...needs, sourceOf: hurried(needs.sourceOf, within) });
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  // In the order of service.yaml, so that the same sources always give the same answer.
  const known = options.filter(({ source }) => held.has(source));
  const unknown = [...held.keys()].filter((name) => !options.some(({ source }) => source === name));
  const strange = unknown.map((source) =>
    failed(source, new Refusal('60011', `the repertory names ${source}, which service.yaml does not`)),
  );
  // Nobody is asked about somebody of whom nothing can be answered.
  if (strange.length > 0 && choice.partial === 'refuse')
    return conclude(message, strange, choice, stop.signal);
  const running = known.map(async (option, index): Promise<Part> => {
    const part = await settled(needs, message, option, held.get(option.source) ?? null, () =>
      ask({ ...message, id: known.length > 1 ? idOf(message.id, index + 1) : message.id }, option, until),
    );
    if (part.failure && choice.partial === 'refuse') stop.abort(part.failure);
    return part;
  });
  return conclude(message, [...(await Promise.all(running)), ...strange], choice, stop.signal);
}

/** By source: under which other number it keeps the subject, null where it is the same. */
async function sourcesFor(
  { referencesTo }: Needs,
  { subjects, content, service, at }: Bounded,
  { dataType }: ReferenceChoice,
): Promise<ReadonlyMap<string, string | null>> {
  const [subject] = subjects;
  const today = localMoment(at).date;
  const { period } = service.rules.controls;
  const days = period ? questionDays(content, period, today) : { begin: today, end: today };
  const begin = days.begin ?? EVER;
  const lines = subject ? await referencesTo({ dataType, subject, begin, end: days.end }) : [];
  if (lines.length === 0) {
    const when = `from ${begin} until ${days.end ?? 'ever'}`;
    throw new Refusal('30001', `the reference repertory names no source of ${dataType} ${when}`);
  }
  const other = ({ heldAs }: Reference) => (heldAs === null || heldAs === subject?.number ? null : heldAs);
  const found = new Map<string, string | null>();
  for (const line of lines) if (found.get(line.source) !== null) found.set(line.source, other(line));
  return found;
}

const EVER = '0001-01-01';

/** A reference of its own for each, so that one source's answer is no answer of another. Steps have the last two digits. */
const idOf = (id: string, index: number) =>
  `${id.slice(0, -4)}${index.toString(16).padStart(2, '0')}${id.slice(-2)}`;

async function settled(
  { codesOf }: Needs,
  { service }: Bounded,
  { source, origin }: SourceOption,
  heldAs: string | null,
  ask: () => Promise<Asked>,
): Promise<Part> {
  try {
    // The question is passed on as it was asked: about somebody with another number it cannot be put.
    if (heldAs !== null)
      throw new Refusal('60011', `${source} keeps the subject under another number`, null, { origin });
    const { answer, trace } = await ask();
    return { failure: null, trace, ...inMagdaCodes(answer, source, service.rules.codes, codesOf) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return failed(source, error);
  }
}

const failed = (source: string, failure: Refusal): Part => ({
  ...{ answer: null, untranslated: [], failure },
  trace: {
    ...(failure.known.asked?.[0] ?? { source, ms: 0, outcome: failure.code }),
    reason: failure.message,
  },
});

function conclude(
  message: Permitted,
  parts: readonly Part[],
  { partial, merge }: ReferenceChoice,
  stop: AbortSignal,
): Answered {
  const asked = parts.map(({ trace }) => trace);
  const refuse = (
    { code, message: reason, text, origin }: Refusal,
    annotations: Refusal['annotations'] = [],
  ) =>
    new Refusal(code, reason, text, {
      ...(origin === null ? {} : { origin }),
      annotations,
      known: { asked },
    });
  const [failure] = parts.flatMap((part) => part.failure ?? []);
  const cause = stop.reason instanceof Refusal ? stop.reason : failure;
  const given = parts.flatMap(({ answer }) => answer?.content ?? []);
  const [first, ...others] = given;
  if (cause && (partial === 'refuse' || !first)) throw refuse(cause, cause.annotations);
  const notices = parts.flatMap((part) => noticesOf(part));
  if (!first) {
    const answer = { content: null, notices: parts[0]?.answer?.notices ?? [] };
    return { ...message, answer, asked, translated: [] };
  }
  const { service, operation } = message;
  const response = operation.response && service.contract.model(operation.response);
  const model = response && filteredModel(service.rules, response);
  if (!model) throw new Error(`the contract of ${service.rules.name} has no answer`);
  try {
    const content = others.length === 0 ? first : mergeAnswers(message, [first, ...others], merge, model);
    const translated = parts.flatMap(({ untranslated }) => untranslated);
    return { ...message, answer: { content, notices }, asked, translated };
  } catch (error) {
    throw error instanceof Refusal ? refuse(error) : error;
  }
}

/** Something was given, so that what is lacking is no error of the whole. */
function noticesOf({ answer, failure }: Part): readonly Notice[] {
  const said = failure ? [failure.notice] : (answer?.notices ?? []);
  return said.map((notice) => (notice.type === 'FOUT' ? { ...notice, type: 'WAARSCHUWING' } : notice));
}
