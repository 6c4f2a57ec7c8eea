import type { RefusalCode } from '../exchange/refusal.ts';

type Reason = readonly [code: RefusalCode, when: string];

const NAMED: Reason = ['40034', 'there is no publication of this name and version'];
const KEPT: Reason = ['60009', 'what was asked could not be kept, or read; nothing was done'];

/** Which refusals and warnings the services around publications give, and when, by the names in `service.yaml`. */
export const publicationCodes: ReadonlyMap<string, readonly Reason[]> = new Map([
  [
    'registreer-mutatie-notificatie',
    [
      ['20001', 'the day of a notification is not in the calendar'],
      ['20002', 'the check digits do not fit the INSZ in a notification'],
      ['20007', 'the check digits do not fit the enterprise number in a notification'],
      ['20008', "a notification's content does not fit the publication's schema"],
      NAMED,
      ['40144', 'a reference was used before for another notification; nothing was taken'],
      ['40145', 'notifications were told before (beside a result of 1)'],
      KEPT,
    ],
  ],
  [
    'registreer-abonnement',
    [
      ['13001', 'the party has no grant for the publication today'],
      ['20001', 'the first or last day is not in the calendar'],
      ['20003', 'the period begins after it ends'],
      ['20009', 'the schedule, kind, channel, format or filter cannot be'],
      NAMED,
      ['40146', 'the same subscription runs already'],
      KEPT,
    ],
  ],
  ['stop-abonnement', [['30001', 'there is no such subscription of the party'], KEPT]],
  ['geef-abonnementen', []],
  [
    'geef-persoon-mutaties-notificaties',
    [
      ['13001', 'the party has no grant for the publication today'],
      ['15021', 'the grant for the publication hides about whom a change is'],
      ['20005', 'Identificatie or Hoedanigheid is not that of the Context'],
      ['30001', 'the party has no subscription that it asks for itself'],
      ['30014', 'the Ontvangstreferte is neither that of the last answer nor of the one before it'],
      ['30016', 'everything that there is to tell was told'],
      KEPT,
    ],
  ],
]);
