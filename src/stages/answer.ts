import { below } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import type { Answered, Permitted } from '../exchange/message.ts';
import type { ReferencesTo } from '../exchange/reference.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { SourceChoice, SourceOption } from '../exchange/service.ts';
import type { Compute } from '../exchange/source.ts';
import type { Stage } from '../exchange/stage.ts';
import { askReferred } from './ask-referred.ts';
import { type Asking, askSource } from './ask-source.ts';
import { assertResultIsShown } from './filter.ts';

type Needs = Asking & {
  readonly referencesTo: ReferencesTo;
  /** The services that the bus computes itself, by the name that `service.yaml` gives. */
  readonly compute: ReadonlyMap<string, Compute>;
};

/**
 * Answers by code of ours where `service.yaml` says so; else puts the question to the source that it chooses, or
 * to each that holds what is asked, and believes an answer only as far as it fits.
 */
export function answer(needs: Needs): Stage<Permitted, Answered> {
  const ask = askSource(needs);
  return async function answer(message, signal) {
    assertResultIsShown(message);
    const { code, sources } = message.service.rules;
    if (code !== null) return computed(message, needs.compute.get(code), signal);
    if (!sources) throw new Error(`${message.service.rules.name} is answered by nobody`);
    if (sources.reference) return askReferred(needs, message, sources.options, sources.reference, signal);
    const { answer, trace } = await ask(message, choose(sources, message.content), signal);
    return { ...message, answer, asked: [trace] };
  };
}

async function computed(
  message: Permitted,
  compute: Compute | undefined,
  signal: AbortSignal,
): Promise<Answered> {
  if (!compute) throw new Error(`no code for ${message.service.rules.code}`);
  const { content, notices, subjects, asked } = await compute(message, signal);
  return { ...message, subjects, answer: { content, notices }, asked };
}

/** The source that a value in the question names, or the first where it names none. */
function choose({ by, options }: SourceChoice, content: Element): SourceOption {
  const value = by === null ? null : (below(content, by)?.text.trim() ?? null);
  const option = options.find((each) => each.value === value) ?? (value === null ? options[0] : undefined);
  if (!option) throw new Refusal('60011', `service.yaml names no source for ${by} ${value}`);
  return option;
}
