import type { ArchivePart } from '../exchange/audit-archive.ts';
import { type Destruction, DestructionFault, type DestructionReader } from './destruction.ts';
import type { Finding } from './finding.ts';

export type Destructions = {
  readonly list: readonly Destruction[];
  readonly parts: readonly ArchivePart[];
  readonly findings: readonly Finding[];
};

/** Reads what was destroyed; what nobody signed who is trusted was removed. */
export async function checkDestructions(
  statements: AsyncIterable<{ readonly number: number; readonly statement: string }>,
  readDestruction: DestructionReader,
): Promise<Destructions> {
  const list: Destruction[] = [];
  const findings: Finding[] = [];
  for await (const { number, statement } of statements) {
    try {
      list.push(readDestruction(statement));
    } catch (cause) {
      if (!(cause instanceof DestructionFault)) throw cause;
      findings.push({
        ...{ what: 'changed', of: 'archive', writer: null, sequence: number, id: null },
        text: `what is said of the destruction of archive ${number} does not hold: ${cause.message}`,
      });
    }
  }
  return { list, parts: list.flatMap(({ parts }) => parts), findings };
}
