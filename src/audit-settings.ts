import { resolve } from 'node:path';
import type { z } from 'zod';
import { KeyFileFault, readKeyRing } from './audit/key-ring.ts';
import { contentOf } from './setting-file.ts';
import { integer, path } from './setting-shapes.ts';

/** A file of keys is read with the settings, so that what is wrong with it is told with what else is. */
const keyFile = path.superRefine((file, context) => {
  const text = contentOf(file);
  const fault = text === null ? 'cannot be read' : faultOf(text);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});

function faultOf(text: string): string | null {
  try {
    readKeyRing(text);
    return null;
  } catch (fault) {
    if (fault instanceof KeyFileFault) return fault.message;
    throw fault;
  }
}

/** How the audit is kept and proven. */
export const auditSettings = {
  KRUISPUNT_AUDIT_KEYS: {
    meaning:
      'file with the keys under which the audit keeps about whom an exchange was (`kruispunt audit keys`)',
    fallback: '`audit-keys` in KRUISPUNT_VAR, made there, with the embedded database or in the demo world',
    schema: keyFile,
  },
  KRUISPUNT_AUDIT_ANCHOR_MINUTES: {
    meaning: 'how often it is signed how far the audit has come',
    fallback: '60',
    schema: integer(1, 1_440),
  },
  KRUISPUNT_AUDIT_ONLINE_DAYS: {
    meaning: 'days after which rows of the audit leave the database for an archive; 183 is half a year',
    fallback: 'none: they stay in the database',
    schema: integer(1, 36_500),
  },
  KRUISPUNT_AUDIT_KEEP_DAYS: {
    meaning: 'days after which an archive of the audit is destroyed; 3653 is ten years',
    fallback: '3653',
    schema: integer(2, 36_500),
  },
  KRUISPUNT_AUDIT_ARCHIVE: {
    meaning: 'folder for archives of the audit, the same for every process',
    fallback: '$KRUISPUNT_VAR/audit-archive',
    schema: path,
  },
} as const;

export type AuditConfig = {
  /** null: where the bus makes its own. */
  readonly auditKeys: string | null;
  /** Minutes from one signed statement about the audit to the next. */
  readonly auditAnchorMinutes: number;
  /** null: everything stays in the database. */
  readonly auditOnlineDays: number | null;
  /** From when something was received to when its archive is destroyed. */
  readonly auditKeepDays: number;
  readonly auditArchive: string;
};

type Read = <T>(name: keyof typeof auditSettings, schema: z.ZodType<T>) => T | null;

export const readAudit = (read: Read, folder: string): AuditConfig => ({
  auditKeys: read('KRUISPUNT_AUDIT_KEYS', auditSettings.KRUISPUNT_AUDIT_KEYS.schema),
  auditAnchorMinutes:
    read('KRUISPUNT_AUDIT_ANCHOR_MINUTES', auditSettings.KRUISPUNT_AUDIT_ANCHOR_MINUTES.schema) ?? 60,
  auditOnlineDays: read('KRUISPUNT_AUDIT_ONLINE_DAYS', auditSettings.KRUISPUNT_AUDIT_ONLINE_DAYS.schema),
  auditKeepDays: read('KRUISPUNT_AUDIT_KEEP_DAYS', auditSettings.KRUISPUNT_AUDIT_KEEP_DAYS.schema) ?? 3_653,
  auditArchive:
    read('KRUISPUNT_AUDIT_ARCHIVE', auditSettings.KRUISPUNT_AUDIT_ARCHIVE.schema) ??
    resolve(folder, 'audit-archive'),
});
