import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Asking } from './ask-responders.ts';
import type { Clock } from './exchange/clock.ts';
import type { AnswerState } from './wss/answer-state.ts';
import type { TrustStore } from './wss/trust.ts';

type Needs = {
  readonly trust: Pick<TrustStore, 'answers'>;
  readonly asking: Asking;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly clock: Clock;
  /** Milliseconds from one look to the next. */
  readonly every: number;
};

const TIDY = 3_600_000;

/** Renews the answers of responders before they end, so that no message waits for them, and tells the log. */
export function followAnswers({ trust, asking, log, clock, every }: Needs) {
  const stop = new AbortController();
  let told: ReadonlyMap<string, AnswerState> = new Map();
  let tidied = 0;

  async function look(): Promise<void> {
    await asking.renew();
    const now = clock.now();
    const states = trust.answers(now);
    for (const state of states) tell(state, told.get(idOf(state)) ?? null);
    told = new Map(states.map((state) => [idOf(state), state]));
    if (now.getTime() < tidied + TIDY) return;
    tidied = now.getTime();
    await asking.tidy();
  }

  function tell(
    { name: responder, subject, status, failure, goodUntil }: AnswerState,
    before: AnswerState | null,
  ) {
    const fields = { responder, subject, goodUntil };
    if (status === 'revoked' && before?.status !== 'revoked') log.warn(fields, 'a certificate was revoked');
    if (failure !== null && before?.failure !== failure)
      log.error(
        { ...fields, why: failure },
        'a responder does not answer; its certificates are refused when the answer at hand ends',
      );
    if (failure === null && before !== null && before.failure !== null)
      log.info(fields, 'a responder answers again');
  }

  async function follow(): Promise<void> {
    while (!stop.signal.aborted) {
      await look().catch((err: unknown) =>
        log.error({ err }, 'the answers of responders could not be looked at'),
      );
      // It never keeps a process alive that has nothing else to do.
      await wait(every, null, { signal: stop.signal, ref: false }).catch(() => null);
    }
  }

  const done = follow();
  return {
    /** What an operator must mend, without names. */
    trouble: (): readonly string[] => {
      const answers = trust.answers(clock.now());
      const stale = answers.filter(({ state }) => state !== 'current').length;
      const failing = answers.filter(({ failure }) => failure !== null).length;
      return [
        ...(stale === 0 ? [] : [`answers of responders not current: ${stale}`]),
        ...(failing === 0 ? [] : [`cannot be asked: ${failing}`]),
      ];
    },
    close: async (): Promise<void> => {
      stop.abort();
      asking.stop();
      await done;
    },
  };
}

const idOf = ({ name, subject, serialNumber }: AnswerState) => `${name} ${subject} ${serialNumber}`;
