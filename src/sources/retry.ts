import { setTimeout as wait } from 'node:timers/promises';
import { Refusal } from '../exchange/refusal.ts';
import type { Ask } from '../exchange/source.ts';
import { nothingWasSent } from './connect.ts';

type Needs = {
  /** From 0 to 1, so that many who failed at once do not come back at once. */
  readonly random: () => number;
  readonly onRetry: (source: string, code: string) => void;
};

// Milliseconds before the second attempt; each later pause is twice as long.
const FIRST_PAUSE = 50;

/**
 * What passes by itself: not in time or busy, not reachable, cut off. Anything else a source would say again: a fault,
 * an answer that breaks its schema, a refused access.
 */
const PASSING = new Set(['99996', '99997', '60006']);

/**
 * Puts a question again after a failure that may pass, as often as the source allows, all attempts together within its
 * deadline. What writes is only put again where it is certain that nothing of it was sent.
 */
export function retrying({ random, onRetry }: Needs): (ask: Ask) => Ask {
  return (ask) =>
    async function retrying(source, option, enquiry, signal) {
      const end = performance.now() + source.deadline;
      const left = () => Math.floor(end - performance.now());
      for (let attempt = 1; ; attempt++) {
        const deadline = attempt === 1 ? source.deadline : Math.max(1, left());
        try {
          return await ask({ ...source, deadline }, option, enquiry, signal);
        } catch (error) {
          const pause = FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + random() / 2);
          const again = attempt <= source.retries && left() > pause && !signal.aborted;
          if (!again || !mayPass(error, enquiry.service.rules.kind)) throw error;
          onRetry(source.name, error.code);
          await wait(pause, null, { signal }).catch(() => {
            throw error;
          });
        }
      }
    };
}

const mayPass = (error: unknown, kind: 'read' | 'write'): error is Refusal =>
  error instanceof Refusal && (kind === 'read' ? PASSING.has(error.code) : nothingWasSent(error));
