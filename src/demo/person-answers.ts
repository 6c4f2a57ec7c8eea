import { below } from '../dialect/path.ts';
import { type Answerer, type Answerers, type Image, nothingFound, said } from './answerer.ts';
import { kszPerson } from './ksz-person.ts';
import { searchByName } from './name-search.ts';
import { demoHouseholds } from './people.ts';
import { demoRegister } from './register.ts';

/** What the demo Rijksregister answers: one person, a person's household, people by their name. */
export function personAnswers(): Answerers {
  const households = demoHouseholds();
  return {
    GeefPersoon: aboutPerson((_, image) => ({ Persoon: image })),
    GeefGezinssamenstelling: aboutPerson((insz) => {
      const household = households[insz];
      return household ? { Gezinsleden: household } : null;
    }),
    ZoekPersoonOpNaam: searchByName(),
    PersonInformation: aboutSsin(),
  };
}

/** `inhoud`: what there is to say about a number, which is the new one when it was replaced; null: nothing. */
function aboutPerson(inhoud: (insz: string, image: Image) => Image | null): Answerer {
  const find = demoRegister();
  return async (content) => {
    const asked = below(content, 'Criteria/INSZ')?.text.trim() ?? '';
    const finding = await find(asked);
    if (finding.kind === 'unknown') return nothingFound;
    if (finding.kind === 'down' || finding.kind === 'fault') return { kind: finding.kind };
    const replaced = finding.kind === 'person' && finding.replaces !== null;
    const image = inhoud(replaced ? String(finding.image.INSZ) : asked, finding.image);
    if (!image) return nothingFound;
    if (finding.kind === 'truncated') return { kind: 'truncated', image };
    return said(image, replaced ? [REPLACED] : []);
  };
}

/** The same register in the terms of the social security, where a replaced number gets the new one and no more. */
function aboutSsin(): Answerer {
  const find = demoRegister();
  return async (content) => {
    const finding = await find(below(content, 'criteria/ssin')?.text.trim() ?? '');
    if (finding.kind === 'unknown') return nothingFound;
    if (finding.kind === 'down' || finding.kind === 'fault') return { kind: finding.kind };
    if (finding.kind === 'person' && finding.replaces !== null) {
      const annotations = [{ name: 'newSSIN', value: String(finding.image.INSZ) }];
      return { kind: 'refused', why: { ...REPLACED, type: 'FOUT', annotations } };
    }
    const image = { person: kszPerson(finding.image) };
    return finding.kind === 'truncated' ? { kind: 'truncated', image } : said(image);
  };
}

const REPLACED = {
  number: '30004',
  type: 'WAARSCHUWING',
  text: 'De persoon heeft een nieuw INSZ.',
} as const;
