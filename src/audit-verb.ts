import type { Shelf } from './audit/shelf.ts';
import type { WholeAudit } from './auditing.ts';
import { auditViews } from './cli/audit.ts';
import { terminal } from './cli/output.ts';
import type { Config } from './config.ts';
import type { Store } from './store/connection.ts';

type WithDatabase = (
  argv: readonly string[],
  config: Config,
  work: (store: Store) => Promise<number>,
) => Promise<number>;

async function shelfOf(config: Config, store: Store): Promise<Shelf> {
  const { openArchiveFolder, shelfIn } = await import('./archives.ts');
  const { openAuditKeys } = await import('./audit-keys.ts');
  return shelfIn(openArchiveFolder(config), store, openAuditKeys(config));
}

/** `kruispunt audit`. What a view needs is loaded when it is asked for. */
export const auditVerb =
  (withDatabase: WithDatabase) =>
  async (argv: readonly string[], config: Config): Promise<number> => {
    if (argv[0] === 'keys') {
      const { auditKeys } = await import('./cli/audit-keys.ts');
      const { addKey, auditKeyFile, demandAuditKeys, makeKeyFile } = await import('./audit-keys.ts');
      const keys = { file: auditKeyFile(config), read: () => demandAuditKeys(config) };
      return auditKeys(argv.slice(1), terminal, { ...keys, make: makeKeyFile, add: addKey });
    }
    if (argv[0] === 'verify' || argv[0] === 'export') {
      const { proveAudit } = await import('./auditing.ts');
      const { keySources } = await import('./key-sources.ts');
      const { readSetting } = await import('./trust-files.ts');
      const { knownAuditKeys } = await import('./audit-keys.ts');
      const withAudit = (work: (audit: WholeAudit) => Promise<number>) =>
        withDatabase(argv, config, async (store) => work({ store, shelf: await shelfOf(config, store) }));
      return proveAudit(argv, {
        terminal,
        ownCertificate: () => keySources(config).keys().bus,
        timestampAuthorities: () =>
          config.timestampAuthorities.map((file) => readSetting('KRUISPUNT_TIMESTAMP_AUTHORITIES', file)),
        keys: () => knownAuditKeys(config),
        withAudit,
      });
    }
    if (argv[0] === 'archive')
      return withDatabase(argv, config, async (store) => {
        const { archiveVerb } = await import('./archive-verb.ts');
        return archiveVerb(argv.slice(1), config, store);
      });
    return withDatabase(argv, config, async (store) => {
      const { operatorName } = await import('./cli/configuration-who.ts');
      const { systemClock } = await import('./exchange/clock.ts');
      const { openContracts } = await import('./foundation.ts');
      const { wholeAudit } = await import('./archives.ts');
      const { knownAuditKeys } = await import('./audit-keys.ts');
      const whole = wholeAudit(store, await shelfOf(config, store), knownAuditKeys(config));
      return auditViews(argv, terminal, () => ({
        ...store,
        ...whole,
        who: operatorName(),
        clock: systemClock,
        // Only one view looks at the contracts: the audit must be readable where they are broken.
        services: argv[0] === 'explain' ? openContracts(config, terminal.warn) : [],
      }));
    });
  };
