import { EntitySchema } from 'typeorm';
import type { BatchState, QuestionOwner } from '../../exchange/inquiry.ts';

/** What the questions of one owner have in common. `template` is JSON; `cleared`: the questions were taken away. */
export type QuestionBatchRow = {
  owner: QuestionOwner;
  ownerId: number;
  partyId: number;
  uri: string;
  hoedanigheid: string | null;
  endUser: string | null;
  reference: string;
  service: string;
  version: string;
  voucherId: string;
  certificateSubject: string | null;
  certificateFingerprint: string | null;
  legalBasis: string;
  template: string | null;
  fileName: string | null;
  schema: string | null;
  state: BatchState;
  questions: number | null;
  lastTime: boolean;
  lastError: string | null;
  madeAt: Date;
  answeredAt: Date | null;
  repliedAt: Date | null;
  replyName: string | null;
  replySequence: number | null;
  replyVoucherId: string | null;
  cleared: boolean;
};

export const questionBatchTable = new EntitySchema<QuestionBatchRow>({
  name: 'question_batch',
  columns: {
    owner: { type: 'varchar', primary: true },
    ownerId: { type: 'integer', primary: true, name: 'owner_id' },
    partyId: { type: 'integer', name: 'party_id' },
    uri: { type: 'varchar' },
    hoedanigheid: { type: 'varchar', nullable: true },
    endUser: { type: 'varchar', name: 'end_user', nullable: true },
    reference: { type: 'varchar' },
    service: { type: 'varchar' },
    version: { type: 'varchar' },
    voucherId: { type: 'varchar', name: 'voucher_id' },
    certificateSubject: { type: 'varchar', name: 'certificate_subject', nullable: true },
    certificateFingerprint: { type: 'varchar', name: 'certificate_fingerprint', nullable: true },
    legalBasis: { type: 'text', name: 'legal_basis' },
    template: { type: 'text', nullable: true },
    fileName: { type: 'varchar', name: 'file_name', nullable: true },
    schema: { type: 'varchar', name: 'schema_path', nullable: true },
    state: { type: 'varchar' },
    questions: { type: 'integer', nullable: true },
    lastTime: { type: 'boolean', name: 'last_time' },
    lastError: { type: 'text', name: 'last_error', nullable: true },
    madeAt: { type: 'datetime', precision: 3, name: 'made_at' },
    answeredAt: { type: 'datetime', precision: 3, name: 'answered_at', nullable: true },
    repliedAt: { type: 'datetime', precision: 3, name: 'replied_at', nullable: true },
    replyName: { type: 'varchar', name: 'reply_name', nullable: true },
    replySequence: { type: 'integer', name: 'reply_sequence', nullable: true },
    replyVoucherId: { type: 'varchar', name: 'reply_voucher_id', nullable: true },
    cleared: { type: 'boolean' },
  },
});
