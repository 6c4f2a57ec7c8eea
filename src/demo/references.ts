import type { Reference } from '../exchange/reference.ts';

/** Which of the enterprises that the demo KBO knows keep a function of which demo person, and since when. */
const functions: readonly (readonly [insz: string, enterprise: string, since: string])[] = [
  ['74651210490', '0999990123', '2015-06-01'],
  ['74651210490', '0999992103', '2016-04-01'],
  ['72710321753', '0999990222', '2001-01-15'],
  // About whom the registers of persons cannot be asked.
  ['79662515255', '0999990222', '2014-01-01'],
];

export const demoReferences = (): readonly Reference[] =>
  functions.map(([number, heldAs, begin]) => ({
    dataType: 'functies',
    subject: { kind: 'person', number },
    source: 'kbo',
    heldAs,
    begin,
    end: null,
  }));
