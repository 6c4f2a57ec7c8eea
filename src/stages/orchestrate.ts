import type { SourceTrace } from '../exchange/audit.ts';
import type { Element } from '../exchange/element.ts';
import type { Filtered, Notice, Registered } from '../exchange/message.ts';
import type { Merged, Orchestration, Part, Step, Steps } from '../exchange/orchestration.ts';
import type { Subject } from '../exchange/party.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { Compute, Computed } from '../exchange/source.ts';
import { plain } from '../xml/names.ts';
import { attribute, element, fragment, type Markup } from '../xml/write.ts';
import { writtenTree } from '../xml/written-tree.ts';
import { type StepNeeds, stepGrant, takeStep } from './step.ts';

/** What is known of an orchestration that is under way. */
type Progress = {
  readonly asked: SourceTrace[];
  readonly subjects: Subject[];
  readonly failures: Refusal[];
  /** What sources said beside what they gave, and what stands for what they did not give. */
  readonly remarks: { readonly part: string; readonly empty: boolean; readonly notice: Notice }[];
};

/**
 * Makes an answer of several steps, all within one deadline. A step that fails leaves its part out, with a warning in
 * the name of whoever failed, or has the whole refused and the others given up, as `service.yaml` says
 * (`answer.partial`).
 */
export function orchestrate(needs: StepNeeds): (orchestration: Orchestration) => Compute {
  return ({ asks, make }) =>
    async function orchestrated(message, signal) {
      const { rules } = message.service;
      if (!rules.together) throw new Error(`service.yaml of ${rules.name} says nothing of partial answers`);
      const { partial, deadline } = rules.together;
      const began = performance.now();
      const progress: Progress = { asked: [], subjects: [...message.subjects], failures: [], remarks: [] };
      const stop = new AbortController();
      const running: Promise<unknown>[] = [];
      const ask = (step: Step): Promise<Part> => {
        if (!asks.some(({ service, version }) => service === step.service && version === step.version))
          throw new Error(`${rules.code} does not say that it asks ${step.service} ${step.version}`);
        const place = { index: running.length + 1, within: deadline - (performance.now() - began) };
        const taken = takeStep(needs, message, step, place, AbortSignal.any([signal, stop.signal]));
        const part = settle(taken, step, needs, progress).catch((error: unknown) => {
          if (error instanceof Refusal && partial === 'warn') return { name: step.part, given: null };
          stop.abort(error);
          throw error;
        });
        running.push(part);
        return part;
      };
      const may = (kind: Parameters<Steps['may']>[0]): boolean => {
        try {
          return stepGrant(needs, message, kind).id > 0;
        } catch (error) {
          if (error instanceof Refusal) lacking(kind, error, 0, needs, progress);
          if (error instanceof Refusal && partial === 'warn') return false;
          stop.abort(error);
          throw error;
        }
      };
      try {
        const merged = await make(message, { ask, may, referencesTo: needs.referencesTo });
        return conclude(message, merged, progress);
      } catch (error) {
        // What was given up is waited for, so that the audit knows how far it had come.
        await Promise.allSettled(running);
        if (!(error instanceof Refusal)) throw error;
        const { asked, subjects } = progress;
        throw new Refusal(error.code, error.message, error.text, {
          cause: error,
          ...(error.origin === null ? {} : { origin: error.origin }),
          known: { asked, subjects },
        });
      }
    };
}

/** Waits for a step and keeps what the audit and the sender will want to know of it. */
async function settle(
  taken: Promise<Filtered>,
  step: Step,
  needs: StepNeeds,
  progress: Progress,
): Promise<Part> {
  const { asked, subjects, remarks } = progress;
  const began = performance.now();
  const words = `${step.part}: ${step.service} ${step.version}`;
  try {
    const { answer, removed, ...told } = await taken;
    const hidden = removed.length > 0 ? { hidden: removed } : {};
    asked.push(...told.asked.map((trace) => ({ ...trace, step: words, ...hidden })));
    for (const subject of told.subjects)
      if (!subjects.some((each) => same(each, subject))) subjects.push(subject);
    const given = answer.content?.child(step.take) ?? null;
    for (const notice of answer.notices) remarks.push({ part: step.part, empty: given === null, notice });
    return { name: step.part, given };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    lacking(step, error, performance.now() - began, needs, progress);
    throw error;
  }
}

/** Keeps why a part is not there. */
function lacking(
  { part, service, version }: Parameters<Steps['may']>[0],
  refusal: Refusal,
  ms: number,
  { serviceOf }: StepNeeds,
  { asked, failures, remarks }: Progress,
): void {
  const [source] = serviceOf(service, version)?.rules.sources?.options ?? [];
  const traces = refusal.known.asked ?? [{ source: source?.source ?? 'none', ms, outcome: refusal.code }];
  const told = { step: `${part}: ${service} ${version}`, reason: refusal.message };
  asked.push(...traces.map((trace) => ({ ...trace, ...told })));
  failures.push(refusal);
  // Annotations name paths in the step's own contract, which the sender did not ask.
  remarks.push({ part, empty: true, notice: { ...refusal.notice, annotations: [] } });
}

const same = (one: Subject, other: Subject) => one.kind === other.kind && one.number === other.number;

/** Everything that was given under one schema; where nothing was, what stood in the way of the first part. */
function conclude(
  message: Registered,
  { into, parts }: Merged,
  { asked, subjects, failures, remarks }: Progress,
): Computed {
  const given = parts.flatMap(({ name, given }) => (given ? [partMarkup(name, given)] : []));
  if (given.length === 0) {
    if (failures[0]) throw failures[0];
    return { content: null, notices: remarks.slice(0, 1).map(({ notice }) => notice), subjects, asked };
  }
  const { filtered } = message.service.rules;
  const merged = element(plain(filtered ?? ''), [element(plain(into), given)]);
  const content = writtenTree(merged, message.ending);
  // Something was given, so whatever is lacking is no error of the whole.
  const notices = remarks.map(({ part, empty, notice }) => ({
    ...notice,
    type: notice.type === 'FOUT' ? ('WAARSCHUWING' as const) : notice.type,
    circumstance: empty ? part : notice.circumstance,
    references: empty || notice.references.length > 0 ? [`${into}/${part}`] : [],
  }));
  return { content, notices, subjects, asked };
}

/** An element as a source gave it, under the name that it has in the merged schema. */
function partMarkup(name: string, given: Element): Markup {
  if (given.name === name) return fragment(given.canonical());
  const children = given.children.map((child) => fragment(child.canonical()));
  const attributes = given.attributes.map((each) =>
    attribute({ ...each, prefix: each.namespace === '' ? '' : 'b' }, each.value),
  );
  return element(plain(name), children, attributes);
}
