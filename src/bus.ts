import { randomUUID, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { loadServices } from './contract/load-services.ts';
import { type DemoIdentity, demoWorld } from './demo/world.ts';
import { startDemos } from './demos.ts';
import type { ExchangeRecord } from './exchange/audit.ts';
import { systemClock } from './exchange/clock.ts';
import type { Service } from './exchange/service.ts';
import { health } from './http/health.ts';
import { metrics, metricsDoor } from './http/metrics.ts';
import { httpServer, type Tls } from './http/server.ts';
import { soapDoor } from './http/soap-door.ts';
import { wsdlDoor } from './http/wsdl-door.ts';
import { journey } from './journey.ts';
import { askRest } from './sources/ask-rest.ts';
import { askSoap } from './sources/ask-soap.ts';
import { connector } from './sources/connect.ts';
import { routes } from './stages/routes.ts';
import { openStore, type Store } from './store/connection.ts';
import { createSigner, type MessageSigner } from './wss/sign.ts';
import { subjectName } from './wss/subject-name.ts';
import { createTrust, type Trust } from './wss/trust.ts';
import { soap } from './xml/names.ts';
import { element, type Markup, write } from './xml/write.ts';

/** A start that cannot go on, in words for an operator: what, where, how to mend it. */
export class StartError extends Error {}

/** The contracts, or a StartError with every problem by file and line. */
export function openContracts(config: Config): readonly Service[] {
  const { services, problems } = loadServices(config.wsdlDirs, config.xsdDirs);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    const list = errors.map(({ file, line, message }) => `  ${file}:${line}: ${message}`).join('\n');
    throw new StartError(`the contracts cannot be served as they are:\n${list}`);
  }
  if (services.length === 0) {
    throw new StartError(`no service.yaml below ${config.wsdlDirs.join(' or ')} (KRUISPUNT_WSDL_DIR)`);
  }
  return services;
}

export const demoFolder = (config: Config) => resolve(config.var, 'demo');

/** The demo world runs where it was asked for, or where the embedded database starts from nothing or with one made. */
export function isDemo(config: Config): boolean {
  if (config.demo !== null) return config.demo;
  const embedded = config.databaseUrl.startsWith('sqlite:');
  const fresh = !existsSync(config.databaseUrl.slice('sqlite:'.length));
  return embedded && config.signingKey === null && (fresh || existsSync(demoFolder(config)));
}

