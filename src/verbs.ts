import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pino } from 'pino';
import { auditHelp, auditViews } from './cli/audit.ts';
import { call, callHelp } from './cli/call.ts';
import { check, checkHelp } from './cli/check.ts';
import { configuration, configurationHelp } from './cli/configuration.ts';
import type { Desk } from './cli/configuration-image.ts';
import { operatorName } from './cli/configuration-who.ts';
import { demoParty } from './cli/demo-party.ts';
import { envelopes, envelopesHelp } from './cli/envelopes.ts';
import { grant, grantHelp } from './cli/grant.ts';
import { type Keys, key, keyHelp } from './cli/key.ts';
import { terminal } from './cli/output.ts';
import { party, partyHelp } from './cli/party.ts';
import { registration, registrationHelp } from './cli/registration.ts';
import { source, sourceHelp } from './cli/source.ts';
import type { Config } from './config.ts';
import { checkFolder } from './contract/check-folder.ts';
import { demoTrust } from './demo-trust.ts';
import { systemClock } from './exchange/clock.ts';
import { addressOf, demoFolder, openContracts, openDatabase } from './foundation.ts';
import { keepRepertory } from './registers/repertory.ts';
import { serve, serveHelp } from './serve.ts';
import type { Store } from './store/connection.ts';

type Verb = {
  readonly help: string;
  readonly summary: string;
  readonly run: (argv: readonly string[], config: Config) => Promise<number>;
};

const silent = pino({ level: 'silent' });

/** A verb that works on the database, which is let go of whatever comes of it. */
const withStore =
  (work: (argv: readonly string[], store: Store, config: Config) => Promise<number>): Verb['run'] =>
  async (argv, config) => {
    const store = await openDatabase(config, silent);
    try {
      return await work(argv, store, config);
    } finally {
      await store.close();
    }
  };

/** A verb that changes the configuration. */
const atDesk = (work: (argv: readonly string[], desk: Desk, config: Config) => Promise<number>) =>
  withStore((argv, { image, apply }, config) => {
    const services = openContracts(config);
    const desk = { terminal, clock: systemClock, who: operatorName(), services, image, apply };
    return work(argv, desk, config);
  });

/** The certificates that the settings name, or those of the demo world. */
function keysOf(config: Config): Keys {
  const read = (file: string) => readFileSync(file, 'utf8');
  const demo = (name: string) => resolve(demoFolder(config), name);
  const there = (file: string) => (existsSync(file) ? [file] : []);
  const bus = config.signingCertificate ?? there(demo('bus.crt.pem'))[0];
  return {
    bus: bus === undefined ? null : read(bus),
    authorities: [...config.authorities, ...there(demo('ca.crt.pem'))].map(read),
  };
}

/** Every verb of the command line. */
export const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['serve', { help: serveHelp, summary: 'the bus', run: serve }],
  [
    'call',
    {
      help: callHelp,
      summary: 'one signed question, and its answer',
      run: (argv, config) => {
        const folder = resolve(config.var, 'demo');
        return call(argv, {
          terminal,
          services: openContracts(config),
          partyOf: (name) => demoParty(folder, name),
          demoFolder: folder,
          trust: demoTrust(config),
          clock: systemClock,
          url: config.publicUrl ?? addressOf(config, config.port),
        });
      },
    },
  ],
  [
    'check',
    {
      help: checkHelp,
      summary: 'what is understood of the contracts, and what is wrong with them',
      run: (argv, config) =>
        check(argv, {
          terminal,
          folders: config.wsdlDirs,
          check: (folder) => checkFolder(folder, config.xsdDirs),
        }),
    },
  ],
  [
    'envelopes',
    {
      help: envelopesHelp,
      summary: 'the test harness: sample envelopes and what is expected of each',
      run: (argv, config) => {
        const folder = resolve(config.var, 'demo');
        return envelopes(argv, {
          terminal,
          services: openContracts(config),
          partyOf: (name) => demoParty(folder, name),
          trust: demoTrust(config),
          clock: systemClock,
          url: config.publicUrl ?? addressOf(config, config.port),
        });
      },
    },
  ],
  [
    'audit',
    {
      help: auditHelp,
      summary: 'what was recorded of each exchange',
      run: withStore((argv, store, config) =>
        auditViews(argv, terminal, () => ({
          ...store,
          who: operatorName(),
          clock: systemClock,
          // Only one view looks at the contracts: the audit must be readable where they are broken.
          services: argv[0] === 'explain' ? openContracts(config) : [],
        })),
      ),
    },
  ],
  ['party', { help: partyHelp, summary: 'organisations: names, certificates, profile', run: atDesk(party) }],
  ['grant', { help: grantHelp, summary: 'what the law lets them ask and see', run: atDesk(grant) }],
  [
    'registration',
    {
      help: registrationHelp,
      summary: 'who handles a file on whom, and since when',
      run: withStore((argv, store) =>
        registration(argv, { terminal, who: operatorName(), ...store, ...keepRepertory(store) }),
      ),
    },
  ],
  ['source', { help: sourceHelp, summary: 'where sources are reached', run: atDesk(source) }],
  [
    'key',
    {
      help: keyHelp,
      summary: 'certificates: ours, the authorities, the parties',
      run: atDesk((argv, desk, config) => key(argv, desk, () => keysOf(config))),
    },
  ],
  [
    'configuration',
    {
      help: configurationHelp,
      summary: 'all of it as one file, out and in',
      run: atDesk(configuration),
    },
  ],
  [
    'migrate',
    {
      help: 'kruispunt migrate\n\nBrings the tables of the configured database up to this version. `serve` does the same when it starts.\n',
      summary: 'brings the database up to this version',
      run: async (_argv, config) => {
        const store = await openDatabase(config, silent);
        await store.close();
        terminal.print('the database is at this version');
        return 0;
      },
    },
  ],
]);

export function help(): string {
  const lines = [...verbs].map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}`);
  return `kruispunt <verb> [--help]\n\n${lines.join('\n')}\n`;
}
