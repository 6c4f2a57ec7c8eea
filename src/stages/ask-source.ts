import { type Dialect, dialectOf } from '../dialect/dialect.ts';
import { below } from '../dialect/path.ts';
import type { SourceTrace } from '../exchange/audit.ts';
import type { CodesOf } from '../exchange/code-table.ts';
import type { Element } from '../exchange/element.ts';
import type { Answer } from '../exchange/message.ts';
import { Refusal } from '../exchange/refusal.ts';
import type { SourceOption } from '../exchange/service.ts';
import type { Ask, Enquiry, Source } from '../exchange/source.ts';
import { questionFor } from './translate-question.ts';

export type Asking = {
  readonly sourceOf: (name: string) => Source | null;
  readonly codesOf: CodesOf;
  readonly ask: Readonly<Record<Source['kind'], Ask>>;
};

/** What a source answered, believed only as far as it fits, and the line that the audit keeps of it. */
export type Asked = { readonly answer: Answer; readonly trace: SourceTrace };

export type AskSource = (enquiry: Enquiry, option: SourceOption, signal: AbortSignal) => Promise<Asked>;

/**
 * Puts one question to one source.
 *
 * @throws Refusal in the source's name, with what the audit keeps of it, for whatever the source did wrong
 */
export function askSource({ sourceOf, codesOf, ask }: Asking): AskSource {
  return async function askSource(enquiry, option, signal) {
    const source = sourceOf(option.source);
    const content = questionFor(enquiry, option.source, codesOf);
    const began = performance.now();
    const ended = (outcome: string) => ({ source: option.source, ms: performance.now() - began, outcome });
    try {
      if (!source?.url) throw new Refusal('60011', `no address is configured for source ${option.source}`);
      const asking = { ...enquiry, content };
      const payload = await ask[source.kind]({ ...source, url: source.url }, option, asking, signal);
      return { answer: believe(enquiry, payload), trace: ended('answered') };
    } catch (error) {
      const refusal = attribute(error, option);
      throw new Refusal(refusal.code, refusal.message, null, {
        cause: error,
        origin: option.origin,
        known: { asked: [ended(refusal.code)] },
      });
    }
  };
}

/** At a source's edge nothing but a refusal in the source's name may pass: what it sent is never told as our own. */
function attribute(error: unknown, { source }: SourceOption): Refusal {
  if (!(error instanceof Refusal)) throw error;
  if (error.row.number !== '10001') return error;
  return new Refusal('60007', `${source} sent ${error.message}`);
}

/** Holds what a source said against the contract and against what was asked. */
function believe(enquiry: Enquiry, payload: Element): Answer {
  const { service, operation } = enquiry;
  const dialect: Dialect = dialectOf(service.rules);
  if (payload.name !== operation.response?.name || payload.namespace !== operation.response.namespace) {
    throw new Refusal('60007', `the source answered with {${payload.namespace}}${payload.name}`);
  }
  const [violation] = service.contract.violations(payload);
  if (violation)
    throw new Refusal('60007', `answer breaks the schema: ${violation.path}: ${violation.message}`);
  const reply = dialect.readReply(payload, service.rules);
  if (reply.level2[0]) throw new Refusal('99994', `the source refused: ${reply.level2[0].number}`);
  if (!dialect.isAnswerTo(reply, enquiry.id)) {
    throw new Refusal('60007', 'the source answered another question than was asked');
  }
  checkSubject(enquiry, reply);
  return { content: reply.content, notices: reply.notices };
}

/** An answer about somebody else must never pass; only a source that says the number was replaced may name another. */
function checkSubject({ service, subjects }: Enquiry, { content, notices }: Answer): void {
  const path = service.rules.answerSubject;
  const named = path !== null && content ? below(content, path)?.text.trim() : null;
  if (!named || subjects.some(({ number }) => number === named)) return;
  if (notices.some(({ number }) => number === REPLACED)) return;
  throw new Refusal('60007', 'the source answered about another subject than was asked');
}

const REPLACED = '30004';
