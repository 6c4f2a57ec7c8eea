import type { Image } from './answerer.ts';

/**
 * JSON image of a register's Persoon as the social security words it. The same data under other names: what is not
 * there is left out, and nothing is made up.
 */
export function kszPerson(persoon: Image): Image {
  const addresses = present({
    residentialAddress: one(persoon, 'Adressen/Hoofdverblijfplaats', address),
    contactAddress: one(persoon, 'Adressen/ContactAdres', address),
  });
  const nationalities = many(persoon, 'Nationaliteiten/Nationaliteit', (each) => ({
    ...coded(each),
    ...since(each),
  }));
  const civilStates = many(persoon, 'BurgerlijkeStaten/BurgerlijkeStaat', (each) =>
    present({ ...coded(each), ...since(each), partnerSsin: at(each, 'Partner/INSZ') }),
  );
  return present({
    ssin: at(persoon, 'INSZ'),
    name: one(persoon, 'Naam', name),
    gender: one(persoon, 'Geslacht', coded),
    birth: one(persoon, 'Geboorte', event),
    decease: one(persoon, 'Overlijden', event),
    nationalities: nationalities.length > 0 ? { nationality: nationalities } : undefined,
    civilStates: civilStates.length > 0 ? { civilState: civilStates } : undefined,
    addresses: Object.keys(addresses).length > 0 ? addresses : undefined,
    administrator: one(persoon, 'Beheerder/Plaats', place),
    register: one(persoon, 'Register', coded),
  });
}

const name = (image: Image): Image =>
  present({
    lastName: list(at(image, 'Achternamen/Achternaam')).map(textOf),
    firstName: list(at(image, 'Voornamen/Voornaam')).map(textOf),
  });

const event = (image: Image): Image =>
  present({ date: at(image, 'Datum'), place: one(image, 'Plaats', place) });

const place = (image: Image): Image =>
  present({
    municipalityCode: at(image, 'Gemeente/NISCode'),
    municipalityName: at(image, 'Gemeente/Naam'),
    countryCode: at(image, 'Land/NISCode'),
    countryName: at(image, 'Land/Naam'),
  });

const address = (image: Image): Image =>
  present({
    countryCode: at(image, 'NISCodeLand'),
    countryName: at(image, 'Land/String'),
    municipalityCode: at(image, 'NISCodeGemeente'),
    postalCode: at(image, 'Postcode'),
    municipalityName: at(image, 'Gemeentenaam/String'),
    streetCode: at(image, 'StraatCode'),
    streetName: at(image, 'Straatnaam/String'),
    houseNumber: at(image, 'Huisnummer'),
    boxNumber: at(image, 'Busnummer'),
    ...since(image),
  });

function coded(image: Image): Image {
  const text = at(image, 'Omschrijving/#text');
  const language = at(image, 'Omschrijving/@Taal');
  return present({
    code: at(image, 'Code'),
    description:
      text === undefined
        ? undefined
        : present({ '@language': language && String(language).toUpperCase(), '#text': text }),
  });
}

const since = (image: Image): Image => present({ validFrom: at(image, '@DatumBegin') });

function at(image: Image, path: string): unknown {
  let here: unknown = image;
  for (const step of path.split('/')) here = isImage(here) ? here[step] : undefined;
  return here;
}

function one(image: Image, path: string, read: (image: Image) => Image): Image | undefined {
  const found = at(image, path);
  return isImage(found) ? read(found) : undefined;
}

const many = (image: Image, path: string, read: (image: Image) => Image): readonly Image[] =>
  list(at(image, path)).filter(isImage).map(read);

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

const textOf = (value: unknown): unknown => (isImage(value) ? value['#text'] : value);

const present = (image: Image): Image =>
  Object.fromEntries(Object.entries(image).filter(([, value]) => value !== undefined));

const isImage = (value: unknown): value is Image =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
