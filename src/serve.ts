import cluster from 'node:cluster';
import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { anchorAudit, anchorOwnEnd } from './anchoring.ts';
import { openBackground } from './background.ts';
import { type Bus, openBus } from './bus.ts';
import { terminal, UsageError } from './cli/output.ts';
import { type Config, environment, unknownSettings } from './config.ts';
import { startDemos } from './demos.ts';
import { systemClock } from './exchange/clock.ts';
import { followTrust } from './follow-trust.ts';
import { addressOf, demoFolder, type Foundation, openFoundation } from './foundation.ts';
import { openLog } from './log.ts';
import { openPickup, type Pickup } from './pickup.ts';
import { collectSooner } from './steady-heap.ts';
import { stopped } from './stopped.ts';
import { startWorkers } from './workers.ts';

export const serveHelp = `kruispunt serve [--port N] [--workers N]

Starts the bus: SOAP endpoints, contracts (?wsdl), /health/live, /health/ready, /metrics. Settings: see the README.

  --port N      port to listen on, 0 for a free one (KRUISPUNT_PORT)
  --workers N   processes that answer (KRUISPUNT_WORKERS)
`;

/** `kruispunt serve`: until it is told to stop (SIGINT, SIGTERM), then finishes what is under way. */
export async function serve(argv: readonly string[], config: Config): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { port: { type: 'string' }, workers: { type: 'string' } },
  });
  const settled = {
    ...config,
    port: values.port === undefined ? config.port : number(values.port, 0, 65_535),
    workers: values.workers === undefined ? config.workers : number(values.workers, 1, 64),
  };
  collectSooner();
  const log = openLog(settled);
  if (cluster.isWorker) return serveAsWorker(settled, log);
  for (const name of unknownSettings(environment))
    log.warn({ setting: name }, 'no such setting; it does nothing');
  const bus = settled.workers === 1 ? await openAlone(settled, log) : await openWithWorkers(settled, log);
  announce(bus, settled, log);
  const orderly = await Promise.race([stopped().then(() => true), bus.failed.then(() => false)]);
  log.info('stopping');
  await bus.close();
  return orderly ? 0 : 1;
}

type Served = Bus & { readonly failed: Promise<void> };

const never = new Promise<void>(() => {});

async function openAlone(config: Config, log: Logger): Promise<Served> {
  const lead = await openLead(config, log);
  const bus = await openBus(config, log, lead.foundation, lead).catch(async (error: unknown) => {
    await lead.close();
    throw error;
  });
  return withSftp({ ...bus, failed: never, close: () => bus.close().then(lead.close) }, lead.pickup);
}

async function openWithWorkers(config: Config, log: Logger): Promise<Served> {
  const lead = await openLead(config, log);
  const urlAt = (port: number) => config.publicUrl ?? addressOf(config, port);
  const workers = await startWorkers(config.workers, log, urlAt);
  const served = { ...workers, demo: lead.foundation.demo, close: () => workers.close().then(lead.close) };
  return withSftp(served, lead.pickup);
}

/** One process offers it for all, so that what a party may have open is counted in one place. */
async function withSftp(served: Served, pickup: Pickup): Promise<Served> {
  try {
    const sftp = await pickup.listen();
    const close = async () => {
      await sftp?.close();
      await served.close();
    };
    return { ...served, close };
  } catch (error) {
    await served.close();
    throw error;
  }
}

/**
 * What runs once, however many processes answer: the database is brought up to this version and, in the demo world,
 * the sources start. Their addresses are in the database before anyone answers. Publications' moments are kept here, and
 * without Redis what is due is done here too.
 */
async function openLead(config: Config, log: Logger) {
  const foundation = await openFoundation(config, log);
  const { store } = foundation;
  const folder = demoFolder(config);
  const upkeep = upkeepOf(foundation, log, true);
  await upkeep.first;
  const demos = foundation.demo
    ? await startDemos({ ...foundation, services: foundation.table.services, folder, clock: systemClock })
    : null;
  const background = openBackground(config, log, foundation);
  // With Redis whoever runs `kruispunt work` does it, which need not be this machine.
  if (config.redisUrl === null) background.work();
  const anchors = anchorAudit(config, log, foundation);
  const close = async () => {
    await background.close();
    await demos?.close();
    await upkeep.close();
    await anchors.close();
    await store.close();
  };
  const pickup = openPickup({ config, log, foundation, onLaidDown: background.laidDown });
  return { foundation, pickup, upkeep, close };
}

const upkeepOf = ({ trust, trustFiles: files, asking }: Foundation, log: Logger, fetches: boolean) =>
  followTrust({ trust, files, asking, log, clock: systemClock, fetches });

async function serveAsWorker(config: Config, log: Logger): Promise<number> {
  const foundation = await openFoundation(config, log);
  // Files are laid down over SFTP only, which the process that leads offers.
  const pickup = openPickup({ config, log, foundation, onLaidDown: () => {} });
  const upkeep = upkeepOf(foundation, log, false);
  const bus = await openBus(config, log, foundation, { pickup, upkeep });
  await stopped();
  await bus.close();
  await upkeep.close();
  await anchorOwnEnd(config, log, foundation);
  await foundation.store.close();
  process.disconnect();
  return 0;
}

function number(value: string, least: number, most: number): number {
  const parsed = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (!(parsed >= least && parsed <= most)) throw new UsageError(serveHelp);
  return parsed;
}

function announce(bus: Bus, config: Config, log: Logger): void {
  if (bus.demo) introduceDemo(bus, config);
  log.info({ url: bus.url, demo: bus.demo }, 'listening');
}

function introduceDemo(bus: Bus, config: Config): void {
  const url = new URL(bus.url).port === '8080' ? '' : ` --url ${bus.url}`;
  terminal.print(
    [
      '',
      `Kruispunt listens at ${bus.url}, with the demo world in ${demoFolder(config)}.`,
      'Demo keys lie there unencrypted: never use it for production.',
      '',
      'A first signed question, in another terminal:',
      '',
      `  npx kruispunt call GeefPersoon${url}`,
      '',
    ].join('\n'),
  );
}
