import { resolve } from 'node:path';
import { z } from 'zod';
import { type AuditConfig, auditSettings, readAudit } from './audit-settings.ts';
import { type DoorConfig, doorSettings, readDoor } from './door-settings.ts';
import { type Environment, environments } from './exchange/voucher.ts';
import { contentOf } from './setting-file.ts';
import { pairMistakes } from './setting-pairs.ts';
import {
  databaseUrl,
  flag,
  integer,
  list,
  organisation,
  path,
  redisAddress,
  webUrl,
} from './setting-shapes.ts';
import { readTimestamping, type TimestampConfig, timestampSettings } from './timestamp-settings.ts';
import { readTrustSettings, type TrustConfig, trustSettings } from './trust-settings.ts';

/** Where the bus listens and what it reads, writes and trusts. Read once; nothing else looks at the environment. */
export type Config = DoorConfig &
  AuditConfig &
  TrustConfig &
  TimestampConfig & {
    readonly host: string;
    readonly port: number;
    readonly var: string;
    readonly databaseUrl: string;
    /** null: nothing is shared between machines but the database. */
    readonly redisUrl: string | null;
    readonly wsdlDirs: readonly string[];
    readonly xsdDirs: readonly string[];
    /** 0: there is no SFTP. */
    readonly sftpPort: number;
    /** null: what the bus listens on. */
    readonly publicUrl: string | null;
    readonly demo: boolean | null;
    readonly speaker: string;
    /** null: the bus has no number of its own, and asks no KSZ source. */
    readonly kszIdentification: string | null;
    /** Said in vouchers, so that files of one environment are never taken in another. */
    readonly environment: Environment;
    readonly signingKey: string | null;
    readonly signingCertificate: string | null;
    /** The first is the one to encrypt to; none: the signing key, where it may. */
    readonly decryptionKeys: readonly string[];
    readonly workers: number;
    /** From one look for what the queues lost to the next. */
    readonly sweepSeconds: number;
    /** Questions a second that one source is asked at the most by whoever asks in the background, all together. */
    readonly sourceRate: number;
    /** How many days before its end a file that nobody collected is spoken of; 0: never. */
    readonly noticeDays: number;
    /** 0: none. */
    readonly workPort: number;
    readonly logLevel: LogLevel;
  };

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
type LogLevel = (typeof levels)[number];

/** Every mistake in the environment, each by the name of its variable. */
export class ConfigurationError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.mistakes = mistakes;
  }
}

type Setting = { readonly meaning: string; readonly fallback: string; readonly schema: z.ZodType };

