import { localMoment } from '../dialect/magda-time.ts';
import type { ClosedFile, Publication, PublishedRecord } from '../exchange/publication.ts';
import { plain } from '../xml/names.ts';
import { type Content, element, fragment, type Markup } from '../xml/write.ts';

/** A publication file as markup, around whatever stands in its Onderwerpen. */
export function fileMarkup(
  { root }: Publication,
  file: ClosedFile,
  speaker: string,
  records: readonly Content[],
): Markup {
  const publication = element(plain('Publicatie'), [
    contextOf(file, speaker),
    element(plain('Onderwerpen'), records),
  ]);
  return element({ ...root, prefix: 'p' }, [publication]);
}

/** Who speaks to whom: every value is the row's, so that whenever it is written it says the same. */
function contextOf(file: ClosedFile, speaker: string): Markup {
  const { date, time } = localMoment(file.closedAt);
  return element(plain('Context'), [
    element(plain('Naam'), file.publication),
    element(plain('Versie'), `${file.version}.0000`),
    element(plain('Bericht'), [
      element(plain('Type'), 'PUBLICATIE'),
      element(plain('Tijdstip'), [element(plain('Datum'), date), element(plain('Tijd'), time)]),
      element(plain('Afzender'), [
        element(plain('Identificatie'), speaker),
        element(plain('Referte'), file.voucherId),
      ]),
      element(plain('Ontvanger'), [
        element(plain('Identificatie'), file.uri),
        file.hoedanigheid === null ? null : element(plain('Hoedanigheid'), file.hoedanigheid),
      ]),
    ]),
  ]);
}

/** One change or one person, its payload as it was told. */
export const recordMarkup = (record: PublishedRecord): Markup => {
  const { id, reference, type, occurredOn, content, remarks } = record;
  return element(plain('Onderwerp'), [
    element(plain('Referte'), id),
    element(plain('Inhoud'), [
      element(plain('Metadata'), [
        element(plain('Referte'), reference),
        type === null ? null : element(plain('Type'), type),
        element(plain('Datum'), occurredOn),
      ]),
      fragment(Buffer.from(content, 'utf8')),
    ]),
    remarks === null ? null : fragment(Buffer.from(remarks, 'utf8')),
  ]);
};
