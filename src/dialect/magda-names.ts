import type { Element } from '../exchange/element.ts';
import { stepsOf } from './path.ts';

/** The element at a path of local names below another, all in no namespace, as MAGDA's contracts have them. */
export function at(from: Element, path: string): Element | null {
  let here: Element | null = from;
  for (const name of stepsOf(path)) here = here?.child(name) ?? null;
  return here;
}

export const textAt = (from: Element, path: string): string | null => at(from, path)?.text.trim() ?? null;

export const paths = {
  sender: 'Verzoek/Context/Bericht/Afzender',
  context: 'Verzoek/Context',
  question: 'Verzoek/Vragen/Vraag',
  reply: 'Repliek',
  answer: 'Repliek/Antwoorden/Antwoord',
} as const;
