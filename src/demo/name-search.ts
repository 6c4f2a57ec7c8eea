import { z } from 'zod';
import { below } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import { type Answerer, type Image, nothingFound, said } from './answerer.ts';
import { demoPersons } from './people.ts';

const voornaam = z.union([z.string(), z.object({ '#text': z.string() }).transform((name) => name['#text'])]);

/** What a search looks at in a person's image. */
const searched = z.object({
  Naam: z.object({
    Achternamen: z.object({ Achternaam: z.array(z.string()) }),
    Voornamen: z.object({ Voornaam: z.array(voornaam) }),
  }),
  Geslacht: z.object({ Code: z.string() }),
  Geboorte: z.object({ Datum: z.string() }),
  Overlijden: z.unknown().optional(),
  Statussen: z.object({ Status: z.array(z.unknown()) }).optional(),
  Adressen: z.record(z.string(), z.unknown()),
});

const residence = z.object({ NISCodeLand: z.string(), NISCodeGemeente: z.string() });

type Searched = z.infer<typeof searched>;

/**
 * Searches the people whom the register answers about as it should: by last name, by the beginnings of first names in
 * their order, by date of birth (parts that are not known fit every date) within a number of years, and by sex and
 * main residence where those are asked for.
 */
export function searchByName(): Answerer {
  const people = demoPersons().flatMap(({ behaviour, person }) =>
    behaviour === 'answer' && person ? [{ image: person, person: searched.parse(person) }] : [],
  );
  return async (content) => {
    const fits = criteriaIn(content);
    const found = people.filter(({ person }) => fits(person));
    if (found.length === 0) return nothingFound;
    return said({ Personen: { Persoon: found.map(({ image, person }) => inShort(image, person)) } });
  };
}

function criteriaIn(content: Element): (person: Searched) => boolean {
  const text = (path: string) => below(content, `Criteria/${path}`)?.text.trim() ?? null;
  const lastName = text('Naam/Achternaam') ?? '';
  const firstNames = (below(content, 'Criteria/Naam/Voornamen')?.children ?? []).map((name) =>
    name.text.trim(),
  );
  const born = periodOf(text('Geboorte/Datum') ?? '', Number(text('Geboorte/Tolerantie') ?? 0));
  const sex = text('Geslacht');
  const country = text('Adres/LandNISCode');
  const municipality = text('Adres/GemeenteNISCode');
  return ({ Naam, Geslacht, Geboorte, Adressen }) => {
    const first = Naam.Voornamen.Voornaam;
    const lives = residence.safeParse(Adressen.Hoofdverblijfplaats).data;
    return (
      sameLetters(Naam.Achternamen.Achternaam.join(' '), lastName) &&
      firstNames.every((asked, index) => beginsWith(first[index] ?? '', asked)) &&
      overlap(born, periodOf(Geboorte.Datum, 0)) &&
      (sex === null || SEARCHED_SEX[sex] === Geslacht.Code) &&
      (country === null || country === lives?.NISCodeLand) &&
      (municipality === null || municipality === lives?.NISCodeGemeente)
    );
  };
}

/** The register's search has codes of its own: it asks for men with 3 and for women with 4. */
const SEARCHED_SEX: Readonly<Record<string, string>> = { 3: '1', 4: '2' };

// Base letters only: neither case nor diacritics tell two names apart, the stroke of Ł included.
const letters = new Intl.Collator('nl', { usage: 'search', sensitivity: 'base' });
const sameLetters = (one: string, other: string) => letters.compare(one, other) === 0;
const beginsWith = (name: string, beginning: string) =>
  sameLetters(name.normalize('NFC').slice(0, beginning.normalize('NFC').length), beginning);

type Period = { readonly from: string; readonly until: string };

/** All dates that `yyyy-mm-dd` can stand for, 00 being a part that is not known, widened by whole years. */
function periodOf(date: string, years: number): Period {
  const [year = '0000', month = '00', day = '00'] = date.split('-');
  const known = (part: string, otherwise: string) => (/^0+$/.test(part) ? otherwise : part);
  const shifted = (by: number) => String(Math.min(9999, Math.max(0, Number(year) + by))).padStart(4, '0');
  if (Number(year) === 0) return { from: '0000-00-00', until: '9999-99-99' };
  return {
    from: `${shifted(-years)}-${known(month, '00')}-${known(day, '00')}`,
    until: `${shifted(years)}-${known(month, '99')}-${known(day, '99')}`,
  };
}

const overlap = (one: Period, other: Period) => one.from <= other.until && other.from <= one.until;

const SHORT_ADDRESSES = new Set([
  'Hoofdverblijfplaats',
  'VerblijfplaatsBuitenland',
  'PostadresBuitenland',
  'AangifteAdreswijziging',
  'AangifteAdresBuitenland',
  'ContactAdres',
]);

/** A person as a search shows it: enough to see whether it is the one that was meant. */
function inShort(image: Image, { Geboorte, Overlijden, Statussen, Adressen }: Searched): Image {
  const { INSZ, Naam, Geslacht, Beheerder, Register } = image;
  const shown = Object.entries(Adressen).filter(([kind]) => SHORT_ADDRESSES.has(kind));
  return {
    '@Bron': 'RR',
    INSZ,
    Naam,
    Geslacht,
    Geboortedatum: Geboorte.Datum,
    IsOverleden: Overlijden === undefined ? '0' : '1',
    ...(Beheerder ? { Beheerder } : {}),
    ...(Statussen ? { Status: Statussen.Status[0] } : {}),
    ...(Register ? { Register } : {}),
    Adressen: Object.fromEntries(shown),
  };
}
