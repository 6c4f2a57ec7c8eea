import type { DataSource, QueryRunner } from 'typeorm';
import type { SubjectKeys } from '../exchange/subject-keys.ts';
import { registerKeys } from './audit-keys.ts';
import { FirstTables1795305600000 } from './migrations/1795305600000-first-tables.ts';
import { RegistrationHistory1795392000000 } from './migrations/1795392000000-registration-history.ts';
import { Changes1795400000000 } from './migrations/1795400000000-changes.ts';
import { Controls1795500000000 } from './migrations/1795500000000-controls.ts';
import { CodeTable1795510000000 } from './migrations/1795510000000-code-table.ts';
import { SourcesAndReferences1795520000000 } from './migrations/1795520000000-sources-and-references.ts';
import { Publications1795600000000 } from './migrations/1795600000000-publications.ts';
import { PickupAccess1795610000000 } from './migrations/1795610000000-pickup-access.ts';
import { Intake1795615000000 } from './migrations/1795615000000-intake.ts';
import { Questions1795620000000 } from './migrations/1795620000000-questions.ts';
import { PullBatches1795630000000 } from './migrations/1795630000000-pull-batches.ts';
import { SeenMessage1795700000000 } from './migrations/1795700000000-seen-message.ts';
import { AuditChain1795710000000 } from './migrations/1795710000000-audit-chain.ts';
import { SealedSubjects1795711000000 } from './migrations/1795711000000-sealed-subjects.ts';
import { AuditArchive1795720000000 } from './migrations/1795720000000-audit-archive.ts';
import { PartyNetworks1795730000000 } from './migrations/1795730000000-party-networks.ts';
import { WaitingGrants1795740000000 } from './migrations/1795740000000-waiting-grants.ts';
import { AuditTimestamps1795741000000 } from './migrations/1795741000000-audit-timestamps.ts';
import { EncryptedAnswers1795790000000 } from './migrations/1795790000000-encrypted-answers.ts';
import { SeenInOrder1795800000000 } from './migrations/1795800000000-seen-in-order.ts';
import { sealPlain } from './seal-plain.ts';

export const migrations = [
  FirstTables1795305600000,
  RegistrationHistory1795392000000,
  Changes1795400000000,
  Controls1795500000000,
  CodeTable1795510000000,
  SourcesAndReferences1795520000000,
  Publications1795600000000,
  PickupAccess1795610000000,
  Intake1795615000000,
  Questions1795620000000,
  PullBatches1795630000000,
  SeenMessage1795700000000,
  AuditChain1795710000000,
  SealedSubjects1795711000000,
  AuditArchive1795720000000,
  PartyNetworks1795730000000,
  WaitingGrants1795740000000,
  AuditTimestamps1795741000000,
  EncryptedAnswers1795790000000,
  SeenInOrder1795800000000,
];

/**
 * Brings the tables up to this version. The caller holds the lock that keeps every other process out meanwhile.
 * Throws when a later version has been here: what it changed, this one does not know how to keep right. Throws also when
 * something in it is sealed with other keys than these.
 */
export const migrate = async (
  dataSource: DataSource,
  runner: QueryRunner,
  keys: SubjectKeys,
): Promise<void> => {
  await makeTables(dataSource, runner);
  await registerKeys(runner, keys.ids);
  await sealPlain(runner, keys);
};

const makeTables = async (dataSource: DataSource, runner: QueryRunner): Promise<void> => {
  if (await runner.hasTable('migrations')) {
    const done: { readonly name: string }[] = await runner.query('SELECT name FROM migrations');
    const known = new Set(migrations.map((migration) => migration.name));
    const foreign = done.map(({ name }) => name).filter((name) => !known.has(name));
    if (foreign.length > 0) {
      throw new Error(
        `the database was written by a newer version (it knows ${foreign.join(', ')}): ` +
          'start that version or a later one, or restore the backup made before the upgrade',
      );
    }
    if (done.length === known.size) return;
  }
  await dataSource.runMigrations({ transaction: 'none' });
};
