import { createHash, randomUUID } from 'node:crypto';
import type { SigningParty } from '../../src/cli/demo-party.ts';
import type { Voucher } from '../../src/exchange/voucher.ts';
import { voucherContent, voucherRoot } from '../../src/publication/voucher.ts';
import { createDocumentSigner } from '../../src/wss/sign-document.ts';
import { plain } from '../../src/xml/names.ts';
import { element, writeBytes } from '../../src/xml/write.ts';

/** Files as a source lays them down: changes of persons, and the voucher that says what they are. */

export const SPEAKER = 'vip.vlaanderen.be';
const NAMESPACE = 'http://magda.vlaanderen.be/persoon/file/publiceermutatiepersoon/v02_02';

type Source = Pick<SigningParty, 'uri' | 'hoedanigheid' | 'keyPem' | 'certificatePem'>;

/** One change; what is left out is in order. */
export const told = (
  insz: string,
  reference: string,
  { content = '', day = '2026-05-09' }: { readonly content?: string; readonly day?: string } = {},
) =>
  `<Onderwerp><Referte>${reference}</Referte><Inhoud><Metadata><Referte>${reference}</Referte><Type>02</Type>` +
  `<Datum>${day}</Datum></Metadata><Persoon DatumModificatie="2026-05-09" Bron="RR"><INSZ>${insz}</INSZ>${content}</Persoon>` +
  '</Inhoud></Onderwerp>';

/** What a file begins and ends with. */
export const around = ({ uri, hoedanigheid }: Pick<Source, 'uri' | 'hoedanigheid'>) => ({
  head:
    `<?xml version="1.0" encoding="UTF-8"?>\n<m:PubliceerMutatiePersoon xmlns:m="${NAMESPACE}"><Publicatie><Context>` +
    '<Naam>PubliceerMutatiePersoon</Naam><Versie>02.02.0000</Versie><Bericht><Type>PUBLICATIE</Type>' +
    '<Tijdstip><Datum>2026-05-10</Datum><Tijd>09:00:00.000</Tijd></Tijdstip><Afzender>' +
    `<Identificatie>${uri}</Identificatie><Referte>b-1</Referte>` +
    `${hoedanigheid === null ? '' : `<Hoedanigheid>${hoedanigheid}</Hoedanigheid>`}</Afzender>` +
    `<Ontvanger><Identificatie>${SPEAKER}</Identificatie></Ontvanger></Bericht></Context><Onderwerpen>\n`,
  tail: '</Onderwerpen></Publicatie></m:PubliceerMutatiePersoon>\n',
});

export function mutationFile(
  source: Pick<Source, 'uri' | 'hoedanigheid'>,
  records: readonly string[],
): string {
  const { head, tail } = around(source);
  return `${head}${records.map((each) => `${each}\n`).join('')}${tail}`;
}

type Said = Partial<Voucher> & { readonly records: number; readonly name: string };

/** What a source's voucher says of a file when all of it is true; `changes` are what is not. */
export function voucherOver(
  bytes: { readonly size: number; readonly sha256: string },
  { uri, hoedanigheid }: Pick<Source, 'uri' | 'hoedanigheid'>,
  { records, name, ...changes }: Said,
): Voucher {
  return {
    ...{ id: randomUUID(), environment: 'TEST', sender: { uri, hoedanigheid } },
    receiver: { uri: SPEAKER, hoedanigheid: null },
    flow: {
      ...{ service: 'PubliceerMutatiePersoon', messageType: 'PubliceerMutatiePersoon', version: '02.02' },
      schemaLocation: 'Persoon.PubliceerMutatiePersoon-02.02/File/PubliceerMutatiePersoon.xsd',
    },
    ...{ legalContext: 'Demodecreet artikel 4', authorisationReference: null, direction: 'NOTIFICATION' },
    ...{ sequence: 1, inReplyTo: null, fileId: '1', createdAt: new Date(0), cutOff: null },
    files: [{ name, mediaType: 'application/xml', ...bytes, records, part: 1, parts: 1 }],
    ...changes,
  };
}

export const factsOf = (text: string) => ({
  size: Buffer.byteLength(text),
  sha256: createHash('sha256').update(text).digest('hex'),
});

/** The voucher as a document that its source signed. */
export const signedVoucher = (voucher: Voucher, { keyPem, certificatePem }: Source): Buffer =>
  Buffer.from(
    createDocumentSigner({ privateKey: keyPem, certificate: certificatePem }).sign(
      voucherRoot,
      voucherContent(voucher),
    ),
  );

/** A document that nobody signed. */
export const unsignedVoucher = (voucher: Voucher): Buffer =>
  writeBytes(element(voucherRoot, [...voucherContent(voucher), element(plain('x'), '')])).bytes;
