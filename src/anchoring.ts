import type { Logger } from 'pino';
import { anchorEnd, keepAnchors } from './audit/keep-anchors.ts';
import { makeAnchor } from './audit/make-anchor.ts';
import type { Config } from './config.ts';
import { systemClock } from './exchange/clock.ts';
import type { Foundation } from './foundation.ts';

type Needs = Pick<Foundation, 'store' | 'documents'>;

/** Anchors the audit as long as this process runs, for all that write on its database. */
export const anchorAudit = (config: Config, log: Logger, foundation: Needs) => {
  const every = config.auditAnchorMinutes * 60_000;
  return keepAnchors({ ...parts(foundation, every), every, log });
};

/** Anchors what this process wrote, which ends here, where another anchors the rest. */
export const anchorOwnEnd = (config: Config, log: Logger, foundation: Needs) =>
  anchorEnd({ ...parts(foundation, config.auditAnchorMinutes * 60_000), log });

const parts = ({ store, documents }: Needs, every: number) => ({
  make: (ended: readonly string[]) =>
    makeAnchor({ ...store, sign: documents.sign, clock: systemClock }, ended, every),
  endChain: store.endChain,
});
