import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from './exchange/clock.ts';
import { replaceDurably } from './files/durable.ts';
import type { AnswerEntry } from './wss/answer-book.ts';
import { NONCE_BYTES, type OcspQuestion, writeQuestion } from './wss/ocsp-question.ts';
import type { TrustStore } from './wss/trust.ts';

type Needs = {
  readonly trust: Pick<TrustStore, 'asked' | 'takeAnswer'>;
  /** Where answers are kept, for other processes and the next start. */
  readonly folder: string;
  /** For how long (ms) an answer that has ended is still gone by. */
  readonly grace: number;
  readonly clock: Clock;
  readonly demandsNonce: boolean;
  readonly post: (url: string, body: Buffer, signal: AbortSignal) => Promise<Buffer>;
  readonly pace: AskPace;
};

/** Milliseconds. */
export type AskPace = {
  /** An answer is got anew after a quarter of the time it still lasts, but not sooner and not later than this. */
  readonly least: number;
  readonly most: number;
  /** After a failure. */
  readonly retry: number;
};

export const askPace: AskPace = { least: 30_000, most: 3_600_000, retry: 10_000 };

export type Asking = {
  /** Resolves when each question is answered, or it is known why not. */
  readonly ask: (questions: readonly OcspQuestion[]) => Promise<void>;
  /** Asks anew what is due of what was asked before. */
  readonly renew: () => Promise<void>;
  /** Takes away what was kept and is of no use any more. */
  readonly tidy: () => Promise<void>;
  /** Ends what is under way. */
  readonly stop: () => void;
};

/** Responders that dawdle must not hold up more than these; who comes later is refused meanwhile. */
const MAX_UNDER_WAY = 64;
const RENEWED_AT_ONCE = 8;
/** A question that was never answered is forgotten when nobody needed it for so long. */
const UNANSWERED = 3_600_000;
/** Beyond their grace. */
const KEPT = 30 * 86_400_000;

/**
 * Asks responders. What one process was told lies in a file, where the others look before they ask themselves; of one
 * certificate a process asks once at a time, and after a failure not at every message.
 */
export function askResponders(needs: Needs): Asking {
  const { trust, folder, grace, clock, demandsNonce, post, pace } = needs;
  const { asked, takeAnswer } = trust;
  const underWay = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  // So that not all processes find an answer due at one moment.
  const share = (768 + randomInt(256)) / 1024 / 4;
  const fileOf = ({ key }: OcspQuestion) => join(folder, `${key}.ocsp`);

  /** Takes what another process was told later than this one; false: that is not there, or of no use. */
  async function recall(question: OcspQuestion): Promise<boolean> {
    const known = asked.of(question);
    try {
      const at = (await stat(fileOf(question))).mtime;
      if (known?.answer && at.getTime() <= known.since) return false;
      takeAnswer(question, await readFile(fileOf(question)), { nonce: null, demandsNonce, at });
    } catch {
      // It is asked for anew, and put in the place of what cannot be used.
      return false;
    }
    const found = asked.of(question);
    const now = clock.now().getTime();
    // Whoever waits with a message goes by it as long as it lasts; it is renewed behind its back.
    const last = known?.answer ? found && dueAt(found) : found?.answer?.until.getTime();
    return now < (last ?? 0);
  }

  async function put(question: OcspQuestion): Promise<void> {
    const nonce = randomBytes(NONCE_BYTES);
    const bytes = await post(question.url, writeQuestion(question, nonce), stopping.signal);
    takeAnswer(question, bytes, { nonce, demandsNonce, at: clock.now() });
    await mkdir(folder, { recursive: true });
    await replaceDurably(fileOf(question), [bytes], randomUUID());
  }

  async function settle(question: OcspQuestion): Promise<void> {
    const known = asked.of(question);
    const last = Math.max(known?.failure?.at ?? 0, known?.answer ? known.since : 0);
    if (clock.now().getTime() < last + pace.retry) return;
    if (await recall(question)) return;
    try {
      await put(question);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const why = error instanceof Error ? error.message : String(error);
      asked.fail(question, `${question.url}: ${why}`, clock.now());
    }
  }

  function one(question: OcspQuestion): Promise<void> {
    const same = underWay.get(question.key);
    if (same) return same;
    if (underWay.size >= MAX_UNDER_WAY) return Promise.resolve();
    const asking = settle(question).finally(() => underWay.delete(question.key));
    underWay.set(question.key, asking);
    return asking;
  }

  function dueAt({ answer, since }: AnswerEntry): number {
    const lasts = (answer?.until.getTime() ?? 0) - since;
    return since + Math.min(pace.most, Math.max(pace.least, lasts * share));
  }

  async function renew(): Promise<void> {
    const now = clock.now().getTime();
    for (const { question, answer, failure } of asked.entries())
      if (question.until.getTime() < now || (!answer && (failure?.at ?? 0) + UNANSWERED < now))
        asked.forget(question);
    const due = asked.entries().filter((entry) => entry.answer !== null && dueAt(entry) <= now);
    for (let from = 0; from < due.length && !stopping.signal.aborted; from += RENEWED_AT_ONCE)
      await Promise.all(due.slice(from, from + RENEWED_AT_ONCE).map(({ question }) => one(question)));
  }

  async function tidy(): Promise<void> {
    const oldest = clock.now().getTime() - KEPT - grace;
    for (const name of await readdir(folder).catch(() => [])) {
      const file = join(folder, name);
      if ((await stat(file)).mtimeMs < oldest) await rm(file, { force: true });
    }
  }

  return {
    ask: async (questions) => void (await Promise.all(questions.map(one))),
    renew,
    tidy,
    stop: () => stopping.abort(),
  };
}
