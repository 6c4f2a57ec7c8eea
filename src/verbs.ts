import { resolve } from 'node:path';
import { terminal } from './cli/output.ts';
import type { Config } from './config.ts';

export type Verb = {
  readonly summary: string;
  readonly load: () => Promise<{
    readonly help: string;
    readonly run: (argv: readonly string[], config: Config) => Promise<number>;
  }>;
};

const demo = (config: Config) => resolve(config.var, 'demo');

/** Every verb of the command line. What a verb needs is loaded when it is used: most of a short one's time is that. */
export const verbs: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  ['serve', { summary: 'the bus', load: loadServe }],
  ['call', { summary: 'one signed question, and its answer', load: loadCall }],
  ['check', { summary: 'what is understood of the contracts, and what is wrong with them', load: loadCheck }],
  [
    'envelopes',
    { summary: 'the test harness: sample envelopes and what is expected of each', load: loadEnvelopes },
  ],
  ['audit', { summary: 'what was recorded of each exchange', load: loadAudit }],
  ['migrate', { summary: 'brings the database up to this version', load: loadMigrate }],
]);

export function help(): string {
  const lines = [...verbs].map(([name, { summary }]) => `  ${name.padEnd(11)}${summary}`);
  return `kruispunt <verb> [--help]\n\n${lines.join('\n')}\n`;
}

async function loadServe() {
  const { serve, serveHelp } = await import('./serve.ts');
  return { help: serveHelp, run: serve };
}

async function loadCall() {
  const { call, callHelp } = await import('./cli/call.ts');
  const run = async (argv: readonly string[], config: Config) =>
    call(argv, { ...(await client(config)), demoFolder: demo(config) });
  return { help: callHelp, run };
}

async function loadEnvelopes() {
  const { envelopes, envelopesHelp } = await import('./cli/envelopes.ts');
  const run = async (argv: readonly string[], config: Config) => envelopes(argv, await client(config));
  return { help: envelopesHelp, run };
}

/** What a client on this machine needs to speak to the bus as a demo party. */
async function client(config: Config) {
  const { demoParty } = await import('./cli/demo-party.ts');
  const { demoTrust } = await import('./demo-trust.ts');
  const { systemClock } = await import('./exchange/clock.ts');
  const { addressOf, openContracts } = await import('./foundation.ts');
  return {
    terminal,
    services: openContracts(config),
    partyOf: (name: string) => demoParty(demo(config), name),
    trust: demoTrust(config),
    clock: systemClock,
    url: config.publicUrl ?? addressOf(config, config.port),
  };
}

async function loadCheck() {
  const { check, checkHelp } = await import('./cli/check.ts');
  const run = async (argv: readonly string[], { wsdlDirs, xsdDirs }: Config) => {
    const { checkFolder } = await import('./contract/check-folder.ts');
    return check(argv, { terminal, folders: wsdlDirs, check: (folder) => checkFolder(folder, xsdDirs) });
  };
  return { help: checkHelp, run };
}

async function loadAudit() {
  const { audit, auditHelp } = await import('./cli/audit.ts');
  const run = (argv: readonly string[], config: Config) =>
    withDatabase(config, (store) => audit(argv, terminal, store));
  return { help: auditHelp, run };
}

async function loadMigrate() {
  const run = (_argv: readonly string[], config: Config) =>
    withDatabase(config, async () => {
      terminal.print('the database is at this version');
      return 0;
    });
  return { help: MIGRATE, run };
}

const MIGRATE = `kruispunt migrate

Brings the tables of the configured database up to this version. \`serve\` does the same when it starts.
`;

async function withDatabase(config: Config, work: (store: Opened) => Promise<number>): Promise<number> {
  const { pino } = await import('pino');
  const { openDatabase } = await import('./foundation.ts');
  const store = await openDatabase(config, pino({ level: 'silent' }));
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

type Opened = Awaited<ReturnType<typeof import('./foundation.ts').openDatabase>>;
