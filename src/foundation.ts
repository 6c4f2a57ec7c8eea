import { randomUUID, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Asking } from './ask-responders.ts';
import type { KeyRing } from './audit/key-ring.ts';
import { subjectKeys } from './audit/subject-keys.ts';
import type { TimestampTrust } from './audit/timestamp-token.ts';
import { auditKeyFile, demandAuditKeys, openAuditKeys } from './audit-keys.ts';
import { codeAsks } from './code-asks.ts';
import { type Config, ConfigurationError } from './config.ts';
import { type FolderTree, readTree } from './contract/folder-tree.ts';
import { loadPublications } from './contract/load-publications.ts';
import { loadServices } from './contract/load-services.ts';
import { isError, type Problem } from './contract/problem.ts';
import { type ServiceTable, serviceTable } from './contract/service-table.ts';
import { openOpener } from './decryption-keys.ts';
import { type DemoIdentity, demoWorld } from './demo/world.ts';
import type { DoorConfig } from './door-settings.ts';
import { systemClock } from './exchange/clock.ts';
import type { Publication } from './exchange/publication.ts';
import type { Service } from './exchange/service.ts';
import { hashPassword, newPassword } from './files/pickup-password.ts';
import type { Tls } from './http/node-server.ts';
import { learnFrom, openAsking } from './open-asking.ts';
import { judgeQuestion } from './publication/judge-question.ts';
import { seenFolder, watchCertificates } from './seen-certificates.ts';
import { openTimestampTrust } from './stamping.ts';
import { StartError } from './start-error.ts';
import { KeysDoNotFit } from './store/audit-keys.ts';
import { openStore, type Store } from './store/connection.ts';
import { openTrust, readSetting, type TrustFiles, trustFiles } from './trust-files.ts';
import type { Opener } from './wss/decrypt.ts';
import type { Learn } from './wss/once-answered.ts';
import { createSigner, type MessageSigner } from './wss/sign.ts';
import { createSealer, type Sealer } from './wss/sign-and-encrypt.ts';
import { createDocumentSigner, type DocumentSigner } from './wss/sign-document.ts';
import { subjectName } from './wss/subject-name.ts';
import type { TrustStore } from './wss/trust.ts';

/**
 * The contracts as a verb needs them beside a bus that goes on: those that cannot be served are told and left out, so
 * that a grant can be taken away while another service's schema is broken.
 */
export function openContracts(config: Config, warn: (line: string) => void): readonly Service[] {
  const { services, problems } = loadServices(config.wsdlDirs, config.xsdDirs);
  if (services.length === 0) demandWhole(config, services, problems);
  warnOf(problems, warn);
  return services;
}

/** The publications, in the same way; there need not be any. Snapshots ask these services. */
export function openPublications(
  config: Config,
  services: readonly Service[],
  warn: (line: string) => void,
): readonly Publication[] {
  const { publications, problems } = loadPublications(
    config.wsdlDirs,
    config.xsdDirs,
    judgeQuestion(services),
  );
  warnOf(problems, warn);
  return publications;
}

function warnOf(problems: readonly Problem[], warn: (line: string) => void): void {
  for (const { file, line, message } of problems.filter(isError))
    warn(`left out: ${file}:${line}: ${message}`);
}

/** The contracts as they are now and become later, and the folders as they were before anything was read. */
async function openTable(
  config: Config,
): Promise<{ readonly table: ServiceTable; readonly from: FolderTree }> {
  const from = await readTree(contractFolders(config), []);
  const table = serviceTable(config.wsdlDirs, config.xsdDirs, codeAsks);
  demandWhole(config, table.services(), table.problems());
  return { table, from };
}

export const contractFolders = ({ wsdlDirs, xsdDirs }: Config) => [...wsdlDirs, ...xsdDirs];

/** @throws StartError with every problem by file and line */
function demandWhole(config: Config, services: readonly Service[], problems: readonly Problem[]): void {
  demandSound(problems, 'the contracts cannot be served as they are');
  if (services.length === 0) {
    throw new StartError(`no service.yaml below ${config.wsdlDirs.join(' or ')} (KRUISPUNT_WSDL_DIR)`);
  }
}

function demandSound(problems: readonly Problem[], what: string): void {
  const errors = problems.filter(isError);
  if (errors.length === 0) return;
  const list = errors.map(({ file, line, message }) => `  ${file}:${line}: ${message}`).join('\n');
  throw new StartError(`${what}:\n${list}`);
}

export const demoFolder = (config: Config) => resolve(config.var, 'demo');

export const demoAuthority = (config: Config) => resolve(demoFolder(config), 'ca.crt.pem');

/** The demo world runs where it was asked for, or where the embedded database starts from nothing or with one made. */
export function isDemo(config: Config): boolean {
  if (config.demo !== null) return config.demo;
  const embedded = config.databaseUrl.startsWith('sqlite:');
  const fresh = !existsSync(config.databaseUrl.slice('sqlite:'.length));
  return embedded && config.signingKey === null && (fresh || existsSync(demoFolder(config)));
}

/** Everything the bus writes goes below it. */
function makeFolder(config: Config): void {
  try {
    mkdirSync(config.var, { recursive: true });
  } catch (cause) {
    throw new StartError(`cannot write below ${config.var} (KRUISPUNT_VAR): ${String(cause)}`, { cause });
  }
}

