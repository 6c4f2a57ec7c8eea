import type { EntityManager } from 'typeorm';
import { auditArchivePartTable } from './tables/audit-archive.ts';

/** A row by its place. */
export type ArchivedHead = { readonly sequence: number; readonly hash: string };

/** How far a writer's rows lie in archives; null: not at all. */
export async function archivedHead(manager: EntityManager, writer: string): Promise<ArchivedHead | null> {
  const [row] = await manager.find(auditArchivePartTable, {
    ...{ where: { writer }, order: { first: 'DESC' as const }, take: 1 },
  });
  return row ? { sequence: Number(row.last), hash: row.after } : null;
}
