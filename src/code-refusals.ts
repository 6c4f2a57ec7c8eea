import type { RefusalCode } from './exchange/refusal.ts';
import { publicationCodes } from './publication/publication-codes.ts';
import { repertoryCodes } from './registers/repertory-codes.ts';

/**
 * What a service that code answers refuses by itself, and when, by the name in `answer.by`; null of one that asks sources
 * and has no refusals of its own.
 */
export const codeRefusals = (code: string): readonly (readonly [code: RefusalCode, when: string])[] | null =>
  repertoryCodes.get(code) ?? publicationCodes.get(code) ?? null;
