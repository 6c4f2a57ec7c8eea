import { algorithms } from './algorithms.ts';
import type { Attack, Harmless } from './attack.ts';
import { exhaustion } from './exhaustion.ts';
import { otherForms, parser } from './parser.ts';
import { ignored, routing } from './routing.ts';
import { wrapping } from './wrapping.ts';

export const sections: Readonly<Record<string, readonly Attack[]>> = {
  'A: wrapping and coverage': wrapping,
  'B: algorithms, keys, certificates, moments': algorithms,
  'C: what readers take differently': parser,
  'D: exhaustion': exhaustion,
  'E: routing, replay, injection': routing,
};

export const harmless: readonly Harmless[] = [...otherForms, ...ignored];
