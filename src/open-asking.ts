import { join } from 'node:path';
import { type Asking, askPace, askResponders } from './ask-responders.ts';
import type { Config } from './config.ts';
import { systemClock } from './exchange/clock.ts';
import { postBytes } from './sources/fetch-bytes.ts';
import { trustFiles } from './trust-files.ts';
import { failed } from './wss/failed.ts';
import type { Learn } from './wss/once-answered.ts';
import type { TrustStore } from './wss/trust.ts';

// A message waits for it, at the first sight of a certificate.
const LIMITS = { maxBytes: 65_536, deadline: 3_000 };
const TYPE = 'application/ocsp-request';

/** Asks the responders that are configured, as a bus does. */
export const openAsking = (config: Config, trust: TrustStore): Asking =>
  askResponders({
    trust,
    folder: join(config.var, 'revocation', 'ocsp'),
    grace: trustFiles(config, null).grace,
    clock: systemClock,
    demandsNonce: config.ocspDemandsNonce,
    post: (url, body, signal) => postBytes(url, { body, type: TYPE }, LIMITS, signal),
    pace: askPace,
  });

/**
 * For who waits with a message. An authority may have issued millions of certificates that are nobody's here: whoever
 * has one, or found one, must not make the bus ask.
 */
export const learnFrom =
  ({ ask }: Pick<Asking, 'ask'>, isParty: (subject: string) => boolean): Learn =>
  async ({ subject, questions }) => {
    if (!isParty(subject)) throw failed(`certificate ${subject} is registered to no party`);
    await ask(questions);
  };
