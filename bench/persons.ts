import { demoPersons } from '../src/demo/people.ts';

/** About whom the benchmark asks: persons of the demo world, registered for the party that asks. */
export const subjects = { small: '72710321753', large: '61670155501' } as const;
export type Size = keyof typeof subjects;

/** What nobody is shown, so that every answer is filtered: one that holds it is a wrong one. */
export const HIDDEN = 'BurgerlijkeStaten';

/** What the small answer tells, so that it is some 5 KB once signed; the large one tells all there is (45 KB). */
const SMALL = ['INSZ', 'Naam', 'Geslacht', 'Nationaliteiten', 'Geboorte', HIDDEN];

/** What the benchmark's grant shows of a person: everything else in these answers. */
export const shown = [
  ...['Naam', 'Geslacht', 'Beheerder', 'Register', 'Nationaliteiten', 'Geboorte', 'Adressen'],
  ...['Referentiepersoon', 'Gezinsleden'],
];
export const visible = [
  ...['DatumCreatie', 'DatumModificatie', 'Bron'].map((name) => `Persoon/@${name}`),
  'Persoon/INSZ',
  ...shown.map((name) => `Persoon/${name}/**`),
];

/** JSON image of the person that an answer of this size holds. */
export function imageOf(size: Size): Record<string, unknown> {
  const found = demoPersons().find(({ insz }) => insz === subjects[size])?.person;
  if (!found) throw new Error(`the demo data has no person ${subjects[size]}`);
  if (size === 'large') return found;
  return Object.fromEntries(
    Object.entries(found).filter(([name]) => name.startsWith('@') || SMALL.includes(name)),
  );
}
