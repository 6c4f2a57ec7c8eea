import type { EntityManager } from 'typeorm';
import { type CodeTable, codeTableKey } from '../exchange/code-table.ts';
import { codeTable } from './tables/code-table.ts';

// Below what either database takes in values of one statement.
const ROWS_AT_ONCE = 100;

/** Every table of codes, in the order of its rows. */
export const allCodeTables = async (manager: EntityManager): Promise<CodeTable[]> => {
  const rows = await manager.find(codeTable, { order: { name: 'ASC', source: 'ASC', id: 'ASC' } });
  return [...Map.groupBy(rows, codeTableKey).values()].flatMap((codes) => {
    const [first] = codes;
    return first ? [{ name: first.name, source: first.source, codes: codes.map(codeOf) }] : [];
  });
};

const codeOf = ({ sourceCode, magdaCode, description }: CodeTable['codes'][number]) => ({
  ...{ sourceCode, magdaCode, description },
});

type Name = Pick<CodeTable, 'name' | 'source'>;

/** null: there is none. */
export const codeTableNamed = async (
  manager: EntityManager,
  { name, source }: Name,
): Promise<CodeTable | null> => {
  const rows = await manager.find(codeTable, { where: { name, source }, order: { id: 'ASC' } });
  return rows.length === 0 ? null : { name, source, codes: rows.map(codeOf) };
};

export const removeCodeTable = async (manager: EntityManager, { name, source }: Name): Promise<void> => {
  await manager.delete(codeTable, { name, source });
};

export const insertCodeTable = async (
  manager: EntityManager,
  { name, source, codes }: CodeTable,
): Promise<void> => {
  for (let at = 0; at < codes.length; at += ROWS_AT_ONCE)
    await manager.insert(
      codeTable,
      codes.slice(at, at + ROWS_AT_ONCE).map((code) => ({ name, source, ...code })),
    );
};
