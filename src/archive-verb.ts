import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openArchiveFolder, shelfIn } from './archives.ts';
import { ArchiveFault } from './audit/archive-seal.ts';
import { checkArchive } from './audit/check-archive.ts';
import { subjectKeys } from './audit/subject-keys.ts';
import { demandAuditKeys } from './audit-keys.ts';
import { readersFor } from './auditing.ts';
import { type Archives, auditArchive } from './cli/audit-archive.ts';
import { operatorName } from './cli/configuration-who.ts';
import { FailedError, terminal } from './cli/output.ts';
import type { Config } from './config.ts';
import { systemClock } from './exchange/clock.ts';
import { demoFolder } from './foundation.ts';
import { keySources } from './key-sources.ts';
import { retainAudit } from './retention.ts';
import type { Store } from './store/connection.ts';
import { asHashed } from './store/first-form.ts';
import { createDocumentSigner, type DocumentSigner } from './wss/sign-document.ts';

/** `kruispunt audit archive`. */
export function archiveVerb(argv: readonly string[], config: Config, store: Store): Promise<number> {
  const keys = demandAuditKeys(config);
  const folder = openArchiveFolder(config);
  const known = subjectKeys(keys);
  const shelf = shelfIn(folder, store, keys);
  const ownCertificate = () => keySources(config).keys().bus;
  const verify: Archives['verify'] = async (number, certificates) => {
    const archive = (await store.archives()).find((each) => each.number === number);
    const trouble = archive ? await shelf.troubleWith(archive) : 'it is not there';
    if (trouble !== null) return [trouble];
    const parts = await store.archiveParts(number);
    const { readAnchor } = readersFor(certificates);
    try {
      const findings = await shelf.using(number, (open) =>
        checkArchive(open, parts, readAnchor, (row) => asHashed(row, known)),
      );
      return findings.map(({ text }) => text);
    } catch (cause) {
      if (cause instanceof ArchiveFault) return [cause.message];
      throw cause;
    }
  };
  const run: Archives['run'] = async () => {
    const needs = {
      ...{ store, keys, folder, sign: signing(config, ownCertificate()), clock: systemClock },
      ...{ who: operatorName(), log: { info: () => {}, error: tellFinding } },
      ...{ onlineDays: config.auditOnlineDays, keepDays: config.auditKeepDays },
    };
    try {
      const most = { most: Number.POSITIVE_INFINITY, wait: 0 };
      return await retainAudit(needs, most, new AbortController().signal);
    } catch (cause) {
      throw new FailedError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  };
  return auditArchive(argv, terminal, { archives: store.archives, run, verify, ownCertificate });
}

const tellFinding = (about: object, text: string) =>
  terminal.warn(`${text}: ${'text' in about ? about.text : ''}`);

/** As the bus signs; what there is nothing to sign with is only refused where something is to be signed. */
function signing(config: Config, certificate: string | null): DocumentSigner['sign'] {
  return (...given) => {
    const file = config.signingKey ?? resolve(demoFolder(config), 'bus.key.pem');
    if (certificate === null) throw new Error('KRUISPUNT_SIGNING_CERT: there is no certificate to sign with');
    return createDocumentSigner({ privateKey: readFileSync(file, 'utf8'), certificate }).sign(...given);
  };
}
