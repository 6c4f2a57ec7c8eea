import { resolve } from 'node:path';
import { pino } from 'pino';
import { audit, auditHelp } from './cli/audit.ts';
import { call, callHelp } from './cli/call.ts';
import { check, checkHelp } from './cli/check.ts';
import { demoParty } from './cli/demo-party.ts';
import { envelopes, envelopesHelp } from './cli/envelopes.ts';
import { terminal } from './cli/output.ts';
import type { Config } from './config.ts';
import { checkFolder } from './contract/check-folder.ts';
import { demoTrust } from './demo-trust.ts';
import { systemClock } from './exchange/clock.ts';
import { addressOf, openContracts, openDatabase } from './foundation.ts';
import { serve, serveHelp } from './serve.ts';

type Verb = {
  readonly help: string;
  readonly summary: string;
  readonly run: (argv: readonly string[], config: Config) => Promise<number>;
};

const silent = pino({ level: 'silent' });

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
      run: async (argv, config) => {
        const store = await openDatabase(config, silent);
        try {
          return await audit(argv, terminal, store);
        } finally {
          await store.close();
        }
      },
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
  const lines = [...verbs].map(([name, { summary }]) => `  ${name.padEnd(11)}${summary}`);
  return `kruispunt <verb> [--help]\n\n${lines.join('\n')}\n`;
}