export async function openDatabase(config: Config, log: Logger): Promise<Store> {
  try {
    mkdirSync(config.var, { recursive: true });
  } catch (cause) {
    throw new StartError(`cannot write below ${config.var} (KRUISPUNT_VAR): ${String(cause)}`, { cause });
  }
  try {
    return await openStore(config.databaseUrl, { clock: systemClock, log });
  } catch (cause) {
    throw new StartError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export type Bus = { readonly url: string; readonly demo: boolean; readonly close: () => Promise<void> };

/** Constructs every part, introduces them to each other, and listens. `lead` starts what runs once for all workers. */
export async function openBus(config: Config, log: Logger, lead: boolean): Promise<Bus> {
  const clock = systemClock;
  const services = openContracts(config);
  const demo = isDemo(config);
  const store = await openDatabase(config, log);
  const closing: (() => Promise<unknown>)[] = [() => store.close()];
  const close = async () => {
    for (const step of closing.reverse()) await step();
  };
  try {
    const world = demo ? await openDemo(config, services, store) : null;
    const { trust, signer } = openKeys(config, world);
    if (world && lead) {
      const demos = await startDemos({ services, store, trust, folder: demoFolder(config), clock });
      closing.push(() => demos.close());
    }
    const { connect, close: disconnect } = connector();
    closing.push(disconnect);

    const figures = metrics();
    const stop = new AbortController();
    const travel = journey({
      ...routes(services),
      trust,
      partyOf: store.partyOf,
      onLaxProfile: (party, profile) => log.warn({ party: party.name, profile }, 'a lax profile was used'),
      grantFor: ({ partyId, uri, hoedanigheid, service, version, at }) =>
        store.grantFor(partyId, uri, hoedanigheid, service, version, at),
      isCurrent: store.isCurrent,
      isRegistered: store.isRegistered,
      sourceOf: store.source,
      ask: {
        soap: askSoap({
          connect,
          envelop: (payload, signature) => envelop(signer, payload, signature),
          speaker: config.speaker,
        }),
        rest: askRest({ connect }),
      },
      speaker: config.speaker,
      seal: (payload, version) => signer.sign(payload.canonical(), version),
      sealFault: (fault, version) => signer.sign([fault], version),
      onFault: (error, exchange) =>
        log.error({ exchange, err: error }, 'an exchange failed through a fault of ours'),
      record: async (exchange) => {
        await store.record(exchange);
        figures.observe(exchange);
        tell(log, exchange);
      },
    });

    const server = httpServer({ maxMessageBytes: config.maxMessageBytes, tls: openTls(config) });
    soapDoor(server, { travel, clock, signal: stop.signal });
    wsdlDoor(server, { services, publicUrl: () => config.publicUrl ?? urlOf(server, config) });
    health(server, [{ name: 'database', check: store.ping }]);
    metricsDoor(server, figures);
    closing.push(() => server.close());
    await listen(server, config);
    return { url: config.publicUrl ?? urlOf(server, config), demo, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openDemo(config: Config, services: readonly Service[], store: Store): Promise<DemoIdentity> {
  const subjectOf = (pem: string) => subjectName(new X509Certificate(pem));
  return demoWorld({ ...store, folder: demoFolder(config), clock: systemClock, subjectOf, services });
}

/** By whom the bus is known and whom it believes: configured, or made for the demonstration. */
function openKeys(
  config: Config,
  world: DemoIdentity | null,
): { readonly trust: Trust; readonly signer: MessageSigner } {
  const privateKey =
    config.signingKey === null ? world?.privateKey : readSetting('KRUISPUNT_SIGNING_KEY', config.signingKey);
  const certificate =
    config.signingCertificate === null
      ? world?.certificate
      : readSetting('KRUISPUNT_SIGNING_CERT', config.signingCertificate);
  const authorities = config.authorities.map((file) => readSetting('KRUISPUNT_AUTHORITIES', file));
  if (world) authorities.push(world.authority);
  if (!privateKey || !certificate || authorities.length === 0) {
    throw new StartError(
      'outside the demo world KRUISPUNT_SIGNING_KEY, KRUISPUNT_SIGNING_CERT and KRUISPUNT_AUTHORITIES must be set ' +
        '(or KRUISPUNT_DEMO=1, never for production)',
    );
  }
  const revoked = config.revocationLists.map((file) => readBytes('KRUISPUNT_REVOCATION_LISTS', file));
  try {
    return {
      trust: createTrust({ authorities, revoked }),
      signer: createSigner({ privateKey, certificate, clock: systemClock, randomId: randomUUID }),
    };
  } catch (cause) {
    throw new StartError(`keys and certificates: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function readBytes(setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new StartError(`${setting}: ${file} cannot be read: ${String(cause)}`, { cause });
  }
}

const readSetting = (setting: string, file: string) => readBytes(setting, file).toString('utf8');

function openTls({ tlsKey, tlsCertificate, tlsClientAuthorities }: Config): Tls | null {
  if (tlsKey === null || tlsCertificate === null) return null;
  return {
    key: readSetting('KRUISPUNT_TLS_KEY', tlsKey),
    cert: readSetting('KRUISPUNT_TLS_CERT', tlsCertificate),
    clientCa:
      tlsClientAuthorities === null ? null : readSetting('KRUISPUNT_TLS_CLIENT_CA', tlsClientAuthorities),
  };
}

async function envelop(
  signer: MessageSigner,
  payload: Markup,
  signature: 'none' | 'strict',
): Promise<Uint8Array> {
  if (signature === 'strict') return signer.sign([payload], '1.1');
  const name = soap('1.1');
  return Buffer.from(write(element(name('Envelope'), [element(name('Body'), [payload])])));
}

async function listen(server: FastifyInstance, { host, port }: Config): Promise<void> {
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

function urlOf(server: FastifyInstance, config: Config): string {
  const address = server.server.address();
  const port = typeof address === 'object' && address ? address.port : config.port;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return `${config.tlsKey === null ? 'http' : 'https'}://${host}:${port}`;
}

/** One line an exchange, by which an operator finds it in the audit; nothing about whom it was. */
function tell(log: Logger, exchange: ExchangeRecord): void {
  const { id, party, service, version, outcome, code, duration } = exchange;
  const line = { exchange: id, party, service, version, outcome, code, ms: Math.round(duration * 10) / 10 };
  if (outcome === 'answered') log.info(line, 'answered');
  else log.warn({ ...line, reason: exchange.reason }, outcome);
}
