import { openAnchorSchema } from './audit/anchor-schema.ts';
import { checkAnchors } from './audit/check-anchors.ts';
import { type AuditSource, checkAudit, type StatementReaders } from './audit/check-audit.ts';
import { destructionReader, openDestructionSchema } from './audit/destruction.ts';
import { exportLines } from './audit/export-file.ts';
import { ExportFault } from './audit/export-line.ts';
import { joinedRows } from './audit/joined-rows.ts';
import { anchorReader, unverifiedReader } from './audit/read-anchor.ts';
import { openExport } from './audit/read-export.ts';
import type { Shelf } from './audit/shelf.ts';
import { auditExport, type Export } from './cli/audit-export.ts';
import { auditVerify, type Verify } from './cli/audit-verify.ts';
import { operatorName } from './cli/configuration-who.ts';
import { FailedError, type Terminal } from './cli/output.ts';
import { type Clock, systemClock } from './exchange/clock.ts';
import type { SubjectKeys } from './exchange/subject-keys.ts';
import type { Store } from './store/connection.ts';
import { exchangeColumns, subjectColumns } from './store/exchange-row.ts';
import { asHashed } from './store/first-form.ts';
import { pinnedTrust } from './wss/pinned-trust.ts';
import { createTrust } from './wss/trust.ts';

type Chained = Pick<
  Store,
  'anchors' | 'writers' | 'chainedRows' | 'unchainedRows' | 'noteExport' | 'archives'
>;

/** An audit, in the database and in archives. */
export type WholeAudit = { readonly store: Chained; readonly shelf: Pick<Shelf, 'partsOf' | 'lost'> };

export function readersFor(certificates: readonly string[]): StatementReaders {
  try {
    const trust = pinnedTrust(certificates);
    return {
      readAnchor: anchorReader({ schema: openAnchorSchema(), trust }),
      readDestruction: destructionReader({ schema: openDestructionSchema(), trust }),
    };
  } catch (cause) {
    throw new FailedError(`--certificate: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** Null: nobody said whose time-stamps are to be believed. */
function stampsOf(authorities: readonly string[]) {
  if (authorities.length === 0) return null;
  try {
    return createTrust({ authorities });
  } catch (cause) {
    throw new FailedError(`--timestamp-authority: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    });
  }
}

const rowsIn = ({ store, shelf }: WholeAudit): AuditSource['rows'] =>
  joinedRows({ online: store.chainedRows, partsOf: shelf.partsOf });

const destructionsIn = ({ store }: WholeAudit) =>
  async function* () {
    for (const { number, statement } of await store.archives())
      if (statement !== null) yield { number, statement };
  };

/** The rows as they were hashed, which of some takes the keys. */
const hashedRows = (rows: AuditSource['rows'], keys: SubjectKeys): AuditSource['rows'] =>
  async function* (writer, stretch) {
    for await (const row of rows(writer, stretch)) yield asHashed(row, keys);
  };

type Prove = {
  readonly terminal: Terminal;
  readonly ownCertificate: () => string | null;
  readonly timestampAuthorities: () => readonly string[];
  /** Those that are known on this machine. */
  readonly keys: () => SubjectKeys;
  readonly withAudit: (work: (audit: WholeAudit) => Promise<number>) => Promise<number>;
};

/** `kruispunt audit verify|export`; a file is looked at without a database or settings. */
export function proveAudit(
  [verb, ...argv]: readonly string[],
  { terminal, withAudit, keys, ...own }: Prove,
): Promise<number> {
  const verify = (verifyDatabase: Verify['verifyDatabase']) =>
    auditVerify(argv, terminal, { ...own, verifyDatabase, verifyFile: verifyingFile(keys()) });
  if (verb === 'export')
    return withAudit((audit) => {
      const exportAudit = exporting(audit, systemClock);
      return auditExport(argv, terminal, { exportAudit, who: operatorName() });
    });
  return argv.some((each) => each === '--file' || each.startsWith('--file='))
    ? verify(() => Promise.reject(new Error('a file is looked at without a database')))
    : withAudit((audit) => verify(verifyingDatabase(audit, keys())));
}

/** Whether a database is as the bus wrote it. */
export const verifyingDatabase =
  (audit: WholeAudit, keys: SubjectKeys): Verify['verifyDatabase'] =>
  async (certificates, authorities = []) => {
    const { store, shelf } = audit;
    return checkAudit(
      {
        span: { from: null, to: null },
        anchors: store.anchors,
        destructions: destructionsIn(audit),
        lost: shelf.lost,
        writers: store.writers,
        rows: hashedRows(rowsIn(audit), keys),
        unchained: store.unchainedRows,
      },
      readersFor(certificates),
      stampsOf(authorities),
    );
  };

/** Whether an export is, with nothing else at hand than the bus's certificate. */
export const verifyingFile =
  (keys: SubjectKeys): Verify['verifyFile'] =>
  async (path, certificates, authorities = []) => {
    const readers = readersFor(certificates);
    const stamps = stampsOf(authorities);
    try {
      const source = await openExport(path);
      return await checkAudit({ ...source, rows: hashedRows(source.rows, keys) }, readers, stamps);
    } catch (cause) {
      if (cause instanceof ExportFault)
        throw new FailedError(`${path} is no export: ${cause.message}`, { cause });
      if (cause instanceof Error && 'syscall' in cause)
        throw new FailedError(`${path} cannot be read: ${cause.message}`, { cause });
      throw cause;
    }
  };

/** The anchors are taken along as they are, good or bad; verifying is for who gets the file. */
export const exporting =
  (audit: WholeAudit, clock: Clock): Export['exportAudit'] =>
  async (from, to, who) => {
    const { store } = audit;
    const checked = await checkAnchors(store.anchors(), unverifiedReader(openAnchorSchema()), null);
    await store.noteExport(`${from.toISOString()} to ${to.toISOString()}`, { who, at: clock.now() });
    const { anchors } = store;
    // Who has no row in the database any more has an anchor.
    const writers = [...new Set([...checked.heads.keys(), ...(await store.writers())])].sort();
    const about = {
      ...{ span: { from, to }, columns: exchangeColumns, subjectColumns },
      ...{ anchors, destructions: destructionsIn(audit), writers, rows: rowsIn(audit) },
    };
    return exportLines(about, checked);
  };
