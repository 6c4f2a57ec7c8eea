import { fileURLToPath } from 'node:url';
import { loadPublications } from '../../src/contract/load-publications.ts';
import type { ClosedFile, Publication, PublishedRecord } from '../../src/exchange/publication.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [found] = loadPublications([`${root}/wsdl/publicatie`], [`${root}/xsd`], () => null).publications;
if (!found) throw new Error('there is no publication');

/** The repository's own publication of changes of persons. */
export const publication: Publication = found;

export const SPEAKER = 'vip.vlaanderen.be';

export const closedFile: ClosedFile = {
  id: 7,
  partyId: 3,
  publication: 'PubliceerMutatiePersoon',
  version: '02.02',
  sequence: 12,
  name: 'persoon.publiceermutatiepersoon-0202_20260302030000012.xml',
  format: 'xml',
  kind: 'mutations',
  voucherId: '0b8f9a46-5a0e-4c1c-9f7e-2f2a5f0d7c11',
  uri: 'stad.example',
  hoedanigheid: '6001',
  visible: ['**'],
  grantId: 5,
  legalBasis: 'Decreet A',
  cutOff: new Date('2026-03-02T02:00:00.000Z'),
  closedAt: new Date('2026-03-02T02:00:00.417Z'),
};

/** A synthetic number: its month is one that no real number has. */
export function inszOf(index: number): string {
  const body = `61${String(61 + (index % 12))}${String(index % 1_000_00).padStart(5, '0')}`;
  return `${body}${String(97 - (Number(body) % 97)).padStart(2, '0')}`;
}

/** A change of a person, as a register tells it; the n-th of any number. */
export function record(index: number, changes: Partial<PublishedRecord> = {}): PublishedRecord {
  return {
    id: String(index),
    reference: `bron-${index}`,
    occurredOn: '2026-02-27',
    type: '02',
    remarks: null,
    content:
      `<Persoon DatumModificatie="2026-02-27" Bron="RR"><INSZ>${inszOf(index)}</INSZ><Naam DatumBegin="2026-02-27">` +
      '<Achternamen><Achternaam>Maes</Achternaam></Achternamen><Voornamen><Voornaam>Lieve</Voornaam>' +
      '<Voornaam>Johanna</Voornaam></Voornamen></Naam><Geslacht DatumBegin="1961-05-12"><Code>2</Code></Geslacht>' +
      '<Geboorte DatumBegin="1961-05-12"><Datum>1961-05-12</Datum><Plaats><Gemeente><NISCode>41002</NISCode>' +
      '<Naam>Aalst</Naam></Gemeente><Land><NISCode>150</NISCode><Naam>BELGIE</Naam></Land></Plaats></Geboorte></Persoon>',
    ...changes,
  };
}

export async function* records(count: number, each = record): AsyncGenerator<PublishedRecord> {
  for (let index = 1; index <= count; index++) yield each(index);
}

export async function bytesOf(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}
