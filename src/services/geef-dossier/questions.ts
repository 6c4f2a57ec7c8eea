import type { Step } from '../../exchange/orchestration.ts';

const persons = { part: 'Persoon', service: 'GeefPersoon', version: '02.02' } as const;
const households = { part: 'Gezin', service: 'GeefGezinssamenstelling', version: '02.02' } as const;

/** Residents and those who are known to the social security only alike. */
export const person = (insz: string): Step => ({
  ...persons,
  content: { Criteria: { INSZ: insz }, Bron: 'KSZ', Taal: 'nl' },
  take: 'Persoon',
});

export const household = (insz: string): Step => ({
  ...households,
  content: { Criteria: { INSZ: insz }, Taal: 'nl' },
  take: 'Gezinsleden',
});

/** Those that the reference repertory names, each asked for by its number. */
export const enterprises = { part: 'Onderneming', service: 'GeefOnderneming', version: '02.00' } as const;

/** Who it is and who has which function in it, over those days. */
export const enterprise = (number: string, begin: string, end: string): Step => ({
  ...enterprises,
  content: {
    Criteria: {
      Ondernemingsnummer: number,
      Basisgegevens: '1',
      Rechtstoestanden: '1',
      Functies: { Aanduiding: '1' },
      Datums: { Periode: { Begin: begin, Einde: end } },
    },
  },
  take: 'Onderneming',
});

export const asks = [persons, households, enterprises];
