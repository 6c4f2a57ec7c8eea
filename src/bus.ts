import type { Logger } from 'pino';
import { answering, tell } from './asking.ts';
import type { Config } from './config.ts';
import { connectionOwner } from './connection-owner.ts';
import { isError } from './contract/problem.ts';
import { systemClock } from './exchange/clock.ts';
import type { TakeTurn } from './exchange/controls.ts';
import { followContracts } from './follow-contracts.ts';
import type { TrustUpkeep } from './follow-trust.ts';
import { addressOf, type Foundation } from './foundation.ts';
import { certificateDoor } from './http/certificate-door.ts';
import { health } from './http/health.ts';
import { type Figures, metrics, metricsDoor } from './http/metrics.ts';
import type { HttpServer } from './http/server.ts';
import { soapDoor } from './http/soap-door.ts';
import { wsdlDoor } from './http/wsdl-door.ts';
import { journey } from './journey.ts';
import { openServer } from './open-server.ts';
import type { Pickup } from './pickup.ts';
import { type Connect, connector } from './sources/connect.ts';
import { beats } from './stages/beat.ts';
import { StartError } from './start-error.ts';
import { openThrottling } from './throttling.ts';

export type Bus = { readonly url: string; readonly demo: boolean; readonly close: () => Promise<void> };

/** What the process has open already. */
type Beside = {
  readonly pickup: Pick<Pickup, 'offer'>;
  readonly upkeep: Pick<TrustUpkeep, 'trouble' | 'lists' | 'answers'>;
};

// Longer than any source may take, shorter than a supervisor waits before it kills.
const GRACE = 15_000;

/** Constructs every part on its foundation, introduces them to each other, and listens. */
export async function openBus(
  config: Config,
  log: Logger,
  foundation: Foundation,
  { pickup, upkeep }: Beside,
): Promise<Bus> {
  const { table, store, demo } = foundation;
  const { connect, close: disconnect } = connector();
  const { takeTurn, dependencies, close: stopCounting } = openThrottling(config, log);
  const figures = metrics();
  const stop = new AbortController();
  const door = openServer(config, (address) =>
    log.warn({ address }, 'messages from there are refused, and wait behind those of others'),
  );
  const { server, clientOf, maySee } = door;
  soapDoor(server, {
    travel: travelWith(foundation, config, log, { connect, takeTurn }, figures),
    clock: systemClock,
    clientOf,
    onOutcome: door.onOutcome,
    ownerOf: config.tlsClientAuthorities === null ? null : connectionOwner(foundation),
    signal: stop.signal,
  });
  pickup.offer(door);
  wsdlDoor(server, { services: table.services, publicUrl: () => config.publicUrl ?? urlOf(server, config) });
  certificateDoor(server, foundation.opener.certificate);
  const wrong = () => table.problems().filter(isError).length;
  health(
    server,
    [{ name: 'database', check: store.ping, needed: true }, ...dependencies],
    [
      { name: 'contracts', trouble: () => (wrong() === 0 ? null : `problems: ${wrong()}, see the log`) },
      { name: 'trust', trouble: upkeep.trouble },
    ],
    maySee,
  );
  figures.watchContracts(() => ({ services: table.services().length, problems: wrong() }));
  figures.watchRevocation(upkeep.lists, upkeep.answers);
  figures.watchWaiting(door.waiting);
  figures.watchPublications(store.publicationFigures);
  figures.watchQuestions(store.batchFigures);
  figures.watchAudit(store.auditFigures);
  if (config.timestampUrl !== null)
    figures.watchTimestamps(async () => (await store.unstampedAnchors()).length);
  metricsDoor(server, figures, maySee);
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

function travelWith(
  foundation: Foundation,
  config: Config,
  log: Logger,
  shared: { readonly connect: Connect; readonly takeTurn: TakeTurn },
  figures: Figures,
) {
  const { store, trust, learn, sealer, opener } = foundation;
  let underWay = 0;
  const travel = journey({
    ...answering(foundation, config, log, shared, figures),
    trust,
    learn,
    partyOf: store.partyOf,
    admits: store.admits,
    onLaxProfile: (party, profile) => log.warn({ party: party.name, profile }, 'a lax profile was used'),
    remember: store.remember,
    open: opener.open,
    seal: sealer.seal,
    sealFault: (fault, version, to) => sealer.seal([fault], version, to),
    untilBeat: beats(systemClock),
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

async function listen(server: HttpServer, { host, port }: Config): Promise<void> {
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

function urlOf(server: HttpServer, config: Config): string {
  const address = server.server.address();
  return addressOf(config, typeof address === 'object' && address ? address.port : config.port);
}
