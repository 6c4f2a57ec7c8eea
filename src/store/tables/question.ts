import { EntitySchema } from 'typeorm';
import type { QuestionOwner } from '../../exchange/inquiry.ts';
import type { SubjectKind } from '../../exchange/party.ts';

/** One question of a batch, and its answer until a file was made of it. */
export type QuestionRow = {
  id: number;
  owner: QuestionOwner;
  ownerId: number;
  position: number;
  subjectKind: SubjectKind | null;
  subjectNumber: string | null;
  content: string | null;
  state: 'open' | 'answered';
  tries: number;
  answer: string | null;
  exchangeId: string | null;
  answeredAt: Date | null;
};

export const questionTable = new EntitySchema<QuestionRow>({
  name: 'question',
  columns: {
    id: { type: 'bigint', primary: true, generated: 'increment' },
    owner: { type: 'varchar' },
    ownerId: { type: 'integer', name: 'owner_id' },
    position: { type: 'integer' },
    subjectKind: { type: 'varchar', name: 'subject_kind', nullable: true },
    subjectNumber: { type: 'varchar', name: 'subject_number', nullable: true },
    content: { type: 'text', nullable: true },
    state: { type: 'varchar' },
    tries: { type: 'integer' },
    answer: { type: 'text', nullable: true },
    exchangeId: { type: 'varchar', name: 'exchange_id', nullable: true },
    answeredAt: { type: 'datetime', precision: 3, name: 'answered_at', nullable: true },
  },
});
