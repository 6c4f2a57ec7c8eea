import { auditAnchoredTable, auditAnchorTable } from './audit-anchor.ts';
import { auditArchivePartTable, auditArchiveTable } from './audit-archive.ts';
import { auditKeyTable } from './audit-key.ts';
import { auditTimestampTable } from './audit-timestamp.ts';
import { changeLogTable } from './change-log.ts';
import { lookUpTable } from './change-look-up.ts';
import { changeStampTable } from './change-stamp.ts';
import { codeTable } from './code-table.ts';
import { deliveryTable } from './delivery.ts';
import { exchangeTable } from './exchange.ts';
import { exchangeSubjectTable } from './exchange-subject.ts';
import { fileEventTable } from './file-event.ts';
import { intakeTable } from './intake.ts';
import { mutationTable } from './mutation.ts';
import { partyTable } from './party.ts';
import { partyCertificateTable } from './party-certificate.ts';
import { partyGrantTable } from './party-grant.ts';
import { partyIdentityTable } from './party-identity.ts';
import { partyNetworkTable } from './party-network.ts';
import { pickupAccessTable } from './pickup-access.ts';
import { populationMemberTable } from './population-member.ts';
import { publicationFileTable, publicationSequenceTable } from './publication-file.ts';
import { pullBatchTable } from './pull-batch.ts';
import { questionTable } from './question.ts';
import { questionBatchTable } from './question-batch.ts';
import { registrationTable } from './registration.ts';
import { registrationHistoryTable } from './registration-history.ts';
import { registrationLockTable } from './registration-lock.ts';
import { seenMessageTable } from './seen-message.ts';
import { sourceTable } from './source.ts';
import { sourceReferenceTable } from './source-reference.ts';
import { subscriptionTable } from './subscription.ts';
import { grantRuleTable, waitingGrantTable } from './waiting-grant.ts';

export const tables = [
  pickupAccessTable,
  ...[partyTable, partyIdentityTable, partyCertificateTable, partyNetworkTable],
  ...[partyGrantTable, populationMemberTable],
  ...[
    registrationTable,
    sourceTable,
    sourceReferenceTable,
    exchangeTable,
    exchangeSubjectTable,
    changeStampTable,
  ],
  ...[codeTable, changeLogTable, lookUpTable, grantRuleTable, waitingGrantTable],
  ...[registrationHistoryTable, registrationLockTable],
  ...[subscriptionTable, mutationTable, deliveryTable, publicationFileTable, publicationSequenceTable],
  pullBatchTable,
  ...[questionBatchTable, questionTable],
  ...[fileEventTable, intakeTable, seenMessageTable],
  ...[auditAnchorTable, auditAnchoredTable, auditKeyTable, auditTimestampTable],
  ...[auditArchiveTable, auditArchivePartTable],
];
