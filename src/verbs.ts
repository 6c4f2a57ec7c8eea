import { resolve } from 'node:path';
import type { Desk } from './cli/configuration-image.ts';
import { terminal } from './cli/output.ts';
import { type Config, environment } from './config.ts';
import type { PublicationFile } from './exchange/subscription.ts';

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
  ['work', { summary: 'what goes on beside the questions, on any machine', load: loadWork }],
  ['call', { summary: 'one signed question, and its answer', load: loadCall }],
  ['check', { summary: 'what is understood of the contracts, and what is wrong with them', load: loadCheck }],
  ['handbook', { summary: 'a page for each service, from contract and rules', load: loadHandbook }],
  [
    'envelopes',
    { summary: 'the test harness: sample envelopes and what is expected of each', load: loadEnvelopes },
  ],
  ['audit', { summary: 'what was recorded of each exchange', load: loadAudit }],
  ['party', { summary: 'organisations: names, certificates, profile', load: loadParty }],
  ['grant', { summary: 'what the law lets them ask and see', load: loadGrant }],
  ['registration', { summary: 'who handles a file on whom, and since when', load: loadRegistration }],
  ['population', { summary: 'target populations, to which grants may be limited', load: loadPopulation }],
  ['subscription', { summary: 'who gets which publication, when and in what form', load: loadSubscription }],
  ['publication', { summary: 'files for subscribers: what waits, what failed', load: loadPublication }],
  ['batch', { summary: 'questions by file and for snapshots: how far they have come', load: loadBatch }],
  ['source', { summary: 'where sources are reached', load: loadSource }],
  ['codes', { summary: 'what the codes of sources are called in MAGDA', load: loadCodes }],
  ['reference', { summary: 'which source holds which kind of data about whom', load: loadReference }],
  ['key', { summary: 'certificates: ours, the authorities, the parties', load: loadKey }],
  ['pickup', { summary: 'under which names parties fetch their files', load: loadPickup }],
  ['configuration', { summary: 'all of it as one file, out and in', load: loadConfiguration }],
  ['migrate', { summary: 'brings the database up to this version, or copies one over', load: loadMigrate }],
]);

export function help(): string {
  const lines = [...verbs].map(([name, { summary }]) => `  ${name.padEnd(15)}${summary}`);
  return `kruispunt <verb> [--help]\n\n${lines.join('\n')}\n`;
}

async function loadServe() {
  const { serve, serveHelp } = await import('./serve.ts');
  return { help: serveHelp, run: serve };
}

async function loadWork() {
  const { work, workHelp } = await import('./work.ts');
  return { help: workHelp, run: work };
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
    services: openContracts(config, terminal.warn),
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
    const { loadServices } = await import('./contract/load-services.ts');
    const { codeAsks } = await import('./code-asks.ts');
    const { judgeQuestion } = await import('./publication/judge-question.ts');
    const served = () => loadServices(wsdlDirs, xsdDirs).services;
    const beside = { code: codeAsks, services: served, judging: judgeQuestion };
    const checking = (folder: string) => checkFolder(folder, xsdDirs, beside);
    return check(argv, { terminal, folders: wsdlDirs, check: checking });
  };
  return { help: checkHelp, run };
}

async function loadHandbook() {
  const { handbook, handbookHelp } = await import('./cli/handbook.ts');
  const run = async (argv: readonly string[], config: Config) => {
    const { openContracts, openPublications } = await import('./foundation.ts');
    const { codeRefusals } = await import('./code-refusals.ts');
    const services = openContracts(config, terminal.warn);
    const publications = openPublications(config, services, terminal.warn);
    return handbook(argv, { terminal, services, publications, codesOf: codeRefusals });
  };
  return { help: handbookHelp, run };
}

async function loadAudit() {
  const { auditHelp } = await import('./cli/audit.ts');
  const { auditVerb } = await import('./audit-verb.ts');
  const accounted = (argv: readonly string[], config: Config, work: (store: Opened) => Promise<number>) =>
    withDatabase(config, ['audit', argv], work);
  return { help: auditHelp, run: auditVerb(accounted) };
}

async function loadParty() {
  const { party, partyHelp } = await import('./cli/party.ts');
  return { help: partyHelp, run: atDesk('party', party) };
}

async function loadGrant() {
  const { grant, grantHelp } = await import('./cli/grant.ts');
  return { help: grantHelp, run: atDesk('grant', grant) };
}

async function loadSubscription() {
  const { subscription, subscriptionHelp } = await import('./cli/subscription.ts');
  return { help: subscriptionHelp, run: atDesk('subscription', subscription) };
}

async function loadPopulation() {
  const { population, populationHelp } = await import('./cli/population.ts');
  const run = (argv: readonly string[], config: Config) =>
    withDatabase(config, ['population', argv], async (store) => {
      const { operatorName } = await import('./cli/configuration-who.ts');
      return population(argv, { terminal, who: operatorName(), ...store });
    });
  return { help: populationHelp, run };
}

async function loadSource() {
  const { source, sourceHelp } = await import('./cli/source.ts');
  return { help: sourceHelp, run: atDesk('source', source) };
}

async function loadCodes() {
  const { codes, codesHelp } = await import('./cli/codes.ts');
  return { help: codesHelp, run: atDesk('codes', codes) };
}

async function loadReference() {
  const { reference, referenceHelp } = await import('./cli/reference.ts');
  const run = (argv: readonly string[], config: Config) =>
    withDatabase(config, ['reference', argv], async (store) => {
      const { operatorName } = await import('./cli/configuration-who.ts');
      return reference(argv, { ...store, terminal, who: operatorName() });
    });
  return { help: referenceHelp, run };
}

