import type { Logger } from 'pino';
import { anchorEnd, keepAnchors } from './audit/keep-anchors.ts';
import { makeAnchor } from './audit/make-anchor.ts';
import type { Config } from './config.ts';
import { systemClock } from './exchange/clock.ts';
import type { Foundation } from './foundation.ts';
import { stampAudit } from './stamping.ts';

type Needs = Pick<Foundation, 'store' | 'documents'>;
type StampedNeeds = Needs & Pick<Foundation, 'timestampTrust'>;

/** Anchors the audit as long as this process runs, for all that write on its database. */
export const anchorAudit = (config: Config, log: Logger, foundation: StampedNeeds) => {
  const every = config.auditAnchorMinutes * 60_000;
  const { make, endChain } = parts(foundation, every);
  const stamping = stampAudit(config, log, foundation);
  const makeAndStamp = async (ended: readonly string[]) => {
    const made = await make(ended);
    if (made) stamping?.soon();
    return made;
  };
  const anchors = keepAnchors({ make: makeAndStamp, endChain, every, log });
  const close = async () => {
    // The last anchor is stamped by whoever runs next: nobody waits for an authority to be gone.
    await stamping?.close();
    await anchors.close();
  };
  return { close };
};

/** Anchors what this process wrote, which ends here, where another anchors the rest. */
export const anchorOwnEnd = (config: Config, log: Logger, foundation: Needs) =>
  anchorEnd({ ...parts(foundation, config.auditAnchorMinutes * 60_000), log });

const parts = ({ store, documents }: Needs, every: number) => ({
  make: (ended: readonly string[]) =>
    makeAnchor({ ...store, sign: documents.sign, clock: systemClock }, ended, every),
  endChain: store.endChain,
});
