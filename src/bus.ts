import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { isError } from './contract/problem.ts';
import type { ExchangeRecord } from './exchange/audit.ts';
import { systemClock } from './exchange/clock.ts';
import type { TakeTurn } from './exchange/controls.ts';
import type { Ask } from './exchange/source.ts';
import { followContracts } from './follow-contracts.ts';
import { addressOf, type Foundation, openTls } from './foundation.ts';
import { health } from './http/health.ts';
import { type Figures, metrics, metricsDoor } from './http/metrics.ts';
import { httpServer } from './http/server.ts';
import { soapDoor } from './http/soap-door.ts';
import { wsdlDoor } from './http/wsdl-door.ts';
import { journey, type Parts } from './journey.ts';
import type { Pickup } from './pickup.ts';
import { publicationServices } from './publication/publication-services.ts';
import { repertoryServices } from './registers/repertory-services.ts';
import { geefDossier } from './services/geef-dossier/geef-dossier.ts';
import { askRest } from './sources/ask-rest.ts';
import { askSoap } from './sources/ask-soap.ts';
import { breaking } from './sources/circuit.ts';
import { type Connect, connector } from './sources/connect.ts';
import { retrying } from './sources/retry.ts';
import { orchestrate } from './stages/orchestrate.ts';
import { liveRoutes } from './stages/routes.ts';
import { StartError } from './start-error.ts';
import { scheduleProblem } from './store/schedule.ts';
import { openThrottling } from './throttling.ts';
import type { MessageSigner } from './wss/sign.ts';
import { type SoapVersion, soap } from './xml/names.ts';
import { element, type Markup, writeBytes } from './xml/write.ts';

export type Bus = { readonly url: string; readonly demo: boolean; readonly close: () => Promise<void> };

// Longer than any source may take, shorter than a supervisor waits before it kills.
const GRACE = 15_000;

// What the bus of a demo world goes by where organisations have numbers.
const DEMO_ORGANISATION = '0999990321';

/** Constructs every part on its foundation, introduces them to each other, and listens. */
export async function openBus(
  config: Config,
  log: Logger,
  foundation: Foundation,
  pickup: Pick<Pickup, 'offer'>,
): Promise<Bus> {
  const { table, store, demo } = foundation;
  const { connect, close: disconnect } = connector();
  const { takeTurn, dependencies, close: stopCounting } = openThrottling(config, log);
  const figures = metrics();
  const stop = new AbortController();
  const server = httpServer({ maxMessageBytes: config.maxMessageBytes, tls: openTls(config) });
  soapDoor(server, {
    travel: travelWith(foundation, config, log, { connect, takeTurn }, figures),
    clock: systemClock,
    signal: stop.signal,
  });
  pickup.offer(server);
  wsdlDoor(server, { services: table.services, publicUrl: () => config.publicUrl ?? urlOf(server, config) });
  const wrong = () => table.problems().filter(isError).length;
  health(
    server,
    [{ name: 'database', check: store.ping, needed: true }, ...dependencies],
    [{ name: 'contracts', trouble: () => (wrong() === 0 ? null : `problems: ${wrong()}, see the log`) }],
  );
  figures.watchContracts(() => ({ services: table.services().length, problems: wrong() }));
  figures.watchPublications(store.publicationFigures);
  metricsDoor(server, figures);
  const stopFollowing = followContracts(foundation, config, log);
  const close = async () => {
    await stopFollowing();
    const impatient = setTimeout(() => stop.abort(new Error('the bus is stopping')), GRACE);
    await server.close();
    clearTimeout(impatient);
    await disconnect();
    await stopCounting();
  };
  try {
    await listen(server, config);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: config.publicUrl ?? urlOf(server, config), demo, close };
}

/** How sources are asked, whatever they speak: patiently, and not at all for a while after they failed too often. */
function carefully(log: Logger, figures: Figures): (ask: Ask) => Ask {
  const patient = retrying({ random: Math.random, onRetry: figures.retried });
  const unlessOpen = breaking({
    now: () => performance.now(),
    onState: (source, state) => {
      figures.circuit(source, state);
      log[state === 'open' ? 'warn' : 'info']({ source, circuit: state }, CIRCUIT[state]);
    },
  });
  return (ask) => unlessOpen(patient(ask));
}