/** The settings, as the README's table lists them (a test compares the two). */
export const settings = {
  KRUISPUNT_HOST: { meaning: 'address to listen on', fallback: '127.0.0.1', schema: z.string().min(1) },
  KRUISPUNT_PORT: {
    meaning: 'port to listen on; 0 takes a free one',
    fallback: '8080',
    schema: integer(0, 65535),
  },
  KRUISPUNT_VAR: { meaning: 'folder for everything the bus writes', fallback: './var', schema: path },
  KRUISPUNT_DATABASE_URL: {
    meaning: '`sqlite:<path>` or `mysql://user:password@host:port/database`',
    fallback: 'sqlite:$KRUISPUNT_VAR/kruispunt.db',
    schema: databaseUrl,
  },
  KRUISPUNT_DATABASE_URL_FILE: {
    meaning: 'file that holds KRUISPUNT_DATABASE_URL, for a password that stays out of the environment',
    fallback: 'none',
    schema: path,
  },
  KRUISPUNT_REDIS_URL: {
    meaning:
      '`redis://[user:password@]host[:port][/database]`: throttling counts and work waits there, for all machines',
    fallback: 'each machine counts and works for itself',
    schema: redisAddress,
  },
  KRUISPUNT_REDIS_URL_FILE: {
    meaning: 'file that holds KRUISPUNT_REDIS_URL',
    fallback: 'none',
    schema: path,
  },
  KRUISPUNT_WSDL_DIR: {
    meaning: 'folders with contracts, separated by `:`',
    fallback: './wsdl',
    schema: list,
  },
  KRUISPUNT_XSD_DIR: {
    meaning: 'folders with schemas that contracts import',
    fallback: './xsd',
    schema: list,
  },
  KRUISPUNT_PUBLIC_URL: {
    meaning: "what the published WSDL's address says",
    fallback: 'where it listens',
    schema: webUrl,
  },
  KRUISPUNT_SFTP_PORT: {
    meaning: 'port for pick-up over SFTP; 0 offers none',
    fallback: '2222',
    schema: integer(0, 65535),
  },
  KRUISPUNT_DEMO: {
    meaning: '`1`: demo parties, certificates and sources',
    fallback: '1 on a first start with the embedded database',
    schema: flag,
  },
  KRUISPUNT_SPEAKER: {
    meaning: 'name (Afzender/Identificatie) under which the bus answers and asks',
    fallback: 'vip.vlaanderen.be',
    schema: z.string().min(1).max(120),
  },
  KRUISPUNT_KSZ_IDENTIFICATION: {
    meaning: 'enterprise number, or `sector/institution`, under which the bus asks KSZ sources',
    fallback: 'demo only',
    schema: organisation,
  },
  KRUISPUNT_ENVIRONMENT: {
    meaning: `what vouchers say of where the bus stands: ${environments.join(', ')}`,
    fallback: 'TEST',
    schema: z.enum(environments, `must be one of ${environments.join(', ')}`),
  },
  KRUISPUNT_SIGNING_KEY: {
    meaning: "PEM file with the bus's private key",
    fallback: 'demo only',
    schema: path,
  },
  KRUISPUNT_SIGNING_CERT: {
    meaning: "PEM file with the bus's certificate",
    fallback: 'demo only',
    schema: path,
  },
  KRUISPUNT_DECRYPTION_KEYS: {
    meaning:
      'PEM files, each an RSA key with its certificate, separated by `:`; the first is offered to clients',
    fallback: 'the signing key, where its certificate allows keyEncipherment',
    schema: list,
  },
  ...trustSettings,
  ...doorSettings,
  ...timestampSettings,
  KRUISPUNT_SWEEP_SECONDS: {
    meaning: 'how often it is looked for batches and files that a queue has lost',
    fallback: '15',
    schema: integer(1, 3_600),
  },
  KRUISPUNT_SOURCE_RATE: {
    meaning: 'questions a second to one source from files and for snapshots, of all processes together',
    fallback: '20',
    schema: integer(1, 10_000),
  },
  KRUISPUNT_NOTICE_DAYS: {
    meaning: 'how many days before a file expires that nobody collected its subscriber is told; 0: never',
    fallback: '3',
    schema: integer(0, 365),
  },
  KRUISPUNT_WORK_PORT: {
    meaning: 'port on which `kruispunt work` shows its health and figures, without TLS; 0: on none',
    fallback: '0',
    schema: integer(0, 65_535),
  },
  ...auditSettings,
  KRUISPUNT_WORKERS: { meaning: 'processes that answer', fallback: '1', schema: integer(1, 64) },
  KRUISPUNT_LOG_LEVEL: {
    meaning: levels.join(', '),
    fallback: 'info',
    schema: z.enum(levels, `must be one of ${levels.join(', ')}`),
  },
} as const satisfies Record<string, Setting>;

type Name = keyof typeof settings;
type SecretName = 'KRUISPUNT_DATABASE_URL' | 'KRUISPUNT_REDIS_URL';
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings from an environment.
 *
 * @throws ConfigurationError with all mistakes at once
 */
