import { type Dialect, dialectOf } from '../dialect/dialect.ts';
import { below } from '../dialect/path.ts';
import type { SourceTrace } from '../exchange/audit.ts';
import type { Element } from '../exchange/element.ts';
import type { Answer, Answered, Registered } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { SourceChoice, SourceOption } from '../exchange/service.ts';
import type { Ask, Compute, Source } from '../exchange/source.ts';
import type { Stage } from '../exchange/stage.ts';

type Needs = {
  readonly sourceOf: (name: string) => Source | null;
  readonly ask: Readonly<Record<Source['kind'], Ask>>;
  /** The services that the bus computes itself, by the name that `service.yaml` gives. */
  readonly compute: ReadonlyMap<string, Compute>;
};

/**
 * Answers by code of ours where `service.yaml` says so; else puts the question to the source that it chooses, and
 * believes its answer only as far as it fits.
 */
export function answer({ sourceOf, ask, compute }: Needs): Stage<Registered, Answered> {
  return async function answer(message, signal) {
    const { code, sources } = message.service.rules;
    if (code !== null) return computed(message, compute.get(code), signal);
    if (!sources) throw new Error(`${message.service.rules.name} is answered by nobody`);
    const option = choose(message, sources);
    const source = sourceOf(option.source);
    const began = performance.now();
    const trace = (outcome: string): readonly SourceTrace[] => [
      { source: option.source, ms: performance.now() - began, outcome },
    ];
    try {
      if (!source?.url) throw new Refusal('60011', `no address is configured for source ${option.source}`);
      const payload = await ask[source.kind]({ ...source, url: source.url }, option, message, signal);
      const answer = believe(message, payload);
      return { ...message, answer, asked: trace('answered') };
    } catch (error) {
      const refusal = attribute(error, option);
      throw new Refusal(refusal.code, refusal.message, null, {
        cause: error,
        origin: option.origin,
        known: { asked: trace(refusal.code) },
      });
    }
  };
}

async function computed(
  message: Registered,
  compute: Compute | undefined,
  signal: AbortSignal,
): Promise<Answered> {
  if (!compute) throw new Error(`no code for ${message.service.rules.code}`);
  const { content, notices, subjects } = await compute(message, signal);
  return { ...message, subjects, answer: { content, notices }, asked: [] };
}

function choose({ service, question }: Registered, { by, options }: SourceChoice): SourceOption {
  const { content } = dialectOf(service.rules).readQuestion(question);
  const value = by === null ? null : (below(content, by)?.text.trim() ?? null);
  const option = options.find((each) => each.value === value) ?? (value === null ? options[0] : undefined);
  if (!option) throw new Refusal('60011', `service.yaml names no source for ${by} ${value}`);
  return option;
}

/** At a source's edge nothing but a refusal in the source's name may pass: what it sent is never told as our own. */
function attribute(error: unknown, { source }: SourceOption): Refusal {
  if (!(error instanceof Refusal)) throw error;
  if (error.row.number !== '10001') return error;
  return new Refusal('60007', `${source} sent ${error.message}`);
}

/** Holds what a source said against the contract and against what was asked. */
function believe(message: Registered, payload: Element): Answer {
  const { service, operation } = message;
  const dialect: Dialect = dialectOf(service.rules);
  if (payload.name !== operation.response?.name || payload.namespace !== operation.response.namespace) {
    throw new Refusal('60007', `the source answered with {${payload.namespace}}${payload.name}`);
  }
  const [violation] = service.contract.violations(payload);
  if (violation)
    throw new Refusal('60007', `answer breaks the schema: ${violation.path}: ${violation.message}`);
  const reply = dialect.readReply(payload);
  if (reply.level2[0]) throw new Refusal('99994', `the source refused: ${reply.level2[0].number}`);
  if (!dialect.isAnswerTo(reply, message.id)) {
    throw new Refusal('60007', 'the source answered another question than was asked');
  }
  checkSubject(message, reply);
  return { content: reply.content, notices: reply.notices };
}

/** An answer about somebody else must never pass; only a source that says the number was replaced may name another. */
function checkSubject({ service, subjects }: Registered, { content, notices }: Answer): void {
  const path = service.rules.answerSubject;
  const named = path !== null && content ? below(content, path)?.text.trim() : null;
  if (!named || subjects.some(({ number }) => number === named)) return;
  if (notices.some(({ number }) => number === REPLACED)) return;
  throw new Refusal('60007', 'the source answered about another subject than was asked');
}

const REPLACED = '30004';