export async function openDatabase(config: Config, log: Logger): Promise<Store> {
  makeFolder(config);
  try {
    const ring = openAuditKeys(config);
    const keys = ring === null ? {} : { keys: subjectKeys(ring) };
    return await openStore(config.databaseUrl, { clock: systemClock, log, ...keys });
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    if (cause instanceof KeysDoNotFit)
      throw new ConfigurationError([`KRUISPUNT_AUDIT_KEYS: ${auditKeyFile(config)}: ${cause.message}`]);
    throw new StartError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** What every process of a bus stands on: its contracts, its database, its keys, and the demo world if it has one. */
export type Foundation = {
  /** What is offered, which follows the folders from `from` on where a bus runs. */
  readonly table: ServiceTable;
  readonly from: FolderTree;
  /** What is published, as it was when this process started. */
  readonly publications: readonly Publication[];
  readonly store: Store;
  /** What the audit keeps unreadable for whoever lacks them. */
  readonly auditKeys: KeyRing;
  readonly demo: boolean;
  readonly trust: TrustStore;
  /** Where it comes from, which it follows where a bus runs. */
  readonly trustFiles: TrustFiles;
  /** Asks about single certificates, at a message and when an answer is due. */
  readonly asking: Asking;
  readonly learn: Learn;
  readonly signer: MessageSigner;
  /** Signs with the same key, and encrypts. */
  readonly sealer: Sealer;
  /** Reads what was encrypted to the bus. */
  readonly opener: Opener;
  /** Signs vouchers, with the key that signs messages. */
  readonly documents: DocumentSigner;
  /** Whose time-stamps on the audit's anchors are believed; null where nobody is configured. */
  readonly timestampTrust: TimestampTrust | null;
};

/** @throws StartError when something it needs is missing or wrong; nothing is left open then */
export async function openFoundation(config: Config, log: Logger): Promise<Foundation> {
  const { table, from } = await openTable(config);
  const judge = judgeQuestion(table.services());
  const { publications, problems } = loadPublications(config.wsdlDirs, config.xsdDirs, judge);
  demandSound(problems, 'the publications cannot be made as they are');
  const demo = isDemo(config);
  makeFolder(config);
  const auditKeys = demandAuditKeys(config);
  const store = await openDatabase(config, log);
  try {
    const world = demo ? await openDemo(config, table.services(), publications, store) : null;
    const isParty = (subject: string) => store.partyOf(subject) !== null;
    const onTrusted = watchCertificates(seenFolder(config), isParty, log);
    const keys = openKeys(config, world, onTrusted);
    const asking = openAsking(config, keys.trust);
    const learn = learnFrom(asking, isParty);
    return { table, from, publications, store, auditKeys, demo, asking, learn, ...keys };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function openDemo(
  config: Config,
  services: readonly Service[],
  publications: readonly Publication[],
  store: Store,
): Promise<DemoIdentity> {
  const subjectOf = (pem: string) => subjectName(new X509Certificate(pem));
  const pickup = {
    ...store,
    // Loaded for the first start of a demo world only.
    newKeyPair: async (comment: string) => (await import('./files/pickup-key.ts')).newKeyPair(comment),
    newPassword,
    hashPassword,
  };
  return demoWorld({
    ...store,
    folder: demoFolder(config),
    clock: systemClock,
    subjectOf,
    services,
    publications,
    pickup,
  });
}

/** By whom the bus is known and whom it believes: configured, or made for the demonstration. */
function openKeys(
  config: Config,
  world: DemoIdentity | null,
  onTrusted: ReturnType<typeof watchCertificates>,
): Pick<
  Foundation,
  'trust' | 'trustFiles' | 'signer' | 'sealer' | 'opener' | 'documents' | 'timestampTrust'
> {
  const privateKey =
    config.signingKey === null ? world?.privateKey : readSetting('KRUISPUNT_SIGNING_KEY', config.signingKey);
  const certificate =
    config.signingCertificate === null
      ? world?.certificate
      : readSetting('KRUISPUNT_SIGNING_CERT', config.signingCertificate);
  const demo = world && demoAuthority(config);
  if (!privateKey || !certificate || (config.authorities.length === 0 && demo === null)) {
    throw new StartError(
      'outside the demo world KRUISPUNT_SIGNING_KEY, KRUISPUNT_SIGNING_CERT and KRUISPUNT_AUTHORITIES must be set ' +
        '(or KRUISPUNT_DEMO=1, never for production)',
    );
  }
  const trust = openTrust(config, demo, onTrusted);
  const timestampTrust = openTimestampTrust(config);
  try {
    const material = { privateKey, certificate, clock: systemClock, randomId: randomUUID };
    return {
      trust,
      trustFiles: trustFiles(config, demo),
      timestampTrust,
      documents: createDocumentSigner({ privateKey, certificate }),
      signer: createSigner(material),
      sealer: createSealer(material),
      opener: openOpener(config, { privateKey, certificate }),
    };
  } catch (cause) {
    throw new StartError(`keys and certificates: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

export function openTls({ tlsKey, tlsCertificate, tlsClientAuthorities }: DoorConfig): Tls | null {
  if (tlsKey === null || tlsCertificate === null) return null;
  return {
    key: readSetting('KRUISPUNT_TLS_KEY', tlsKey),
    cert: readSetting('KRUISPUNT_TLS_CERT', tlsCertificate),
    clientCa:
      tlsClientAuthorities === null ? null : readSetting('KRUISPUNT_TLS_CLIENT_CA', tlsClientAuthorities),
  };
}

/** Where the bus is reached when nobody said under which name. */
export function addressOf({ host, tlsKey }: Pick<Config, 'host' | 'tlsKey'>, port: number): string {
  return `${tlsKey === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
