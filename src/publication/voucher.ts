import type { ClosedFile, Publication } from '../exchange/publication.ts';
import { type Environment, mediaTypes, type Voucher } from '../exchange/voucher.ts';
import type { QName } from '../xml/names.ts';
import { element, type Markup } from '../xml/write.ts';
import type { Written } from './write-file.ts';

export const VOUCHER = 'urn:kruispunt:batch:voucher:v1';
export const VOUCHER_VERSION = '1';

const v = (name: string): QName => ({ namespace: VOUCHER, name, prefix: 'v' });

/** The name of a voucher's root element. */
export const voucherRoot = v('Voucher');

type Around = {
  readonly environment: Environment;
  readonly speaker: string;
  readonly publication: Publication;
};

/** The voucher of a publication file; like the file itself it says the same whenever it is made. */
export function voucherOf(
  file: ClosedFile,
  { size, sha256, records }: Written,
  { environment, speaker, publication }: Around,
): Voucher {
  return {
    id: file.voucherId,
    environment,
    sender: { uri: speaker, hoedanigheid: null },
    receiver: { uri: file.uri, hoedanigheid: file.hoedanigheid },
    flow: {
      service: file.publication,
      messageType: publication.root.name,
      version: file.version,
      schemaLocation: publication.schema,
    },
    legalContext: file.legalBasis,
    authorisationReference: `grant ${file.grantId}`,
    direction: file.kind === 'snapshot' ? 'SUBSCRIPTION' : 'NOTIFICATION',
    sequence: file.sequence,
    inReplyTo: null,
    fileId: String(file.id),
    createdAt: file.closedAt,
    files: [
      { name: file.name, mediaType: mediaTypes[file.format], size, sha256, records, part: 1, parts: 1 },
    ],
    cutOff: file.cutOff,
  };
}

/** What stands in a voucher's root before its signature. */
export function voucherContent(voucher: Voucher): readonly Markup[] {
  const { sender, receiver, flow, files } = voucher;
  return [
    element(v('voucherId'), voucher.id),
    element(v('voucherVersion'), VOUCHER_VERSION),
    element(v('environment'), voucher.environment),
    organisation('sender', sender),
    organisation('receiver', receiver),
    element(v('flow'), [
      element(v('serviceName'), flow.service),
      element(v('messageType'), flow.messageType),
      element(v('messageVersion'), flow.version),
      element(v('schemaLocation'), flow.schemaLocation),
    ]),
    element(v('legalContext'), voucher.legalContext),
    ...optional('authorisationReference', voucher.authorisationReference),
    element(v('direction'), voucher.direction),
    element(v('fileSequenceNumber'), String(voucher.sequence)),
    ...optional('inReplyToVoucherId', voucher.inReplyTo),
    element(v('fileId'), voucher.fileId),
    element(v('fileCreationTimestamp'), voucher.createdAt.toISOString()),
    ...files.map(fileContent),
    ...optional('cutOffTimestamp', voucher.cutOff?.toISOString() ?? null),
  ];
}

const fileContent = ({ name, mediaType, size, sha256, records, part, parts }: Voucher['files'][number]) =>
  element(v('file'), [
    element(v('fileName'), name),
    element(v('mediaType'), mediaType),
    element(v('encoding'), 'UTF-8'),
    element(v('compression'), 'NONE'),
    element(v('encryption'), 'NONE'),
    element(v('sizeInBytes'), String(size)),
    element(v('digestAlgorithm'), 'SHA-256'),
    element(v('digest'), sha256),
    element(v('numberOfRecords'), String(records)),
    element(v('partNumber'), String(part)),
    element(v('numberOfParts'), String(parts)),
  ]);

const organisation = (name: string, { uri, hoedanigheid }: Voucher['sender']) =>
  element(v(name), [
    element(v('organizationIdentification'), uri),
    ...optional('hoedanigheid', hoedanigheid),
  ]);

const optional = (name: string, value: string | null) => (value === null ? [] : [element(v(name), value)]);
