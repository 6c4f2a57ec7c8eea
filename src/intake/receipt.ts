import { type Intake, type IntakeProblem, intakeCodes, type ReceiptStatus } from '../exchange/intake.ts';
import type { Identity } from '../exchange/party.ts';
import { refusals } from '../exchange/refusal.ts';
import type { Environment } from '../exchange/voucher.ts';
import type { QName } from '../xml/names.ts';
import { element, type Markup } from '../xml/write.ts';
import { isReadable } from './names.ts';

export const RECEIPT = 'urn:kruispunt:batch:receipt:v1';
const RECEIPT_VERSION = '1';

const r = (name: string): QName => ({ namespace: RECEIPT, name, prefix: 'r' });

/** The name of a receipt's root element. */
export const receiptRoot = r('Receipt');

type About = {
  readonly file: Intake;
  readonly status: ReceiptStatus;
  readonly problems: readonly IntakeProblem[];
  readonly at: Date;
};
type Around = { readonly environment: Environment; readonly speaker: string };

/** What stands in a receipt's root before its signature. */
export function receiptContent(
  { file, status, problems, at }: About,
  { environment, speaker }: Around,
): readonly Markup[] {
  const readable = isReadable(file);
  const accepted = status === 'ACCEPTED';
  return [
    element(r('receiptVersion'), RECEIPT_VERSION),
    element(r('environment'), environment),
    organisation('sender', { uri: speaker, hoedanigheid: null }),
    ...(readable ? [organisation('receiver', file), element(r('voucherId'), file.voucherId)] : []),
    element(r('fileName'), file.fileName),
    ...(readable ? [flowOf(file)] : []),
    element(r('status'), status),
    element(r('statusTimestamp'), at.toISOString()),
    ...(accepted ? [element(r('numberOfRecords'), String(file.takenRecords))] : []),
    ...(accepted ? [element(r('numberOfDuplicates'), String(file.duplicates))] : []),
    ...problems.map(remark),
  ];
}

const flowOf = ({ service, version, sequence }: Intake) =>
  element(r('flow'), [
    element(r('serviceName'), service),
    element(r('messageVersion'), version),
    element(r('fileSequenceNumber'), String(sequence)),
  ]);

const remark = ({ code, record, reference, detail }: IntakeProblem) =>
  element(r('remark'), [
    element(r('code'), code),
    element(r('text'), textOf(code)),
    ...(record === null ? [] : [element(r('record'), String(record))]),
    ...(reference === null || reference === '' ? [] : [element(r('reference'), reference)]),
    element(r('detail'), detail),
  ]);

/** What a code means, in the language of those who send files. */
export const textOf = (code: IntakeProblem['code']): string =>
  code in intakeCodes
    ? intakeCodes[code as keyof typeof intakeCodes]
    : refusals[code as keyof typeof refusals].text;

const organisation = (name: string, { uri, hoedanigheid }: Identity) =>
  element(r(name), [
    element(r('organizationIdentification'), uri),
    ...(hoedanigheid === null ? [] : [element(r('hoedanigheid'), hoedanigheid)]),
  ]);
