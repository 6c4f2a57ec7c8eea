import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Asking } from './ask-responders.ts';
import type { Clock } from './exchange/clock.ts';
import { type FetchPace, fetchLists, fetchPace } from './fetch-lists.ts';
import { followAnswers } from './follow-answers.ts';
import { fetchBytes } from './sources/fetch-bytes.ts';
import { readTrust, type TrustFiles } from './trust-files.ts';
import type { AnswerState } from './wss/answer-state.ts';
import type { ListState } from './wss/revocation-state.ts';
import type { TrustSettings, TrustStore } from './wss/trust.ts';

type Needs = {
  readonly trust: TrustStore;
  readonly files: TrustFiles;
  readonly asking: Asking;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly clock: Clock;
  /** Gets the lists that are at an address; one process of a machine does, and the others see its files. */
  readonly fetches: boolean;
  /** Milliseconds from one look to the next. */
  readonly every?: number;
  readonly pace?: FetchPace;
};

export type TrustUpkeep = {
  /** Resolves when everything was looked at once. */
  readonly first: Promise<void>;
  /** What an operator must mend, without names; null: nothing. */
  readonly trouble: () => string | null;
  readonly lists: () => readonly ListState[];
  readonly answers: () => readonly AnswerState[];
  readonly close: () => Promise<void>;
};

const EVERY = 2_000;
const LIMITS = { maxBytes: 16 * 1024 * 1024, deadline: 10_000 };

/** Lets trust follow its files while the bus runs, gets the lists that are due, and tells the log what became of them. */
export function followTrust(needs: Needs): TrustUpkeep {
  const { trust, files, asking, log, clock, every = EVERY, pace = fetchPace } = needs;
  const stop = new AbortController();
  const { signal } = stop;
  const get = (url: string, until: AbortSignal) => fetchBytes(url, LIMITS, until);
  const fetchDue = fetchLists({ places: files.lists, trust, clock, fetchBytes: get, pace });
  let stamp: string | null = null;
  let digest: string | null = null;
  let unreadable: string | null = null;
  let failures: ReadonlyMap<string, string> = new Map();
  let states: ReadonlyMap<string, ListState['state']> = new Map();

  async function look(): Promise<void> {
    if (needs.fetches) tellFailures(await fetchDue(signal));
    await reread();
    tellStates(trust.lists(clock.now()));
  }

  async function reread(): Promise<void> {
    const seen = await stampOf(files);
    if (seen === stamp && unreadable === null) return;
    try {
      const settings = readTrust(files);
      const now = digestOf(settings);
      if (now !== digest || unreadable !== null) {
        trust.replace(settings);
        if (digest !== null)
          log.info('the authorities and revocation lists were read anew, and count from now on');
      }
      [stamp, digest, unreadable] = [seen, now, null];
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (why !== unreadable)
        log.error(
          { why },
          'authorities or revocation lists cannot be used as they are; the former ones still count',
        );
      unreadable = why;
    }
  }

  function tellFailures(now: ReadonlyMap<string, string>): void {
    for (const [list, why] of now)
      if (failures.get(list) !== why) log.error({ list, why }, 'a revocation list cannot be fetched');
    for (const list of failures.keys())
      if (!now.has(list)) log.info({ list }, 'a revocation list can be fetched again');
    failures = now;
  }

  function tellStates(lists: readonly ListState[]): void {
    for (const { name: list, state, issuer, nextUpdate, goodUntil } of lists) {
      const before = states.get(list) ?? 'current';
      if (before === state) continue;
      const told = { list, issuer, nextUpdate, goodUntil };
      if (state === 'current') log.info(told, 'a revocation list is current again');
      else log.error(told, MEANING[state]);
    }
    states = new Map(lists.map(({ name, state }) => [name, state]));
  }

  async function follow(done: () => void): Promise<void> {
    while (!signal.aborted) {
      try {
        await look();
      } catch (err) {
        log.error({ err }, 'authorities and revocation lists could not be looked at');
      }
      done();
      // It never keeps a process alive that has nothing else to do.
      await wait(every, null, { signal, ref: false }).catch(() => null);
    }
  }

  const { promise: first, resolve } = Promise.withResolvers<void>();
  const done = follow(resolve);
  const answers = followAnswers({ trust, asking, log, clock, every });
  const lists = () => trust.lists(clock.now());
  return {
    first,
    lists,
    answers: () => trust.answers(clock.now()),
    trouble: () => {
      const bad = lists().filter(({ state }) => state !== 'current').length;
      const found = [
        ...(unreadable === null ? [] : ['authorities or lists cannot be read']),
        ...(bad === 0 ? [] : [`revocation lists not current: ${bad}`]),
        ...(failures.size === 0 ? [] : [`cannot be fetched: ${failures.size}`]),
        ...answers.trouble(),
      ];
      return found.length === 0 ? null : `${found.join(', ')}, see the log`;
    },
    close: async () => {
      stop.abort();
      await Promise.all([done, answers.close()]);
    },
  };
}

const MEANING = {
  grace: 'a revocation list has ended; it is gone by until its grace is over (KRUISPUNT_REVOCATION)',
  expired: 'a revocation list has ended; certificates of its issuer are refused until there is a newer one',
  missing: 'a revocation list was never got; certificates of issuers without another list are refused',
} as const;

/** A list that was got again, and is the same, changes nothing but its file's time. */
function digestOf({ authorities, revoked = [], responders = [] }: TrustSettings): string {
  const whole = createHash('sha256');
  for (const each of [...authorities, ...revoked, ...responders]) {
    if (typeof each === 'string' || each instanceof Uint8Array) whole.update(each);
    else whole.update('text' in each ? each.text : (each.content ?? 'nothing')).update(`\0${each.name}\0`);
  }
  return whole.digest('hex');
}

/** Changes when any of the files does. */
async function stampOf({ authorities, lists, responders }: TrustFiles): Promise<string> {
  const files = [...authorities, ...[...lists, ...responders].map(({ file }) => file)];
  const stamps = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ mtimeMs, ctimeMs, size, ino }) => `${mtimeMs} ${ctimeMs} ${size} ${ino}`,
        (error: Error & { readonly code?: string }) => error.code ?? 'unreadable',
      ),
    ),
  );
  return stamps.join('\n');
}
