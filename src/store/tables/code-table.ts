import { EntitySchema } from 'typeorm';

export type CodeRow = {
  id: number;
  name: string;
  source: string;
  sourceCode: string;
  magdaCode: string;
  description: string | null;
};

/** One row a code; those of one name and source are a table, in the order of their ids. */
export const codeTable = new EntitySchema<CodeRow>({
  name: 'code_table',
  columns: {
    id: { type: 'integer', primary: true, generated: true },
    name: { type: 'varchar' },
    source: { type: 'varchar' },
    sourceCode: { type: 'varchar', name: 'source_code' },
    magdaCode: { type: 'varchar', name: 'magda_code' },
    description: { type: 'text', nullable: true },
  },
});
