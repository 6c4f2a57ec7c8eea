import { Refusal } from '../exchange/refusal.ts';

/** Every fault of a signature reads the same to the sender; `detail` tells the operator which check failed. */
export const failed = (detail: string, cause?: unknown): Refusal =>
  new Refusal('ERR_025', detail, null, cause === undefined ? {} : { cause });

/** The one fault that is told, because the usual cause is a client whose signing was never switched on. */
export const unsigned = (detail: string): Refusal =>
  new Refusal('ERR_025', detail, 'ERR_025: Verification failure: No signature in message!');
