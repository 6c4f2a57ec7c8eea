import { algorithms } from './algorithms.ts';
import type { Attack, Harmless } from './attack.ts';
import { encryptionAttacks as encryption } from './encryption.ts';
import { exhaustion } from './exhaustion.ts';
import { laxProfiles } from './lax-profiles.ts';
import { otherForms, parser } from './parser.ts';
import { ignored, routing } from './routing.ts';
import { wrapping } from './wrapping.ts';

export const sections = {
  wrapping,
  algorithms,
  laxProfiles,
  encryption,
  parser,
  exhaustion,
  routing,
} satisfies Readonly<Record<string, readonly Attack[]>>;

export const harmless: readonly Harmless[] = [...otherForms, ...ignored];
