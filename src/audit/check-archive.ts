import type { ArchivePart } from '../exchange/audit-archive.ts';
import type { ChainedRow } from '../exchange/audit-chain.ts';
import { ArchiveFault } from './archive-seal.ts';
import type { AnchoredHead } from './check-anchors.ts';
import { checkWriter } from './check-writer.ts';
import type { Finding } from './finding.ts';
import { AnchorFault, type AnchorReader } from './read-anchor.ts';
import type { OpenArchive } from './read-archive.ts';

/**
 * Reads an archive from end to end: every line as it was put in, and each writer's rows followed from the hash before
 * them to the anchor that has the last, as `audit verify` does.
 *
 * @param asHashed a row as its writer hashed it
 * @throws ArchiveFault when it does not hold what was put in
 */
export async function checkArchive(
  archive: OpenArchive,
  parts: readonly ArchivePart[],
  readAnchor: AnchorReader,
  asHashed: (row: ChainedRow) => ChainedRow,
): Promise<readonly Finding[]> {
  const { directory, anchors } = archive;
  if ((await archive.digest()) !== directory.lines)
    throw new ArchiveFault('it does not hold the lines that were put in');
  if (JSON.stringify(directory.parts) !== JSON.stringify(parts))
    throw new ArchiveFault('it holds rows of other writers, or other rows, than is said of it');
  const findings: Finding[] = [];
  const heads: AnchoredHead[] = [];
  for (const { number, statement } of anchors)
    try {
      heads.push(...readAnchor(statement).heads.map((head) => ({ ...head, anchor: number })));
    } catch (cause) {
      if (!(cause instanceof AnchorFault)) throw cause;
      findings.push({
        ...{ what: 'changed', of: 'anchor', writer: null, sequence: number, id: null },
        text: `anchor ${number} does not hold: ${cause.message}`,
      });
    }
  for (const { writer, first, last, before } of parts) {
    const stretch = { after: { sequence: first - 1, hash: before }, through: last };
    const own = heads.filter((head) => head.writer === writer);
    const rows = async function* () {
      for await (const row of archive.rows(writer, first - 1, last)) yield asHashed(row);
    };
    const { finding } = await checkWriter(writer, stretch, own, rows);
    if (finding) findings.push(finding);
  }
  return findings;
}