async function loadConfiguration() {
  const { configuration, configurationHelp } = await import('./cli/configuration.ts');
  return { help: configurationHelp, run: atDesk('configuration', configuration) };
}

async function loadKey() {
  const { key, keyHelp } = await import('./cli/key.ts');
  const { keySources } = await import('./key-sources.ts');
  return { help: keyHelp, run: atDesk('key', (argv, desk, config) => key(argv, desk, keySources(config))) };
}

async function loadPickup() {
  const { pickup, pickupHelp } = await import('./cli/pickup.ts');
  const run = (argv: readonly string[], config: Config) =>
    withDatabase(config, ['pickup', argv], async (store) => {
      const { operatorName } = await import('./cli/configuration-who.ts');
      const { systemClock } = await import('./exchange/clock.ts');
      const { readPublicKeys } = await import('./files/pickup-key.ts');
      const { hashPassword, newPassword } = await import('./files/pickup-password.ts');
      const made = { readPublicKeys, hashPassword, newPassword };
      return pickup(argv, { terminal, who: operatorName(), clock: systemClock, ...store, ...made });
    });
  return { help: pickupHelp, run };
}

async function loadRegistration() {
  const { registration, registrationHelp } = await import('./cli/registration.ts');
  const run = (argv: readonly string[], config: Config) =>
    withDatabase(config, ['registration', argv], async (store) => {
      const { operatorName } = await import('./cli/configuration-who.ts');
      const { keepRepertory } = await import('./registers/repertory.ts');
      return registration(argv, { terminal, who: operatorName(), ...store, ...keepRepertory(store) });
    });
  return { help: registrationHelp, run };
}

/** A verb that changes the configuration. */
function atDesk(
  verb: string,
  work: (argv: readonly string[], desk: Desk, config: Config) => Promise<number>,
) {
  return (argv: readonly string[], config: Config) =>
    withDatabase(config, [verb, argv], async (store) => {
      const { image, apply, allSubscriptions } = store;
      const { operatorName } = await import('./cli/configuration-who.ts');
      const { systemClock } = await import('./exchange/clock.ts');
      const { openContracts, openPublications } = await import('./foundation.ts');
      const { knowsRecipients, seenFolder } = await import('./seen-certificates.ts');
      const { scheduleProblem } = await import('./store/schedule.ts');
      const services = openContracts(config, terminal.warn);
      const publications = openPublications(config, services, terminal.warn);
      return work(
        argv,
        {
          ...{ terminal, clock: systemClock, who: operatorName(), services, publications, image, apply },
          approvals: store,
          scheduleProblem,
          canBeEncryptedTo: knowsRecipients(seenFolder(config)),
          nextBatches: async () =>
            new Map((await allSubscriptions()).map(({ id, nextRunAt }) => [id, nextRunAt])),
        },
        config,
      );
    });
}

async function loadPublication() {
  const { publication, publicationHelp } = await import('./cli/publication.ts');
  const run = (argv: readonly string[], config: Config) =>
    withDatabase(config, ['publication', argv], async (store) => {
      const { operatorName } = await import('./cli/configuration-who.ts');
      const { openTree } = await import('./publishing-parts.ts');
      const tree = openTree(config);
      const isThere = ({ partyId, name, sha256 }: PublicationFile) =>
        sha256 === null ? Promise.resolve(false) : tree.isThere(partyId, 'Publicaties', name, sha256);
      return publication(argv, { ...store, terminal, who: operatorName(), now: () => new Date(), isThere });
    });
  return { help: publicationHelp, run };
}

async function loadBatch() {
  const { batch, batchHelp } = await import('./cli/batch.ts');
  const run = (argv: readonly string[], config: Config) =>
    withDatabase(config, ['batch', argv], async (store) => {
      const { operatorName } = await import('./cli/configuration-who.ts');
      return batch(argv, { ...store, terminal, who: operatorName(), now: () => new Date() });
    });
  return { help: batchHelp, run };
}

async function loadMigrate() {
  const { migrate, migrateHelp } = await import('./cli/migrate.ts');
  const run = async (argv: readonly string[], config: Config) => {
    const { copyDatabase } = await import('./store/copy-database.ts');
    return migrate(argv, {
      terminal,
      databaseUrl: config.databaseUrl,
      bringUpToDate: async () => void (await withDatabase(config, ['migrate', argv], async () => 0)),
      copy: async (...given) => {
        const copied = await copyDatabase(...given);
        // There is no database to write this down in before the copy is whole.
        await withDatabase(config, ['migrate', argv], async () => 0);
        return copied;
      },
    });
  };
  return { help: migrateHelp, run };
}

/** Opens the database for one call of a verb, which is accounted for in it. */
async function withDatabase(
  config: Config,
  [verb, argv]: readonly [verb: string, argv: readonly string[]],
  work: (store: Opened) => Promise<number>,
): Promise<number> {
  const { pino } = await import('pino');
  const { accountFor } = await import('./acts.ts');
  const { openDatabase } = await import('./foundation.ts');
  const store = await openDatabase(config, pino({ level: 'silent' }));
  try {
    const behind = environment.SUDO_USER || null;
    return await accountFor({ verb, argv }, behind, store, () => work(store));
  } finally {
    await store.close();
  }
}

type Opened = Awaited<ReturnType<typeof import('./foundation.ts').openDatabase>>;
