import { plain } from '../xml/names.ts';
import { attribute, element, type Markup } from '../xml/write.ts';

/** What a writing service says of itself in an Inhoud: whether it was done, 1 or 0. */
export const resultOf = (done: boolean): Markup =>
  element(plain('Resultaat'), done ? '1' : '0', [
    attribute(plain('Beschrijving'), done ? 'Wel geslaagd' : 'Niet geslaagd'),
  ]);