export function readConfig(environment: Variables): Config {
  const mistakes: string[] = [];
  function read<T>(name: Name, schema: z.ZodType<T>): T | null {
    const value = environment[name];
    if (value === undefined || value === '') return null;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    // The address of a database may hold a password: that value is never repeated.
    const secret = name === 'KRUISPUNT_DATABASE_URL' || name === 'KRUISPUNT_REDIS_URL';
    const shown = secret ? '' : ` (it is ${JSON.stringify(value)})`;
    mistakes.push(`${name}: ${result.error.issues[0]?.message ?? 'not valid'}${shown}`);
    return null;
  }
  function readSecret<T>(name: SecretName, schema: z.ZodType<T>): T | null {
    const fileName = `${name}_FILE` as const;
    const file = read(fileName, path);
    if (file === null) return read(name, schema);
    if (environment[name]) {
      mistakes.push(`${fileName}: cannot be set beside ${name}: one of them says it`);
      return null;
    }
    const text = contentOf(file);
    const result = schema.safeParse(text);
    if (text !== null && result.success) return result.data;
    // What the file holds is never repeated.
    const said = text === null ? 'cannot be read' : (result.error?.issues[0]?.message ?? 'not valid');
    mistakes.push(`${fileName}: ${file} ${said}`);
    return null;
  }
  const folder = read('KRUISPUNT_VAR', path) ?? resolve('var');
  const config: Config = {
    host: read('KRUISPUNT_HOST', settings.KRUISPUNT_HOST.schema) ?? '127.0.0.1',
    port: read('KRUISPUNT_PORT', settings.KRUISPUNT_PORT.schema) ?? 8080,
    var: folder,
    databaseUrl:
      readSecret('KRUISPUNT_DATABASE_URL', databaseUrl) ?? `sqlite:${resolve(folder, 'kruispunt.db')}`,
    redisUrl: readSecret('KRUISPUNT_REDIS_URL', redisAddress),
    wsdlDirs: read('KRUISPUNT_WSDL_DIR', list) ?? [resolve('wsdl')],
    xsdDirs: read('KRUISPUNT_XSD_DIR', list) ?? [resolve('xsd')],
    sftpPort: read('KRUISPUNT_SFTP_PORT', settings.KRUISPUNT_SFTP_PORT.schema) ?? 2222,
    publicUrl: read('KRUISPUNT_PUBLIC_URL', webUrl),
    demo: read('KRUISPUNT_DEMO', flag),
    speaker: read('KRUISPUNT_SPEAKER', settings.KRUISPUNT_SPEAKER.schema) ?? 'vip.vlaanderen.be',
    kszIdentification: read('KRUISPUNT_KSZ_IDENTIFICATION', organisation),
    environment: read('KRUISPUNT_ENVIRONMENT', settings.KRUISPUNT_ENVIRONMENT.schema) ?? 'TEST',
    signingKey: read('KRUISPUNT_SIGNING_KEY', path),
    signingCertificate: read('KRUISPUNT_SIGNING_CERT', path),
    decryptionKeys: read('KRUISPUNT_DECRYPTION_KEYS', list) ?? [],
    ...readTrustSettings(read),
    ...readDoor(read),
    ...readTimestamping(read),
    sweepSeconds: read('KRUISPUNT_SWEEP_SECONDS', settings.KRUISPUNT_SWEEP_SECONDS.schema) ?? 15,
    sourceRate: read('KRUISPUNT_SOURCE_RATE', settings.KRUISPUNT_SOURCE_RATE.schema) ?? 20,
    noticeDays: read('KRUISPUNT_NOTICE_DAYS', settings.KRUISPUNT_NOTICE_DAYS.schema) ?? 3,
    workPort: read('KRUISPUNT_WORK_PORT', settings.KRUISPUNT_WORK_PORT.schema) ?? 0,
    ...readAudit(read, folder),
    workers: read('KRUISPUNT_WORKERS', settings.KRUISPUNT_WORKERS.schema) ?? 1,
    logLevel: read('KRUISPUNT_LOG_LEVEL', settings.KRUISPUNT_LOG_LEVEL.schema) ?? 'info',
  };
  mistakes.push(...pairMistakes(config));
  if (mistakes.length > 0) throw new ConfigurationError(mistakes);
  return Object.freeze(config);
}

/** Variables that look like settings and are none: a misspelt one would otherwise do nothing in silence. */
export function unknownSettings(environment: Variables): readonly string[] {
  return Object.keys(environment).filter((name) => name.startsWith('KRUISPUNT_') && !(name in settings));
}

/** The process's own environment; the one place that reads it. */
export const environment: Variables = process.env;
