import { auditViews } from './cli/audit.ts';
import { terminal } from './cli/output.ts';
import type { Config } from './config.ts';
import type { Store } from './store/connection.ts';

type WithDatabase = (
  argv: readonly string[],
  config: Config,
  work: (store: Store) => Promise<number>,
) => Promise<number>;

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
      const withStore = (work: (store: Store) => Promise<number>) => withDatabase(argv, config, work);
      return proveAudit(argv, {
        terminal,
        ownCertificate: () => keySources(config).keys().bus,
        timestampAuthorities: () =>
          config.timestampAuthorities.map((file) => readSetting('KRUISPUNT_TIMESTAMP_AUTHORITIES', file)),
        keys: () => knownAuditKeys(config),
        withStore,
      });
    }
    return withDatabase(argv, config, async (store) => {
      const { operatorName } = await import('./cli/configuration-who.ts');
      const { systemClock } = await import('./exchange/clock.ts');
      const { openContracts } = await import('./foundation.ts');
      return auditViews(argv, terminal, () => ({
        ...store,
        who: operatorName(),
        clock: systemClock,
        // Only one view looks at the contracts: the audit must be readable where they are broken.
        services: argv[0] === 'explain' ? openContracts(config, terminal.warn) : [],
      }));
    });
  };
