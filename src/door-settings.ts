import type { z } from 'zod';
import { loopback } from './exchange/networks.ts';
import { integer, networkList, path } from './setting-shapes.ts';

/** What the door is held to that faces the network: how lines are encrypted, and what a client may take. */
export const doorSettings = {
  KRUISPUNT_TLS_KEY: { meaning: 'PEM file: HTTPS instead of HTTP', fallback: 'none', schema: path },
  KRUISPUNT_TLS_CERT: { meaning: 'PEM file that goes with it', fallback: 'none', schema: path },
  KRUISPUNT_TLS_CLIENT_CA: {
    meaning: 'PEM file: clients must show a certificate of it',
    fallback: 'none',
    schema: path,
  },
  KRUISPUNT_MAX_MESSAGE_BYTES: {
    meaning: 'largest message that is read',
    fallback: '1048576',
    schema: integer(1024, 64 * 1024 * 1024),
  },
  KRUISPUNT_MAX_CONNECTIONS: {
    meaning: 'connections at once in each process',
    fallback: '2000',
    schema: integer(1, 100_000),
  },
  KRUISPUNT_MAX_CONNECTIONS_PER_ADDRESS: {
    meaning: 'how many of them one address may have',
    fallback: '1000',
    schema: integer(1, 100_000),
  },
  KRUISPUNT_REFUSED_PERCENT: {
    meaning:
      'percent of a processor that each process gives to messages it refuses by a fault, before who sends them waits; 100: all they take',
    fallback: '5',
    schema: integer(1, 100),
  },
  KRUISPUNT_RECEIVE_SECONDS: {
    meaning: 'within how long a whole request must have come, its headers in a third of that',
    fallback: '30',
    schema: integer(1, 600),
  },
  KRUISPUNT_IDLE_SECONDS: {
    meaning:
      'how long a connection is kept without a request; a balancer before the bus must keep it shorter',
    fallback: '65',
    schema: integer(1, 3_600),
  },
  KRUISPUNT_TRUSTED_PROXIES: {
    meaning:
      'addresses and networks, separated by `,`, whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed',
    fallback: 'none',
    schema: networkList,
  },
  KRUISPUNT_METRICS_FROM: {
    meaning: 'addresses and networks, separated by `,`, that see `/metrics` and the parts of `/health/ready`',
    fallback: '127.0.0.0/8,::1',
    schema: networkList,
  },
} as const;

type Name = keyof typeof doorSettings;

/** The same as values. */
export type DoorConfig = {
  readonly tlsKey: string | null;
  readonly tlsCertificate: string | null;
  readonly tlsClientAuthorities: string | null;
  readonly maxMessageBytes: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  readonly refusedPercent: number;
  readonly receiveSeconds: number;
  readonly idleSeconds: number;
  readonly trustedProxies: readonly string[];
  readonly metricsFrom: readonly string[];
};

/** @param read has the value of a setting, or null where it is not set; it keeps the mistakes */
export function readDoor(read: <T>(name: Name, schema: z.ZodType<T>) => T | null): DoorConfig {
  const number = (
    name: Extract<Name, `${string}_${'BYTES' | 'SECONDS' | 'PERCENT' | 'CONNECTIONS' | 'PER_ADDRESS'}`>,
  ) => read(name, doorSettings[name].schema) ?? Number(doorSettings[name].fallback);
  return {
    tlsKey: read('KRUISPUNT_TLS_KEY', path),
    tlsCertificate: read('KRUISPUNT_TLS_CERT', path),
    tlsClientAuthorities: read('KRUISPUNT_TLS_CLIENT_CA', path),
    maxMessageBytes: number('KRUISPUNT_MAX_MESSAGE_BYTES'),
    maxConnections: number('KRUISPUNT_MAX_CONNECTIONS'),
    maxConnectionsPerAddress: number('KRUISPUNT_MAX_CONNECTIONS_PER_ADDRESS'),
    refusedPercent: number('KRUISPUNT_REFUSED_PERCENT'),
    receiveSeconds: number('KRUISPUNT_RECEIVE_SECONDS'),
    idleSeconds: number('KRUISPUNT_IDLE_SECONDS'),
    trustedProxies: read('KRUISPUNT_TRUSTED_PROXIES', networkList) ?? [],
    metricsFrom: read('KRUISPUNT_METRICS_FROM', networkList) ?? loopback,
  };
}
