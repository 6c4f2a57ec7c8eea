import { below } from '../dialect/path.ts';
import type { Element } from '../exchange/element.ts';
import { type Answerers, type Image, refused, said } from './answerer.ts';
import { demoEnterpriseImages } from './people.ts';

/**
 * What the demo KBO answers: of an enterprise that it knows, the blocks whose flags are 1. A block is given as it is
 * kept: its whole history, described in Dutch, whatever the finer criteria within it.
 */
export function enterpriseAnswers(): Answerers {
  const images = demoEnterpriseImages();
  return {
    GeefOnderneming: async (content) => {
      const image = images[below(content, 'Criteria/Ondernemingsnummer')?.text.trim() ?? ''];
      if (!image) return refused('40046', 'Het ondernemingsnummer is niet gekend in de KBO.');
      return said({ Onderneming: blocksOf(image, content) });
    },
  };
}

/** What the contract wants in every answer. */
const ALWAYS = new Set(['Ondernemingsnummer', 'AuthentiekBron', 'OndernemingOfVestiging']);

/** The blocks that have a flag of their own, by its name; what else there is belongs to Basisgegevens. */
const FLAGGED = new Set([
  'Rechtstoestanden',
  'Vestigingen',
  'Bankrekeningen',
  'Functies',
  'Activiteiten',
  'GerelateerdeOndernemingen',
  'Hoedanigheden',
  'ExterneIdentificaties',
  'Bijhuis',
  'AmbtshalveDoorhalingen',
]);

function blocksOf(image: Image, content: Element): Image {
  const asked = (block: string) => {
    if (ALWAYS.has(block)) return true;
    const flag = below(content, `Criteria/${FLAGGED.has(block) ? block : 'Basisgegevens'}`);
    return (flag?.child('Aanduiding') ?? flag)?.text.trim() === '1';
  };
  return Object.fromEntries(Object.entries(image).filter(([block]) => asked(block)));
}
