import type { Clock } from '../exchange/clock.ts';
import type { Batch, BatchKey, QuestionAnswer } from '../exchange/inquiry.ts';
import type { Service } from '../exchange/service.ts';
import type { FileEvent } from '../exchange/subscription.ts';
import type { Environment, Voucher } from '../exchange/voucher.ts';
import type { QName } from '../xml/names.ts';
import type { Content } from '../xml/write.ts';
import { voucherName } from './file-name.ts';
import { replyPieces } from './reply-file.ts';
import type { Run } from './step.ts';
import { untilAborted } from './until-aborted.ts';
import { voucherContent, voucherRoot } from './voucher.ts';
import type { Written } from './write-file.ts';

/** An answer file is kept so many milliseconds after it was made. */
export const REPLY_KEPT = 30 * 86_400_000;

type Needs = {
  readonly clock: Clock;
  readonly environment: Environment;
  readonly speaker: string;
  readonly randomId: () => string;
  readonly batch: (key: BatchKey) => Promise<Batch | null>;
  readonly serviceOf: (name: string, version: string) => Service | null;
  readonly prepareReply: (
    key: BatchKey,
    voucherId: string,
    names: (sequence: number) => readonly string[],
  ) => Promise<Batch | null>;
  readonly answersOf: (key: BatchKey) => AsyncIterable<QuestionAnswer>;
  readonly markReplied: (key: BatchKey) => Promise<boolean>;
  readonly markReplyExpired: (key: BatchKey) => Promise<boolean>;
  readonly clearQuestions: (key: BatchKey) => Promise<void>;
  readonly noteEvent: (event: FileEvent) => Promise<void>;
  /** A document that holds this and its own signature. */
  readonly sign: (root: QName, content: readonly Content[]) => Uint8Array;
  /** From_Vip of a party: a name appears there when all of it is on the disk. */
  readonly replies: {
    readonly place: (
      partyId: number,
      name: string,
      bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    ) => Promise<{ readonly size: number; readonly sha256: string }>;
    readonly remove: (partyId: number, name: string) => Promise<void>;
  };
};

/**
 * Of a file of questions that all have their answer: makes the file of the answers, and then its voucher; then the
 * questions and answers go. Done again after a crash it makes the same file. In the end it takes that away.
 */
export const reply =
  (needs: Needs): Run =>
  async (id, signal) => {
    const key: BatchKey = { owner: 'intake', ownerId: Number(id) };
    const found = await needs.batch(key);
    if (found?.state === 'answered') {
      const batch = await needs.prepareReply(key, needs.randomId(), (sequence) => namesOf(found, sequence));
      if (batch === null) return;
      await layDown(needs, batch, signal);
      if (await needs.markReplied(key)) await note(needs, batch);
    }
    const replied = await needs.batch(key);
    if (replied?.state !== 'replied') return;
    await needs.clearQuestions(key);
    await expire(needs, replied);
  };

/** What may be a name on every system, and is not one by which receipts and vouchers go. */
const USABLE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,149}$/;
const TAKEN = /\.(ack|voucher)$/;

/** The stem of the file that is answered; where that cannot be, because another has it, its number with it. */
function namesOf({ fileName }: Batch, sequence: number): readonly string[] {
  const stem = (fileName ?? '').replace(/\.[^.]*$/, '');
  if (!USABLE.test(stem) || TAKEN.test(stem)) return [`answer-${sequence}.xml`, `answer-${sequence}-.xml`];
  return [`${stem}.xml`, `${stem}-${sequence}.xml`, `${stem}--${sequence}.xml`];
}

async function layDown(needs: Needs, batch: Batch, signal: AbortSignal): Promise<void> {
  const { service: name, version, partyId, reply } = batch;
  const service = needs.serviceOf(name, version);
  if (!service) throw new Error(`${name} ${version} is not served any more`);
  if (!reply) throw new Error('the answer file has no name');
  const held = service.contract.hold();
  try {
    const pieces = replyPieces(service, batch, needs.speaker, untilAborted(needs.answersOf(batch), signal));
    const placed = await needs.replies.place(partyId, reply.name, pieces.bytes);
    const voucher = voucherOf(needs, service, batch, { ...placed, records: pieces.records() });
    await needs.replies.place(partyId, voucherName(reply.name), [
      needs.sign(voucherRoot, voucherContent(voucher)),
    ]);
  } finally {
    held.dispose();
  }
}

function voucherOf(
  { environment, speaker }: Needs,
  { contract }: Service,
  { sender, reply, answeredAt, ownerId, ...batch }: Batch,
  { size, sha256, records }: Written,
): Voucher {
  if (!reply || !answeredAt) throw new Error('the answers are not all there');
  const { uri, hoedanigheid } = sender;
  return {
    id: reply.voucherId,
    environment,
    sender: { uri: speaker, hoedanigheid: null },
    receiver: { uri, hoedanigheid },
    flow: {
      service: batch.service,
      messageType: contract.operations[0]?.response?.name ?? batch.service,
      version: batch.version,
      schemaLocation: batch.schema ?? '',
    },
    ...{ legalContext: batch.legalBasis, authorisationReference: null, direction: 'RESPONSE' },
    ...{
      sequence: reply.sequence,
      inReplyTo: batch.voucherId,
      fileId: String(ownerId),
      createdAt: answeredAt,
    },
    files: [{ name: reply.name, mediaType: 'application/xml', size, sha256, records, part: 1, parts: 1 }],
    cutOff: null,
  };
}

async function note(
  { noteEvent, clock }: Needs,
  { partyId, reply, fileName, service }: Batch,
): Promise<void> {
  await noteEvent({
    ...{ fileId: null, partyId, what: 'written', channel: null, remoteAddress: null, at: clock.now() },
    detail: `${reply?.name}, the answers of ${service} to ${fileName}`,
  });
}

async function expire({ clock, replies, markReplyExpired }: Needs, batch: Batch): Promise<void> {
  const { repliedAt, reply, partyId } = batch;
  if (!repliedAt || !reply || repliedAt.getTime() + REPLY_KEPT > clock.now().getTime()) return;
  await replies.remove(partyId, voucherName(reply.name));
  await replies.remove(partyId, reply.name);
  await markReplyExpired(batch);
}
