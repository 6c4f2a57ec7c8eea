import type { RefusalCode } from '../exchange/refusal.ts';

type Reason = readonly [code: RefusalCode, when: string];

const READING: readonly Reason[] = [
  ['20001', 'a day is not in the calendar'],
  ['20002', 'the check digits do not fit the INSZ'],
  ['20003', 'the period begins after it ends'],
  ['20005', 'Identificatie or Hoedanigheid is not that of the Context'],
  ['20007', 'the check digits do not fit the enterprise number'],
  ['40034', 'a subject is of a type that the register does not hold'],
  ['40035', 'there are several subjects'],
  ['40088', "the register's database failed; nothing was done"],
];

const KEEPING: readonly Reason[] = [
  ...READING,
  ['20006', 'the period begins before 1900'],
  ['30034', 'there is a period for an enterprise'],
  ['40034', 'there is no subject'],
];

/** Which refusals, warnings and notes the repertory's services give, and when, by the names that `service.yaml` uses. */
export const repertoryCodes: ReadonlyMap<string, readonly Reason[]> = new Map([
  [
    'registreer-inschrijving',
    [
      ...KEEPING,
      ['20004', 'the period has no begin'],
      ['20006', 'the period begins in the future'],
      ['40034', 'a person has no period'],
      ['40143', 'the registration was there already (beside a result of 1)'],
    ],
  ],
  [
    'registreer-uitschrijving',
    [
      ...KEEPING,
      ['20004', 'a period is there and names no day, or ends in the future'],
      ['40003', 'there is no registration to end in this period'],
    ],
  ],
  [
    'geef-inschrijvingen',
    [...READING, ['30040', 'there are more registrations than are shown (beside them)']],
  ],
]);
