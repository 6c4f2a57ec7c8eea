import type { KeptExchange } from '../exchange/audit.ts';
import type { Service } from '../exchange/service.ts';
import type { Present } from './configuration-image.ts';

/** What stood in the way: what was looked at and why it did not do, and the commands that would have changed it. */
export type Findings = {
  readonly considered: readonly { readonly what: string; readonly because: readonly string[] }[];
  readonly remedies: readonly string[];
  /** Whether the same check would pass with the configuration as it is now; null where that cannot be told. */
  readonly passesNow: boolean | null;
};

export type Scene = {
  readonly exchange: KeptExchange;
  readonly image: Present;
  readonly services: readonly Service[];
  readonly now: Date;
};

export const nothing: Findings = { considered: [], remedies: [], passesNow: null };
/** For a shell: whatever is inside stays one word and itself. */
const quote = (text: string) => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
export const command = (...words: readonly string[]) => `kruispunt ${words.map(quote).join(' ')}`;