const CIRCUIT = {
  closed: 'a source is asked',
  'half-open': 'one question tries a source that was left alone',
  open: 'a source failed too often in a row and is left alone',
} as const;

function travelWith(
  { table, publications, store, trust, signer, demo }: Foundation,
  { speaker, kszIdentification }: Config,
  log: Logger,
  { connect, takeTurn }: { readonly connect: Connect; readonly takeTurn: TakeTurn },
  figures: Figures,
) {
  const careful = carefully(log, figures);
  const parts = {
    ...liveRoutes(table.services),
    grantFor: store.grantFor,
    takeTurn,
    isRegistered: store.isRegistered,
    isInPopulation: store.isInPopulation,
    registeredDays: store.registeredDays,
    sourceOf: store.source,
    codesOf: store.codesOf,
    referencesTo: store.referencesTo,
    ask: {
      soap: careful(
        askSoap({
          connect,
          envelop: (payload, signature, version) => envelop(signer, payload, signature, version),
          speaker,
          organisation: kszIdentification ?? (demo ? DEMO_ORGANISATION : null),
        }),
      ),
      rest: careful(askRest({ connect })),
    },
  } satisfies Partial<Parts> & Parameters<typeof orchestrate>[0];
  let underWay = 0;
  const travel = journey({
    ...parts,
    trust,
    partyOf: store.partyOf,
    onLaxProfile: (party, profile) => log.warn({ party: party.name, profile }, 'a lax profile was used'),
    isCurrent: store.isCurrent,
    compute: new Map([
      ...repertoryServices(store),
      ...publicationServices({ ...store, publications, speaker, scheduleProblem, randomId: randomUUID }),
      ['geef-dossier', orchestrate(parts)(geefDossier)],
    ]),
    speaker,
    clock: systemClock,
    seal: signer.sign,
    sealFault: (fault, version) => signer.sign([fault], version),
    onFault: (error, exchange) =>
      log.error({ exchange, err: error }, 'an exchange failed through a fault of ours'),
    record: async (exchange) => {
      await store.record(exchange, underWay);
      figures.observe(exchange);
      tell(log, exchange);
    },
  });
  return async (...message: Parameters<typeof travel>) => {
    underWay += 1;
    try {
      return await travel(...message);
    } finally {
      underWay -= 1;
    }
  };
}

async function envelop(
  signer: MessageSigner,
  payload: Markup,
  signature: 'none' | 'strict',
  version: SoapVersion,
): Promise<Uint8Array> {
  if (signature === 'strict') return signer.sign([payload], version);
  const name = soap(version);
  return writeBytes(element(name('Envelope'), [element(name('Body'), [payload])])).bytes;
}

async function listen(server: ReturnType<typeof httpServer>, { host, port }: Config): Promise<void> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    if (code === 'EADDRINUSE') {
      throw new StartError(
        `port ${port} on ${host} is in use; choose another with --port or KRUISPUNT_PORT`,
        { cause },
      );
    }
    throw new StartError(
      `cannot listen on ${host}:${port} (KRUISPUNT_HOST, KRUISPUNT_PORT): ${String(cause)}`,
      { cause },
    );
  }
}

function urlOf(server: ReturnType<typeof httpServer>, config: Config): string {
  const address = server.server.address();
  return addressOf(config, typeof address === 'object' && address ? address.port : config.port);
}

/** One line an exchange, by which an operator finds it in the audit; nothing about whom it was. */
function tell(log: Logger, exchange: ExchangeRecord): void {
  const { id, party, service, version, outcome, code, duration } = exchange;
  const line = { exchange: id, party, service, version, outcome, code, ms: Math.round(duration * 10) / 10 };
  if (outcome === 'answered') log.info(line, 'answered');
  else log.warn({ ...line, reason: exchange.reason }, outcome);
}
