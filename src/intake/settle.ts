import type { Intake, IntakeProblem, ReceiptStatus } from '../exchange/intake.ts';
import type { FileEvent } from '../exchange/subscription.ts';
import type { Environment } from '../exchange/voucher.ts';
import type { QName } from '../xml/names.ts';
import type { Content } from '../xml/write.ts';
import { duplicateReceiptName, receiptName } from './names.ts';
import { receiptContent, receiptRoot } from './receipt.ts';

export type SettleNeeds = {
  readonly environment: Environment;
  readonly speaker: string;
  /** A document that holds this and its own signature. */
  readonly sign: (root: QName, content: readonly Content[]) => Uint8Array;
  /** Puts bytes in the party's From_Vip, in the place of what has that name. */
  readonly answer: (partyId: number, name: string, bytes: Uint8Array) => Promise<void>;
  readonly noteEvent: (event: FileEvent) => Promise<void>;
  readonly markReceipt: (id: number, receipt: ReceiptStatus) => Promise<unknown>;
};

/** What a file's state is to be answered with; null while that is not known. */
const STATUS: Partial<Record<Intake['state'], ReceiptStatus>> = {
  held: 'WAITING_FOR_SEQUENCE',
  taken: 'ACCEPTED',
  rejected: 'REJECTED',
};

const EVENT = { ACCEPTED: 'intake-accepted', REJECTED: 'intake-rejected' } as const;

/** Answers a file by the receipt that its state asks for, if the party has not got that yet, and notes the end of it. */
export async function settle(needs: SettleNeeds, file: Intake): Promise<void> {
  const status = STATUS[file.state];
  if (status === undefined || status === file.receipt) return;
  const at = file.endedAt ?? file.at;
  const { problems } = file;
  await answer(needs, receiptName(file), { file, status, problems, at });
  // First noted: after a crash it is told twice, and never not at all.
  if (status === 'ACCEPTED' || status === 'REJECTED') {
    const { service, version, sequence, fileName, takenRecords } = file;
    const what = `${fileName}, ${service} ${version} number ${sequence}`;
    const why = problems.map(inWords).join('; ');
    const detail = status === 'ACCEPTED' ? `${what}: ${takenRecords} records` : `${what}: ${why}`;
    await note(needs, file, EVENT[status], at, detail);
  }
  await needs.markReceipt(file.id, status);
}

/** Answers a voucher that was laid down before. The receipt of the first time is another file, and stays. */
export const tellDuplicate =
  (needs: Omit<SettleNeeds, 'markReceipt'>) =>
  async (file: Intake, at: Date): Promise<void> => {
    const detail = `received at ${file.at.toISOString()} as ${file.fileName}; it is ${file.state}`;
    const problem: IntakeProblem = { code: 'ALREADY_RECEIVED', record: null, reference: null, detail };
    const about = { file, status: 'DUPLICATE' as const, problems: [problem], at };
    await answer(needs, duplicateReceiptName(file.voucherId), about);
    await note(needs, file, 'intake-rejected', at, `voucher ${file.voucherId} again: ${detail}`);
  };

/** A problem in one line. */
export const inWords = ({ code, record, reference, detail }: IntakeProblem): string => {
  const named = reference === null ? '' : ` (${reference})`;
  return `${code}: ${record === null ? '' : `record ${record}${named}: `}${detail}`;
};

async function answer(
  { environment, speaker, sign, answer }: Omit<SettleNeeds, 'markReceipt'>,
  name: string,
  about: Parameters<typeof receiptContent>[0],
): Promise<void> {
  const content = receiptContent(about, { environment, speaker });
  await answer(about.file.partyId, name, sign(receiptRoot, content));
}

const MAX_DETAIL = 2_000;

const note = (
  { noteEvent }: Pick<SettleNeeds, 'noteEvent'>,
  { partyId }: Intake,
  what: FileEvent['what'],
  at: Date,
  detail: string,
) =>
  noteEvent({
    ...{ fileId: null, partyId, what, channel: null, remoteAddress: null, at },
    detail: detail.slice(0, MAX_DETAIL),
  });
