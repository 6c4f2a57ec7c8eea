import type { Logger } from 'pino';
import { openArchiveFolder } from './archives.ts';
import type { Config } from './config.ts';
import { systemClock } from './exchange/clock.ts';
import type { Foundation } from './foundation.ts';
import { retainAudit } from './retention.ts';
import { seldom } from './seldom.ts';
import { THE_BUS } from './store/changes.ts';

/** What does not fill an archive waits a day for more, so that there are not more archives than days. */
const WAIT = 86_400_000;
/** Archives of one turn; what is left is for the next. */
const MOST = 10;
/** From one look to the next, in milliseconds, when there was nothing to do, and when it failed. */
const QUIET = 3_600_000;
const AFTER_FAILURE = 300_000;

/** Keeps the audit as it is configured, each time that it is called; most of the time there is nothing to do. */
export function keepRetention(
  config: Config,
  log: Logger,
  { store, auditKeys, documents }: Pick<Foundation, 'store' | 'auditKeys' | 'documents'>,
): (signal: AbortSignal) => Promise<void> {
  const { auditOnlineDays: onlineDays, auditKeepDays: keepDays } = config;
  const needs = {
    ...{ store, keys: auditKeys, folder: openArchiveFolder(config), sign: documents.sign },
    ...{ clock: systemClock, who: THE_BUS, log, onlineDays, keepDays },
  };
  const turn = async (signal: AbortSignal) => {
    const { made } = await retainAudit(needs, { most: MOST, wait: WAIT }, signal);
    return made.length === MOST;
  };
  return seldom(turn, { quiet: QUIET, afterFailure: AFTER_FAILURE, now: () => performance.now() });
}
