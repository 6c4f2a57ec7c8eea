import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { columnsFor } from './columns.ts';

/** Grants from before answers could be encrypted have them in the clear. */
export class EncryptedAnswers1795790000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A server cannot roll this back: one that was cut off halfway starts again.
    if (await runner.hasColumn('party_grant', 'encrypted')) return;
    const { boolean } = columnsFor(runner);
    await runner.addColumn('party_grant', new TableColumn({ ...boolean('encrypted'), default: false }));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('party_grant', 'encrypted');
  }
}
