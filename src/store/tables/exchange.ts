import { EntitySchema } from 'typeorm';
import type { ExchangeRecord } from '../../exchange/audit.ts';

/** The audit. Lists are JSON; `exchange-row.ts` writes and reads it. */
export type ExchangeRow = {
  id: string;
  receivedAt: Date;
  duration: number;
  remoteAddress: string;
  service: string | null;
  version: string | null;
  certificateSubject: string | null;
  certificateFingerprint: string | null;
  party: string | null;
  uri: string | null;
  hoedanigheid: string | null;
  endUser: string | null;
  reference: string | null;
  grantId: number | null;
  legalBasis: string | null;
  outcome: ExchangeRecord['outcome'];
  level: ExchangeRecord['level'];
  code: string | null;
  reason: string | null;
  stages: string;
  sources: string;
  filtered: string;
  digestIn: string;
  digestOut: string;
};

export const exchangeTable = new EntitySchema<ExchangeRow>({
  name: 'exchange',
  columns: {
    id: { type: 'varchar', primary: true },
    receivedAt: { type: 'datetime', precision: 3, name: 'received_at' },
    duration: { type: 'double' },
    remoteAddress: { type: 'varchar', name: 'remote_address' },
    service: { type: 'varchar', nullable: true },
    version: { type: 'varchar', nullable: true },
    certificateSubject: { type: 'varchar', name: 'certificate_subject', nullable: true },
    certificateFingerprint: { type: 'varchar', name: 'certificate_fingerprint', nullable: true },
    party: { type: 'varchar', nullable: true },
    uri: { type: 'varchar', nullable: true },
    hoedanigheid: { type: 'varchar', nullable: true },
    endUser: { type: 'varchar', name: 'end_user', nullable: true },
    reference: { type: 'varchar', nullable: true },
    grantId: { type: 'integer', name: 'grant_id', nullable: true },
    legalBasis: { type: 'text', name: 'legal_basis', nullable: true },
    outcome: { type: 'varchar' },
    level: { type: 'integer', name: 'refusal_level', nullable: true },
    code: { type: 'varchar', nullable: true },
    reason: { type: 'text', nullable: true },
    stages: { type: 'text' },
    sources: { type: 'text' },
    filtered: { type: 'text' },
    digestIn: { type: 'varchar', name: 'digest_in' },
    digestOut: { type: 'varchar', name: 'digest_out' },
  },
});
